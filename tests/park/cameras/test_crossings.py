"""Totals of lines: each way, today by the park's own midnight, and in the last hour, in any order."""

import random
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from park.cameras.crossings import Crossed, began, crossings, ways
from park.cameras.facts import CameraEvent, CameraEventKind
from park.events.envelope import Event

SEOUL = ZoneInfo("Asia/Seoul")
NOW = datetime(2026, 11, 22, 15, 30, tzinfo=UTC)  # half past midnight in the park
MIDNIGHT = datetime(2026, 11, 22, 15, tzinfo=UTC)


def over(minutes: float, line: str, way: str, kind: CameraEventKind = "line_crossing") -> Event:
    fact = CameraEvent(kind, "CAM-1", "m", kind, 0.9, line=line, direction=way)
    at = NOW - timedelta(minutes=minutes)
    return Event(f"{line}{way}{minutes}", "tests", fact.TYPE, "changwon/camera/CAM-1", at, "changwon", fact)


EVENTS = [
    over(1, "gate", "down"), over(29, "gate", "down"), over(31, "gate", "down"), over(61, "gate", "down"),
    over(5, "gate", "up"), over(40, "door", "left"), over(90, "wall", "up"), over(-1, "gate", "down"),
    over(2, "gate", "down", "wrong_way"),
]  # fmt: skip
WATCHED = [("gate", "up"), ("gate", "down"), ("dock", "right")]


def test_the_totals_are_those_worked_by_hand() -> None:
    assert crossings(EVENTS, WATCHED, NOW, SEOUL) == [
        Crossed("gate", "up", 1, 1),
        Crossed("gate", "down", 2, 3),  # 31 minutes ago it was yesterday
        Crossed("dock", "right", 0, 0),
        Crossed("door", "left", 0, 1),  # a line that is drawn no more
    ]


def test_any_order_gives_the_same_totals() -> None:
    shuffled = EVENTS.copy()
    random.Random(7).shuffle(shuffled)
    assert crossings(shuffled, WATCHED, NOW, SEOUL) == crossings(EVENTS, WATCHED, NOW, SEOUL)


def test_today_begins_at_the_park_s_midnight_of_that_day_s_clock() -> None:
    assert began(NOW, SEOUL) == (MIDNIGHT, NOW - timedelta(hours=1))
    spring = datetime(2026, 3, 29, 12, tzinfo=UTC)  # clocks went forward this morning in Berlin
    assert began(spring, ZoneInfo("Europe/Berlin"))[0] == datetime(2026, 3, 28, 23, tzinfo=UTC)


@pytest.mark.parametrize(
    ("a", "b", "both"),
    [
        ((0, 0), (9, 8), ("up", "down")),
        ((9, 8), (0, 0), ("up", "down")),
        ((0, 0), (-8, 9), ("left", "right")),
        ((0, 0), (5, 5), ("up", "down")),
    ],
)
def test_a_line_is_gone_over_two_ways(
    a: tuple[float, float], b: tuple[float, float], both: tuple[str, str]
) -> None:
    assert ways(a, b) == both
