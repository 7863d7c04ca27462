"""A camera is asked in every way the standard knows before it is given up; a refusal says which."""

from datetime import UTC, datetime, timedelta

import pytest

from cctv.sources.onvif import Streams, streams
from cctv.sources.soap import Login, RefusedError, SoapError
from tests.cctv.onvif_camera import LOGIN, MEDIA_2, Camera, serving

HOURS_9 = timedelta(hours=9)
SLOW = timedelta(minutes=-37)
MOST_FAILURES = 4  # cameras lock after five or more wrong logins


def asked(camera: Camera, login: Login | None = LOGIN) -> Streams:
    with serving(camera):
        found = streams(camera.address, login, datetime.now(UTC))
    assert found.main.uri == "rtsp://127.0.0.1:554/a"
    assert camera.failures <= MOST_FAILURES
    return found


@pytest.mark.parametrize(
    "camera",
    [
        Camera(token=False, digests=("MD5",)),
        Camera(token=False, digests=("SHA-256",)),
        Camera(token=False, digests=("SHA-512-256", "MD5")),
        Camera(token=False, digests=("MD5-sess",)),
        Camera(token=False, digests=("SHA-1024", "MD5")),  # a hash nobody knows, and one
        Camera(token=False, digests=("RFC 2069",), qop=""),  # as before 1999
        Camera(token=False, digests=("MD5",), qop="auth-int"),
        Camera(token=False, digests=("MD5",), basic=True, one_header=True),
        Camera(token=False, digests=("MD5",), everything_needs_login=True),
        Camera(token=False, digests=("MD5",), nonce_serves=1),  # each answer serves once
        Camera(token=False, digests=("MD5",), knows_tokens=False),
        Camera(token=False, digests=("MD5",), ahead=timedelta(days=-9000), told="garbage"),
    ],
    ids=lambda camera: f"{camera.digests} {camera.qop} {camera.nonce_serves} {camera.told}",
)
def test_http_digest_needs_no_clock(camera: Camera) -> None:
    asked(camera)
    assert camera.failures == 0 or camera.nonce_serves == 1, "no more than a nonce that was used up"


@pytest.mark.parametrize("ahead", [timedelta(0), SLOW, HOURS_9], ids=str)
@pytest.mark.parametrize(
    ("told", "zone", "date"),
    [
        ("utc", "", False),
        ("local", "KST-9", False),  # POSIX: hours west
        ("local", "GMT+09:00", False),  # as makers write it who count east
        ("local", "<+09>-9", False),
        ("local", "Asia/Seoul", False),
        ("local", "", True),  # no zone: the Date of HTTP
        ("nothing", "", True),
        ("garbage", "", True),
        ("wrong utc", "KST-9", True),
        ("wrong utc", "KST-9", False),
        ("wrong utc and local", "KST-9", False),
    ],
)
def test_a_token_by_the_camera_s_own_clock(told: str, zone: str, date: bool, ahead: timedelta) -> None:
    found = asked(Camera(told=told, zone=zone, date=date, ahead=ahead))
    assert found.clock_off_s == pytest.approx(ahead.total_seconds(), abs=3)


@pytest.mark.parametrize("told", ["local", "nothing", "garbage", "wrong utc"])
@pytest.mark.parametrize("needs_login", [False, True])
def test_a_camera_whose_clock_is_right_and_badly_told(told: str, needs_login: bool) -> None:
    found = asked(Camera(told=told, time_needs_login=needs_login))
    assert found.clock_off_s == pytest.approx(0, abs=3)


def test_a_clock_that_is_wrong_and_told_in_local_time_without_a_zone() -> None:
    found = asked(Camera(told="local", ahead=timedelta(minutes=4)))
    assert found.clock_off_s == pytest.approx(240, abs=3)


@pytest.mark.parametrize("camera", [Camera(time_needs_login=True), Camera(everything_needs_login=True)])
def test_the_time_is_told_after_sign_in_only(camera: Camera) -> None:
    asked(camera)
    with serving(Camera(ahead=HOURS_9, date=True, everything_needs_login=True)) as far:
        assert streams(far.address, LOGIN, datetime.now(UTC)).clock_off_s == pytest.approx(32400, abs=3)


def test_summer_time_is_minded() -> None:
    camera = Camera(told="local", zone="CST-8CDT,M4.1.0,M10.5.0", summer=True)
    assert asked(camera).clock_off_s == pytest.approx(0, abs=3)


@pytest.mark.parametrize("camera", [Camera(lists_services=False), Camera(media=MEDIA_2)])
def test_an_old_camera_and_one_of_the_second_media_service(camera: Camera) -> None:
    asked(camera)


def test_a_clock_that_nobody_knows_is_not_told_as_right() -> None:
    camera = Camera(told="nothing", token=False, digests=("MD5",))
    assert asked(camera).clock_off_s is None


def refused(camera: Camera, login: Login | None) -> str:
    with serving(camera), pytest.raises(RefusedError) as error:
        streams(camera.address, login, datetime.now(UTC))
    assert camera.failures <= 2 * MOST_FAILURES
    said = str(error.value)
    assert "시도한 방법: " in said
    assert "tried: " in said
    assert said.count(" · ") == 1, "one half Korean, one English"
    assert LOGIN.password not in said
    return said


def test_a_refusal_says_what_was_tried() -> None:
    wrong = Login(LOGIN.user, "wrong")
    assert "without a login" in refused(Camera(), None)
    said = refused(Camera(date=True, ahead=HOURS_9), wrong)
    assert "Sender not Authorized" in said
    assert "WS token by the UTC it tells" in said
    assert "WS token by our own time" in said
    said = refused(Camera(token=False, digests=("MD5",)), wrong)
    assert "HTTP Digest" in said
    assert "HTTP Basic would show the password and is not used" in refused(
        Camera(token=False, basic=True), wrong
    )


@pytest.mark.parametrize("camera", [Camera(), Camera(token=False, digests=("MD5",))])
def test_a_camera_that_let_us_in_and_has_no_profiles_is_no_refusal(camera: Camera) -> None:
    camera.media = "http://example.org/other"
    with serving(camera), pytest.raises(SoapError, match="no such action") as error:
        streams(camera.address, LOGIN, datetime.now(UTC))
    assert not isinstance(error.value, RefusedError)
