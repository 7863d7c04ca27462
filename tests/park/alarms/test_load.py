"""The load figures against a fixture worked out by hand."""

from datetime import UTC, datetime

import pytest

from data.park_files.park import load_park
from data.settings import Settings
from park.alarms.facts import AlarmAcknowledged, AlarmCleared, AlarmRaised
from park.alarms.lifecycle import Alarm
from park.alarms.load import (
    Actor,
    Flood,
    bad_actors,
    chattering,
    days,
    floods,
    metrics,
    priorities,
    since,
    stale,
    summary,
)
from park.events.base import FactBase, Priority
from park.events.envelope import Event
from park.events.rings import Raising
from park.systems import new_state

PARK = load_park(Settings())
TARGETS = PARK.limits.alarms
MIN = 60_000
T0 = 1_770_000_000_000 // (60 * MIN) * 60 * MIN  # a full hour


def at(minutes: float, asset: str = "a", condition: str = "hot", priority: Priority = "low") -> Raising:
    return Raising(T0 + round(minutes * MIN), asset, condition, priority)


def test_a_flood_starts_above_ten_and_ends_below_five() -> None:
    # One a minute from 0 to 10: at minute 10 the first one leaves as the eleventh comes, ten remain.
    calm = [at(n).at_ms for n in range(11)]
    assert floods(calm, T0 + 60 * MIN, TARGETS) == []
    # Twelve within 5.5 min: the eleventh (5.0 min) starts it. They leave from minute 10 on, every half
    # minute; four are left when the eighth left, at 3.5 + 10 min.
    burst = [at(n / 2).at_ms for n in range(12)]
    end = at(13.5).at_ms
    assert floods(burst, T0 + 60 * MIN, TARGETS) == [Flood(at(5.0).at_ms, end, 12)]
    assert floods(burst, end - 1, TARGETS) == [Flood(at(5.0).at_ms, None, 12)]


def test_three_within_a_minute_chatter_and_three_in_a_minute_sharp_do_not() -> None:
    loud = [at(0), at(0.4), at(0.99)]
    slow = [at(5, "b"), at(5.5, "b"), at(6, "b")]
    assert chattering([*loud, *slow], TARGETS) == [Actor("a", "hot", 3, 0.5)]


def test_bad_actors_are_those_raised_most_with_their_share() -> None:
    raisings = [at(n, "a") for n in range(6)] + [at(n, "b") for n in range(3)] + [at(9, "c")]
    assert bad_actors(raisings, most=2) == [Actor("a", "hot", 6, 0.6), Actor("b", "hot", 3, 0.3)]


def test_shares_of_the_priorities() -> None:
    raisings = [at(n) for n in range(8)] + [at(8, priority="medium"), at(9, priority="critical")]
    assert priorities(raisings) == {"low": 0.8, "medium": 0.1, "high": 0.0, "critical": 0.1}
    assert set(priorities([]).values()) == {0.0}
    assert sum(TARGETS.share.values()) == pytest.approx(1)


def test_opc_ua_metrics() -> None:
    # 40 minutes, ten raisings: 6 in the first ten minutes, 1 in the second, 3 in the last.
    raisings = [at(n) for n in range(6)] + [at(15)] + [at(n) for n in (31, 32, 39)]
    long_active = Alarm("1", "a", "hot", "low", "ack", raised_ms=T0, acked_ms=T0 + 3 * MIN, count=4)
    never_acked = Alarm("2", "b", "hot", "low", "returned", T0 + 20 * MIN, cleared_ms=T0 + 25 * MIN, count=1)
    told = metrics(raisings, [long_active, never_acked], T0, T0 + 40 * MIN)
    assert told.alarm_count == 10
    assert told.average_alarm_rate == 2.5
    assert told.maximum_alarm_rate == 6.0
    assert told.current_alarm_rate == 3.0
    assert told.maximum_active_state_s == 40 * 60
    assert told.maximum_un_ack_s == 20 * 60
    assert told.maximum_re_alarm_count == 3
    nothing = metrics([], [], T0, T0 + 40 * MIN)
    assert (nothing.average_alarm_rate, nothing.maximum_active_state_s) == (0.0, None)


def test_stale_is_active_for_more_than_a_day() -> None:
    day = 24 * 60 * MIN
    old = Alarm("1", "a", "hot", "low", "ack", raised_ms=T0)
    back = Alarm("2", "a", "hot", "low", "returned", raised_ms=T0)
    assert stale([old, back], T0 + day, TARGETS) == []
    assert stale([old, back], T0 + day + 1, TARGETS) == [old]


def test_days_count_what_fell_into_them() -> None:
    bounds = [("one", T0), ("two", T0 + 120 * MIN), ("", T0 + 240 * MIN)]
    raisings = [at(n / 2) for n in range(40)] + [at(130)]
    found = [Flood(T0 + 5 * MIN, T0 + 29 * MIN, 40)]
    one, two = days(raisings, bounds, found, T0 + 240 * MIN, TARGETS)
    assert (one.day, one.alarms, one.most_10min, one.busy_hours, one.in_flood) == ("one", 40, 20, 1, 0.2)
    assert (two.alarms, two.most_10min, two.busy_hours, two.in_flood) == (1, 1, 0, 0.0)


def say(minutes: float, fact: FactBase, asset: str) -> Event:
    moment = datetime.fromtimestamp((T0 + minutes * MIN) / 1000, UTC)
    return Event(f"{fact.TYPE}{minutes}{asset}", "watch/changwon", fact.TYPE, asset, moment, "changwon", fact)


def test_the_strip_of_a_folded_state() -> None:
    state = new_state(PARK.assets)
    for n in range(12):
        state.apply(say(n / 4, AlarmRaised(f"{n}", "gas_high", "high"), f"changwon/gas/GAS-{n:03}"))
    state.apply(say(3.1, AlarmAcknowledged("0", "gas_high", "kim"), "changwon/gas/GAS-000"))
    state.apply(say(3.2, AlarmCleared("0", "gas_high"), "changwon/gas/GAS-000"))
    state.apply(say(4, AlarmRaised("late", "gas_stel", "critical"), "changwon/gas/GAS-001"))
    told = summary(state, PARK, datetime.fromtimestamp((T0 + 5 * MIN) / 1000, UTC))
    assert (told.last_10min, told.last_hour, told.level) == (13, 13, 2)
    assert told.flood == Flood(at(2.5).at_ms, None, 13)
    assert (told.unacknowledged, told.oldest_unack_ms, told.critical) == (12, at(0.25).at_ms, 1)
    later = summary(state, PARK, datetime.fromtimestamp((T0 + 30 * MIN) / 1000, UTC))
    assert (later.last_10min, later.last_hour, later.level, later.flood) == (0, 13, 0, None)


def test_what_was_raised_just_then_counts_no_more() -> None:
    assert since([at(0), at(1)], T0) == 1
