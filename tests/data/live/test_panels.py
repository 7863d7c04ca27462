"""A panel that fails stands alone, and the room is told."""

import asyncio
from typing import Any

import msgspec
import pytest
from redis import Redis
from redis.asyncio import Redis as AsyncRedis

from data.live import panels as rooms_panels
from data.live.frames import Delta
from data.live.hub import Hub
from data.live.panels import PANELS, Panels
from data.stream.redis_stream import Stream, stream_key
from data.tasks import end
from park.config.park import Park
from park.engine.facts import SystemStatus
from park.events.envelope import decode
from park.state.state import State
from tests.park.small_park import park as small_park
from tests.sample_events import gas

OTHERS = {"logistics", "environment", "lighting", "load", "status"}


@pytest.fixture
def park() -> Park:
    return small_park()


def statuses(redis: Redis) -> list[tuple[str, str]]:
    found: Any = redis.xrange(stream_key("changwon"))
    told = [decode(fields[b"ce"]) for _id, fields in found]
    return [(one.subject, one.data.state) for one in told if isinstance(one.data, SystemStatus)]


async def test_a_panel_that_fails_leaves_the_others_and_is_told(
    redis: Redis, redis_url: str, park: Park, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise OverflowError("intermediate overflow in fsum")

    monkeypatch.setattr("data.live.hub.PANELS_S", 0.05)
    monkeypatch.setattr(rooms_panels, "PANELS", dict(PANELS) | {"energy": fail})
    client = AsyncRedis.from_url(redis_url)

    async def rebuild(_state: State) -> str:
        return "0-0"

    hub = Hub(client, park, rebuild, Panels(client, park, lambda: 0).show)

    def seen() -> int:
        return hub.troubles.failures["energy"]

    running = hub.run()
    try:
        async with asyncio.timeout(60):
            Stream(redis, "changwon").append([gas(1)])
            while not (statuses(redis) and hub.picture.panels.keys() >= OTHERS and seen() > 3):  # noqa: ASYNC110
                await asyncio.sleep(0.05)
    finally:
        await end(*running)
        await client.aclose()
    assert statuses(redis) == [("changwon/panel/energy", "failed")]
    assert "energy" not in hub.picture.panels


async def test_a_row_that_cannot_be_drawn_takes_no_other(
    redis_url: str, park: Park, monkeypatch: pytest.MonkeyPatch
) -> None:
    works = State.row

    def fail(self: State, asset: str) -> Any:  # noqa: ANN401 - as the method
        if asset.endswith("GAS-1"):
            raise ZeroDivisionError
        return works(self, asset)

    monkeypatch.setattr(State, "row", fail)
    client = AsyncRedis.from_url(redis_url)

    async def nothing(*_: object) -> Any:  # noqa: ANN401 - stands for two
        return {}

    hub = Hub(client, park, nothing, nothing)
    for number in (1, 2):
        hub._fold(gas(number, subject=f"changwon/gas/GAS-{number}"))
    delta = Delta(1, "0-0")
    hub.picture.take(hub.state, hub.state.drain(), delta)
    await client.aclose()
    assert delta.keyed["assets"].keys() == {"changwon/gas/GAS-2"}
    assert hub.troubles.failures == {"map": 1}
    assert msgspec.json.decode(delta.keyed["assets"]["changwon/gas/GAS-2"])[2]["ppm"] == 1.0
