"""Watches the stream for conditions that need somebody, and raises and clears the alarms.

``python -m workers.watch``. What an entry leads to goes into the stream in one transaction with its
acknowledgement and the delays that run: a kill at any point loses and doubles nothing. A restart goes on
from the record: alarms stand, nothing is raised twice. Every start takes a new number, a fencing token:
what an earlier watch sent, and Redis gets only now or a second time, is refused whole.
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
from redis.exceptions import RedisError, WatchError
from sqlalchemy.exc import SQLAlchemyError

from data.park_files.park import ParkFileError, load_park
from data.record.replay import ALARM_REACH, RECORDER, fold_until
from data.record.store import create_engine
from data.settings import Settings
from data.stream.lag import unrecorded
from data.stream.redis_stream import (
    FIELD,
    TIMEOUT_S,
    Entry,
    Group,
    Stream,
    arrived,
    connect,
    position,
    raw_of,
    stamp,
    stream_key,
)
from data.tables import events
from park.alarms.engine import Conditions
from park.alarms.overlays import LAYERS
from park.alarms.suppression import Suppression
from park.commands.engine import Commands
from park.config.park import Park
from park.correlation.engine import Correlation
from park.engine.facts import FeedHeartbeat
from park.engine.pipeline import Response
from park.engine.required_workers import WORKERS
from park.events.envelope import AHEAD, Event, InvalidEventError, decode
from park.intake.entry import Door
from park.procedures.engine import Procedures
from park.state.state import ALARMS, RESPONSE, State
from park.systems import new_state
from workers.process import Backoff, Timer, log_to_stderr, stop_on_signal

GROUP = "watch"
BATCH = 1000
BLOCK_MS = 250
TICK_S = 1.0
BEAT_S = 10.0
STAMPED_MS = 10_000  # an entry is stamped at most so long before Redis numbers it
ANSWERS = ALARMS | RESPONSE
ANSWER_WORDS = {name.rpartition(".")[0].encode() for name in ANSWERS}
logger = logging.getLogger(__name__)


def recall(engine: sa.Engine, client: redis.Redis, settings: Settings, park: Park) -> State:
    """Return the state in which the watch left off: facts until then, what was answered until now.

    Facts after that are still to be read from the stream, so a condition that came and went while
    the watch was away is found too. The record holds what came in long before; the last of it is read
    from the stream itself, whose ids tell exactly where the watch was.
    """
    key = stream_key(park.id)
    done, kept = asyncio.run(_positions(settings, key))
    state, door = new_state(park.assets), Door(park)
    try:
        if done != "0-0":  # else nothing was read yet: all is still to come
            sure_ms = _sure_ms(client, key, position(done)[0])
            kept = min(kept, f"{sure_ms}-0", key=position)
            known = datetime.fromtimestamp(sure_ms / 1000, UTC)
            state = fold_until(engine, park, datetime.now(UTC) + AHEAD, known)
        _apply_answers(state, _recorded_answers(engine, park))
    except SQLAlchemyError as error:
        logger.warning("record away (%s), reading the whole stream", type(error).__name__)
        kept = "0-0"
    door.recall(state)
    for id_, raw in _unrecorded(client, key, kept):
        if position(id_) <= position(done):
            _apply(state, door, raw, id_)
        else:
            _apply_answers(state, [raw])
    return state


def _sure_ms(client: redis.Redis, key: str, done_ms: int) -> int:
    """Return until when the record is asked: well before ``done``, but not before the stream begins."""
    first: Any = client.xrange(key, count=1)
    begins_ms = position(first[0][0].decode())[0] if first else done_ms
    return min(done_ms, max(begins_ms, done_ms - STAMPED_MS))


def kept_key(park: str) -> str:
    """Return the key of the hash in which the watch of a park keeps its running delays."""
    return f"watch:{park}:signals"


def epoch_key(park: str) -> str:
    """Return the key of the number that the latest watch of a park took when it began."""
    return f"watch:{park}:epoch"


def take_over(client: redis.Redis, park: str) -> int:
    """Begin as the watch of a park, before anything is read; what an earlier one sends is refused from now.

    Returns the number by which this watch is known: one more than that of the watch before it.
    """
    return int(client.incr(epoch_key(park)))


def _unrecorded(client: redis.Redis, key: str, after: str) -> Iterator[tuple[str, bytes]]:
    while True:
        entries: Any = client.xrange(key, f"({after}", count=BATCH)
        if not entries:
            return
        yield from ((id_.decode(), raw_of(fields)) for id_, fields in entries)
        after = entries[-1][0].decode()


async def _positions(settings: Settings, key: str) -> tuple[str, str]:
    client = redis.asyncio.Redis.from_url(settings.redis, socket_timeout=TIMEOUT_S)
    try:
        return await unrecorded(client, key, GROUP), await unrecorded(client, key, RECORDER)
    finally:
        await client.aclose()


def _recorded_answers(engine: sa.Engine, park: Park) -> list[bytes]:
    since = datetime.now(UTC) - ALARM_REACH
    mine = (events.c.type.in_(ANSWERS), events.c.park == park.id)
    fresh = sa.or_(events.c.time > since, events.c.type.in_(tuple(LAYERS)))
    with engine.connect() as connection:
        found = connection.execute(sa.select(events.c.ce).where(*mine, fresh)).scalars()
        return [ce.encode() for ce in found]


def _apply_answers(state: State, raws: Iterable[bytes]) -> None:
    for raw in raws:
        if any(word in raw for word in ANSWER_WORDS) and (event := _read(raw)) and event.type in ANSWERS:
            state.apply(event)


def _apply(state: State, door: Door, raw: bytes, id_: str) -> None:
    try:
        state.apply(door.enter(arrived(raw, id_)))
    except InvalidEventError:  # for the recorder's dead letters
        return
    except Exception:
        logger.exception("entry %s cannot be folded; left out", id_)


def _read(raw: bytes) -> Event | None:
    """Read an event; what cannot be read is for the recorder's dead letters."""
    try:
        return decode(raw)
    except InvalidEventError:
        return None


