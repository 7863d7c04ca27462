"""The panels' summaries, once a second for all screens."""

import asyncio
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import redis.asyncio
from redis.exceptions import RedisError

from data.live import status
from data.live.hub import Hub
from data.live.status import Status
from data.stream.lag import StreamLag, duplicates, stream_lag
from data.stream.redis_stream import AsyncStream
from park.alarms import load as alarm_load
from park.config.park import Park
from park.engine.part_failures import Guard, log_failure
from park.engine.required_workers import absent
from park.events.envelope import Event
from park.state.state import State
from park.systems import SUMMARIES

SLOW_S = 5.0
PANELS = SUMMARIES | {"load": alarm_load.summary}


def summaries(state: State, park: Park, now: datetime) -> dict[str, Any]:
    """Return every panel's summary of ``state`` at ``now``; one that cannot be computed is left out."""
    return {name: told for name in PANELS if (told := _summary(name, state, park, now)) is not None}


def _summary(name: str, state: State, park: Park, now: datetime, guard: Guard = log_failure) -> object:
    with guard(name):
        return PANELS[name](state, park, now)
    return None


class Panels:
    """Computes the summaries of a live state; ``count`` asks the record for its dead letters (blocking)."""

    def __init__(self, client: redis.asyncio.Redis, park: Park, count: Callable[[], int]) -> None:
        """Nothing is asked yet."""
        self.redis = client
        self.park = park
        self.count = count
        self.began_ms = time.time_ns() // 1_000_000
        self._began = datetime.now(UTC)
        self._dead_letters = 0
        self._lag = StreamLag(0, "0-0", ())
        self._synthetic = False
        self._duplicates = 0
        self._asked = -SLOW_S
        self._untold: list[Event] = []

    async def show(self, hub: Hub) -> dict[str, Any]:
        """Return the panels as they are now; the loop gets its turn between two of them."""
        now = datetime.now(UTC)
        shown: dict[str, Any] = {}
        for name in PANELS:
            if (told := _summary(name, hub.state, self.park, now, hub.troubles.guard)) is not None:
                shown[name] = told
            await asyncio.sleep(0)
        with hub.troubles.guard("status"):
            await self._ask(hub, int(now.timestamp() * 1000))
            shown["status"] = self._status(hub, now)
        await self._tell(hub, now)
        return shown

    async def _tell(self, hub: Hub, now: datetime) -> None:
        """Put into the stream which panels fail and which work again; while Redis is away, later."""
        self._untold += hub.troubles.tick(now)
        if not self._untold:
            return
        try:
            await AsyncStream(self.redis, self.park.id).append(self._untold)
        except (RedisError, OSError):
            hub.connected = False
        else:
            self._untold.clear()

    async def _ask(self, hub: Hub, now_ms: int) -> None:
        try:
            self._lag = await stream_lag(self.redis, hub.key, now_ms)
            self._duplicates = await duplicates(self.redis)
        except (RedisError, OSError):
            hub.connected = False
        if time.monotonic() - self._asked >= SLOW_S:
            self._asked = time.monotonic()
            self._synthetic = status.is_synthetic(hub.state)
            self._dead_letters = await asyncio.to_thread(self.count)

    def _status(self, hub: Hub, now: datetime) -> Status:
        now_ms = int(now.timestamp() * 1000)
        silent = status.silent(self.park.assets, hub.picture.heard_ms, self.began_ms, now_ms)
        lag, pending, lag_ms = status.worst(self._lag)
        return Status(
            connected=bool(hub.connected),
            screens=len(hub.clients),
            delay_ms=status.median(client.delay_ms for client in hub.clients),
            lag=lag,
            pending=pending,
            lag_ms=lag_ms,
            dead_letters=self._dead_letters,
            duplicates=self._duplicates,
            stale=sum(kind.count for kind in silent),
            silent=silent,
            feeds=status.feeds(hub.state, now_ms),
            absent=absent(self.park, hub.state, self._began, now),
            synthetic=self._synthetic,
            exercise=hub.state.exercise,
            shift=status.shift_at(self.park.config.shifts, now.astimezone(self.park.zone)),
        )
