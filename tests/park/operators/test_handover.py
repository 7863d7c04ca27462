"""The handover is drawn from what stands and what was done; the same things give the same text."""

from datetime import timedelta
from typing import Literal

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from park.alarms.facts import AlarmRaised, AlarmRemoved, AlarmShelved, AlarmSuppressed, AlarmUnshelved
from park.commands.facts import CommandFinished, CommandRequested
from park.config.label import Label
from park.events.base import Priority
from park.events.envelope import Event
from park.incidents.facts import Grade, IncidentAcknowledged, IncidentAdvanced, IncidentOpened
from park.messages.facts import MessageRequested, MessageStatus
from park.operators.handover import Act, Handover, Recorded, Silence, canonical, digest, done, draw
from tests.park.small_park import at, event, park, state_of

NOW, SINCE = at("2026-11-23 08:10"), at("2026-11-22 20:00")
GAS, LIGHT = "changwon/gas/GAS-2", "changwon/light/L-1"
End = Literal["done", "partial", "failed"]
PRIORITIES: dict[str, Priority] = {GAS: "critical", "changwon/gas/GAS-1": "high", LIGHT: "high"}
NIGHT = Label("야간", "night")


def minutes(number: float) -> timedelta:
    return timedelta(minutes=number)


def opened(name: str, grade: Grade = "alert") -> list[Event]:
    subject, began = f"changwon/incident/{name}", SINCE + minutes(60)
    facts = (
        IncidentOpened(name, f"2026-{name}", "gas_leak", GAS, grade),
        IncidentAcknowledged(name, "kim"),
    )
    return [event(fact, subject, began + minutes(n)) for n, fact in enumerate(facts)]


def command(name: str, until_min: float | None = None, state: End | None = None) -> list[Event]:
    subject, asked = f"changwon/command/{name}", SINCE + minutes(90)
    until = None if until_min is None else NOW + minutes(until_min)
    told = [
        event(CommandRequested(name, "light.dim", (LIGHT,), 100.0, until=until, user="kim"), subject, asked)
    ]
    if state:
        fact = CommandFinished(name, state, 1, 1)
        told.append(event(fact, subject, asked + minutes(1)))
    return told


def drawn(*told: Event, record: Recorded | None = None) -> Handover:
    return draw(park(), state_of(*told), NOW, SINCE, NIGHT, "kim", record or Recorded())


def test_open_incidents_with_state_owner_and_what_comes_next() -> None:
    closed = event(
        IncidentAdvanced("i-2", "closed", "kim", "끝"), "changwon/incident/i-2", SINCE + minutes(70)
    )
    made = drawn(*opened("i-1"), *opened("i-2"), *opened("i-3", "serious"), closed)
    assert [one.incident for one in made.incidents] == ["i-3", "i-1"]
    first = made.incidents[1]
    assert (first.number, first.grade, first.state, first.owner) == (
        "2026-i-1",
        "alert",
        "acknowledged",
        "kim",
    )
    assert first.title.ko.startswith("가스 누출")


def test_what_is_hidden_with_its_reason_and_end() -> None:
    until = NOW + minutes(30)
    shelved = AlarmShelved("gas_high", "timed", until, "kim", "정비 중")
    removed = AlarmRemoved("light_failed", "lee", "교체 대기")
    back = AlarmUnshelved("gas_stel")
    other = AlarmShelved("gas_stel", "timed", until, "kim", "x")
    made = drawn(
        event(shelved, GAS, SINCE + minutes(5)),
        event(removed, LIGHT, SINCE + minutes(6)),
        event(other, GAS, SINCE + minutes(7)),
        event(back, GAS, SINCE + minutes(8)),
    )
    assert [(one.layer, one.asset, one.by, one.reason.ko) for one in made.hidden] == [
        ("out_of_service", "L-1", "lee", "교체 대기"),
        ("shelved", "GAS-2", "kim", "정비 중"),
    ]
    assert made.hidden[1].until_ms == until.timestamp() * 1000


def test_what_a_worse_alarm_hides_names_that_alarm_in_both_languages() -> None:
    made = drawn(event(AlarmSuppressed("gas_high", "gas_stel", GAS), GAS, SINCE + minutes(5)))
    stel = park().alarms["gas_stel"].name
    assert [one.reason for one in made.hidden] == [stel]


def test_commands_still_in_force_or_waiting() -> None:
    made = drawn(
        *command("waits"),
        *command("holds", 30, "done"),
        *command("stays", None, "partial"),
        *command("over", -1, "done"),
        *command("failed", None, "failed"),
    )
    assert {(one.command, one.state) for one in made.commands} == {
        ("waits", "waiting"),
        ("holds", "done"),
        ("stays", "partial"),
    }


def test_alarms_that_stand_by_priority_and_messages_that_did_not_leave() -> None:
    raised = [
        event(AlarmRaised(asset, "gas_high", priority), asset, SINCE + minutes(1))
        for asset, priority in PRIORITIES.items()
    ]
    asked = MessageRequested("m-1", "fire_119", "email", "제목", "title", "", "")
    lost = MessageStatus("m-1", "failed", 3, "no answer")
    messages = [event(fact, "changwon/message/m-1", SINCE + minutes(1)) for fact in (asked, lost)]
    made = drawn(*raised, *messages)
    assert made.standing == {"critical": 1, "high": 2, "medium": 0, "low": 0}
    assert (made.unacknowledged, made.unsent) == (3, 1)


def test_acts_by_kind_and_notes() -> None:
    acts = (
        Act(3, "lee", "alarm.acknowledge", "a"),
        Act(1, "kim", "alarm.acknowledge", "b"),
        Act(2, "kim", "handover.note", "handover", "정문 2번 카메라 흐림"),
    )
    made = drawn(record=Recorded(acts, 12, 9, (Silence("light", 3, 900_000),), 40, "ab" * 32))
    assert [(one.action, one.count, one.first_ms, one.last_ms, one.users) for one in made.done] == [
        ("alarm.acknowledge", 2, 1, 3, ("kim", "lee")),
        ("handover.note", 1, 2, 2, ("kim",)),
    ]
    assert [note.reason for note in made.notes] == ["정문 2번 카메라 흐림"]
    assert (made.raised, made.acknowledged, made.audit_rows) == (12, 9, 40)


def test_what_is_signed_is_the_same_for_the_same_and_another_for_another() -> None:
    told = opened("i-1")
    one, other = canonical(drawn(*told)), canonical(drawn(*reversed(told)))
    assert one == other
    assert digest(one) == digest(other)
    assert msgspec.json.decode(one, type=Handover) == drawn(*told)
    changed = msgspec.structs.replace(drawn(*told), audit_hash="x")
    assert digest(canonical(changed)) != digest(one)
    assert len(digest(one)) == 64


@given(st.lists(st.tuples(st.integers(0, 99), st.sampled_from("ab"), st.sampled_from(["x.y", "x.z"]))))
def test_every_act_is_counted_once(told: list[tuple[int, str, str]]) -> None:
    found = done(Act(*one) for one in told)
    assert sum(kind.count for kind in found) == len(told)
    assert all(kind.first_ms <= kind.last_ms and kind.users for kind in found)


def test_a_small_park_hands_over_an_empty_page() -> None:
    made = drawn()
    assert (made.incidents, made.hidden, made.done, made.commands) == ((), (), (), ())
