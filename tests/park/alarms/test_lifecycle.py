"""The life of an alarm, and its definitions."""

from datetime import timedelta
from itertools import permutations
from typing import Any

import msgspec
import pytest

from park.alarms.cards import card
from park.alarms.definition import Definition, suppression_flaw
from park.alarms.facts import (
    AlarmAcknowledged,
    AlarmCleared,
    AlarmFact,
    AlarmRaised,
    AlarmReset,
    AlarmShelved,
    AlarmUnshelved,
)
from park.alarms.lifecycle import LEVELS, TRANSITIONS, Alarm, alarm_id, event_id, step
from park.events.envelope import Event
from tests.park.small_park import ASSETS, at, event, park, seconds, state_of

NOW = at("2026-11-23 10:00")
MS = int(NOW.timestamp() * 1000)
GAS = "changwon/gas/GAS-1"
RAISED = AlarmRaised("a-1", "gas_high", "high", 12.0, 10.0, "ppm")
CLEARED = AlarmCleared("a-1", "gas_high")
ACKED = AlarmAcknowledged("a-1", "gas_high", "kim")
LATCHED = AlarmCleared("a-1", "gas_high", latched=True)
RESET = AlarmReset("a-1", "gas_high", "lee")
FACTS: dict[str, AlarmFact] = {
    "raise": RAISED, "clear": CLEARED, "ack": ACKED, "latch": LATCHED, "reset": RESET,
}  # fmt: skip


def in_state(state: str) -> Alarm:
    return Alarm("a-1", GAS, "gas_high", "high", state)  # type: ignore[arg-type]


@pytest.mark.parametrize("state", ["normal", "unack", "ack", "returned", "latched", "latched_ack"])
@pytest.mark.parametrize("kind", ["raise", "clear", "latch", "ack", "reset"])
def test_every_state_takes_what_the_table_says_and_nothing_else(state: str, kind: str) -> None:
    alarm, facts = step(in_state(state), FACTS[kind], NOW)
    expected = {f"{s} {k}": after for (s, k), after in TRANSITIONS.items()}.get(f"{state} {kind}")
    assert alarm.state == (expected or state)
    assert facts == ((FACTS[kind],) if expected else ())


def test_the_table_is_that_of_the_standard() -> None:
    """The states A to F of ISA-18.2: a clear unacknowledged waits, a latched one until it is reset."""
    assert TRANSITIONS == {
        ("normal", "raise"): "unack",
        ("unack", "ack"): "ack",
        ("unack", "clear"): "returned",
        ("ack", "clear"): "normal",
        ("returned", "ack"): "normal",
        ("returned", "raise"): "unack",
        ("ack", "raise"): "unack",
        ("unack", "latch"): "latched",
        ("ack", "latch"): "latched_ack",
        ("latched", "ack"): "latched_ack",
        ("latched", "raise"): "unack",
        ("latched_ack", "raise"): "unack",
        ("latched_ack", "reset"): "normal",
    }


def test_a_step_notes_when_and_who() -> None:
    alarm, _ = step(in_state("normal"), RAISED, NOW)
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
    results = [state_of(*order).alarms for order in permutations(told())]
    assert all(result == results[0] for result in results)
    (alarm,) = results[0].values()
    assert (alarm.state, alarm.count, alarm.user) == ("ack", 2, "kim")


def test_before_it_is_known_to_be_raised_there_is_no_alarm() -> None:
    assert state_of(event(CLEARED, GAS, NOW)).alarms == {}


def test_a_hundred_writers_raise_one_alarm_and_any_of_them_may_clear_it() -> None:
    raised = [
        event(AlarmRaised(f"by-{n}", "gas_high", "high"), GAS, NOW + timedelta(microseconds=50 * n))
        for n in range(100)
    ]
    state = state_of(*raised)
    (alarm,) = state.open_alarms()
    assert (alarm.id, alarm.count, len(state.alarms)) == ("by-0", 1, 1)
    state.apply(event(AlarmCleared("by-63", "gas_high"), GAS, NOW + seconds(5)))
    assert [alarm.state for alarm in state.open_alarms()] == ["returned"]


