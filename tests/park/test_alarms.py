"""The life of an alarm, and its definitions."""

from itertools import permutations
from typing import Any

import msgspec
import pytest

from park.alarm_facts import AlarmAcknowledged, AlarmCleared, AlarmFact, AlarmRaised
from park.alarms import (
    LEVELS,
    TRANSITIONS,
    Alarm,
    Definition,
    alarm_id,
    card,
    event_id,
    fold,
    new_alarm,
    step,
)
from park.events import Event
from tests.park.small import ASSETS, at, event, park, seconds

NOW = at("2026-11-23 10:00")
MS = int(NOW.timestamp() * 1000)
GAS = "changwon/gas/GAS-1"
RAISED = AlarmRaised("a-1", "gas_high", "high", 12.0, 10.0, "ppm")
CLEARED = AlarmCleared("a-1", "gas_high")
ACKED = AlarmAcknowledged("a-1", "gas_high", "kim")
FACTS: dict[str, AlarmFact] = {"raise": RAISED, "clear": CLEARED, "ack": ACKED}


def in_state(state: str) -> Alarm:
    return Alarm("a-1", GAS, "gas_high", "high", state)  # type: ignore[arg-type]


@pytest.mark.parametrize("state", ["normal", "unack", "ack", "returned"])
@pytest.mark.parametrize("kind", ["raise", "clear", "ack"])
def test_every_state_takes_what_the_table_says_and_nothing_else(state: str, kind: str) -> None:
    alarm, facts = step(in_state(state), FACTS[kind], NOW)
    expected = {f"{s} {k}": after for (s, k), after in TRANSITIONS.items()}.get(f"{state} {kind}")
    assert alarm.state == (expected or state)
    assert facts == ((FACTS[kind],) if expected else ())


def test_the_table_is_that_of_the_standard() -> None:
    """The basic states of ISA-18.2: a clear unacknowledged waits, an acknowledged ends."""
    assert TRANSITIONS == {
        ("normal", "raise"): "unack",
        ("unack", "ack"): "ack",
        ("unack", "clear"): "returned",
        ("ack", "clear"): "normal",
        ("returned", "ack"): "normal",
        ("returned", "raise"): "unack",
    }


def test_a_step_notes_when_and_who() -> None:
    alarm, _ = step(new_alarm(GAS, "gas_high", "high", MS), RAISED, NOW)
    alarm, _ = step(alarm, ACKED, NOW + seconds(5))
    assert (alarm.raised_ms, alarm.acked_ms, alarm.user, alarm.value, alarm.count) == (
        MS,
        MS + 5000,
        "kim",
        12.0,
        1,
    )
    alarm, _ = step(alarm, CLEARED, NOW + seconds(9))
    assert (alarm.state, alarm.cleared_ms, alarm.active) == ("normal", MS + 9000, False)


def told() -> list[Event]:
    facts = (RAISED, CLEARED, RAISED, ACKED)
    return [event(fact, GAS, NOW + seconds(n), f"id{n}") for n, fact in enumerate(facts)]


def test_the_fold_of_an_alarm_does_not_mind_the_order() -> None:
    results = [fold(list(order)) for order in permutations(told())]
    assert all(result == results[0] for result in results)
    assert results[0] is not None
    assert (results[0].state, results[0].count, results[0].user) == ("ack", 2, "kim")


def test_before_it_is_known_to_be_raised_there_is_no_alarm() -> None:
    assert fold([event(CLEARED, GAS, NOW)]) is None


def test_ids_are_the_same_for_the_same() -> None:
    assert alarm_id(GAS, "gas_high", MS) == alarm_id(GAS, "gas_high", MS)
    assert (
        len({alarm_id(GAS, "gas_high", MS), alarm_id(GAS, "gas_stel", MS), alarm_id(GAS, "gas_high", MS + 1)})
        == 3
    )
    assert len({event_id("a-1", kind, at_ms) for kind in ("raise", "ack", "clear") for at_ms in (1, 2)}) == 6


def test_a_card_says_what_where_and_what_to_do() -> None:
    definitions, assets = park().alarms, {a.id: a for a in ASSETS}
    shown = msgspec.to_builtins(card(in_state("unack"), definitions, assets))
    assert shown["alarm"] == "a-1"
    assert shown["name"] == {"ko": "유해가스 농도 높음", "en": "Gas above 8-hour limit"}
    assert shown["place"] == {"ko": GAS, "en": GAS}
    assert (shown["lat"], shown["lon"], shown["state"]) == (35.2, 128.6, "unack")
    dressed = card(msgspec.structs.replace(in_state("ack"), condition="gas_stel"), definitions, assets)
    assert dressed.response is not None
    assert "CCTV" in dressed.response.ko


def test_a_card_of_an_unknown_thing_still_has_a_name_and_a_place() -> None:
    shown = card(Alarm("a", "changwon/vehicle/V-9", "old_rule", "low", "unack"), {}, {})
    assert (shown.name.ko, shown.place.en, shown.lat) == ("old_rule", "V-9", None)


def test_definitions_tell_everything_in_both_languages() -> None:
    definitions = park().alarms
    assert len(definitions) >= 30
    for name, definition in definitions.items():
        texts = (definition.name, definition.cause, definition.consequence, definition.response)
        assert all(label.ko and label.en and label.ko != label.en for label in texts), name
        assert definition.reason, name
        assert definition.priority in LEVELS


GOOD: dict[str, Any] = {
    **{key: {"ko": "가", "en": "a"} for key in ("name", "cause", "consequence", "response")},
    "reason": "r",
    "watch": "value",
    "priority": "low",
    "limit": 1.0,
    "type": "park.gas.observation",
    "field": "ppm",
}


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"type": "park.no.such"}, "unknown event type 'park.no.such'"),
        ({"field": "pm10_ugm3"}, "park.gas.observation has no 'pm10_ugm3'"),
        ({"where": {"colour": "red"}}, "park.gas.observation has no 'colour'"),
        ({"limit": None}, "one of `limit` and `limit_from`"),
        ({"limit_from": "stel"}, "one of `limit` and `limit_from`"),
        ({"watch": "group"}, "watch 'group' needs `states`"),
        ({"watch": "event"}, "watch 'event' needs `kind`"),
        ({"watch": "peak", "limit": None}, "watch 'peak' needs `limit`"),
        ({"on_delay_s": -1.0}, "not negative"),
        ({"priority": "urgent"}, "Invalid enum value 'urgent'"),
        ({"on_dellay_s": 1.0}, "unknown field `on_dellay_s`"),
    ],
)
def test_a_definition_that_could_not_work_is_refused(changed: dict[str, Any], words: str) -> None:
    assert msgspec.convert(GOOD, Definition).field == "ppm"
    with pytest.raises(msgspec.ValidationError) as refused:
        msgspec.convert(GOOD | changed, Definition)
    assert words in str(refused.value)
