"""The hub's parts: merged deltas, bounded screens, the picture, where to read on, the record as a state."""

import asyncio
import random
import tomllib
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest
import sqlalchemy as sa
from msgspec.structs import replace
from redis import Redis
from redis.asyncio import Redis as AsyncRedis

from data.live.frames import Client, Delta, raw
from data.live.hub import Hub
from data.live.panels import summaries
from data.live.snapshot import Picture
from data.record.replay import fold_until
from data.record.store import Accepted, Store
from data.settings import Settings
from data.stream.lag import stream_lag, unrecorded
from data.stream.redis_stream import Group, Stream, stream_key
from data.stream.tail import Tail
from data.tasks import end
from park.alarms.facts import AlarmRaised
from park.config.asset import Asset
from park.config.label import Label
from park.config.park import Centre, Config, EnergyConfig, LogisticsConfig, Park
from park.environment.facts import GasObservation
from park.environment.limits import Limits
from park.events.envelope import Event, encode
from park.systems import new_state

GAS = "changwon/gas/GAS-001"
NOW = datetime(2026, 4, 16, 3, 0, tzinfo=UTC)


def gas(number: int, at: datetime = NOW) -> Event:
    return Event(
        str(number), "tests", GasObservation.TYPE, GAS, at, "changwon", GasObservation("NH3", number)
    )


def delta(number: int, assets: dict[str, Any] | None = None, alarms: tuple[str, ...] = ()) -> Delta:
    made = Delta(number, f"{number}-0")
    made.keyed["assets"] = {key: raw(value) for key, value in (assets or {}).items()}
    made.alarms = [raw(alarm) for alarm in alarms]
    return made


def messages(of: Delta) -> dict[str, Any]:
    return {message["k"]: message["d"] for message in msgspec.json.decode(of.text)["m"]}


def test_what_waits_is_merged_latest_wins_but_alarms_keep_their_order() -> None:
    client = Client()
    client.offer(delta(1, {"a": 1, "b": 1}, ("first",)))
    client.offer(delta(2, {"b": 2}, ("second", "third")))
    assert client.waiting is not None
    assert messages(client.waiting) == {"alarms": ["first", "second", "third"], "assets": {"a": 1, "b": 2}}
    assert msgspec.json.decode(client.waiting.text)["n"] == 2


def test_merging_for_one_screen_leaves_the_shared_frame_alone() -> None:
    shared = delta(1, {"a": 1})
    slow, quick = Client(), Client()
    for client in (slow, quick):
        client.offer(shared)
    slow.offer(delta(2, {"a": 2}))
    assert quick.waiting is shared
    assert messages(shared) == {"assets": {"a": 1}}


def test_a_screen_that_takes_nothing_is_owed_a_snapshot_and_costs_nothing() -> None:
    client = Client(limit=10)
    for number in range(100):
        client.offer(delta(number, {"a": number}, ("alarm",)))
    assert client.owed
    assert client.waiting is None
    assert client.news.is_set()


async def test_a_slow_screen_gets_the_snapshot_instead_of_the_backlog(
    redis: Redis, redis_url: str, park: Park
) -> None:
    client = AsyncRedis.from_url(redis_url)

    async def rebuild(_state: object) -> str:
        return "0-0"

    async def panels(_hub: object) -> dict[str, Any]:
        return {}

    hub = Hub(client, park, rebuild, panels)
    running = hub.run()
    async with hub.seat() as slow:
        slow.limit = 3
        stream = Stream(redis, "changwon")
        for number in range(8):
            fact = AlarmRaised(f"alarm-{number}", f"tests-{number}", "high")
            event = Event(f"{number}", "tests", fact.TYPE, GAS, datetime.now(UTC), "changwon", fact)
            await asyncio.to_thread(stream.append, [event])
            await asyncio.sleep(0.05)
        assert slow.owed
        told = msgspec.json.decode(hub.next_frame(slow) or "")
    await end(*running)
    await client.aclose()
    assert [message["k"] for message in told["m"]][:2] == ["reset", "alarms"]
    assert len(told["m"][1]["d"]) == 8


