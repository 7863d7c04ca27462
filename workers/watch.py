"""Watches the stream for conditions that need somebody, and raises and clears the alarms.

``python -m workers.watch``. Entries are acknowledged only after the alarms they led to are in the
stream. A restart goes on from the record: alarms stand, nothing is raised twice.
"""

import asyncio
import logging
import threading
import time
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import Any

import redis
import redis.asyncio
import sqlalchemy as sa
from redis.exceptions import RedisError
from sqlalchemy.exc import SQLAlchemyError

from data.lag import unrecorded
from data.parks import ParkFileError, load_park
from data.rebuild import ALARM_REACH, RECORDER, fold_until
from data.settings import Settings
from data.store import create_engine
from data.stream import TIMEOUT_S, Entry, Group, Stream, arrived, connect, position, raw_of, stream_key
from data.tables import events
from park.conditions import Conditions
from park.config import Park
from park.correlation import Correlation
from park.events import AHEAD, Event, InvalidEventError, decode
from park.facts import FeedHeartbeat
from park.response import Response
from park.state import ALARMS, State
from workers.process import Backoff, Timer, log_to_stderr, stop_on_signal

GROUP = "watch"
BATCH = 1000
BLOCK_MS = 250
TICK_S = 1.0
BEAT_S = 10.0
DELIVERIES = 5
logger = logging.getLogger(__name__)


def recall(engine: sa.Engine, client: redis.Redis, settings: Settings, park: Park) -> State:
    """Return the state in which the watch left off: facts until then, alarms until now.

    Facts after that are still to be read from the stream, so a condition that came and went while
    the watch was away is found too. Alarms not yet recorded are read from the stream itself.
    """
    key = stream_key(park.id)
    done, kept = asyncio.run(_positions(settings, key))
    if done == "0-0":  # nothing read yet: all that is in the stream is still to come
        first: Any = client.xrange(key, count=1)
        done = str(position(first[0][0].decode())[0] - 1) if first else done
    ms = position(done)[0]
    known = datetime.fromtimestamp(ms / 1000, UTC) if ms else None
    state = State(park.assets)
    try:
        state = fold_until(engine, park, datetime.now(UTC) + AHEAD, known)
        _apply_alarms(state, _recorded_alarms(engine, park))
    except SQLAlchemyError as error:
        logger.warning("record away (%s), reading the whole stream", type(error).__name__)
        kept = "0-0"
    _apply_alarms(state, _unrecorded_alarms(client, key, kept))
    return state


def _unrecorded_alarms(client: redis.Redis, key: str, after: str) -> Iterator[bytes]:
    while True:
        entries: Any = client.xrange(key, f"({after}", count=BATCH)
        if not entries:
            return
        yield from (raw_of(fields) for _, fields in entries)
        after = entries[-1][0].decode()


async def _positions(settings: Settings, key: str) -> tuple[str, str]:
    client = redis.asyncio.Redis.from_url(settings.redis, socket_timeout=TIMEOUT_S)
    try:
        return await unrecorded(client, key, GROUP), await unrecorded(client, key, RECORDER)
    finally:
        await client.aclose()


def _recorded_alarms(engine: sa.Engine, park: Park) -> list[bytes]:
    since = datetime.now(UTC) - ALARM_REACH
    mine = (events.c.type.in_(ALARMS), events.c.park == park.id, events.c.time > since)
    with engine.connect() as connection:
        found = connection.execute(sa.select(events.c.ce).where(*mine)).scalars()
        return [ce.encode() for ce in found]


def _apply_alarms(state: State, raws: Iterable[bytes]) -> None:
    for raw in raws:
        if b"park.alarm." in raw and (event := _read(raw)) is not None and event.type in ALARMS:
            state.apply(event)


def _read(raw: bytes) -> Event | None:
    """Read an event; what cannot be read is for the recorder's dead letters."""
    try:
        return decode(raw)
    except InvalidEventError:
        return None


class Watch:
    """The running watch over one park."""

    def __init__(self, client: redis.Redis, park: Park, state: State) -> None:
        """Go on from ``state``, first with what a watch before this one left open."""
        self.park = park
        self.state = state
        self.response = Response(state, [Conditions(park, state), Correlation(park, state)])
        self.group = Group(client, park.id, GROUP, f"{GROUP}-1")
        self.stream = Stream(client, park.id)
        self.sent = 0
        self._left = self.group.reclaim(0)
        self._tick, self._beat = Timer(TICK_S), Timer(BEAT_S)

    def once(self) -> int:
        """Read what is there (waiting 250 ms for it), tell what follows; return how many were read."""
        entries = self._left or self.group.read(BATCH, BLOCK_MS)
        self._left = []
        told = [alarm for entry in entries for alarm in self._take(entry)]
        moment = time.monotonic()
        if self._tick.due(moment):
            told += self._pass(datetime.now(UTC))
        if self._beat.due(moment):
            told.append(self._heartbeat(len(told)))
        if told:
            self.stream.append(told)
        self.sent += len(told)
        if entries:
            self.group.ack([entry.id for entry in entries])
        return len(entries)

    def _take(self, entry: Entry) -> list[Event]:
        if entry.deliveries > DELIVERIES:
            logger.error("entry %s left out after %d deliveries", entry.id, entry.deliveries)
            return []
        try:
            event = arrived(entry.raw, entry.id)
            if event.park != self.park.id:
                return []
            return self.response.take(event)
        except InvalidEventError:  # for the recorder's dead letters
            return []
        except Exception:
            logger.exception("entry %s cannot be judged; left out", entry.id)
            return []

    def _pass(self, now: datetime) -> list[Event]:
        """Let time pass; what cannot be judged is told in the log and ends nothing else."""
        try:
            return self.response.tick(now)
        except Exception:
            logger.exception("the conditions in time cannot be judged")
            return []

    def _heartbeat(self, more: int) -> Event:
        now = datetime.now(UTC)
        return Event(
            id=f"beat-{now.timestamp():.3f}",
            source=f"watch/{self.park.id}",
            type=FeedHeartbeat.TYPE,
            subject=f"{self.park.id}/feed/watch",
            time=now,
            park=self.park.id,
            data=FeedHeartbeat(BEAT_S, self.sent + more + 1),
        )


def run(settings: Settings, stop: threading.Event) -> None:
    """Watch until told to stop; Redis may come and go, a new start is made from the record then."""
    park, engine, client = load_park(settings), create_engine(settings), connect(settings)
    backoff = Backoff(stop)
    while not stop.is_set():
        try:
            watch = Watch(client, park, recall(engine, client, settings, park))
            logger.info("%d alarms stand", len(watch.state.open_alarms()))
            while not stop.is_set():
                watch.once()
                backoff.reset()
        except (RedisError, OSError) as error:
            logger.warning("stream away: %s", error)
            backoff.wait()
    client.close()
    engine.dispose()


def main() -> int:
    """Watch the park that the environment names; 1 when its files are wrong."""
    log_to_stderr()
    try:
        run(Settings.read(), stop_on_signal())
    except ParkFileError as error:
        logger.critical("%s", error)
        return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
