"""Fall: down at once and for good; not who sits, bends, lies down on a bed or walks away."""

import pytest

from cctv.rules import Fall
from cctv.rules.base import Place
from cctv.tracking.tracker import Box
from tests.cctv.rules.walk import Life, between, live, scene, still, told

STANDS: Box = (100, 100, 60, 200)
LIES: Box = (60, 240, 200, 65)
ALONG: Box = (95, 220, 75, 85)  # towards the camera
SITS: Box = (85, 195, 105, 105)  # on the ground
UP = still(STANDS, 3)


def fallen(after: list[Box], place: Place | None = None) -> list[float]:
    rule = Fall().build(place or Place())
    return [t_s for t_s, found in told(rule, live(UP + after)) if found.kind == "fall"]


def test_who_falls_and_stays_down_is_told_once_a_second_later() -> None:
    at = fallen(between(STANDS, LIES, 0.8) + still(LIES, 30))
    assert len(at) == 1
    assert 4.0 <= at[0] <= 5.2


def test_who_falls_towards_the_camera_is_told_a_little_later() -> None:
    at = fallen(between(STANDS, ALONG, 0.8) + still(ALONG, 5))
    assert len(at) == 1
    assert 5.0 <= at[0] <= 6.5


@pytest.mark.parametrize(
    "after",
    [
        between(STANDS, LIES, 0.8) + still(LIES, 0.4) + between(LIES, STANDS, 0.6) + still(STANDS, 3),
        between(STANDS, (90, 200, 90, 105), 1) + still((90, 200, 90, 105), 20),
        between(STANDS, (80, 150, 100, 150), 0.6) + still((80, 150, 100, 150), 2) + still(STANDS, 2),
        between(STANDS, (30, 190, 190, 112), 0.8) + still((30, 190, 190, 112), 3) + still(STANDS, 2),
        between(STANDS, LIES, 0.8) + (still((40, 180, 190, 120), 0.6) + still(LIES, 0.6)) * 4,
        between(STANDS, SITS, 1.5) + still(SITS, 3) + between(SITS, LIES, 2) + still(LIES, 10),
        between(STANDS, (60, 180, 200, 65), 0.8) + still((60, 180, 200, 65), 10),
        between(STANDS, (100, 130, 24, 70), 6) + still((100, 130, 24, 70), 3),
        between(STANDS, (90, 250, 80, 50), 0.8),
        between(STANDS, (100, 100, 250, 200), 0.4) + still((100, 100, 250, 200), 5),
    ],
    ids=[
        "up again",
        "sits down",
        "bends",
        "reaches for the ground",
        "comes up again and again",
        "lies down slowly",
        "on a bed",
        "walks away",
        "walks out",
        "two as one",
    ],
)
def test_who_does_something_else_has_not_fallen(after: list[Box]) -> None:
    assert fallen(after) == []


def test_a_second_fall_after_getting_up_is_another_one() -> None:
    once = between(STANDS, LIES, 0.8) + still(LIES, 4) + between(LIES, STANDS, 1) + still(STANDS, 70)
    assert len(fallen(once + between(STANDS, LIES, 0.8) + still(LIES, 4))) == 2


def test_who_is_lost_lying_or_found_again_as_another_is_told_once() -> None:
    down = between(STANDS, LIES, 0.8) + still(LIES, 0.6)
    pictures = live(UP + down) + [[] for _ in range(20)]
    assert len(told(Fall().build(Place()), pictures)) == 1
    stood, found = live(UP), Life(7)
    start = len(stood) / 5 + 0.6
    lying = [[found.at(LIES, start + n / 5)] for n in range(20)]
    assert len(told(Fall().build(Place()), [*stood, [], [], [], *lying])) == 1


def test_where_nothing_differs_from_the_empty_place_nobody_lies() -> None:
    rule, found = Fall().build(Place()), []
    for n, tracks in enumerate(live(UP + between(STANDS, LIES, 0.8) + still(LIES, 5))):
        found += rule.look(scene(tracks, n / 5, moves=False))
    assert not found


def test_a_box_drawn_too_high_is_judged_by_what_moves_in_it() -> None:
    high: Box = (60, 160, 200, 145)
    rule, found = Fall().build(Place()), []
    for n, tracks in enumerate(live(UP + still(high, 5))):
        shown = scene(tracks, n / 5)
        shown.moved.mask[: 240 // 20 if n >= 15 else 0] = 0  # nothing above who lies
        found += rule.look(shown)
    assert len(found) == 1
    assert fallen(still(high, 5)) == []


def test_who_fell_while_the_light_changed_is_told() -> None:
    rule, found = Fall().build(Place()), []
    for n, tracks in enumerate(live(UP + between(STANDS, LIES, 0.8) + still(LIES, 5))):
        found += rule.look(scene(tracks, n / 5, moves=False)._replace(changed_s=4.2 if n > 21 else 0.0))
    assert len(found) == 1


def test_a_thing_that_never_stood_up_has_not_fallen() -> None:
    assert told(Fall().build(Place()), live(still(LIES, 20))) == []


def test_only_in_its_zone() -> None:
    zone = Place("yard", ((400.0, 0.0), (500.0, 0.0), (500.0, 400.0), (400.0, 400.0)))
    assert fallen(between(STANDS, LIES, 0.8) + still(LIES, 5), zone) == []
