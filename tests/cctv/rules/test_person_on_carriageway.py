"""Person on the carriageway: on foot, and more than a step off the kerb."""

from cctv.rules import PersonOnCarriageway
from cctv.rules.base import Place
from cctv.tracking.tracker import Box, Sighting, Tracker
from tests.cctv.rules.walk import Life, between, live, scene, still, told

ROAD = Place("road", ((0.0, 200.0), (600.0, 200.0), (600.0, 400.0), (0.0, 400.0)))
KERB: Box = (100, 100, 30, 80)
ON: Box = (100, 200, 30, 80)


def rule(boxes: list[Box], label: str = "person") -> int:
    return len(told(PersonOnCarriageway().build(ROAD), live(boxes, label=label)))


def test_who_walks_on_the_road_is_told_once() -> None:
    assert rule(still(KERB, 3) + between(KERB, ON, 2) + still(ON, 30)) == 1


def test_the_kerb_a_step_and_a_car_are_nothing() -> None:
    assert rule(still(KERB, 30)) == 0
    assert rule(still(KERB, 3) + still(ON, 0.6) + still(KERB, 3)) == 0
    assert rule(still(ON, 30), "car") == 0


def test_who_rides_is_not_on_foot() -> None:
    rider, bicycle = Life(1), Life(2, "motorcycle")
    pictures = [[rider.at(ON, n / 5), bicycle.at((95, 215, 45, 70), n / 5)] for n in range(40)]
    assert told(PersonOnCarriageway().build(ROAD), pictures) == []


def test_who_is_seen_on_a_cycle_is_not_on_foot() -> None:
    """As detectors tell it: one road user, a person who rides."""

    def walks(rides: str | None) -> int:
        tracker, rule, told = Tracker(), PersonOnCarriageway().build(ROAD), 0
        for n in range(30):
            seen = [Sighting((100.0 + 8 * n, 200.0, 30.0, 80.0), "person", 0.9, rides=rides)]
            told += len(rule.look(scene(tracker.update(seen, n / 5, lambda _: 1.0), n / 5)))
        return told

    assert (walks(None), walks("bicycle")) == (1, 0)
