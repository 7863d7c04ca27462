"""Reading a stream without a group: what a live view needs, as plain text ids and bytes."""

from collections.abc import Iterable, Mapping
from typing import Any

import redis.asyncio
from redis.exceptions import ResponseError

from data.stream.redis_stream import FIELD, position

START = "0-0"
Entries = list[tuple[str, bytes]]


class Tail:
    """The stream at ``key``; every method raises redis.exceptions.RedisError while Redis is away."""

    def __init__(self, client: redis.asyncio.Redis, key: str) -> None:
        """Nothing is asked yet."""
        self._redis: Any = client
        self.key = key

    async def read(self, after: str, count: int, block_ms: int) -> Entries:
        """Return up to ``count`` entries after an id, waiting up to ``block_ms`` for the first."""
        answer = await self._redis.xread({self.key: after}, count=count, block=block_ms)
        streams = answer.items() if isinstance(answer, Mapping) else answer or ()
        return [entry for _key, entries in streams for entry in _entries(entries)]

    async def since(self, after: str, limit: int) -> Entries | None:
        """Return the entries after an id; None when some are trimmed, or there are ``limit`` or more."""
        oldest = _entries(await self._redis.xrange(self.key, count=1))
        if not oldest or position(oldest[0][0]) > position(after):
            return None
        found = _entries(await self._redis.xrange(self.key, f"({after}", count=limit))
        return None if len(found) >= limit else found

    async def holds(self, at: str) -> bool:
        """Whether one can read on from ``at``: nothing was lost at the stream's end, nor trimmed after it."""
        try:
            info = await self._redis.xinfo_stream(self.key)
        except ResponseError:
            return at == START
        oldest = info["first-entry"]
        untrimmed = not oldest or position(oldest[0].decode()) <= position(at)
        return untrimmed and position(at) <= position(info["last-generated-id"].decode())


def _entries(answer: Iterable[tuple[bytes, dict[bytes, bytes] | None]]) -> Entries:
    return [(id_.decode(), (fields or {}).get(FIELD, b"")) for id_, fields in answer]
