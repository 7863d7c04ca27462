"""Between two looks: what is new is looked at, who is known goes on as they went."""

import numpy as np
import pytest
from numpy.typing import NDArray

from cctv.tracking.tracker import Box, Sighting, Tracker
from cctv.vision.motion import Moved
from cctv.vision.new_motion import fresh

NOTHING = np.zeros((180, 320), np.uint8)


def mask(*boxes: tuple[int, int, int, int]) -> NDArray[np.uint8]:
    made = NOTHING.copy()
    for x, y, w, h in boxes:
        made[y : y + h, x : x + w] = 255
    return made


def moved(*boxes: tuple[int, int, int, int]) -> Moved:
    return Moved(tuple((2.0 * x, 2.0 * y, 2.0 * w, 2.0 * h) for x, y, w, h in boxes), mask(*boxes), 0.5)


def test_what_is_new_is_told_in_pixels_of_the_picture() -> None:
    assert fresh(moved((100, 50, 20, 40)), NOTHING, []) == [(200.0, 100.0, 40.0, 80.0)]


def test_who_is_known_is_not_new_and_a_newcomer_beside_is() -> None:
    both = moved((100, 50, 20, 40), (200, 50, 20, 40))
    assert fresh(both, NOTHING, [(200.0, 100.0, 40.0, 80.0)]) == [(400.0, 100.0, 40.0, 80.0)]


def test_a_newcomer_touching_somebody_known_is_new() -> None:
    (box,) = fresh(moved((100, 50, 50, 40)), NOTHING, [(200.0, 100.0, 40.0, 80.0)])
    assert box[0] + box[2] == 300.0


def test_a_tree_that_waves_where_it_waved_is_not_new() -> None:
    assert not fresh(moved((100, 50, 20, 40)), mask((104, 52, 20, 40)), [])
    assert fresh(moved((100, 50, 20, 40)), mask((116, 50, 20, 40)), [])


def test_rims_and_specks_are_not_new() -> None:
    assert not fresh(moved((100, 50, 4, 60), (200, 50, 5, 5)), NOTHING, [])


def test_a_mask_of_another_size_tells_nothing() -> None:
    assert fresh(moved((100, 50, 20, 40)), np.full((90, 160), 255, np.uint8), [])


def person(x: float) -> Sighting:
    return Sighting((x, 100.0, 30.0, 80.0), "person", 0.9)


def moves(_: Box) -> float:
    return 1.0


def test_who_is_carried_goes_on_as_fast_and_is_found_again() -> None:
    tracker = Tracker()
    for n in range(40):
        known = tracker.known(n / 5) if n % 2 else []
        seen = [] if known else [person(100 + 8 * n)]
        tracks = tracker.update(seen, n / 5, moves, carried=known)
    (track,) = tracks
    assert track.number == 1
    assert track.box[0] == pytest.approx(100 + 8 * 39)
    assert track.velocity[0] == pytest.approx(40)


def test_who_is_carried_and_sighted_is_where_sighted() -> None:
    tracker = Tracker()
    for n in range(10):
        tracker.update([person(100 + 8 * n)], n / 5, moves)
    (track,) = tracker.update([person(184)], 2.0, moves, carried=tracker.known(2.0))
    assert track.box[0] == 184


def test_newcomers_and_who_lie_on_one_another_are_unclear() -> None:
    tracker = Tracker()
    tracker.update([person(100)], 0.0, moves)
    assert len(tracker.unclear(0.2)) == 1
    assert not tracker.known(0.2)
    for n in range(1, 10):
        tracker.update([person(100 + 8 * n), person(400 - 8 * n)], n / 5, moves)
    assert not tracker.unclear(2.0)
    assert len(tracker.known(2.0)) == 2
    for n in range(10, 18):
        tracker.update([person(100 + 8 * n), person(400 - 8 * n)], n / 5, moves)
    assert len(tracker.unclear(3.6)) == 2
