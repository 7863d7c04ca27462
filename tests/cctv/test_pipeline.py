"""The chain from a picture to what it means: who falls, what is the whole picture, what cannot be told."""

from collections.abc import Callable
from typing import ClassVar

import cv2
import msgspec
import numpy as np
import pytest

from cctv.config.camera import Camera, LineConfig, ZoneConfig
from cctv.detectors import BusyError, Detector
from cctv.detectors.scheduler import region
from cctv.pipeline import UNSTEADY, Pipeline, Seen, without
from cctv.rules import Intrusion, LineCrossing
from cctv.rules.base import Place, Rule, RuleConfig
from cctv.sources.base import Frame, Image
from cctv.tracking.tracker import Sighting
from cctv.vision.scene import Need
from park.config.label import Label
from tests.cctv.footage import camera

SIZE = (320, 240)
FPS = 10


class Upright(Detector):
    """Knows the red body of a made picture as a person, as long as it stands upright; a blue box is a bag."""

    name = "upright"

    def __init__(self) -> None:
        self.looks = 0

    def find(self, image: Image) -> list[Sighting]:
        self.looks += 1
        red = (image[..., 2] > 180) & (image[..., 0] < 80)
        blue = (image[..., 0] > 180) & (image[..., 2] < 80)
        found = [*self._find(red, "person"), *self._find(blue, "suitcase")]
        return [s for s in found if s.label != "person" or s.box[3] > s.box[2]]

    def _find(self, mask: object, label: str) -> list[Sighting]:
        _, _, stats, _ = cv2.connectedComponentsWithStats(np.asarray(mask, np.uint8))
        boxes = [(float(x), float(y), float(w), float(h)) for x, y, w, h, area in stats[1:] if area > 60]
        return [Sighting(box, label, 0.9) for box in boxes]


def picture(
    number: int, *bodies: tuple[int, int, int, int], colour: tuple[int, ...] = (30, 30, 230)
) -> Image:
    """Draw a yard with noise and bodies (x, y, width, height)."""
    dice = np.random.default_rng(7)
    yard = np.asarray(cv2.GaussianBlur(dice.integers(60, 190, (240, 320, 3), np.uint8), (9, 9), 0), np.uint8)
    noisy = np.clip(yard + np.random.default_rng(number).normal(0, 2, yard.shape), 0, 255).astype(np.uint8)
    for x, y, w, h in bodies:
        cv2.rectangle(noisy, (x, y), (x + w - 1, y + h - 1), colour, -1)
    return noisy


def run(pipeline: Pipeline, pictures: list[Image]) -> list[Seen]:
    return [pipeline.look(Frame(n / FPS, image)) for n, image in enumerate(pictures)]


def eye(*rules: RuleConfig) -> Camera:
    return Camera("CAM-1", Label("시험", "Test"), SIZE, rules=rules)  # type: ignore[arg-type]


def walking(count: int, start: int = 10) -> list[Image]:
    return [
        *(picture(n) for n in range(start)),
        *(picture(n, (20 + 4 * n, 90, 24, 70)) for n in range(count)),
    ]


def test_who_falls_keeps_number_and_name() -> None:
    falls = [picture(n, (140 + 2 * n, 90 + 6 * n, 24 + 6 * n, 70 - 6 * n)) for n in range(8)]
    lies = [picture(n, (160, 136, 70, 24)) for n in range(30)]
    seen = run(Pipeline(eye(), Upright()), [*walking(30), *falls, *lies])
    (before,) = seen[39].tracks
    (after,) = seen[-1].tracks
    assert (after.number, after.label) == (before.number, "person")
    assert after.box[2] > 2 * after.box[3]
    assert after.turned_s > 4.0


def test_who_leaves_is_not_looked_for_lying() -> None:
    detector = Upright()
    leaves = [picture(n, (140 + 12 * n, 90, max(1, min(24, 180 - 12 * n)), 70)) for n in range(15)]
    seen = run(Pipeline(eye(), detector), [*walking(30), *leaves, *(picture(n) for n in range(30))])
    assert not seen[-1].tracks
    assert detector.looks <= len(seen)


