"""A month of alarms judged: figures worked out by hand on a few days."""

from datetime import UTC, datetime, timedelta

from data.park_files.park import load_park
from data.settings import Settings
from park.alarms.facts import AlarmCleared, AlarmRaised
from park.alarms.monthly_report import report
from park.events.base import FactBase
from park.events.envelope import Event

PARK = load_park(Settings())
NOON = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)  # 12:00 in Korea
GAS = "changwon/gas/GAS-001"


def say(at: datetime, fact: FactBase) -> Event:
    return Event(f"{fact.TYPE} {at}", "watch/changwon", fact.TYPE, GAS, at, "changwon", fact)


def test_a_calm_day_and_a_day_with_a_flood() -> None:
    yesterday = NOON - timedelta(days=1)
    told = [say(yesterday, AlarmRaised("calm", "gas_high", "low"))]
    told.append(say(yesterday + timedelta(minutes=5), AlarmCleared("calm", "gas_high")))
    start = NOON - timedelta(hours=1)
    told += [
        say(start + timedelta(seconds=10 * n), AlarmRaised(f"{n}", "gas_high", "high")) for n in range(12)
    ]
    found = report(told, PARK, NOON, span_days=2)
    assert [(day.day, day.alarms) for day in found.days] == [("2026-11-21", 1), ("2026-11-22", 12)]
    assert found.per_day == 13.0
    assert len(found.floods) == 1
    # From the eleventh (100 s) until the eighth leaves (70 s + 10 min): 570 s of a day.
    assert found.in_flood == 570 / 86400
    assert found.priorities["high"] == 12 / 13
    assert found.bad_actors[0].count == 13
    assert found.chattering[0].count == 13
    assert found.stale == ()
    assert found.metrics.maximum_active_state_s == 3600
    assert found.busy_hours == 0.0
    assert found.busy_10min == 1 / 144


def test_nothing_told_is_nothing_found() -> None:
    found = report([], PARK, NOON, span_days=30)
    assert (len(found.days), found.per_day, found.floods, found.metrics.alarm_count) == (30, 0.0, (), 0)


def test_an_alarm_raised_before_the_days_counts_in_none_of_them_but_stands() -> None:
    long_ago = NOON - timedelta(days=3)
    found = report([say(long_ago, AlarmRaised("old", "gas_high", "low"))], PARK, NOON, span_days=2)
    assert [day.alarms for day in found.days] == [0, 0]
    assert [alarm.id for alarm in found.stale] == ["old"]