def test_what_turns_out_to_be_part_of_another_alarm_is_taken_off() -> None:
    late, seen = event(RAISED, GAS, NOW), event(AlarmRaised("b", "gas_high", "high"), GAS, NOW + seconds(1))
    state = state_of(seen)
    state.drain()
    state.apply(late)
    assert state.drain().alarms == {"a-1", "b"}
    assert list(state.alarms) == ["a-1"]
    gone = state.alarm("b")
    assert gone is not None
    assert gone.state == "normal"


def shelved(until_s: float = 60) -> AlarmShelved:
    return AlarmShelved("gas_high", "timed", NOW + seconds(until_s), "kim", "calibration")


def test_a_hidden_alarm_lives_on_and_shows_what_it_has_become() -> None:
    state = state_of(
        event(RAISED, GAS, NOW),
        event(shelved(), GAS, NOW + seconds(1)),
        event(CLEARED, GAS, NOW + seconds(2)),
    )
    assert state.open_alarms() == []
    assert state.level(GAS) == 0
    ((overlay, alarm),) = state.shelf()
    assert alarm is not None
    assert (overlay.name, overlay.by, overlay.until_ms, alarm.state) == (
        "shelved", "kim", MS + 60_000, "returned",
    )  # fmt: skip
    state.apply(event(AlarmUnshelved("gas_high"), GAS, NOW + seconds(60)))
    assert [alarm.state for alarm in state.open_alarms()] == ["returned"]
    assert state.shelf() == []


def test_an_overlay_is_on_the_shelf_without_an_alarm_too() -> None:
    ((overlay, alarm),) = state_of(event(shelved(), GAS, NOW)).shelf()
    assert (overlay.asset, overlay.condition, overlay.mode, alarm) == (GAS, "gas_high", "timed", None)


def test_the_card_of_a_hidden_alarm_says_by_whom_why_and_until_when() -> None:
    state = state_of(event(RAISED, GAS, NOW), event(shelved(), GAS, NOW + seconds(1)))
    alarm = state.alarms["a-1"]
    shown = card(alarm, park().alarms, state.assets, state.hidden(alarm))
    assert (shown.state, shown.under, shown.overlay, shown.by) == ("shelved", "unack", "shelved", "kim")
    assert shown.reason is not None
    assert (shown.reason.ko, shown.until_ms, shown.mode) == ("calibration", MS + 60_000, "timed")


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
        told = (definition.cause, definition.consequence, definition.response, definition.reason)
        texts = (definition.name, *told)
        assert all(label.ko and label.en and label.ko != label.en for label in texts), name
        assert definition.priority in LEVELS


GOOD: dict[str, Any] = {
    **{key: {"ko": "가", "en": "a"} for key in ("name", "cause", "consequence", "response", "reason")},
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
        ({"re_alarm_s": float("inf")}, "finite"),
        ({"suppress_by": [{"trait": "cabinet"}]}, "required field `condition`"),
        ({"priority": "urgent"}, "Invalid enum value 'urgent'"),
        ({"on_dellay_s": 1.0}, "unknown field `on_dellay_s`"),
    ],
)
def test_a_definition_that_could_not_work_is_refused(changed: dict[str, Any], words: str) -> None:
    assert msgspec.convert(GOOD, Definition).field == "ppm"
    with pytest.raises(msgspec.ValidationError) as refused:
        msgspec.convert(GOOD | changed, Definition)
    assert words in str(refused.value)


def test_what_suppresses_itself_or_is_suppressed_by_nothing_is_refused() -> None:
    def named(*parents: str) -> Definition:
        return msgspec.convert(GOOD | {"suppress_by": [{"condition": name} for name in parents]}, Definition)

    assert suppression_flaw({"a": named("b", "c"), "b": named("c"), "c": named()}) is None
    assert suppression_flaw({"a": named("b")}) == ("a", "`suppress_by`: no condition 'b'")
    circle = {"a": named("b"), "b": named("c"), "c": named("a")}
    assert suppression_flaw(circle) == ("a", "`suppress_by`: suppresses itself")