def test_who_stands_still_keeps_the_number() -> None:
    stands = [picture(n, (136, 90, 24, 70)) for n in range(100)]
    goes = [picture(n, (136 + 4 * n, 90, 24, 70)) for n in range(20)]
    seen = run(Pipeline(eye(), Upright()), [*walking(30), *stands, *goes])
    assert {track.number for one in seen[20:] for track in one.tracks} == {1}
    assert all(one.tracks for one in seen[20:])


def test_a_painted_man_who_never_moves_is_nobody() -> None:
    post = (200, 90, 24, 70)
    passes = [picture(n, post, (10 + 5 * n, 120, 16, 50)) for n in range(30)]
    pictures = [*(picture(n, post) for n in range(20)), *passes, *(picture(n, post) for n in range(20))]
    seen = run(Pipeline(eye(), Upright()), pictures)
    at_post = [t for one in seen for t in one.tracks if abs(t.box[0] - 200) < 3 and t.box[3] == 70]
    assert not at_post


@pytest.mark.parametrize(
    "change", [lambda p: (p * 0.3).astype(np.uint8), lambda p: np.clip(p + 70.0, 0, 255).astype(np.uint8)]
)
def test_the_light_changes_nothing_else(change: Callable[[Image], Image]) -> None:
    zone = ZoneConfig("all", ((0.0, 0.0), (320.0, 0.0), (320.0, 240.0), (0.0, 240.0)), (Intrusion(),))
    dark = [change(picture(n)) for n in range(40)]
    for detector in (None, Upright()):
        pipeline = Pipeline(camera(zones=(zone,), lines=()), detector)
        seen = run(pipeline, [*(picture(n) for n in range(30)), *dark])
        assert [(n, one.changed.change) for n, one in enumerate(seen) if one.changed] == [(30, "light")]
        assert not any(one.findings or one.tracks for one in seen)


def test_whoever_was_there_in_the_lightning_is_there_after() -> None:
    pictures = walking(60)
    pictures[40] = np.asarray(np.clip(pictures[40] + 80.0, 0, 255), np.uint8)
    seen = run(Pipeline(eye(), Upright()), pictures)
    assert {track.number for one in seen[20:] for track in one.tracks} == {1}
    assert seen[-1].tracks


def test_a_beacon_is_told_but_not_at_each_flash() -> None:
    pictures = walking(90)
    for number in range(30, 90, 10):
        pictures[number] = np.asarray(np.clip(pictures[number] + 80.0, 0, 255), np.uint8)
    seen = run(Pipeline(eye(), Upright()), pictures)
    assert [n for n, one in enumerate(seen) if one.changed] == [30]


