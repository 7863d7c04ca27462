"""A camera that is blind, frozen, covered, turned or slow is found in 10 s; light and weather are not."""

import itertools
from collections.abc import Iterator, Sequence
from pathlib import Path

import cv2
import numpy as np
import pytest

from cctv.config.camera import Mask
from cctv.live.health import KEEP_VIEW_S, Health
from cctv.sources.base import Frame, Image
from park.cameras.facts import CameraHealth
from tests.cctv import picture_faults as tamper
from tests.cctv.footage import camera
from tests.cctv.picture_faults import FPS, Change

WITHIN_S = 10.0
BEFORE_S = 8.0
CLIPS = pytest.mark.parametrize("clip", tamper.clips(), ids=lambda path: path.stem)
SAMPLE = tamper.clips()[0]
BAD: list[tuple[str, set[str], Change]] = [
    ("black", {"black"}, tamper.black),
    ("white", {"white"}, tamper.white),
    ("covered", {"covered"}, tamper.covered),
    ("mostly covered", {"covered"}, tamper.mostly_covered),
    ("sprayed", {"covered"}, tamper.sprayed),
    ("pasted over", {"covered"}, tamper.flat),
    ("cloth", {"covered", "turned"}, tamper.cloth),
    ("slowly defocused", {"defocused"}, tamper.drifting(8, over_s=5.0)),
    ("capped", {"black"}, tamper.capped),
    ("20° askew", {"turned"}, tamper.rolled(20)),
    ("defocused", {"defocused"}, tamper.blur(6)),
    ("far out of focus", {"defocused"}, tamper.blur(10)),
    ("pushed aside", {"turned"}, tamper.aside(0.3)),
    ("askew", {"turned"}, tamper.tilted),
]
GOOD: list[Change] = [
    tamper.night,
    tamper.lamps_out,
    tamper.lamps_on,
    tamper.infrared,
    tamper.rain,
    tamper.headlights,
    tamper.shaken,
    tamper.squeezed,
    tamper.hazy,
    tamper.stamped,
]


def pairs(changes: Sequence[Change]) -> list[tuple[Path, int]]:
    """Every change on the sample; the other clips take turns, three in a row share them."""
    return [
        (clip, number)
        for at, clip in enumerate(tamper.clips())
        for number in range(len(changes))
        if clip == SAMPLE or (at + number) % 3 == 0
    ]


BAD_PAIRS = [
    pytest.param(clip, *BAD[number], id=f"{BAD[number][0]}-{clip.stem}")
    for clip, number in pairs([change for *_, change in BAD])
]
LEARNT_IN = [tamper.night, tamper.infrared, tamper.rain, tamper.hazy]


def turns(changes: Sequence[Change]) -> list[object]:
    return [
        pytest.param(clip, changes[number], id=f"{changes[number].__name__}-{clip.stem}")
        for clip, number in pairs(changes)
    ]


class Fed:
    """A camera's health, fed with pictures at their pace; keeps what is told."""

    def __init__(self, fps: float = FPS, views: Path | None = None) -> None:
        self.kept: list[Image] = []
        self.health = Health(camera(), "motion", lambda: ("fire: off",), self._keep, views)
        self.now_s, self._fps = 1000.0, fps
        self.told: list[tuple[float, CameraHealth]] = []

    def _keep(self, image: Image) -> str:
        self.kept.append(image)
        return str(len(self.kept) - 1)

    def feed(self, pictures: Iterator[Image], for_s: float) -> list[str]:
        """Feed, and return the states told meanwhile."""
        before, until_s = len(self.told), self.now_s + for_s
        while self.now_s < until_s:
            self.now_s += 1 / self._fps
            if told := self.health.see(Frame(self.now_s, next(pictures)), self.now_s):
                self.told.append((self.now_s, told))
        return [told.state for _, told in self.told[before:]]


def endless(clip: Path) -> Iterator[Image]:
    """Play a clip to its end and back, so that nothing jumps."""
    pictures = tamper.pictures(clip)
    while True:
        yield from pictures
        yield from pictures[-2:0:-1]


def changed(pictures: Iterator[Image], change: Change) -> Iterator[Image]:
    return (change(picture, number) for number, picture in enumerate(pictures))


