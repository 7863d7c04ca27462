"""Acts on incidents, commands, messages and exercises, through a real stream: rules, roles, once is once."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from redis import Redis
from redis.asyncio import Redis as AsyncRedis

from data.live.hub import Hub
from data.operators.accounts import ROLES, Session
from data.operators.incident_actions import RefusedError, Responses
from data.park_files.park import load_park
from data.settings import Settings
from data.stream.redis_stream import AsyncStream
from park.config.park import Park
from park.events.envelope import Event, decode
from park.events.facts import Fact
from park.incidents.facts import IncidentJoined, IncidentOpened
from park.incidents.incident import Incident
from park.messages.facts import MessageStatus
from park.operators.actions import ACTS
from park.operators.facts import ExerciseStatus, OperatorAction
from park.operators.permissions import ACTIONS
from park.state.state import State
from tests.sample_events import entries

PARK: Park = load_park(Settings())
GAS, LIGHT = "changwon/gas/GAS-001", "changwon/light/L-0001"
NOW = datetime(2026, 11, 22, 18, 0, tzinfo=UTC)


def session(user: str = "kim", role: str = "operator") -> Session:
    return Session(user, role, NOW + timedelta(hours=1), "10.0.0.7")


KIM, LEE, BOSS = session(), session("lee"), session("park", "manager")


class Desk:
    """Acts, with the state folded from what is in the stream; ``now`` is the clock."""

    def __init__(self, client: AsyncRedis, redis: Redis) -> None:
        async def rebuild(_state: State) -> str:
            return "0-0"

        async def panels(_hub: Hub) -> dict[str, Any]:
            return {}

        self.redis, self.now, self.read = redis, NOW, 0
        self.hub = Hub(client, PARK, rebuild, panels)
        self.responses = Responses(AsyncStream(client, PARK.id), self.hub, lambda: self.now)

    def fold(self) -> list[Event]:
        """Fold what is new in the stream and return it."""
        told = [decode(raw) for _, raw in entries(self.redis)[self.read :]]
        self.read += len(told)
        for event in told:
            self.hub.state.apply(event)
        return told

    async def act(
        self, name: str, object_: str = "i1", who: Session = KIM, reason: str = "", **fields: object
    ) -> list[Event]:
        self.now += timedelta(seconds=1)
        self.made = await self.responses.act(name, object_, who, reason, **fields)
        return self.fold()

    async def refused(
        self, name: str, object_: str = "i1", who: Session = KIM, reason: str = "", **fields: object
    ) -> str:
        with pytest.raises(RefusedError) as told:
            await self.responses.act(name, object_, who, reason, **fields)
        assert self.fold() == []
        return str(told.value)

    def incident(self, name: str = "i1") -> Incident:
        return self.hub.state.incidents[name]

    def say(self, fact: Fact, id_: str, subject: str = "changwon/incident/i1") -> None:
        self.hub.state.apply(Event(id_, "watch/changwon", fact.TYPE, subject, self.now, "changwon", fact))


@pytest.fixture
async def desk(redis: Redis, redis_url: str) -> AsyncIterator[Desk]:
    """A desk before which a gas leak with three members stands."""
    client = AsyncRedis.from_url(redis_url)
    made = Desk(client, redis)
    made.say(IncidentOpened("i1", "2026-0001", "gas_leak", GAS, "alert"), "o1")
    for number in range(1, 4):
        fact = IncidentJoined(
            "i1", f"m{number}", f"changwon/gas/GAS-00{number}", "gas", "gas_stel", NOW, "cause"
        )
        made.say(fact, f"j{number}")
    yield made
    await client.aclose()


def kinds(told: list[Event]) -> list[str]:
    return [event.type.removeprefix("park.") for event in told]


async def settle(desk: Desk, *, true: bool = True) -> None:
    """Do all that is mandatory."""
    await desk.act("incident.verify", verdict="true" if true else "false")
    for step in ("report", "firms") if true else ("false_alarm",):
        await desk.act("incident.step", step=step)


async def test_an_act_is_its_fact_and_its_row_in_the_audit_trail(desk: Desk) -> None:
    told = await desk.act("incident.acknowledge", who=LEE)
    assert kinds(told) == ["incident.acknowledged", "operator.action"]
    action = told[1].data
    assert isinstance(action, OperatorAction)
    assert (action.user, action.action, action.origin, action.object) == (
        "lee", "incident.acknowledge", "10.0.0.7", "i1",
    )  # fmt: skip
    life = desk.incident().life
    assert (life.state, life.owner, life.acked_by) == ("acknowledged", "lee", "lee")
    assert told[0].subject == "changwon/incident/i1"


async def test_a_button_pressed_twice_tells_once(desk: Desk) -> None:
    await desk.responses.act("incident.acknowledge", "i1", KIM)
    await desk.responses.act("incident.acknowledge", "i1", KIM)
    assert len({event.key for event in desk.fold()}) == 2, "before it was folded: the same ids"
    assert await desk.act("incident.acknowledge") == []
    assert await desk.act("incident.verify", verdict="true") != []
    assert await desk.act("incident.verify", verdict="true") == []
    assert await desk.act("incident.note", text="확인함 ") != []
    assert await desk.act("incident.note", text="확인함") == []


async def test_verdicts_may_change_and_each_change_is_told(desk: Desk) -> None:
    for verdict in ("unclear", "true", "unclear", "true"):
        assert "incident.verified" in kinds(await desk.act("incident.verify", verdict=verdict))
    assert desk.incident().life.verdict == "true"
    assert len(desk.incident().history("verified")) == 4
    assert await desk.refused("incident.verify", verdict="maybe") == "입력이 올바르지 않습니다"


async def test_who_acts_first_takes_notice_and_who_acts_next_takes_over(desk: Desk) -> None:
    first = await desk.act("incident.verify", verdict="true")
    assert kinds(first) == ["incident.acknowledged", "incident.verified", "operator.action"]
    assert desk.incident().life.owner == "kim"
    second = await desk.act("incident.grade", who=LEE, grade="serious", reason="확산")
    assert kinds(second) == ["incident.assigned", "incident.graded", "operator.action"]
    assert (second[0].data.user, second[0].data.by) == ("lee", "lee")
    assert (desk.incident().life.owner, desk.incident().life.grade) == ("lee", "serious")
    assert kinds(await desk.act("incident.note", text="교대")) == ["incident.noted", "operator.action"]
    assert desk.incident().life.owner == "lee", "a note takes nothing over"
    await desk.act("incident.assign", user="choi")
    assert desk.incident().life.owner == "choi"
    assert await desk.act("incident.assign", user="choi") == []


async def test_the_life_of_an_incident_and_what_it_does_not_take(desk: Desk) -> None:
    assert await desk.refused("incident.advance", state="controlled") == "지금 상태에서는 할 수 없습니다"
    await settle(desk)
    await desk.act("incident.advance", state="responding")
    assert await desk.refused("incident.advance", state="closed") == "지금 상태에서는 할 수 없습니다"
    assert await desk.act("incident.advance", state="responding") == []
    await desk.act("incident.advance", state="controlled", reason="농도 정상")
    closed = await desk.act("incident.advance", state="closed", reason="끝")
    assert closed[-1].data.reason == "끝"
    assert desk.incident().life.state == "closed"
    assert await desk.refused("incident.verify", verdict="false") == "이미 종료되었거나 합쳐진 사건입니다"
    assert kinds(await desk.act("incident.note", text="사후 기록")) == ["incident.noted", "operator.action"]
    assert await desk.refused("incident.verify", "none", verdict="true") == "그런 사건이 없습니다"


async def test_closing_waits_for_the_mandatory_steps_and_names_them(desk: Desk) -> None:
    await desk.act("incident.verify", verdict="false")
    assert await desk.refused("incident.advance", state="closed") == (
        "필수 단계가 남아 있습니다: 오경보 원인 기록, 감지기 점검 요청"
    )
    with pytest.raises(RefusedError) as told:
        await desk.responses.act("incident.advance", "i1", KIM, state="closed")
    assert told.value.text(str, "en").endswith("Note why it was false, have the sensor checked")
    await desk.act("incident.step", step="false_alarm")
    assert "incident.advanced" in kinds(await desk.act("incident.advance", state="closed"))


async def test_a_skipped_step_needs_a_reason_and_reaches_the_supervisor(desk: Desk) -> None:
    assert await desk.refused("incident.skip", step="report") == "사유를 적어 주세요"
    assert await desk.refused("incident.skip", step="report", reason="  ") == "사유를 적어 주세요"
    told = await desk.act("incident.skip", step="report", reason="이미 신고됨")
    assert kinds(told) == [
        "incident.acknowledged", "incident.step", "incident.escalated", "operator.action",
    ]  # fmt: skip
    assert (told[2].data.to, "이미 신고됨" in told[2].data.reason) == ("manager", True)
    assert told[3].data.reason == "이미 신고됨"
    assert desk.incident().life.steps["report"].state == "skipped"
    assert await desk.refused("incident.skip", step="report", reason="또") == "이미 끝난 단계입니다"


async def test_steps_that_an_act_does_are_done_by_that_act(desk: Desk) -> None:
    assert "incident.acknowledged" in kinds(await desk.act("incident.step", step="acknowledge"))
    assert await desk.refused("incident.step", step="verify") == "판정이나 등급을 골라 주세요"
    await desk.act("incident.verify", verdict="true")
    assert "incident.advanced" in kinds(await desk.act("incident.step", step="respond"))
    assert "incident.step" in kinds(await desk.act("incident.step", step="report", state="failed"))
    assert "incident.step" in kinds(await desk.act("incident.step", step="report"))
    assert await desk.act("incident.step", step="report") == []
    assert await desk.refused("incident.step", step="dance") == "그런 단계가 없습니다"
    assert await desk.refused("incident.step", step="firms", state="skipped") == "그런 단계 상태가 없습니다"


async def test_a_step_whose_messages_failed_is_done_by_who_says_how_they_were_told(desk: Desk) -> None:
    await desk.act("incident.step", step="report")
    await desk.act(
        "message.request", recipient="fire_119", channel="email", step="report",
        title_ko="신고", title_en="Report", body_ko="", body_en="",
    )  # fmt: skip
    desk.say(MessageStatus(desk.made, "failed", 1, "no SMTP server set", "i1"), "s1")
    assert await desk.refused("incident.step", step="report") == "사유를 적어 주세요"
    told = await desk.act("incident.step", step="report", reason="119에 전화")
    assert kinds(told) == ["incident.step", "operator.action"]
    assert (told[0].data.state, told[0].data.reason, told[1].data.reason) == (
        "done", "119에 전화", "119에 전화",
    )  # fmt: skip
    assert await desk.refused("incident.skip", step="report", reason="또") == "이미 끝난 단계입니다"


async def test_merging_moves_the_members(desk: Desk) -> None:
    desk.say(IncidentOpened("i2", "2026-0002", "fire", "changwon/factory/B-12", "alert"), "o2")
    assert await desk.refused("incident.merge", into="i2") == "사유를 적어 주세요"
    assert await desk.refused("incident.merge", into="i1", reason="x") == "같은 사건끼리는 합칠 수 없습니다"
    assert await desk.refused("incident.merge", into="none", reason="x") == "그런 사건이 없습니다"
    await desk.act("incident.merge", into="i2", reason="같은 불")
    assert desk.made == "i2"
    assert desk.incident().life.merged_into == "i2"
    assert {m.id for m in desk.incident("i2").present()} == {"m1", "m2", "m3"}
    assert (
        await desk.refused("incident.merge", into="i2", reason="x") == "이미 종료되었거나 합쳐진 사건입니다"
    )


async def test_splitting_tells_who_left_and_who_joined(desk: Desk) -> None:
    for members in ([], ["m1", "m2", "m3"], ["m1", "m9"]):
        answer = await desk.refused("incident.split", members=members)
        assert answer == "나눌 구성 항목을 일부만 골라 주세요"
    told = await desk.act("incident.split", members=["m2", "m3"], reason="다른 누출")
    new = desk.incident(desk.made)
    assert {m.id for m in new.present()} == {"m2", "m3"}
    assert {m.id for m in desk.incident().present()} == {"m1"}
    assert {m.rule for m in new.present()} == {"split"}
    assert (new.life.cause, new.life.kind, new.life.owner) == ("changwon/gas/GAS-002", "gas_leak", "kim")
    assert new.life.number.startswith("2026-0001-")
    assert kinds(told).count("incident.left") == kinds(told).count("incident.joined") == 2


async def test_a_command_needs_its_second_step_in_time(desk: Desk) -> None:
    ask: dict[str, Any] = {"kind": "light.dim", "targets": [LIGHT], "value": 100.0, "reason": "수색"}
    asked = await desk.act("command.request", "i1", **ask)
    command = desk.made
    assert kinds(asked) == ["incident.acknowledged", "command.requested", "operator.action"]
    fact = asked[1].data
    assert (fact.confirm, fact.user, fact.incident, fact.reason) == (True, "kim", "i1", "수색")
    assert await desk.act("command.request", "i1", **ask) == [], "it waits already"
    assert desk.made == command
    told = await desk.act("command.confirm", command, who=LEE)
    assert (kinds(told)[0], told[0].data.user) == ("command.confirmed", "lee")
    assert await desk.act("command.confirm", command) == []
    await desk.act("command.request", "", **ask)
    desk.now += timedelta(seconds=31)
    assert await desk.refused("command.confirm", desk.made) == "확인 시간이 지났습니다. 다시 요청하세요"
    assert await desk.refused("command.confirm", "none") == "그런 명령이 없습니다"


async def test_a_command_is_called_off_and_only_for_fitting_devices(desk: Desk) -> None:
    await desk.act("command.request", "", kind="sign.show", targets=["changwon/factory/B-12"], text="대피")
    told = await desk.act("command.cancel", desk.made, reason="잘못 누름")
    assert (kinds(told)[0], told[0].data.state) == ("command.finished", "cancelled")
    assert await desk.act("command.cancel", desk.made) == []
    assert await desk.refused("command.confirm", desk.made) == "이미 끝난 명령입니다"
    wrong: dict[str, Any] = {"kind": "light.dim", "targets": [GAS], "value": 100.0}
    assert await desk.refused("command.request", "", **wrong) == "명령 대상이 올바르지 않습니다"
    bright: dict[str, Any] = {"kind": "light.dim", "targets": [LIGHT], "value": 120.0}
    assert await desk.refused("command.request", "", **bright) == "밝기는 0–100 %입니다"
    empty: dict[str, Any] = {"kind": "sign.show", "targets": ["changwon/factory/B-12"], "text": " "}
    assert await desk.refused("command.request", "", **empty) == "표시할 문구를 적어 주세요"
    bad: dict[str, Any] = {"kind": "light.dim", "targets": [LIGHT], "value": "bright"}
    assert await desk.refused("command.request", "", **bad) == "입력이 올바르지 않습니다"
    assert await desk.refused("command.request", "none", **wrong) == "그런 사건이 없습니다"


async def test_a_message_is_asked_for_once(desk: Desk) -> None:
    texts: dict[str, Any] = {"title_ko": "알림", "title_en": "Note", "body_ko": "가", "body_en": "a"}
    told = await desk.act("message.request", recipient="park_office", channel="email", **texts)
    assert kinds(told) == ["incident.acknowledged", "message.requested", "operator.action"]
    assert (told[1].data.incident, told[1].data.user) == ("i1", "kim")
    assert await desk.act("message.request", recipient="park_office", channel="email", **texts) == []
    assert (
        await desk.refused("message.request", recipient="x", channel="email", **texts)
        == "그런 연락처가 없습니다"
    )
    assert await desk.refused("message.request", recipient="park_office", channel="pigeon", **texts)
    assert await desk.refused("message.request", colour="red") == "입력이 올바르지 않습니다"


async def test_an_exercise_is_begun_and_ended_with_a_reason(desk: Desk) -> None:
    assert await desk.refused("exercise.set", "", BOSS, active=True) == "사유를 적어 주세요"
    told = await desk.act("exercise.set", "", BOSS, active=True, reason="가을 훈련")
    fact = told[0].data
    assert isinstance(fact, ExerciseStatus)
    assert (fact.active, fact.user, fact.reason) == (True, "park", "가을 훈련")
    assert await desk.act("exercise.set", "", BOSS, active=True, reason="또") == []
    assert kinds(await desk.act("exercise.set", "", BOSS, active=False, reason="끝"))[0] == "exercise.status"


@pytest.mark.parametrize("name", sorted(ACTS))
async def test_who_is_below_the_least_role_may_not(desk: Desk, name: str) -> None:
    for role in (*ROLES, "guest"):
        allowed = role in ROLES and ROLES.index(role) >= ROLES.index(ACTIONS[name])
        if not allowed:
            with pytest.raises(PermissionError):
                await desk.responses.act(name, "i1", session(role=role))
    assert desk.fold() == []


async def test_an_act_that_is_in_no_table_nobody_may_do(desk: Desk) -> None:
    for name in ("incident.delete", "alarm.acknowledge", ""):
        with pytest.raises(PermissionError):
            await desk.responses.act(name, "i1", session(role="admin"))


def test_every_act_of_the_answer_is_in_the_table_of_roles() -> None:
    assert ACTS.keys() <= ACTIONS.keys()
    kinds = {"incident", "command", "message", "exercise"}
    answered = {name for name in ACTIONS if name.split(".")[0] in kinds}
    assert answered | {"camera.verify"} == ACTS.keys()