def test_a_cut_forgets_everyone() -> None:
    houses = [(x, y, 30, 40) for x in range(10, 300, 60) for y in (20, 100, 180)]
    other = [picture(n, *houses, colour=(240, 250, 240)) // 2 for n in range(20)]
    seen = run(Pipeline(eye(), Upright()), [*walking(40), *other])
    assert [one.changed.change for one in seen if one.changed] == ["cut"]
    assert seen[49].tracks
    assert not any(one.tracks for one in seen[50:])


class Vehicles(RuleConfig, frozen=True, tag="stopped_vehicle"):
    """A rule that needs to tell vehicles."""

    NEEDS: ClassVar[frozenset[Need]] = frozenset({"vehicles", "boxes"})

    def build(self, place: Place) -> Rule:
        raise AssertionError(f"built at {place} though it cannot be given")


def test_what_cannot_be_given_is_off_with_its_reason() -> None:
    pipeline = Pipeline(eye(Vehicles(), Intrusion()), None)
    (off,) = pipeline.off
    assert off == without(Vehicles(), Place(), frozenset({"boxes", "vehicles"}))
    assert off.startswith("stopped_vehicle: 알아볼 모델이 없음 (boxes, vehicles) · ")
    assert Pipeline(eye(Intrusion()), Upright()).off == ()


def test_a_rule_that_could_never_fire_is_off_and_the_others_go_on() -> None:
    """A camera's file of before such rules were refused."""
    lines = (LineConfig("gate", ((0, 100), (300, 100)), rules=(LineCrossing(direction="left"),)),)
    pipeline = Pipeline(msgspec.structs.replace(eye(Intrusion()), lines=lines), Upright())
    (off,) = pipeline.off
    assert off.startswith("line_crossing:gate: 선 'gate'에 없는 방향 'left' · ")
    assert len(pipeline._rules) == 1


def test_rules_that_only_wait_say_so_until_the_light_is_steady() -> None:
    yard = picture(0)
    beacon = [np.clip(yard.astype(np.int16) + 90 * (n // 5 % 2), 0, 255).astype(np.uint8) for n in range(400)]
    pipeline, times = Pipeline(eye(Intrusion()), Upright()), iter(range(2000))

    def said(pictures: list[Image]) -> set[tuple[str, ...]]:
        told = set()
        for image in pictures:
            pipeline.look(Frame(next(times) / FPS, image))
            told.add(pipeline.off)
        return told

    assert said(walking(30)) == {()}
    assert said(beacon[:20]) == {()}, "a lamp that is switched is no word"
    assert said(beacon) == {(), (UNSTEADY,)}
    assert said(beacon[:50]) == {(UNSTEADY,)}
    said([picture(n) for n in range(300)])
    assert said([picture(1)]) == {()}


def test_a_bag_is_told_and_is_no_intruder() -> None:
    zone = ZoneConfig("all", ((0.0, 0.0), (320.0, 0.0), (320.0, 240.0), (0.0, 240.0)), (Intrusion(),))
    rolls = [picture(n, (20 + 4 * n, 130, 30, 30), colour=(230, 30, 30)) for n in range(40)]
    pipeline = Pipeline(camera(zones=(zone,), lines=()), Upright())
    seen = run(pipeline, [*(picture(n) for n in range(10)), *rolls])
    assert {track.label for one in seen for track in one.tracks} == {"suitcase"}
    assert not any(one.findings for one in seen)
    person = run(Pipeline(camera(zones=(zone,), lines=()), Upright()), walking(40))
    assert sum(len(one.findings) for one in person) == 1


class Often(Upright):
    """Is busy with other cameras two times of three."""

    def find(self, image: Image) -> list[Sighting]:
        found = super().find(image)
        if self.looks % 3:
            raise BusyError
        return found


def test_out_of_budget_motion_carries_the_tracks() -> None:
    seen = run(Pipeline(eye(), Often()), walking(60))
    assert {track.number for one in seen for track in one.tracks} == {1}
    assert sum(bool(one.tracks) for one in seen[30:]) >= 38


def test_where_nothing_moves_nobody_looks() -> None:
    detector = Upright()
    run(Pipeline(eye(), detector), [picture(n) for n in range(60)])
    assert detector.looks <= 1


def test_who_stands_there_from_the_first_is_seen_though_nothing_moves() -> None:
    detector = Upright()
    run(Pipeline(eye(), detector), [picture(n, (200, 90, 24, 70)) for n in range(450)])
    assert 2 <= detector.looks <= 4


def test_who_fell_and_lies_still_is_looked_for() -> None:
    detector = Upright()
    falls = [picture(n, (140 + 2 * n, 90 + 6 * n, 24 + 6 * n, 70 - 6 * n)) for n in range(8)]
    pipeline = Pipeline(eye(), detector)
    run(pipeline, [*walking(30), *falls])
    looks = detector.looks
    frozen = picture(7, (154, 132, 66, 28))
    for n in range(10):
        pipeline.look(Frame(4.8 + n / FPS, frozen))
    assert detector.looks > looks + 1


def test_a_few_well_known_things_need_fewer_looks() -> None:
    detector = Upright()
    seen = run(Pipeline(eye(), detector), walking(60))
    (track,) = seen[-1].tracks
    assert detector.looks < 0.8 * 60
    assert track.box == pytest.approx((20 + 4 * 59, 90, 24, 70), abs=2)


def test_the_part_looked_at_holds_what_moved() -> None:
    x, y, w, h = region(
        ((10.0, 10.0, 20.0, 40.0),), [(12.0, 0.0, 30.0, 60.0), (500.0, 300.0, 9.0, 9.0)], (640, 480)
    )
    assert (x, y) == (0, 0)
    assert (w, h) == (256, 256)
    assert region(((10.0, 10.0, 600.0, 400.0),), [], (640, 480)) == (0, 0, 640, 480)