class Watch:
    """The running watch over one park."""

    def __init__(self, client: redis.Redis, park: Park, state: State, epoch: int) -> None:
        """Go on from ``state``, first with what a watch before this one left open; see :func:`take_over`."""
        self.park = park
        self.epoch = epoch
        self.state = state
        self.source = f"watch/{park.id}"
        self.door = Door(park)
        self.door.recall(state)
        kept: Any = client.hvals(kept_key(park.id))
        self.conditions = Conditions(park, state, kept, WORKERS)
        self.response = Response(
            state,
            [
                self.conditions,
                Suppression(park, state),
                Correlation(park, state),
                Procedures(park, state),
                Commands(park, state),
            ],
            park.id,
        )
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
        self._settle(told, [entry.id for entry in entries])
        return len(entries)

    def _settle(self, told: list[Event], done: list[str]) -> None:
        """Put what was told into the stream, keep the delays and acknowledge, all at once or not at all.

        Raises:
            redis.exceptions.WatchError: another watch has begun, or the connection broke and nobody knows
                whether this went in: go on from the record. The client repeats a transaction on a new
                connection by itself, but none that watches a key.
        """
        changes, key = self.conditions.changes(), kept_key(self.park.id)
        if not told and not done and not changes:
            return
        with self.group.client.pipeline(transaction=True) as pipe:
            pipe.watch(epoch_key(self.park.id))  # type: ignore[no-untyped-call]
            if int(pipe.get(epoch_key(self.park.id)) or 0) != self.epoch:
                raise WatchError("another watch of this park has begun")
            pipe.multi()
            for raw in stamp(told, self.stream.clock()):
                pipe.xadd(self.stream.key, {FIELD: raw})
            for name, signal in changes.items():
                if signal is None:
                    pipe.hdel(key, name)
                else:
                    pipe.hset(key, name, signal)
            if done:
                pipe.xack(self.group.key, GROUP, *done)
            pipe.execute()
        self.sent += len(told)

    def _take(self, entry: Entry) -> list[Event]:
        """Judge an entry; one that cannot be judged is left out, however often it is delivered no other."""
        try:
            event = arrived(entry.raw, entry.id)
            if event.park != self.park.id:
                return []
            if event.source == self.source:  # what follows from it went into the stream with it
                self.state.apply(event)
                return []
            return self.response.take(self.door.enter(event))
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
            source=self.source,
            type=FeedHeartbeat.TYPE,
            subject=f"{self.park.id}/feed/watch",
            time=now,
            park=self.park.id,
            data=FeedHeartbeat(BEAT_S, self.sent + more + 1),
        )


def run(settings: Settings, stop: threading.Event) -> None:
    """Watch until told to stop; Redis may come and go, a new start is made from the record then."""
    park = load_park(settings)
    engine = create_engine(settings)
    client = connect(settings)
    backoff = Backoff(stop)
    while not stop.is_set():
        try:
            epoch = take_over(client, park.id)
            watch = Watch(client, park, recall(engine, client, settings, park), epoch)
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
