"""What people do to alarms, through a real stream: roles, rules, once is once, and its audit."""

from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from redis import Redis
from redis.asyncio import Redis as AsyncRedis

from data.live.hub import Hub
from data.operators.accounts import ROLES, Session
from data.operators.alarm_actions import Operations
from data.stream.redis_stream import AsyncStream
from park.alarms.facts import AlarmCleared, AlarmRaised
from park.events.base import FactBase
from park.events.envelope import Event, decode
from park.operators.permissions import ACTIONS
from park.operators.refusal import RefusedError
from park.state.state import State
from tests.park.small_park import at, event, park, seconds
from tests.sample_events import entries

NOW: datetime = at("2026-11-23 10:00")
GAS = "changwon/gas/GAS-1"


def session(role: str, user: str = "kim") -> Session:
    return Session(user, role, NOW + timedelta(hours=1), "10.0.0.7")


KIM, BOSS = session("operator"), session("manager", "park")


class Desk:
    """Operations on a state that is folded from what they put into the stream."""

    def __init__(self, client: AsyncRedis, redis: Redis) -> None:
        async def rebuild(_state: State) -> str:
            return "0-0"

        async def panels(_hub: Hub) -> dict[str, Any]:
            return {}

        self.redis, self.now, self.read = redis, NOW, 0
        self.hub = Hub(client, park(), rebuild, panels)
        self.operations = Operations(AsyncStream(client, "changwon"), self.hub, lambda: self.now)
        self.state = self.hub.state

    def say(self, fact: FactBase, after_s: float = 0.0) -> None:
        self.state.apply(event(fact, GAS, NOW + seconds(after_s)))

    def fold(self) -> list[Event]:
        told = [decode(raw) for _, raw in entries(self.redis)[self.read :]]
        self.read += len(told)
        for one in told:
            self.state.apply(one)
        return told

    async def shelve(self, who: Session = KIM, condition: str = "gas_high", **other: object) -> None:
        given: dict[str, Any] = {"mode": "timed", "until": self.now + seconds(3600), "reason": "교정 중"}
        await self.operations.shelve(GAS, condition, who, **(given | other))


@pytest.fixture
async def desk(redis: Redis, redis_url: str) -> AsyncIterator[Desk]:
    client = AsyncRedis.from_url(redis_url)
    made = Desk(client, redis)
    made.say(AlarmRaised("a-1", "gas_high", "high", 12.0, 10.0, "ppm"))
    yield made
    await client.aclose()


def audit(told: list[Event]) -> list[tuple[str, str, str, str]]:
    facts = [one.data for one in told if one.type == "park.operator.action"]
    return [(fact.user, fact.action, fact.object, fact.reason) for fact in facts]


async def test_shelving_hides_and_is_audited_and_unshelving_shows(desk: Desk) -> None:
    await desk.shelve()
    told = desk.fold()
    assert [one.type for one in told] == ["park.alarm.shelved", "park.operator.action"]
    assert audit(told) == [("kim", "alarm.shelve", f"{GAS}|gas_high", "교정 중")]
    assert desk.state.open_alarms() == []
    desk.now += timedelta(minutes=1)
    await desk.operations.unshelve(GAS, "gas_high", KIM)
    desk.fold()
    assert [alarm.state for alarm in desk.state.open_alarms()] == ["unack"]
    await desk.shelve()  # the same again is another shelf
    assert len(desk.fold()) == 2
    assert desk.state.open_alarms() == []


async def test_shelving_twice_at_once_is_once(desk: Desk) -> None:
    await desk.shelve()
    desk.now += timedelta(milliseconds=200)
    await desk.shelve()
    assert len({one.key for one in desk.fold() if one.type == "park.alarm.shelved"}) == 1


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"reason": "  "}, "사유를 적어 주세요"),
        ({"condition": "gas_stel"}, "심각 등급 경보는 보류할 수 없습니다"),
        ({"condition": "no_such"}, "그런 경보가 없습니다"),
        ({"until": NOW - seconds(1)}, "보류 만료 시각은 지금 이후여야 합니다"),
        ({"until": (NOW + seconds(60)).replace(tzinfo=None)}, "보류 만료 시각은 지금 이후여야 합니다"),
        ({"until": NOW + timedelta(hours=8, seconds=1)}, "보류는 최대 8시간입니다"),
        ({"mode": "for_ever"}, "보류 방식이 올바르지 않습니다"),
    ],
)
async def test_a_shelf_without_what_it_needs_is_refused(
    desk: Desk, changed: dict[str, Any], words: str
) -> None:
    with pytest.raises(RefusedError, match=words):
        await desk.shelve(**changed)
    assert desk.fold() == []


