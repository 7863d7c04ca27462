"""Wrong way: against the permitted way, over a line and along a zone."""

import pytest

from cctv.rules import WrongWay
from cctv.rules.base import Place
from cctv.tracking.tracker import Box
from park.cameras.crossings import Way
from tests.cctv.rules.walk import between, live, still, told

LINE = Place("gate", ((0.0, 200.0), (400.0, 200.0)), is_line=True)
ZONE = Place("lane", ((0.0, 0.0), (400.0, 0.0), (400.0, 400.0), (0.0, 400.0)))
HIGH: Box = (100, 40, 60, 40)
DEEP: Box = (100, 300, 60, 40)


def ways(place: Place, boxes: list[Box], direction: Way, label: str = "car") -> list[str | None]:
    found = told(WrongWay(direction=direction).build(place), live(boxes, label=label))
    assert {one.kind for _, one in found} <= {"wrong_way"}
    return [one.direction for _, one in found]


@pytest.mark.parametrize("place", [LINE, ZONE], ids=["line", "zone"])
def test_with_the_way_is_right_and_against_it_wrong_once(place: Place) -> None:
    down, up = between(HIGH, DEEP, 3) + still(DEEP, 1), between(DEEP, HIGH, 3) + still(HIGH, 1)
    assert ways(place, down, "down") == []
    assert ways(place, up, "down") == ["up"]
    assert ways(place, up, "up") == []
    assert ways(place, down, "up") == ["down"]


def test_standing_backing_a_little_and_crossing_are_not() -> None:
    back = still(DEEP, 2) + between(DEEP, (100, 280, 60, 40), 2) + still((100, 280, 60, 40), 5)
    assert ways(ZONE, back, "down") == []
    assert ways(ZONE, between((0, 200, 60, 40), (340, 200, 60, 40), 3), "down") == []


def test_people_may_walk_both_ways() -> None:
    assert ways(ZONE, between(DEEP, HIGH, 3), "down", "person") == []
