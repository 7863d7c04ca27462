"""Whose turn it is: once a period, spread over it, the same in wide steps and in narrow ones."""

from collections import Counter
from datetime import timedelta

import pytest

from feeds.simulator.schedule import Schedule
from tests.feeds.lived_park import DAY, PARK

LIGHTS = [asset for asset in PARK.assets.values() if asset.kind == "light"]
CAMERAS = [asset for asset in PARK.assets.values() if asset.kind == "camera"]


@pytest.mark.parametrize("step_s", [1, 5, 20, 60])
def test_everyone_speaks_once_in_a_period(step_s: int) -> None:
    schedule, count = Schedule(LIGHTS), Counter[str]()
    for turn in range(1, 300 // step_s + 1):
        count.update(asset.id for asset in schedule.due(DAY + timedelta(seconds=turn * step_s), step_s))
    assert count == Counter(asset.id for asset in LIGHTS)


def test_a_step_as_wide_as_the_period_is_everyones_turn_once() -> None:
    due = Schedule(CAMERAS).due(DAY, 600)
    assert sorted(asset.id for asset in due) == sorted(asset.id for asset in CAMERAS)


def test_nothing_bursts() -> None:
    schedule = Schedule(LIGHTS)
    most = max(len(schedule.due(DAY + timedelta(seconds=second), 1)) for second in range(300))
    assert most < 4 * len(LIGHTS) / 300


def test_who_has_no_period_has_no_turn() -> None:
    cabinets = [asset for asset in PARK.assets.values() if asset.kind == "cabinet"]
    assert cabinets
    assert Schedule(cabinets).due(DAY, 10_000) == []
