"""The live hub: one reader of the stream per web process, folded once, fanned out to every screen."""

import asyncio
import contextlib
import logging
import random
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from typing import Any

import redis.asyncio
from redis.exceptions import RedisError

from data.live.frames import Client, Delta, frame, message
from data.live.snapshot import Picture, touched
from data.stream.redis_stream import arrived, position, stream_key
from data.stream.tail import START, Entries, Tail
from park.config.park import Park
from park.engine.part_failures import Troubles
from park.events.envelope import Event, InvalidEventError
from park.intake.entry import Door
from park.state.state import State
from park.systems import new_state

FLUSH_S = 0.02
PANELS_S = 1.0
BATCH = 250
PANELS_SOURCE = "gwanje/panels"
BLOCK_MS = 1000
RESUME_LIMIT = 2000  # understood on the loop; beyond it the snapshot is cheaper
RETRY_S = 0.25
_chance = random.SystemRandom()
logger = logging.getLogger(__name__)

Rebuild = Callable[[State], Awaitable[str]]
Panels = Callable[["Hub"], Awaitable[dict[str, Any]]]


class Hub:
    """Live state of the park and the screens that look at it.

    ``rebuild`` folds the record into an empty state and returns the stream id to read on from;
    ``panels`` computes the summaries, at most once in ``PANELS_S``.
    """

    def __init__(self, redis_: redis.asyncio.Redis, park: Park, rebuild: Rebuild, panels: Panels) -> None:
        """Make a hub that knows nothing; :meth:`run` brings it to life."""
        self.park = park
        self.rebuild = rebuild
        self.panels = panels
        self.key = stream_key(park.id)
        self.door = Door(park)
        self.tail = Tail(redis_, self.key)
        self.state = new_state(park.assets)
        self.troubles = Troubles(park.id, "panel", PANELS_SOURCE)
        self.picture = Picture(park, self.troubles.guard)
        self.clients: set[Client] = set()
        self.at = START
        self.connected: bool | None = None
        self.ready = False
        self._number = 0
        self._dirty = asyncio.Event()
        self._snapshot: tuple[int, str] = (-1, "")

    def run(self) -> list[asyncio.Task[None]]:
        """Come to life: tasks that go on until they are ended; Redis and the record may come and go."""
        parts = self._read_for_ever(), self._flush_for_ever(), self._show_for_ever()
        return [asyncio.create_task(part) for part in parts]

    @contextlib.asynccontextmanager
    async def seat(self) -> AsyncIterator[Client]:
        """Give a screen a place for as long as it stays."""
        client = Client()
        self.clients.add(client)
        try:
            yield client
        finally:
            self.clients.discard(client)

    async def greeting(self, client: Client, hello: dict[str, Any], since: str) -> str:
        """Return the first frame: hello and what was missed after ``since``, or hello and a snapshot."""
        missed = await self._missed(since)
        if missed is None or client.owed:
            client.waiting, client.owed = None, False
            return self._whole([message("hello", hello)])
        self._flush()  # what is folded and not yet drawn is owed to all screens alike
        delta = Delta(self._number, self.at)
        self.picture.draw(self.state, touched(missed, self.state), delta)
        delta.panels = dict(self.picture.panels)
        return frame(self._number, self.at, [message("hello", hello), *delta.messages()])

    def next_frame(self, client: Client) -> str | None:
        """Return what waits for a client: a delta, a snapshot when one is owed, or None."""
        if client.owed:
            client.waiting, client.owed = None, False
            return self.snapshot()
        delta, client.waiting = client.waiting, None
        return delta.text if delta else None

    def snapshot(self) -> str:
        """Return a frame with everything, made once for all who need it between two changes."""
        if self._snapshot[0] != self._number:
            self._snapshot = (self._number, self._whole([]))
        return self._snapshot[1]

    def _whole(self, head: list[dict[str, Any]]) -> str:
        return frame(self._number, self.at, [*head, message("reset", None), *self.picture.snapshot()])

    async def _missed(self, since: str) -> list[Event] | None:
        """Return the events after ``since``, None when some of them are gone from the stream."""
        try:
            if not position(START) < position(since) <= position(self.at):
                return None
            entries = await self.tail.since(since, RESUME_LIMIT)
        except (ValueError, RedisError, OSError):
            return None
        if entries is None:
            return None
        return [self.door.names.settle(event) for event in _events(entries)]

    async def _read_for_ever(self) -> None:
        while True:
            try:
                await self._start_over()
                while True:
                    await self._read()
            except (RedisError, OSError) as error:
                if self.connected is not False:
                    logger.warning("live: stream away: %s", error)
                self.connected = False
            except Exception:
                logger.exception("live: starting over from the record")
                self.ready = False
            await asyncio.sleep(RETRY_S * (1 + _chance.random()))

    async def _start_over(self) -> None:
        """Rebuild from the record at the first time and whenever the stream is not the one we read."""
        if self.ready and await self.tail.holds(self.at):
            self.connected = True
            return
        state = new_state(self.park.assets)
        self.at = await self.rebuild(state)
        self.troubles.recall(state)
        self.door = Door(self.park)
        self.door.recall(state)
        self.state = state
        self.picture = Picture(self.park, self.troubles.guard)
        self._snapshot = (-1, "")
        self.ready = self.connected = True
        for client in self.clients:
            client.owe()
        self._dirty.set()

    async def _read(self) -> None:
        entries = await self.tail.read(self.at, BATCH, BLOCK_MS)
        self.connected = True
        if not entries:
            await self._start_over()
            return
        for event in _events(entries):
            self._fold(event)
        self.at = entries[-1][0]
        self._dirty.set()

    def _fold(self, event: Event) -> None:
        with self.troubles.guard("state"):
            self.state.apply(self.door.enter(event))

    async def _flush_for_ever(self) -> None:
        while True:
            await self._dirty.wait()
            self._flush()
            await asyncio.sleep(FLUSH_S)

    def _flush(self) -> None:
        self._dirty.clear()
        delta = Delta(self._number + 1, self.at)
        try:
            self.picture.take(self.state, self.state.drain(), delta)
        except Exception:
            logger.exception("live: some changes cannot be drawn")
            return
        self._tell(delta)

    async def _show_for_ever(self) -> None:
        while True:
            await asyncio.sleep(PANELS_S)
            if not self.ready:
                continue
            try:
                shown = await self.panels(self)
                delta = Delta(self._number + 1, self.at)
                self.picture.show(shown, delta)
                self.picture.refresh(self.state, delta)
                self._tell(delta)
            except Exception:
                logger.exception("live: the panels cannot be shown")

    def _tell(self, delta: Delta) -> None:
        if not delta and not any(client.owed for client in self.clients):
            return
        self._number = delta.number
        for client in self.clients:
            client.offer(delta)


def _events(entries: Entries) -> Iterator[Event]:
    """Understand stream entries; what is no event is the recorder's to tell, here it is nothing."""
    for id_, raw in entries:
        with contextlib.suppress(InvalidEventError):
            yield arrived(raw, id_)
