"""How far the readers of the stream are behind, asked of Redis itself."""

import redis.asyncio
from msgspec import Struct
from redis.exceptions import ResponseError

RECORDER_FIGURES = "metrics:recorder"  # hash that the recorder keeps
REUSED = "metrics:reused"


class GroupLag(Struct, frozen=True):
    """One consumer group: entries not yet delivered, delivered but not acknowledged, age of the oldest."""

    group: str
    lag: int
    pending: int
    oldest_ms: int


class StreamLag(Struct, frozen=True):
    """The stream: its length, its newest entry, its groups."""

    length: int
    newest: str
    groups: tuple[GroupLag, ...]

    @property
    def oldest_ms(self) -> int:
        """Age of the oldest entry that some group has not done with."""
        return max((group.oldest_ms for group in self.groups), default=0)


async def stream_lag(client: redis.asyncio.Redis, key: str, now_ms: int) -> StreamLag:
    """Return how things stand at ``key``; an absent stream is empty."""
    try:
        info = await client.xinfo_stream(key)
        groups = await client.xinfo_groups(key)
    except ResponseError:
        return StreamLag(0, "0-0", ())
    told = [await _group(client, key, group, now_ms) for group in groups]
    return StreamLag(int(info["length"]), _text(info["last-generated-id"]), tuple(told))


async def _group(client: redis.asyncio.Redis, key: str, group: dict[str, object], now_ms: int) -> GroupLag:
    name, delivered = _text(group["name"]), _text(group["last-delivered-id"])
    pending = int(str(group["pending"]))
    oldest = None
    if pending:
        oldest = _text((await client.xpending(key, name))["min"] or b"")
    elif first := await client.xrange(key, f"({delivered}", count=1):
        oldest = _text(first[0][0])
    age_ms = max(0, now_ms - int(oldest.partition("-")[0])) if oldest else 0
    return GroupLag(name, int(str(group["lag"] or 0)), pending, age_ms)


async def reused(client: redis.asyncio.Redis) -> int:
    """Return how many events came under an identity that another had, since this Redis began."""
    told: object = await client.get(REUSED)
    return int(_text(told)) if told else 0


async def duplicates(client: redis.asyncio.Redis) -> int:
    """Return how many events came again since the recorder started."""
    told: object = await client.hget(RECORDER_FIGURES, "duplicates")
    return int(_text(told)) if told else 0


async def unrecorded(client: redis.asyncio.Redis, key: str, group: str) -> str:
    """Return the stream id after which ``group`` may not have done everything; ``0-0`` when it never read."""
    try:
        groups = {_text(told["name"]): told for told in await client.xinfo_groups(key)}
    except ResponseError:
        return "0-0"
    if group not in groups:
        return "0-0"
    oldest = (await client.xpending(key, group))["min"] if groups[group]["pending"] else None
    if oldest is None:
        return _text(groups[group]["last-delivered-id"])
    ms, _, number = _text(oldest).partition("-")
    return f"{ms}-{int(number) - 1}" if int(number) else f"{int(ms) - 1}-18446744073709551615"


def _text(value: object) -> str:
    return value.decode() if isinstance(value, bytes) else str(value)
