"""The same identity with other content is another event, and everybody decides so alike."""

from datetime import timedelta
from itertools import permutations

import pytest
from msgspec.structs import replace

from park.alarms.engine import Conditions
from park.alarms.facts import AlarmCleared, AlarmRaised
from park.energy.facts import MeterReading
from park.environment.facts import GasObservation
from park.events.envelope import decode, encode
from park.events.identity import newer, renamed, same_content
from park.logistics.facts import GatePassage
from park.logistics.memory import LogisticsMemory
from park.systems import new_state
from tests.park.small_park import ASSETS, at, event, park, seconds, state_of

PARK = park()
NOW = at("2026-11-23 10:00")
GAS, GATE = "changwon/gas/GAS-1", "changwon/gate/G-1"


def test_the_same_content_is_the_same_event_however_it_came_in() -> None:
    told = event(GasObservation("H2S", 2.0), GAS, NOW, "1")
    again = replace(told, ingested=NOW + seconds(60), spelled='{"subject": "gas-1"}')
    late = replace(told, time=NOW + timedelta(hours=9), stamped=NOW)
    assert same_content(told, again)
    assert same_content(told, late)
    assert not same_content(told, replace(told, data=GasObservation("H2S", 62.0)))
    assert not same_content(told, replace(told, time=NOW + seconds(1)))
    assert not same_content(told, replace(told, subject="changwon/gas/GAS-2"))


def test_an_id_of_its_own_is_made_of_the_content() -> None:
    told = event(GasObservation("H2S", 62.0), GAS, NOW, "1")
    kept = renamed(told)
    assert kept.id.startswith("1~")
    assert kept.sameid == "1"
    assert renamed(replace(told, ingested=NOW)).id == kept.id
    assert renamed(kept) is kept
    assert renamed(replace(told, data=GasObservation("H2S", 63.0))).id != kept.id
    longest = renamed(replace(told, id="x" * 200))
    assert decode(encode(longest)) == longest  # an id that the door takes


def test_a_counter_that_begins_again_is_shown_and_alarmed() -> None:
    state = new_state({a.id: a for a in ASSETS})
    conditions = Conditions(PARK, state)
    raised = []
    for ppm, when in ((2.0, NOW), (2.1, NOW + seconds(10)), (62.0, NOW + seconds(20))):
        told = event(GasObservation("H2S", ppm), GAS, when, "1" if ppm != 2.1 else "2")
        state.apply(told)
        raised += conditions.take(told)
    again = event(GasObservation("H2S", 2.0), GAS, NOW, "1")  # the first, delivered once more
    state.apply(again)
    raised += conditions.take(again) + conditions.tick(NOW + seconds(26))
    assert {alarm.data.condition for alarm in raised if isinstance(alarm.data, AlarmRaised)} == {
        "gas_stel",
        "gas_high",
    }
    shown = state.fact(GAS, GasObservation)
    assert shown is not None
    assert shown.ppm == 62.0


def test_one_identity_and_moment_with_two_contents_is_decided_alike_in_any_order() -> None:
    told = [event(GasObservation("H2S", ppm), GAS, NOW, "1") for ppm in (2.0, 62.0, 7.0)]
    told += [event(MeterReading(kw, 1.0), "changwon/substation/SS-1", NOW, "1") for kw in (1.0, 900.0)]
    states = [state_of(*order) for order in permutations(told)]
    assert all(states[0].same_as(other) for other in states)


@pytest.mark.parametrize("again", [0, 20])
def test_two_passages_of_one_number_are_two(again: int) -> None:
    first = event(GatePassage("V-1", "in"), GATE, NOW, "1")
    second = event(GatePassage("V-2", "in"), GATE, NOW + seconds(again), "1" if again else "2")
    passed = state_of(first, second, first).memory(LogisticsMemory).passages[GATE]
    assert [fact.vehicle for _, fact in passed.since(0)] == ["V-1", "V-2"]


def test_an_alarm_of_another_system_whose_number_was_used_before_is_not_lost() -> None:
    first = event(AlarmRaised("a-1", "fire_panel", "high"), GATE, NOW, "1")
    over = event(AlarmCleared("a-1", "fire_panel"), GATE, NOW + timedelta(minutes=9), "2")
    second = event(AlarmRaised("a-2", "fire_panel", "critical"), GATE, NOW + timedelta(hours=1), "1")
    for order in permutations((first, over, second, first)):
        (alarm,) = state_of(*order).open_alarms()
        assert (alarm.priority, alarm.count) == ("critical", 2)


def test_newer_is_by_time_first() -> None:
    early, late = (event(GasObservation("H2S", 1.0), GAS, NOW + seconds(s), "1") for s in (0, 1))
    assert newer(late, early)
    assert not newer(early, late)
    assert not newer(early, early)
    assert newer(early, None)
