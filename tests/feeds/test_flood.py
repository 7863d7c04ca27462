"""The flood: its numbers, its cause first, the same each time; what the operator sees of it."""

from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
from msgspec.structs import replace

from bench.flood import pour, seen
from feeds.flood import SPAN_S, Flood, flood
from tests.feeds.lived_park import PARK

START = datetime(2026, 4, 16, 3, 0, tzinfo=UTC)
NOW = START + timedelta(seconds=62)


@pytest.fixture(scope="module")
def whole() -> Flood:
    return flood(PARK, START)


def test_ten_thousand_come_from_one_cause_in_a_minute_and_three_hundred_do_not(whole: Flood) -> None:
    assert (len(whole.caused), len(whole.unrelated), len(whole.critical)) == (10_000, 300, 12)
    assert not whole.caused & whole.unrelated
    assert whole.critical < whole.unrelated
    assert whole.people < whole.unrelated - whole.critical
    assert len(whole.people) == 24
    assert len({event.key for event in whole.events}) == 10_300
    assert whole.events[0].subject == whole.cause == "changwon/substation/SUB-1"
    assert whole.events[0].time == START < whole.events[1].time
    assert whole.events[-1].time - START < timedelta(seconds=SPAN_S)
    assert list(whole.events) == sorted(whole.events, key=lambda event: event.time)


def test_every_alarm_is_one_of_the_park_with_its_own_priority(whole: Flood) -> None:
    assert {event.subject for event in whole.events} <= set(PARK.assets)
    for event in whole.events:
        assert event.data.priority == PARK.alarms[event.data.condition].priority
    critical = {e.data.priority for e in whole.events if e.data.alarm in whole.critical}
    assert critical == {"critical"}
    kinds = Counter(event.subject.split("/")[1] for event in whole.events)
    assert kinds["light"] > 8000
    assert kinds["meter"] >= 120
    assert kinds["camera"] >= 100
    caused = {event.subject for event in whole.events if event.data.alarm in whole.caused}
    assert not caused & {e.subject for e in whole.events if e.data.alarm in whole.unrelated}


def test_the_same_call_makes_the_same_flood(whole: Flood) -> None:
    assert flood(PARK, START) == whole


def test_a_park_without_a_substation_has_no_flood() -> None:
    assets = {name: asset for name, asset in PARK.assets.items() if asset.kind != "substation"}
    with pytest.raises(ValueError, match="no substation"):
        flood(replace(PARK, assets=assets), START)


def test_of_a_flood_the_cause_is_on_top_the_critical_are_seen_and_nothing_is_lost(whole: Flood) -> None:
    found = seen(PARK, whole, pour(PARK, whole), NOW)
    assert found.alarms == 10_300
    assert found.lost == 0
    assert found.critical_seen == 12
    assert found.people_seen == 24
    assert found.rank == 1
    assert found.items <= 10_300 / 40