async def test_reading_the_tail(redis: Redis, redis_url: str) -> None:
    ids = Stream(redis, "changwon").append([gas(number) for number in range(4)])
    client = AsyncRedis.from_url(redis_url)
    tail = Tail(client, stream_key("changwon"))
    assert [id_ for id_, _raw in await tail.read("0-0", 10, 10)] == ids
    assert [id_ for id_, _raw in await tail.since(ids[1], 10) or []] == ids[2:]
    assert await tail.since(ids[0], 3) is None, "too many to tell one by one"
    assert await tail.holds(ids[-1])
    assert not await tail.holds("99999999999999-0")
    assert await tail.holds(ids[0])
    redis.xtrim(stream_key("changwon"), maxlen=2, approximate=False)
    assert await tail.since(ids[0], 10) is None, "some are gone"
    assert await tail.read(ids[-1], 10, 10) == []
    assert not await tail.holds(ids[0]), "what came after it is trimmed"
    redis.xtrim(stream_key("changwon"), maxlen=0)
    assert await tail.holds(ids[-1]), "nothing came after it"
    assert not await Tail(client, stream_key("nowhere")).holds(ids[0])
    await client.aclose()


async def one_look(hub: Hub, seconds: float = 0.3) -> None:
    """Let a hub live for a moment."""
    running = hub.run()
    await asyncio.sleep(seconds)
    assert not any(task.done() for task in running), "the hub died"
    await end(*running)


async def test_a_hub_ends_whenever_it_is_told_to(redis_url: str, park: Park) -> None:
    """Of some words the Redis client takes no notice: about one in fifty here."""
    client, dice = AsyncRedis.from_url(redis_url, socket_timeout=10), random.Random(4)
    for _ in range(200):
        async with asyncio.timeout(30):
            await looked(client, park, 0.003 + dice.random() * 0.01)
    await client.aclose()


async def looked(client: AsyncRedis, park: Park, seconds: float = 0.3) -> Hub:
    """Return a hub that has read the stream from its beginning and shows no panels."""

    async def rebuild(_state: object) -> str:
        return "0-0"

    async def panels(_hub: object) -> dict[str, Any]:
        return {}

    hub = Hub(client, park, rebuild, panels)
    await one_look(hub, seconds)
    return hub


async def test_the_hub_outlives_a_rebuild_and_panels_that_fail(
    redis_url: str, park: Park, monkeypatch: pytest.MonkeyPatch
) -> None:
    tried = list[int]()

    async def rebuild(_state: object) -> str:
        tried.append(1)
        if len(tried) == 1:
            raise OverflowError("absurd")
        return "0-0"

    async def panels(_hub: object) -> dict[str, Any]:
        raise OverflowError("absurd")

    monkeypatch.setattr("data.live.hub.PANELS_S", 0.05)
    client = AsyncRedis.from_url(redis_url)
    hub = Hub(client, park, rebuild, panels)
    await one_look(hub, 1.0)
    await client.aclose()
    assert hub.ready
    assert len(tried) == 2


async def test_a_screen_greeted_while_the_hub_starts_over_gets_the_whole_picture(
    redis: Redis, redis_url: str, park: Park
) -> None:
    ids = Stream(redis, "changwon").append([gas(1), gas(2)])
    client = AsyncRedis.from_url(redis_url)
    hub = await looked(client, park)
    missed = hub._missed

    async with hub.seat() as screen:

        async def slow(since: str) -> list[Event] | None:
            found = await missed(since)
            screen.owe()  # as a start-over does
            return found

        hub._missed = slow  # type: ignore[method-assign]
        told = msgspec.json.decode(await hub.greeting(screen, {}, ids[0]))
    await client.aclose()
    assert [message["k"] for message in told["m"]][:2] == ["hello", "reset"]