def calm(picture: Image, light: float, sigma: float) -> Iterator[Image]:
    """A scene in which nothing happens, as a lens sees it, cleaned of noise between key frames."""
    rng, number, clean = np.random.default_rng(1), 0, picture
    while True:
        if number % (5 * FPS) == 0:
            noise = rng.normal(0, sigma, picture.shape)
            noisy = np.clip(picture * light + noise, 0, 255).astype(np.uint8)
            clean = np.asarray(cv2.imdecode(cv2.imencode(".jpg", noisy, [1, 60])[1], 1), np.uint8)
        yield clean
        number += 1


@CLIPS
def test_clean_footage_is_well(clip: Path) -> None:
    fed = Fed()
    states = fed.feed(endless(clip), max(40.0, len(tamper.pictures(clip)) / FPS))
    assert set(states) == {"ok"}, fed.told


@pytest.mark.parametrize(("clip", "name", "states", "change"), BAD_PAIRS)
def test_found_within_10_s_and_back_again(clip: Path, name: str, states: set[str], change: Change) -> None:
    fed, pictures = Fed(), endless(clip)
    assert set(fed.feed(pictures, BEFORE_S)) == {"ok"}
    began_s = fed.now_s
    told = fed.feed(changed(pictures, change), 14.0)
    first_s = next(at_s for at_s, fact in fed.told if fact.state != "ok") - began_s
    print(f"{clip.stem}: {name} told after {first_s:.1f} s as {told}")
    assert told
    assert set(told) <= states
    assert first_s <= WITHIN_S
    assert fed.feed(pictures, 8.0)[-1] == "ok"


@pytest.mark.parametrize(("clip", "change"), turns(GOOD))
def test_light_and_weather_are_no_fault(clip: Path, change: Change) -> None:
    fed, pictures = Fed(), endless(clip)
    fed.feed(pictures, BEFORE_S)
    assert set(fed.feed(changed(pictures, change), 12.0)) <= {"ok"}
    assert set(fed.feed(pictures, 8.0)) <= {"ok"}


@pytest.mark.parametrize(("clip", "change"), turns(LEARNT_IN))
def test_a_view_learnt_in_bad_light_stays_the_view(clip: Path, change: Change) -> None:
    fed, pictures = Fed(), endless(clip)
    fed.feed(changed(pictures, change), BEFORE_S)
    assert set(fed.feed(pictures, 12.0)) <= {"ok"}


@CLIPS
@pytest.mark.parametrize("change", [lambda image, _: image, tamper.stamped], ids=["still", "clock runs"])
def test_a_frozen_picture_is_found(clip: Path, change: Change) -> None:
    fed, pictures = Fed(), endless(clip)
    fed.feed(changed(pictures, change), BEFORE_S)
    last, began_s = next(pictures), fed.now_s
    told = fed.feed(changed(itertools.repeat(last), change), 20.0)
    assert set(told) == {"frozen"}
    assert next(at_s for at_s, fact in fed.told if fact.state == "frozen") - began_s <= WITHIN_S
    assert fed.feed(changed(pictures, change), 12.0)[-1] == "ok"


@CLIPS
@pytest.mark.parametrize(("light", "sigma"), [(1.0, 1.5), (0.25, 2.0), (0.1, 2.0)])
def test_a_calm_scene_is_not_frozen(clip: Path, light: float, sigma: float) -> None:
    scene = calm(tamper.pictures(clip)[0], light, sigma)
    assert set(Fed().feed(scene, 60.0)) == {"ok"}


def test_before_and_after_are_kept() -> None:
    fed, pictures = Fed(), endless(SAMPLE)
    fed.feed(pictures, BEFORE_S)
    fed.feed(changed(pictures, tamper.covered), 20.0)
    fact = fed.told[-1][1]
    told = next(fact for _, fact in fed.told if fact.state == "covered")
    assert fact.state == "covered"
    assert told.before is not None
    assert told.after is not None
    assert fed.kept[int(told.before)].std() > 20
    assert fed.kept[int(told.after)].std() < 10
    assert told.rules_off == ("fire: off",)


