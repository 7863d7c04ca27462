"""The stream of a park in Redis: producers append, groups read at least once, nobody loses an entry.

One entry has one field ``ce``, the CloudEvent's bytes; its id is the order of arrival.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

import msgspec
import redis
import redis.asyncio
from msgspec.structs import replace
from redis.backoff import NoBackoff
from redis.exceptions import ResponseError
from redis.retry import Retry

from data.settings import Settings
from park.events.control_characters import cleaned, suspect
from park.events.envelope import Event, decode, encode, refuse_controls

FIELD = b"ce"
CHUNK = 500
PAGE = 1000
TAIL_S = 300.0
TIMEOUT_S = 5.0
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Entry(NamedTuple):
    """One entry as a group gets it; ``deliveries`` counts this one too."""

    id: str
    raw: bytes
    deliveries: int = 1


class Lag(NamedTuple):
    """How far a group is behind: delivered and not acknowledged, not delivered, age of the oldest."""

    pending: int
    lag: int
    oldest_ms: int


def connect(settings: Settings) -> redis.Redis:
    """Return a worker's client: an unanswered call fails after 5 s, a dropped connection is retried once."""
    return redis.Redis.from_url(
        settings.redis,
        socket_timeout=TIMEOUT_S,
        socket_connect_timeout=TIMEOUT_S,
        retry=Retry(NoBackoff(), 1),
    )


def stream_key(park: str) -> str:
    """Return the key of a park's stream."""
    return f"events:{park}"


def position(stream_id: str) -> tuple[int, int]:
    """Return a stream id as two numbers that compare; ValueError when it is none."""
    ms, _, number = stream_id.partition("-")
    return int(ms), int(number or 0)


def stamp(events: Iterable[Event], now: datetime) -> list[bytes]:
    """Return the events as bytes, marked with when they came in.

    A control character in a text of our own (a name from a device, a note) becomes U+FFFD: refused when it
    is read, it would be lost with all it says.
    """
    return [_plain(encode(replace(event, ingested=now))) for event in events]


def _plain(raw: bytes) -> bytes:
    if not suspect(raw):
        return raw
    return msgspec.json.encode(cleaned(msgspec.json.decode(raw)))


def arrived(raw: bytes, stream_id: str) -> Event:
    """Return the event of an entry; one that came in by itself, unstamped, came when Redis says.

    Raises:
        park.events.InvalidEventError: it is none.
    """
    event = decode(raw)
    refuse_controls(raw)
    if event.ingested is not None:
        return event
    return replace(event, ingested=_EPOCH + timedelta(milliseconds=position(stream_id)[0]))


Fields = dict[bytes, bytes]
Chunk = list[bytes]


def _cut(raws: Chunk) -> Iterator[Chunk]:
    return (raws[start : start + CHUNK] for start in range(0, len(raws), CHUNK))


def _now() -> datetime:
    return datetime.now(UTC)


class Stream:
    """Where producers append; sync, for workers."""

    def __init__(self, client: redis.Redis, park: str, clock: Callable[[], datetime] = _now) -> None:
        """Append to the stream of ``park``; ``clock`` tells the time of day, aware."""
        self.client = client
        self.key = stream_key(park)
        self.clock = clock

    def append(self, events: Iterable[Event]) -> list[str]:
        """Put the events in, marked with the time, and return their stream ids.

        Raises:
            redis.exceptions.RedisError: some may be in; put all in again, the record holds each once.
        """
        return self.append_raw(stamp(events, self.clock()))

    def append_raw(self, raws: Chunk) -> list[str]:
        """Put in what is bytes already; as :meth:`append`."""
        ids: list[bytes] = []
        for chunk in _cut(raws):
            with self.client.pipeline(transaction=False) as pipe:
                for raw in chunk:
                    pipe.xadd(self.key, {FIELD: raw})
                ids += pipe.execute()
        return [id_.decode() for id_ in ids]


class AsyncStream:
    """Where producers append; for the web."""

    def __init__(self, client: redis.asyncio.Redis, park: str, clock: Callable[[], datetime] = _now) -> None:
        """Append to the stream of ``park``; ``clock`` tells the time of day, aware."""
        self.client = client
        self.key = stream_key(park)
        self.clock = clock

    async def append(self, events: Iterable[Event]) -> list[str]:
        """Put the events in, marked with the time, and return their stream ids; as :class:`Stream`."""
        ids: list[bytes] = []
        for chunk in _cut(stamp(events, self.clock())):
            async with self.client.pipeline(transaction=False) as pipe:
                for raw in chunk:
                    pipe.xadd(self.key, {FIELD: raw})
                ids += await pipe.execute()
        return [id_.decode() for id_ in ids]


