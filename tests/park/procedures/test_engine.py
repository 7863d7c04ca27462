"""The procedure at hand, on the real files of the park: steps, commands, messages, clocks, escalation."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from data.park_files.park import load_park
from data.settings import Settings
from park.alarms.facts import AlarmRaised
from park.commands.engine import Commands
from park.commands.facts import CommandAnswered, CommandRequested
from park.config.geometry import distance_m
from park.config.label import Label
from park.config.park import Park
from park.engine.pipeline import Response
from park.environment.facts import GasObservation
from park.events.envelope import Event
from park.events.facts import Fact
from park.events.rings import milliseconds
from park.incidents.facts import (
    Grade,
    IncidentAcknowledged,
    IncidentAdvanced,
    IncidentEscalated,
    IncidentGraded,
    IncidentJoined,
    IncidentKind,
    IncidentMerged,
    IncidentOpened,
    IncidentStep,
    IncidentVerified,
)
from park.incidents.incident import Incident
from park.messages.facts import MessageRequested
from park.procedures.engine import Procedures
from park.procedures.plan import Plan, plan
from park.procedures.sop import Sop, StepRule, When
from park.state.state import State
from park.systems import new_state
from tests.park.small_park import at, event

PARK: Park = load_park(Settings())
GAS, NOW = "changwon/gas/GAS-001", at("2026-11-23 02:00")


class Room:
    """A watch without alarms and correlation: incidents are told by the test."""

    def __init__(self, state: State | None = None) -> None:
        self.state = state or new_state(PARK.assets)
        self.answer = Response(self.state, [Procedures(PARK, self.state), Commands(PARK, self.state)])
        self.told: list[Event] = []

    def say(self, fact: Fact, seconds: float = 0.0, subject: str = "changwon/incident/i1") -> list[Event]:
        found = self.answer.take(event(fact, subject, after(seconds)))
        self.told += found
        return found

    def tick(self, seconds: float) -> list[Event]:
        found = self.answer.tick(after(seconds))
        self.told += found
        return found

    @property
    def incident(self) -> Incident:
        return self.state.incidents["i1"]

    def plan(self, seconds: float = 0.0) -> Plan:
        return plan(PARK, self.state, self.incident, after(seconds))


def after(seconds: float) -> datetime:
    return NOW + timedelta(seconds=seconds)


def opened(
    name: str = "i1", kind: IncidentKind = "gas_leak", grade: Grade = "alert", cause: str = GAS
) -> IncidentOpened:
    place = PARK.assets[cause]
    return IncidentOpened(name, f"2026-{name}", kind, cause, grade, place.lat, place.lon)


def room(kind: IncidentKind = "gas_leak", grade: Grade = "alert") -> Room:
    made = Room()
    made.say(GasObservation("NH3", 60.0), subject=GAS)
    made.say(opened(kind=kind, grade=grade))
    return made


def facts(told: list[Event], kind: type) -> list[Any]:
    return [each.data for each in told if isinstance(each.data, kind)]


def states(now: Plan) -> dict[str, str]:
    return {step.id: step.state for step in now.steps}


def command(told: list[Event], kind: str) -> CommandRequested:
    found: CommandRequested
    (found,) = [fact for fact in facts(told, CommandRequested) if fact.kind == kind]
    return found


def obey(made: Room, asked: CommandRequested, seconds: float = 1.0, *, ok: bool = True) -> list[Event]:
    told = []
    for target in asked.targets:
        fact = CommandAnswered(asked.command, target, ok)
        told += made.say(fact, seconds, f"changwon/command/{asked.command}")
    return told


def test_the_room_points_cameras_raises_lights_and_marks_the_sector_at_once() -> None:
    made = room()
    cameras, lights = command(made.told, "camera.point"), command(made.told, "light.dim")
    place = PARK.assets[GAS]

    def far(asset: str) -> float:
        return distance_m(place.lat, place.lon, PARK.assets[asset].lat, PARK.assets[asset].lon)

    all_cameras = sorted((a.id for a in PARK.assets.values() if a.kind == "camera"), key=far)
    assert list(cameras.targets) == all_cameras[:4]
    near = {a.id for a in PARK.assets.values() if a.kind == "light" and far(a.id) <= 300}
    assert set(lights.targets) == near
    assert len(near) > 10
    assert (lights.value, lights.confirm, lights.incident) == (100.0, False, "i1")
    now = states(made.plan())
    assert (now["cameras"], now["lights"], now["downwind"]) == ("started", "started", "skipped"), (
        "no wind known"
    )
    assert (now["acknowledge"], now["verify"], now["report"]) == ("open", "open", "open")


def test_a_step_is_done_when_its_devices_did_it_and_failed_when_they_did_not() -> None:
    made = room()
    obey(made, command(made.told, "light.dim"))
    lights = next(step for step in made.plan().steps if step.id == "lights")
    total = len(command(made.told, "light.dim").targets)
    assert (lights.state, lights.reason, lights.user) == ("done", f"{total}/{total}", None)
    made.tick(8)
    cameras = next(step for step in made.plan(8).steps if step.id == "cameras")
    assert (cameras.state, cameras.reason) == ("failed", "0/4")
    assert made.plan(8).next is not None


def test_telling_twice_is_once_and_a_restart_goes_on() -> None:
    first, second = room(), room()
    assert [e.key for e in first.told] == [e.key for e in second.told]
    assert first.say(opened()) == [], "the same opening under another id leads to nothing"
    again = Room(second.state)
    assert again.tick(1) == []
    assert [e.key for e in again.tick(200)] == [e.key for e in first.tick(200)] != []
    half = Room()
    half.say(GasObservation("NH3", 60.0), subject=GAS)
    half.state.apply(event(opened(), "changwon/incident/i1", NOW))
    late = Room(half.state).tick(1)
    assert {e.key for e in late} == {e.key for e in first.told[: len(late)]}, "killed before it was told"


@pytest.mark.parametrize("end", ["controlled", "closed", "false", "merged"])
def test_lights_come_down_when_it_is_over(end: str) -> None:
    made = room()
    lights = command(made.told, "light.dim")
    made.say(IncidentAcknowledged("i1", "kim"), 2)
    endings: dict[str, list[Fact]] = {
        "controlled": [
            IncidentAdvanced("i1", "responding", "kim"),
            IncidentAdvanced("i1", "controlled", "kim"),
        ],
        "closed": [IncidentAdvanced("i1", "closed", "kim")],
        "false": [IncidentVerified("i1", "false", "kim")],
        "merged": [IncidentMerged("i1", "i9", "same", "kim")],
    }
    told = [each for n, fact in enumerate(endings[end]) for each in made.say(fact, 10 + n)]
    back = command(told, "light.dim")
    assert (set(back.targets), back.value) == (set(lights.targets), None)
    assert made.say(IncidentAdvanced("i1", "closed", "kim"), 20) == [], "once"


def test_lights_that_another_incident_holds_stay_up() -> None:
    made = room()
    twin = opened("i2", "fire", cause="changwon/factory/B-12")
    made.say(twin, 1, "changwon/incident/i2")
    held = next(f for f in facts(made.told, CommandRequested) if f.incident == "i2" and f.kind == "light.dim")
    told = made.say(IncidentVerified("i1", "false", "kim"), 5)
    first = command([e for e in made.told if e.data in facts(made.told, CommandRequested)][:2], "light.dim")
    back = facts(told, CommandRequested)
    assert {t for fact in back for t in fact.targets} == set(first.targets) - set(held.targets)
    made.say(IncidentVerified("i2", "false", "kim"), 6, "changwon/incident/i2")
    down = [f for f in facts(made.told, CommandRequested) if f.kind == "light.dim" and f.value is None]
    assert {t for fact in down for t in fact.targets} == set(first.targets) | set(held.targets)


def test_steps_apply_by_verdict_grade_and_substance() -> None:
    made = room()
    before = states(made.plan())
    assert {"evacuate", "water_curtain", "false_alarm", "respond"}.isdisjoint(before)
    made.say(IncidentVerified("i1", "true", "kim"), 10)
    now = states(made.plan(10))
    assert "water_curtain" in now, "ammonia dissolves in water"
    assert {"antidote", "evacuate"}.isdisjoint(now), "no HF, not serious"
    assert now["verify"] == "done"
    made.say(IncidentGraded("i1", "serious", "사람이 쓰러짐", "kim"), 12)
    assert states(made.plan(12))["evacuate"] == "open"
    made.say(IncidentVerified("i1", "false", "kim"), 20)
    assert "false_alarm" in states(made.plan(20))
    assert "respond" not in states(made.plan(20))


def test_a_second_substance_brings_its_steps_with_the_next_tick() -> None:
    made = Room()
    made.say(opened(cause="changwon/factory/B-12"))
    made.say(IncidentVerified("i1", "true", "kim"), 1)
    assert "antidote" not in states(made.plan(1))
    sensor = next(a.id for a in PARK.assets.values() if a.traits.get("substance") == "HF")
    made.say(IncidentJoined("i1", "m1", sensor, "gas", "gas_stel", after(2), "same_place"), 2)
    assert "antidote" in states(made.plan(2))


@pytest.mark.parametrize("kind", ["fight", "intrusion"])
def test_an_ambulance_is_called_once_somebody_lies_in_it(kind: IncidentKind) -> None:
    made = room(kind=kind)
    assert "ambulance" not in states(made.plan())
    made.say(IncidentJoined("i1", "m1", "changwon/camera/CAM-030", "camera", "fall", after(2), "near"), 2)
    (step,) = (step for step in made.plan(2).steps if step.id == "ambulance")
    assert (step.state, step.mandatory, step.notify) == ("open", True, ("fire_119",))
    made.say(IncidentVerified("i1", "false", "kim"), 20)
    assert "ambulance" not in states(made.plan(20))


def test_what_is_done_stays_counted_and_mandatory_steps_hold_the_closing() -> None:
    made = room()
    begin = made.plan()
    assert begin.next is not None
    assert begin.next.id == "acknowledge"
    assert begin.next.due_ms == int(after(30).timestamp() * 1000)
    made.say(IncidentAcknowledged("i1", "kim"), 5)
    made.say(IncidentVerified("i1", "false", "kim"), 10)
    now = made.plan(10)
    left = [step.id for step in now.steps if step.mandatory and not step.settled]
    assert (left, now.mandatory_open) == (["false_alarm"], 1)
    assert now.next is not None
    assert now.next.id == "false_alarm"
    made.say(IncidentStep("i1", "false_alarm", "done", "kim"), 12)
    done = made.plan(12)
    assert (done.mandatory_open, done.steps_done) == (0, sum(step.settled for step in done.steps))
    assert [(s.user, s.state) for s in done.steps if s.id == "verify"] == [("kim", "done")]


def test_the_clock_of_the_chemicals_act_runs_from_the_opening_and_stops_with_the_report() -> None:
    made = room()
    now = made.plan()
    assert now.report_due_ms == int(after(900).timestamp() * 1000)
    assert "43(2)" in now.report_source
    made.say(IncidentStep("i1", "report", "done", "kim"), 100)
    assert made.plan(100).reported_ms == int(after(100).timestamp() * 1000)
    made.say(IncidentVerified("i1", "false", "kim"), 110)
    assert made.plan(110).report_due_ms is None
    other = room(kind="intrusion")
    assert other.plan().report_due_ms is None


def test_a_report_that_is_overdue_goes_up_once_and_one_made_in_time_does_not() -> None:
    late, kept = Room(), Room()
    for room in (late, kept):
        room.say(IncidentOpened("i1", "2026-0001", "gas_leak", GAS, "serious", 35.2, 128.66))
        room.say(IncidentAcknowledged("i1", "kim"), 5)
    report = next(step.id for sop in PARK.sop if "gas_leak" in sop.kinds for step in sop.step if step.report)
    kept.say(IncidentStep("i1", report, "done", "kim"), 600)
    for room in (late, kept):
        assert not [e for e in room.tick(899) if isinstance(e.data, IncidentEscalated)]
    gone_up = [e for e in late.tick(901) if isinstance(e.data, IncidentEscalated)]
    assert [(e.data.to, e.data.reason) for e in gone_up] == [("manager", "신고 기한 15분 초과")]
    assert not [e for e in late.tick(2000) if isinstance(e.data, IncidentEscalated)]
    again = Procedures(PARK, late.state).tick(after(2001))
    assert not [e for e in again if isinstance(e.data, IncidentEscalated)]
    assert not [e for e in kept.tick(2000) if isinstance(e.data, IncidentEscalated)]


def test_the_deadlines_of_what_is_told_late_count_from_when_it_came_in() -> None:
    """Nobody can report at 17:00 what a spool or a wrong clock tells at 02:00."""
    room = Room()
    fact = IncidentOpened("i1", "2026-0001", "gas_leak", GAS, "serious", 35.2, 128.66)
    nine_hours_ago = event(fact, "changwon/incident/i1", after(-9 * 3600))
    room.answer.take(replace(nine_hours_ago, ingested=after(0)))
    assert room.incident.life.opened_ms == milliseconds(nine_hours_ago)
    assert room.plan().report_due_ms == int(after(15 * 60).timestamp() * 1000)
    assert all(step.due_ms is None or step.due_ms > after(0).timestamp() * 1000 for step in room.plan().steps)
    assert not [e for e in room.tick(59) if isinstance(e.data, IncidentEscalated)]
    gone_up = [e.data.reason for e in room.tick(901) if isinstance(e.data, IncidentEscalated)]
    assert "신고 기한 15분 초과" in gone_up


def test_a_lag_of_seconds_moves_no_deadline() -> None:
    room = Room()
    fact = IncidentOpened("i1", "2026-0001", "gas_leak", GAS, "serious", 35.2, 128.66)
    room.answer.take(replace(event(fact, "changwon/incident/i1", after(0)), ingested=after(40)))
    assert room.plan().report_due_ms == int(after(15 * 60).timestamp() * 1000)


def test_a_done_step_asks_for_the_messages_of_its_recipients_once() -> None:
    made = room()
    asked = facts(made.say(IncidentStep("i1", "report", "done", "kim"), 60), MessageRequested)
    assert {fact.recipient for fact in asked} >= {
        "fire_119",
        "police_112",
        "environment_office",
        "chemical_centre",
    }
    assert {(fact.incident, fact.step) for fact in asked} == {("i1", "report")}
    assert facts(made.say(IncidentStep("i1", "report", "done", "lee"), 61), MessageRequested) == []
    assert (
        facts(made.say(IncidentStep("i1", "firms", "skipped", "kim", "확인됨"), 62), MessageRequested) == []
    )


def test_nobody_answers_and_it_goes_up_at_the_due_times() -> None:
    made = room()
    assert facts(made.tick(59), IncidentEscalated) == []
    first = made.tick(64)
    assert [(f.level, f.to) for f in facts(first, IncidentEscalated)] == [(1, "manager")]
    assert [e.time for e in first if isinstance(e.data, IncidentEscalated)] == [after(60)]
    assert facts(made.tick(65), IncidentEscalated) == []
    again = Room(made.state)
    assert facts(again.tick(66), IncidentEscalated) == []
    assert [(f.level, f.to) for f in facts(again.tick(500), IncidentEscalated)] == [(2, "admin")]
    assert facts(again.tick(899), IncidentEscalated) == []


def test_an_answer_or_a_small_matter_does_not_go_up() -> None:
    made = room()
    made.say(IncidentAcknowledged("i1", "kim"), 20)
    assert facts(made.tick(400), IncidentEscalated) == []
    small = room(grade="caution")
    assert facts(small.tick(400), IncidentEscalated) == []
    small.say(IncidentGraded("i1", "serious", "확산"), 500)
    assert facts(small.tick(559), IncidentEscalated) == []
    assert len(facts(small.tick(560), IncidentEscalated)) == 1, "counts from when it became grave"


def test_a_critical_member_makes_it_go_up_whatever_the_grade() -> None:
    made = room(grade="caution")
    made.say(AlarmRaised("a1", "gas_stel", "critical"), 0, GAS)
    made.say(IncidentJoined("i1", "a1", GAS, "gas", "gas_stel", NOW, "cause", alarm="a1"), 1)
    assert [f.level for f in facts(made.tick(70), IncidentEscalated)] == [1]


def test_an_event_that_came_late_commands_from_now_on() -> None:
    made = Room()
    late = replace(event(opened(), "changwon/incident/i1", NOW), ingested=after(240))
    told = made.answer.take(late)
    assert command(told, "light.dim").incident == "i1"
    assert min(e.time for e in told) == after(240)
    assert facts(made.tick(241), IncidentEscalated) != []
    assert [s.state for s in made.plan(241).steps if s.id == "lights"] == ["started"], "not timed out"


def test_a_kind_without_a_procedure_takes_that_for_others() -> None:
    bare = replace(PARK, sop=tuple(s for s in PARK.sop if "flood" not in s.kinds))
    state = new_state(PARK.assets)
    state.apply(event(opened(kind="flood", cause="changwon/water/WTR-01"), "changwon/incident/i1", NOW))
    steps = plan(bare, state, state.incidents["i1"], NOW).steps
    assert [step.id for step in steps][:2] == ["acknowledge", "cameras"]
    assert plan(replace(PARK, sop=()), state, state.incidents["i1"], NOW) == Plan()


def test_what_goes_up_or_is_skipped_is_told_to_the_supervisor_with_its_reason() -> None:
    made = room()
    asked = facts(made.tick(61), MessageRequested)
    assert {fact.recipient for fact in asked} == {"supervisor"}
    assert all("미접수 60초" in fact.body_ko and "Escalated" in fact.body_en for fact in asked)
    skipped = IncidentEscalated("i1", 1, "manager", "단계 생략: 신고 (이미 됨)")
    more = facts(made.say(skipped, 70), MessageRequested)
    assert {fact.channel for fact in more} == {"room", "email"}
    assert all("이미 됨" in fact.body_ko for fact in more)
    assert {fact.message for fact in more}.isdisjoint(fact.message for fact in asked)


def test_a_step_that_the_room_notifies_by_itself_is_done_and_asks_for_its_messages() -> None:
    step = StepRule(
        "tell", Label("보고", "Tell"), auto="notify", notify=("park_office",), when=When(verdict=("true",))
    )
    alone = replace(PARK, sop=(Sop(("gas_leak",), Label("가스", "Gas"), "test", (step,)),))
    state = new_state(PARK.assets)
    answer = Response(state, [Procedures(alone, state)])
    assert answer.take(event(opened(), "changwon/incident/i1", NOW)) == []
    told = answer.take(event(IncidentVerified("i1", "true", "kim"), "changwon/incident/i1", after(5)))
    assert [(f.step, f.state, f.user) for f in facts(told, IncidentStep)] == [("tell", "done", None)]
    assert {f.recipient for f in facts(told, MessageRequested)} == {"park_office"}


def test_a_word_on_an_incident_before_its_opening_waits_for_it() -> None:
    made = Room()
    assert made.say(IncidentVerified("i1", "true", "kim"), 5) == []
    assert made.say(IncidentStep("i1", "report", "done", "kim"), 6) == []
    assert {fact.kind for fact in facts(made.say(opened(), 0), CommandRequested)} == {
        "camera.point",
        "light.dim",
    }
