"""Stopped vehicle: the place counts, whatever the tracker calls it."""

from cctv.rules import StoppedVehicle
from cctv.rules.base import Place
from cctv.tracking.tracker import Box, Track
from tests.cctv.rules.walk import Life, between, live, still, told

THERE: Box = (100, 100, 80, 50)
FAR: Box = (600, 100, 80, 50)


def times(boxes: list[Box], label: str = "car") -> list[float]:
    return [t_s for t_s, _ in told(StoppedVehicle(dwell_s=10).build(Place()), live(boxes, label=label))]


def test_who_stops_is_told_once_after_the_dwell() -> None:
    at = times(between(FAR, THERE, 3) + still(THERE, 60))
    assert len(at) == 1
    assert 12.5 <= at[0] <= 13.5


def test_a_short_stop_slow_traffic_and_people_are_none() -> None:
    assert times(between(FAR, THERE, 3) + still(THERE, 8) + between(THERE, FAR, 3)) == []
    assert times(between(FAR, THERE, 120)) == []
    assert times(still(THERE, 60), "person") == []


def test_another_number_and_a_lorry_in_front_do_not_begin_it_anew() -> None:
    first, second = live(still(THERE, 6), label="car"), Life(9, "truck")
    hidden: list[list[Track]] = [[] for _ in range(10)]
    later = [[second.at(THERE, 8 + n / 5)] for n in range(20)]
    at = told(StoppedVehicle(dwell_s=10).build(Place()), [*first, *hidden, *later])
    assert [found.track for _, found in at] == [9]
    assert 9.9 <= at[0][0] <= 10.3


def test_a_place_held_for_one_who_left_is_no_stop() -> None:
    """The detector found it at first; then it was only held, and another passes there now and then."""
    life, pictures = Life(1, "car"), []
    for n in range(300):
        track = life.at(THERE, n / 5)
        track.named_s = track.sure_s = n / 5 if n < 10 or n % 100 == 0 else (n - n % 100) / 5
        pictures.append([track])
    assert told(StoppedVehicle(dwell_s=30).build(Place()), pictures) == []


def test_the_default_is_that_of_the_standard() -> None:
    assert StoppedVehicle().dwell_s == 60
