from datetime import UTC, datetime

import pytest
import redis.asyncio
from redis import Redis

from data.stream.redis_stream import AsyncStream, Group, Stream, arrived, stamp, stream_key, trim
from park.events.envelope import decode, encode
from tests.sample_events import START, entries, gas

KEY = stream_key("changwon")


@pytest.fixture
def stream(redis: Redis) -> Stream:
    return Stream(redis, "changwon")


@pytest.fixture
def group(redis: Redis) -> Group:
    return Group(redis, "changwon", "readers", "one")


def test_a_group_gets_every_event_in_order_marked_with_its_arrival(stream: Stream, group: Group) -> None:
    ids = stream.append(gas(n) for n in range(1200))
    entries = group.read(2000, 10)
    assert [entry.id for entry in entries] == ids
    events = [decode(entry.raw) for entry in entries]
    assert [event.id for event in events] == [f"e-{n}" for n in range(1200)]
    assert all(event.ingested for event in events)
    assert group.read(10, 10) == []


async def test_the_web_appends_to_the_same_stream(redis_url: str, group: Group) -> None:
    async with redis.asyncio.Redis.from_url(redis_url) as client:
        ids = await AsyncStream(client, "changwon").append([gas(1), gas(2)])
    assert [entry.id for entry in group.read(10, 10)] == ids


def test_what_is_not_acknowledged_comes_again_and_is_counted(
    stream: Stream, group: Group, redis: Redis
) -> None:
    stream.append([gas(1), gas(2), gas(3)])
    first, *_ = group.read(10, 10)
    group.ack([first.id])
    other = Group(redis, "changwon", "readers", "two")
    assert other.reclaim(60_000) == []
    again = other.reclaim(0)
    assert [(decode(entry.raw).id, entry.deliveries) for entry in again] == [("e-2", 2), ("e-3", 2)]
    assert [entry.deliveries for entry in other.reclaim(0)] == [3, 3]


def test_a_group_lost_with_its_redis_is_made_again(stream: Stream, group: Group, redis: Redis) -> None:
    group.read(1, 10)
    redis.flushall()
    stream.append([gas(1)])
    assert len(group.read(10, 10)) == 1


def test_lag_counts_what_waits(stream: Stream, group: Group) -> None:
    assert group.lag() == (0, 0, 0)
    stream.append(gas(n) for n in range(5))
    assert group.lag()[:2] == (0, 5)
    entries = group.read(2, 10)
    assert group.lag()[:2] == (2, 3)
    group.ack([entry.id for entry in entries])
    assert group.lag()[:2] == (0, 3)


def test_the_oldest_open_entry_has_an_age(redis: Redis, group: Group) -> None:
    now_s, _ = redis.time()
    redis.xadd(KEY, {"ce": b"{}"}, id=f"{(now_s - 100) * 1000}-0")
    assert 99_000 < group.lag().oldest_ms < 110_000
    group.read(1, 10)
    assert 99_000 < group.lag().oldest_ms < 110_000


@pytest.fixture
def old(redis: Redis) -> list[str]:
    """Ten entries of an hour ago."""
    now_s, _ = redis.time()
    for n in range(10):
        redis.xadd(KEY, {"ce": b"{}"}, id=f"{(now_s - 3600) * 1000 + n}-0")
    return left(redis)


def left(redis: Redis) -> list[str]:
    return [id_ for id_, _ in entries(redis)]


def test_trim_without_readers_drops_nothing(redis: Redis, old: list[str]) -> None:
    assert trim(redis, "changwon", 0) == 0
    assert left(redis) == old


def test_trim_never_passes_a_pending_entry(redis: Redis, old: list[str], group: Group) -> None:
    entries = group.read(8, 10)
    group.ack([entry.id for entry in entries if entry.id != old[3]])
    assert trim(redis, "changwon", 0) == 3
    assert left(redis) == old[3:]


def test_trim_waits_for_the_slowest_group(redis: Redis, old: list[str], group: Group) -> None:
    slow = Group(redis, "changwon", "slow", "one")
    slow.ensure()
    group.ack([entry.id for entry in group.read(10, 10)])
    assert trim(redis, "changwon", 0) == 0
    slow.ack([entry.id for entry in slow.read(4, 10)])
    trim(redis, "changwon", 0)
    assert left(redis) == old[3:]
    assert len(slow.read(10, 10)) == 6


def test_trim_keeps_a_tail_for_screens_that_come_back(redis: Redis, old: list[str], group: Group) -> None:
    group.ack([entry.id for entry in group.read(10, 10)])
    assert trim(redis, "changwon", 7200) == 0
    assert trim(redis, "changwon", 60) == 9
    assert left(redis) == old[-1:]


def test_what_nobody_stamped_came_in_when_redis_says() -> None:
    event = gas(1)
    assert arrived(encode(event), "1776330000123-0").ingested == datetime.fromtimestamp(1776330000.123, UTC)
    (stamped,) = stamp([event], START)
    assert arrived(stamped, "1776330000123-0").ingested == START