class Group:
    """One of the readers that must see every entry: at least once, until it acknowledges.

    ``consumer`` is a stable name: after a restart the same process finds what it left open.
    """

    def __init__(self, client: redis.Redis, park: str, group: str, consumer: str) -> None:
        """Read the stream of ``park`` from its beginning; nothing is sent yet."""
        self.client = client
        self.key = stream_key(park)
        self.group = group
        self.consumer = consumer

    def ensure(self) -> None:
        """Make the group if there is none, so that nothing it has not seen is trimmed."""
        try:
            self.client.xgroup_create(self.key, self.group, "0", mkstream=True)
        except ResponseError as error:
            if "BUSYGROUP" not in str(error):
                raise

    def read(self, count: int, block_ms: int) -> list[Entry]:
        """Return up to ``count`` new entries, waiting at most ``block_ms`` for the first.

        0 does not wait. A group lost with its Redis is made again.
        """
        try:
            answer = self._read(count, block_ms)
        except ResponseError as error:
            if "NOGROUP" not in str(error):
                raise
            self.ensure()
            answer = self._read(count, block_ms)
        return [Entry(id_.decode(), raw_of(fields)) for id_, fields in answer]

    def _read(self, count: int, block_ms: int) -> list[tuple[bytes, Fields]]:
        answer: Any = self.client.xreadgroup(
            self.group, self.consumer, {self.key: ">"}, count=count, block=block_ms or None
        )
        return answer[0][1] if answer else []

    def ack(self, ids: Sequence[str]) -> None:
        """Say that these are done with."""
        if ids:
            self.client.xack(self.key, self.group, *ids)

    def reclaim(self, idle_ms: int) -> list[Entry]:
        """Take over whatever was delivered ``idle_ms`` ago or earlier and never acknowledged."""
        self.ensure()
        cursor, entries = b"0-0", list[Entry]()
        while True:
            cursor, found, *_ = self.client.xautoclaim(
                self.key, self.group, self.consumer, idle_ms, cursor, count=PAGE
            )
            entries += self._with_deliveries(found)
            if cursor == b"0-0":
                return entries

    def _with_deliveries(self, found: list[tuple[bytes, Fields]]) -> Iterator[Entry]:
        if not found:
            return
        pending = self.client.xpending_range(
            self.key, self.group, found[0][0], found[-1][0], 10 * PAGE, self.consumer
        )
        deliveries = {row["message_id"]: int(row["times_delivered"]) for row in pending}
        for id_, fields in found:
            if fields:
                yield Entry(id_.decode(), raw_of(fields), deliveries.get(id_, 1))

    def lag(self) -> Lag:
        """Return how far this group is behind."""
        self.ensure()
        info = next(row for row in self.client.xinfo_groups(self.key) if row["name"].decode() == self.group)
        first = self._first_open(info)
        if first is None:
            return Lag(0, 0, 0)
        now_s, now_us = self.client.time()
        oldest_ms = now_s * 1000 + now_us // 1000 - position(first)[0]
        return Lag(info["pending"], info.get("lag") or 0, max(0, oldest_ms))

    def _first_open(self, info: Mapping[str, Any]) -> str | None:
        """Return the oldest entry that is not acknowledged: pending, else the first not delivered."""
        if info["pending"]:
            return _oldest_pending(self.client, self.key, self.group)
        after: Any = self.client.xrange(self.key, f"({info['last-delivered-id'].decode()}", count=1)
        return after[0][0].decode() if after else None


def raw_of(fields: Mapping[bytes, bytes]) -> bytes:
    """Return the event's bytes; of an entry without them, all there is (which is no event)."""
    if FIELD in fields:
        return fields[FIELD]
    return b" ".join(name + b"=" + value for name, value in fields.items())


def trim(client: redis.Redis, park: str, tail_s: float = TAIL_S) -> int:
    """Drop old entries that every group has acknowledged, and return how many.

    Stays behind the oldest pending and the last delivered entry of the slowest group, and keeps the
    last ``tail_s`` seconds whatever was acknowledged, for screens that come back.
    """
    key = stream_key(park)
    groups = client.xinfo_groups(key) if client.exists(key) else []
    if not groups:
        return 0
    floors = [_floor(client, key, row) for row in groups]
    now_s, now_us = client.time()
    tail_ms = now_s * 1000 + now_us // 1000 - int(tail_s * 1000)
    floor = min([*floors, f"{max(0, tail_ms)}-0"], key=position)
    return int(client.xtrim(key, minid=floor, approximate=False))


def _floor(client: redis.Redis, key: str, info: Mapping[str, Any]) -> str:
    """Return the id before which a group needs nothing any more."""
    if info["pending"]:
        return _oldest_pending(client, key, info["name"].decode()) or "0-0"
    return str(info["last-delivered-id"].decode())


def _oldest_pending(client: redis.Redis, key: str, group: str) -> str | None:
    """Return the oldest pending entry, None when all were acknowledged since."""
    summary: Any = client.xpending(key, group)
    return str(summary["min"].decode()) if summary["min"] else None