async def test_out_of_service_and_back(desk: Desk) -> None:
    with pytest.raises(RefusedError, match="사용 중지된 경보가 아닙니다"):
        await desk.operations.restore(GAS, "gas_stel", BOSS)
    with pytest.raises(RefusedError, match="사유"):
        await desk.operations.remove(GAS, "gas_high", BOSS, "")
    await desk.operations.remove(GAS, "gas_high", BOSS, "센서 교체")
    assert audit(desk.fold()) == [("park", "alarm.remove", f"{GAS}|gas_high", "센서 교체")]
    ((overlay, alarm),) = desk.state.shelf()
    assert (overlay.name, overlay.by, alarm.state if alarm else "") == ("out_of_service", "park", "unack")
    with pytest.raises(RefusedError, match="이미 사용 중지된"):
        await desk.operations.remove(GAS, "gas_high", BOSS, "또")
    desk.now += timedelta(hours=1)
    await desk.operations.restore(GAS, "gas_high", BOSS, "교체 끝")
    desk.fold()
    assert desk.state.shelf() == []
    assert len(desk.state.open_alarms()) == 1


async def test_a_latched_alarm_is_acknowledged_then_reset(desk: Desk) -> None:
    desk.say(AlarmCleared("a-1", "gas_high", latched=True), 5)
    desk.now += timedelta(seconds=10)
    with pytest.raises(RefusedError, match="먼저 경보를 확인하세요"):
        await desk.operations.reset("a-1", KIM)
    assert await desk.operations.acknowledge("a-1", KIM)
    desk.fold()
    assert not await desk.operations.acknowledge("a-1", KIM)
    await desk.operations.reset("a-1", KIM, "현장 확인")
    await desk.operations.reset("a-1", KIM, "현장 확인")  # pressed twice
    told = desk.fold()
    assert len({one.key for one in told if one.type == "park.alarm.reset"}) == 1
    assert desk.state.alarms["a-1"].state == "normal"
    with pytest.raises(RefusedError, match="잠김 경보만"):
        await desk.operations.reset("a-1", KIM)
    with pytest.raises(RefusedError, match="그런 경보가 없습니다"):
        await desk.operations.reset("a-2", KIM)


Act = Callable[[Desk, Session], Awaitable[object]]
ACTS: dict[str, Act] = {
    "alarm.acknowledge": lambda desk, who: desk.operations.acknowledge("a-1", who),
    "alarm.reset": lambda desk, who: desk.operations.reset("a-1", who),
    "alarm.shelve": lambda desk, who: desk.shelve(who),
    "alarm.unshelve": lambda desk, who: desk.operations.unshelve(GAS, "gas_high", who),
    "alarm.remove": lambda desk, who: desk.operations.remove(GAS, "gas_high", who, "x"),
    "alarm.restore": lambda desk, who: desk.operations.restore(GAS, "gas_high", who),
}


@pytest.mark.parametrize("role", [*ROLES, "stranger"])
@pytest.mark.parametrize("action", ACTS)
async def test_each_act_for_each_role(desk: Desk, action: str, role: str) -> None:
    order = ("stranger", *ROLES)
    may = role in ROLES and order.index(role) >= order.index(ACTIONS[action])
    try:
        await ACTS[action](desk, session(role))
    except PermissionError:
        assert not may
        assert desk.fold() == []
    except RefusedError:
        assert may
    else:
        assert may


def test_every_act_on_alarms_is_tried() -> None:
    assert ACTS.keys() == {action for action in ACTIONS if action.startswith("alarm.")}
