"""No secret of an address is shown in any spelling of it; what was shown, sent back, is what was kept."""

import pytest

from data.cameras import secrets as camera_secrets
from data.cameras.secrets import CameraSourceError

HOST = "10.0.0.7:554"
ADDRESSES = [
    f"rtsp://guard:s3cret@{HOST}/main",
    f"rtsp://guard:s3cret@{HOST}/main?token=s3cret",
    f"rtsp://:s3cret@{HOST}/main",
    "rtsp://guard:s3cret@[fe80::1]:554/main",
    f"rtsp://guard:s3cret@s3cret@{HOST}/main",
    f"rtsp://guard:s3/cret/s3cret@{HOST}/main",
    f"rtsp://{HOST}/main?user=guard&password=s3cret",
    f"rtsp://{HOST}/main?usr=guard&pwd=s3cret&channel=1",
    f"rtsp://{HOST}/main?PassWd=s3cret#s3cret",
    f"rtsp://{HOST}/main?p%61ss=s3cret/s3cret?s3cret",
    f"rtsp://{HOST}/main?psw=a&s3cret&channel=2",
    f"rtsp://{HOST}/main?auth=s3cret==",
    f"rtsp://{HOST}/main?access_token=s3cret;quality=9",
    f"rtsp://{HOST}/user=guard&password=s3cret&channel=1&stream=0.sdp?real_stream",
    f"rtsp://{HOST}/user=guard_password=s3cret_channel=1_stream=0.sdp",
    f"rtsps://guard:s3cret@{HOST}?apikey=s3cret&password=s3cret2s3cret",
]
OPEN = [
    "rtsp://10.0.0.7/main",
    f"rtsp://{HOST}/a@b?channel=1&subtype=0",
    f"rtsp://guard@{HOST}/main",
    "rtsp://[fe80::1]:554/main",
    "/footage/password=1.avi",
    "sample:vtest.avi",
    "/dev/video0",
    "",
]


@pytest.mark.parametrize("address", ADDRESSES)
def test_a_secret_is_hidden_and_comes_back(address: str) -> None:
    shown = camera_secrets.hidden({"source": address})
    assert "s3cret" not in shown["source"]
    assert "cret" not in shown["source"]
    assert "10.0.0.7" in shown["source"] or "fe80" in shown["source"]
    assert camera_secrets.revealed(shown, {"source": address}) == {"source": address}
    assert camera_secrets.revealed({"substream": shown["source"]}, {"source": address}) == {
        "substream": address
    }
    assert "s3cret" not in camera_secrets.in_words(f"failed: '{address}', and \"{address}\" again")


@pytest.mark.parametrize("address", OPEN)
def test_what_is_no_secret_is_shown(address: str) -> None:
    assert camera_secrets.hide(address) == address


@pytest.mark.parametrize("address", ADDRESSES)
def test_a_secret_goes_to_no_other_host(address: str) -> None:
    shown = camera_secrets.hide(address)
    for other in (shown.replace("10.0.0.7", "10.6.6.6").replace("fe80", "fe81"), shown.replace("554", "555")):
        if other != shown:
            with pytest.raises(CameraSourceError):
                camera_secrets.revealed({"source": other}, {"source": address})


def test_another_channel_of_the_same_camera_keeps_the_secret() -> None:
    kept = {"source": f"rtsp://{HOST}/main?user=guard&pwd=s3cret&channel=1"}
    shown = camera_secrets.hide(kept["source"]).replace("channel=1", "channel=2")
    assert camera_secrets.revealed({"source": shown}, kept)["source"].endswith("pwd=s3cret&channel=2")
    renamed = shown.replace("pwd", "token")
    with pytest.raises(CameraSourceError):
        camera_secrets.revealed({"source": renamed}, kept)


def test_a_new_secret_is_taken_as_it_is() -> None:
    kept = {"source": f"rtsp://guard:s3cret@{HOST}/main"}
    new = {"source": f"rtsp://guard:n3w@{HOST}/main?token=•"}
    assert camera_secrets.revealed(new, kept) == new


def test_two_addresses_that_look_alike_keep_each_its_own() -> None:
    one, two = f"rtsp://{HOST}/main?pwd=s3cret", f"rtsp://{HOST}/main?pwd=0ther"
    kept = {"source": one, "substream": two}
    assert camera_secrets.revealed(camera_secrets.hidden(kept), kept) == kept