def test_a_rule_that_goes_off_is_told_at_once() -> None:
    fed, off = Fed(), list[str]()
    fed.health = Health(camera(), "motion", lambda: tuple(off))
    pictures = endless(SAMPLE)
    fed.feed(pictures, BEFORE_S)
    off.append("every rule waits")
    before_s = fed.now_s
    fed.feed(pictures, 2.0)
    at_s, told = fed.told[-1]
    assert at_s - before_s <= 2 / FPS
    assert (told.state, told.rules_off) == ("ok", ("every rule waits",))


@pytest.mark.parametrize(("change", "state"), [(tamper.covered, "covered"), (tamper.black, "black")])
def test_blind_from_the_first_picture_on(change: Change, state: str) -> None:
    fed = Fed()
    assert (
        fed.feed(changed(endless(SAMPLE), lambda image, n: tamper.stamped(change(image, n), n)), 10.0)[-1]
        == state
    )


def test_turned_while_the_room_was_down_is_told(tmp_path: Path) -> None:
    Fed(views=tmp_path).feed(endless(SAMPLE), KEEP_VIEW_S + 2.0)
    (kept,) = tmp_path.iterdir()
    assert kept.stat().st_size < 200_000
    assert set(Fed(views=tmp_path).feed(changed(endless(SAMPLE), tamper.night), 12.0)) == {"ok"}
    told = Fed(views=tmp_path).feed(changed(endless(SAMPLE), tamper.aside(0.3)), 10.0)
    assert told[-1] == "turned"


@pytest.mark.parametrize("spoilt", [b"", b"PK\x03\x04 broken", None], ids=["empty", "torn", "other masks"])
def test_a_kept_view_of_no_use_is_learnt_anew(tmp_path: Path, spoilt: bytes | None) -> None:
    Fed(views=tmp_path).feed(endless(SAMPLE), KEEP_VIEW_S + 2.0)
    (kept,) = tmp_path.iterdir()
    if spoilt is not None:
        kept.write_bytes(spoilt)
    fed = Fed(views=tmp_path)
    if spoilt is None:
        hidden = Mask(((0.0, 0.0), (60.0, 0.0), (60.0, 60.0), (0.0, 60.0)))
        fed.health = Health(camera(masks=(hidden,)), "motion", views=tmp_path)
    assert set(fed.feed(changed(endless(SAMPLE), tamper.aside(0.3)), 12.0)) == {"ok"}


def test_too_few_pictures_are_slow() -> None:
    fed = Fed(fps=1.5)
    pictures = endless(SAMPLE)
    assert "slow" in fed.feed(pictures, 10.0)
    fed._fps = FPS
    assert fed.feed(pictures, 15.0)[-1] == "ok"


def test_lost_and_returned() -> None:
    fed, pictures = Fed(), endless(SAMPLE)
    fed.feed(pictures, BEFORE_S)
    lost = fed.health.lose("no route", fed.now_s)
    assert lost is not None
    assert (lost.state, lost.fps) == ("lost", 0.0)
    assert lost.before is not None
    assert fed.health.lose("no route", fed.now_s + 1) is None
    fed.now_s += 30
    fed.feed(pictures, 2.0)
    back = fed.told[-1][1]
    assert back.state == "ok"
    assert "back from lost" in back.detail


def test_a_clock_that_is_off_is_told() -> None:
    health = Health(camera(), "motion")
    told = health.see(Frame(0.0, next(endless(SAMPLE))), 0.0, clock_off_s=-3600.0)
    assert told is not None
    assert told.clock_off_s == -3600.0
    assert "-3600" in told.detail


def test_damaged_packets_are_told_once_and_the_camera_goes_on() -> None:
    health, pictures = Health(camera(), "motion"), endless(SAMPLE)
    details = list[str]()
    for number in range(1300):
        damaged = 0 if number < 400 else 3
        if told := health.see(Frame(number / 10, next(pictures), damaged=damaged), number / 10):
            details.append(told.detail)
            assert told.state == "ok"
    assert [detail for detail in details if "damaged" in detail] == [
        "손상된 패킷 3개 · 3 damaged packets · model motion"
    ]
