"""Fire: real flames where they are kept, made ones everywhere; what is orange and burns not."""

from collections.abc import Iterable
from pathlib import Path

import cv2
import numpy as np
import pytest

from cctv.config.camera import Camera
from cctv.detectors.yolox import Yolox
from cctv.offline.analyse import analyse
from cctv.offline.sample import find_sample
from cctv.rules import Fire, Smoke
from cctv.rules.base import Finding, Place
from cctv.sources.base import Image
from park.config.label import Label
from tests.cctv.flames import flame, ground, person, scene
from tests.cctv.footage import MODEL, SHARED

BURNING = SHARED / "clips" / "furg_house6_fire.mp4"
PEOPLE = [SHARED / "clips" / name for name in ("intel_worker_zone.mp4", "gmdcsa24_S2_Fall_12.mp4")]


def told(
    pictures: Iterable[Image], place: Place | None = None, fps: float = 10.0
) -> list[tuple[float, Finding]]:
    rule = Fire().build(place or Place())
    return [(n / fps, f) for n, image in enumerate(pictures) for f in rule.look(scene(image, n / fps))]


def blinking(period: int) -> Iterable[Image]:
    for n in range(120):
        picture = ground()
        if n % period < period // 2:
            cv2.circle(picture, (160, 120), 8, (20, 160, 255), -1)
        yield picture


def carried() -> Iterable[Image]:
    vest = np.random.default_rng(6).integers(-20, 20, (50, 30, 1)) + np.array([30, 110, 240])
    for n in range(100):
        picture = ground()
        picture[90:140, 3 * n // 2 : 3 * n // 2 + 30] = np.clip(vest, 0, 255)
        yield picture


def shining() -> Iterable[Image]:
    rng = np.random.default_rng(7)
    for _ in range(100):
        picture = ground()
        cv2.circle(picture, (160, 60), 14, (120, 200, 255), -1)
        yield np.clip(picture + rng.normal(0, 6, picture.shape), 0, 255).astype(np.uint8)


@pytest.mark.parametrize("fps", [5.0, 10.0, 15.0])
def test_flames_are_one_fire(fps: float) -> None:
    ((t_s, finding),) = told(flame(30, fps), fps=fps)
    assert t_s <= 8
    assert finding.kind == "fire"
    assert any(abs(x + w / 2 - 165) < 20 and abs(y + h / 2 - 125) < 25 for x, y, w, h in finding.boxes)


def test_a_zone_beside_it_is_quiet() -> None:
    assert not told(flame(12), Place("far", ((0, 0), (100, 0), (100, 240), (0, 240))))
    assert told(flame(12), Place("here", ((120, 60), (220, 60), (220, 200), (120, 200))))


@pytest.mark.parametrize(
    "pictures", [blinking(4), blinking(10), carried(), shining()], ids=["fast", "slow", "vest", "lamp"]
)
def test_what_does_not_burn(pictures: Iterable[Image]) -> None:
    assert not told(pictures)


def test_what_a_person_wears_is_no_fire_but_a_parked_car_may_burn() -> None:
    for label, count in (("person", 0), ("car", 1)):
        rule = Fire().build(Place())
        found = [
            finding
            for n, image in enumerate(flame(12))
            for finding in rule.look(scene(image, n / 10, (person(130, 70, 70, 90, n / 10, label=label),)))
        ]
        assert len(found) == count, label


def test_the_sample_of_debian_does_not_burn() -> None:
    video = cv2.VideoCapture(str(find_sample("vtest.avi")))
    pictures = [np.asarray(image, np.uint8) for done, image in (video.read() for _ in range(250)) if done]
    assert len(pictures) == 250
    assert not told(pictures)


def eyes(size: tuple[int, int]) -> Camera:
    return Camera("CAM-1", Label("시험", "Test"), size, rules=(Fire(), Smoke()))


@pytest.mark.kept(MODEL, BURNING)
def test_a_real_fire_is_told_once_in_time() -> None:
    events = list(analyse(str(BURNING), eyes((426, 240)), Yolox(MODEL), "changwon"))
    assert sorted(event.data.kind for event in events) == ["fire", "smoke"]
    assert all(event.data.t_s <= 10 for event in events)


@pytest.mark.kept(MODEL)
@pytest.mark.parametrize("clip", PEOPLE, ids=lambda path: path.stem)
def test_people_do_not_burn(clip: Path) -> None:
    assert not list(analyse(str(clip), eyes((640, 480)), Yolox(MODEL), "changwon"))