async def test_greeting_one_screen_keeps_nothing_from_the_others(
    redis: Redis, redis_url: str, park: Park
) -> None:
    ids = Stream(redis, "changwon").append([gas(1), gas(2)])
    client = AsyncRedis.from_url(redis_url)
    hub = await looked(client, park)
    async with hub.seat() as old, hub.seat() as new:
        old.waiting, old.owed = None, False
        hub.state.apply(gas(3, datetime.now(UTC) + timedelta(seconds=1)))
        told = msgspec.json.decode(await hub.greeting(new, {}, ids[0]))
        waiting = old.waiting
    await client.aclose()
    assert told["m"][0]["k"] == "hello"
    assert waiting is not None
    assert messages(waiting)["assets"][GAS][2]["ppm"] == 3


async def test_reading_goes_on_where_the_recorder_surely_was(redis: Redis, redis_url: str) -> None:
    client = AsyncRedis.from_url(redis_url)
    key = stream_key("changwon")
    assert await unrecorded(client, key, "recorder") == "0-0"
    ids = Stream(redis, "changwon").append([gas(number) for number in range(4)])
    assert await unrecorded(client, key, "recorder") == "0-0", "it never read"
    group = Group(redis, "changwon", "recorder", "recorder-1")
    group.ensure()
    taken = group.read(3, 10)
    after = await unrecorded(client, key, "recorder")
    assert [id_ for id_, _raw in await Tail(client, key).read(after, 10, 10)] == ids, (
        "pending ones are read again"
    )
    group.ack([entry.id for entry in taken])
    assert await unrecorded(client, key, "recorder") == ids[2]
    lag = await stream_lag(client, key, int(ids[3].partition("-")[0]) + 500)
    assert (lag.length, lag.groups[0].lag, lag.groups[0].pending) == (4, 1, 0)
    assert lag.oldest_ms == 500
    await client.aclose()


def test_the_record_gives_the_state_of_any_moment(engine: sa.Engine, park: Park) -> None:
    store = Store(engine)
    told = [gas(number, NOW + timedelta(minutes=number)) for number in range(3)]
    store.record([Accepted(f"{n}-0", encode(event).decode(), event) for n, event in enumerate(told)])
    for minutes, ppm in ((0, 0), (1.5, 1), (60, None)):
        state = fold_until(engine, park, NOW + timedelta(minutes=minutes))
        fact = state.fact(GAS, GasObservation)
        assert (fact.ppm if fact else None) == ppm


def test_a_panel_that_cannot_be_computed_takes_no_other_with_it(park: Park) -> None:
    assert park.tariffs == ()
    shown = summaries(new_state(park.assets), park, NOW)
    assert shown.keys() == {"logistics", "environment", "lighting", "load"}


def test_what_the_state_forgets_leaves_the_picture(park: Park) -> None:
    state, picture = new_state(park.assets), Picture(park)
    for number in range(6000):
        told = replace(gas(number, NOW + timedelta(seconds=number)), subject=f"changwon/gas/no-{number}")
        state.apply(told)
        if number % 1000 == 999:
            picture.take(state, state.drain(), Delta(1, "1-0"))
    assert picture.rows["assets"].keys() == picture.heard_ms.keys() == state.latest.keys()
    assert len(state.latest) <= 5001


@pytest.fixture
def park(settings: Settings) -> Park:
    """A park of one sensor."""
    name = Label("하나", "one")
    return Park(
        id=settings.park,
        config=Config(name, "Asia/Seoul", Centre(35.2, 128.6), EnergyConfig(1000), LogisticsConfig(60)),
        assets={GAS: Asset(GAS, "gas", name, 35.2, 128.6, period_s=10)},
        alarms={},
        tariffs=(),
        factors=(),
        limits=msgspec.convert(tomllib.loads((settings.park_dir / "limits.toml").read_text()), Limits),
        zones={},
    )
