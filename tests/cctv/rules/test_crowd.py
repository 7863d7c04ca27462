"""Crowd: enough people for long enough, once."""

import pytest

from cctv.rules import Crowd
from cctv.rules.base import Place
from cctv.tracking.tracker import Track
from tests.cctv.rules.walk import Life, told


def crowd(count: int, at: int, label: str = "person") -> list[Track]:
    return [Life(n, label).at((20.0 * n, 100, 15, 40), at / 5) for n in range(count)]


def fired(counts: list[int], label: str = "person") -> list[float]:
    rule = Crowd(people=5, for_s=4).build(Place())
    return [t_s for t_s, _ in told(rule, [crowd(count, n, label) for n, count in enumerate(counts)])]


@pytest.mark.parametrize(
    ("counts", "times"),
    [
        ([4] * 100, 0),
        ([5] * 15, 0),
        ([5] * 30, 1),
        ([5] * 300, 1),
        ([5, 5, 4] * 20, 1),
        ([5] * 10 + [2] * 100, 0),
    ],
    ids=["too few", "too short", "enough", "once", "one hidden now and then", "passing by"],
)
def test_people_and_time(counts: list[int], times: int) -> None:
    assert len(fired(counts)) == times


def test_a_crowd_that_comes_back_is_another_one() -> None:
    assert len(fired([6] * 30 + [1] * 30 + [6] * 30)) == 2


def test_cars_are_no_crowd() -> None:
    assert fired([9] * 60, "car") == []


def test_everybody_is_shown() -> None:
    rule = Crowd(people=5, for_s=1).build(Place())
    (_, found), *_ = told(rule, [crowd(7, n) for n in range(10)])
    assert len(found.boxes) == 7
    assert found.track is None
