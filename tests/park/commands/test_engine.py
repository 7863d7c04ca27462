"""Commands: when they end and as what; the second step; what undoes a lasting one."""

from datetime import datetime, timedelta

import pytest

from park.alarms.facts import AlarmCleared, AlarmRaised
from park.commands.command import CONFIRM_S, FAILED, ready, refusal
from park.commands.engine import Commands
from park.commands.facts import CommandAnswered, CommandConfirmed, CommandFinished, CommandRequested
from park.commands.refusals import target_refusal
from park.engine.pipeline import Response
from park.events.envelope import Event
from park.systems import COMMAND_KINDS
from tests.park.small_park import ASSETS, at, event, park, state_of

NOW = at("2026-11-23 02:00")
LIGHTS = ("changwon/light/L-1", "changwon/light/L-2", "changwon/light/L-3")
SUBJECT = "changwon/command/c1"


def after(seconds: float) -> datetime:
    return NOW + timedelta(seconds=seconds)


def requested(*, confirm: bool = False, targets: tuple[str, ...] = LIGHTS) -> Event:
    return event(CommandRequested("c1", "light.dim", targets, 100.0, confirm=confirm), SUBJECT, NOW)


def answered(light: str, *, ok: bool = True, seconds: float = 1.0) -> Event:
    return event(CommandAnswered("c1", light, ok), SUBJECT, after(seconds))


def room() -> Response:
    state = state_of()
    return Response(state, [Commands(park(), state)])


def told(events: list[Event]) -> list[tuple[str, int, int]]:
    facts = [each.data for each in events if isinstance(each.data, CommandFinished)]
    return [(fact.state, fact.answered, fact.targets) for fact in facts]


@pytest.mark.parametrize(
    ("words", "end"),
    [
        ((True, True, True), ("done", 3, 3)),
        ((True, False, True), ("partial", 2, 3)),
        ((False, False, False), ("failed", 0, 3)),
    ],
)
def test_a_command_ends_with_the_last_answer(words: tuple[bool, ...], end: tuple[str, int, int]) -> None:
    answer = room()
    answer.take(requested())
    found = [
        each
        for number, (light, ok) in enumerate(zip(LIGHTS, words, strict=True), 1)
        for each in answer.take(answered(light, ok=ok, seconds=number))
    ]
    assert told(found) == [end]
    assert found[0].time == after(3) + timedelta(milliseconds=1)
    assert answer.tick(after(60)) == []


@pytest.mark.parametrize(("some", "end"), [(0, ("timed_out", 0, 3)), (1, ("partial", 1, 3))])
def test_a_command_ends_when_its_time_is_over(some: int, end: tuple[str, int, int]) -> None:
    answer = room()
    answer.take(requested())
    for light in LIGHTS[:some]:
        answer.take(answered(light))
    assert answer.tick(after(5)) == []
    over = answer.tick(after(5.2))
    assert told(over) == [end]
    assert over[0].time == after(5.001), "when it was due, whenever the clock ticked"
    assert answer.take(answered(LIGHTS[2], seconds=6)) == [], "too late"


def test_answers_before_the_request_count_too() -> None:
    answer = room()
    for light in LIGHTS:
        assert answer.take(answered(light)) == []
    assert told(answer.take(requested())) == [("done", 3, 3)]


def test_the_time_of_a_command_with_two_steps_runs_from_its_second() -> None:
    answer = room()
    answer.take(requested(confirm=True))
    assert answer.tick(after(20)) == []
    answer.take(event(CommandConfirmed("c1", "kim"), SUBJECT, after(20)))
    assert answer.tick(after(24)) == []
    assert told(answer.tick(after(26))) == [("timed_out", 0, 3)]


def test_nobody_says_yes_and_it_is_off() -> None:
    answer = room()
    answer.take(requested(confirm=True))
    held = answer.state.commands["c1"]
    assert ready(held, after(CONFIRM_S))
    assert refusal(held, after(CONFIRM_S)) is None
    assert refusal(held, after(CONFIRM_S + 1)) == "확인 시간이 지났습니다. 다시 요청하세요"
    assert answer.tick(after(CONFIRM_S)) == []
    assert told(answer.tick(after(CONFIRM_S + 0.1))) == [("cancelled", 0, 3)]
    assert refusal(held, after(31)) == "이미 끝난 명령입니다"
    assert refusal(None, NOW) == "그런 명령이 없습니다"
    assert not held.carried_out


def test_a_restart_ends_it_once_with_the_same_word() -> None:
    first, second = room(), room()
    for answer in (first, second):
        answer.take(requested())
    again = Response(second.state, [Commands(park(), second.state)])
    assert [e.key for e in again.tick(after(9))] == [e.key for e in first.tick(after(30))] != []


def test_only_devices_of_the_right_kind_take_a_command() -> None:
    assets = {asset.id: asset for asset in ASSETS}
    assert target_refusal(assets, "light.dim", LIGHTS) is None
    assert target_refusal(assets, "light.dim", ("changwon/camera/CAM-1",)) == "명령 대상이 올바르지 않습니다"
    assert target_refusal(assets, "light.dim", ("changwon/light/none",)) == "명령 대상이 올바르지 않습니다"
    assert target_refusal(assets, "light.dim", ()) == "명령 대상을 골라 주세요"
    assert target_refusal(assets, "door.open", LIGHTS) == "그런 명령 종류가 없습니다"


def test_every_lasting_kind_has_its_undoing() -> None:
    up = CommandRequested("c1", "light.dim", LIGHTS, 100.0)
    dim = COMMAND_KINDS["light.dim"].release
    hold = COMMAND_KINDS["gate.hold"].release
    assert dim is not None
    assert hold is not None
    assert not dim.is_undone_by(up)
    assert dim.is_undone_by(CommandRequested("c2", "light.dim", LIGHTS))
    held = CommandRequested("c3", "gate.hold", ("changwon/gate/G-1",))
    assert not hold.is_undone_by(held)


def test_a_command_that_failed_is_an_alarm_that_returns_by_itself() -> None:
    answer = room()
    answer.take(requested())
    for light in LIGHTS[:2]:
        answer.take(answered(light, ok=False))
    found = answer.take(answered(LIGHTS[2], ok=False, seconds=2))
    (raised,) = [each for each in found if isinstance(each.data, AlarmRaised)]
    assert (raised.subject, raised.data.condition, raised.data.cause) == (LIGHTS[0], FAILED, "light.dim")
    assert (raised.data.value, raised.data.limit) == (0.0, 3.0)
    assert answer.state.alarms[raised.data.alarm].state == "unack"
    delay_s = park().alarms[FAILED].off_delay_s
    again = Response(answer.state, [Commands(park(), answer.state)])
    assert again.tick(after(delay_s)) == []
    cleared = again.tick(after(delay_s + 3))
    assert [each.data.alarm for each in cleared if isinstance(each.data, AlarmCleared)] == [raised.data.alarm]
    assert again.state.alarms[raised.data.alarm].state == "returned"
    assert again.tick(after(delay_s + 60)) == []


def test_a_second_failure_at_a_device_is_the_same_alarm() -> None:
    answer = room()
    answer.take(requested())
    answer.tick(after(6))
    fact = CommandRequested("c2", "light.dim", LIGHTS, 50.0)
    answer.take(event(fact, "changwon/command/c2", after(10)))
    assert told(answer.tick(after(20))) == [("timed_out", 0, 3)], "no second alarm"
    assert [alarm.count for alarm in answer.state.alarms.values()] == [1]
