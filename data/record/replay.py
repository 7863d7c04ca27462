"""The state of a park out of its record: at the start of a web process, and for any moment of the past."""

import asyncio
import logging
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import redis.asyncio
import sqlalchemy as sa

from data.stream.lag import unrecorded
from data.stream.redis_stream import stream_key
from data.tables import events
from park.alarms.overlays import LAYERS
from park.config.park import Park
from park.events.envelope import AHEAD, InvalidEventError, decode
from park.intake.canonical_names import Names
from park.state.state import ALARMS, RESPONSE, State
from park.systems import MEMORIES, new_state

RECORDER = "recorder"
ALARM_REACH = timedelta(days=7)
DURABLE_REACH = timedelta(days=400)  # what was taken out of service stays so until somebody restores it
FAST_REACH = timedelta(minutes=3)
RECENT_REACH = timedelta(minutes=15)
DURABLE = frozenset(LAYERS) | {"park.exercise.status"}
LASTING = ALARMS | RESPONSE
FAST = ("park.vehicle.position", "park.camera.detection")
logger = logging.getLogger(__name__)


async def rebuild(engine: sa.Engine, client: redis.asyncio.Redis, park: Park, state: State) -> str:
    """Fold the record into an empty ``state`` and return the stream id to read on from.

    The stream id is where the recorder surely was before the record was read, so the two overlap;
    the fold takes the same event twice as once. With the database away the whole stream is read.
    """
    after = await unrecorded(client, stream_key(park.id), RECORDER)
    try:
        await asyncio.to_thread(_fold, engine, park, state, datetime.now(UTC) + AHEAD)
    except sa.exc.SQLAlchemyError as error:
        logger.warning("live: record away (%s), reading the whole stream", type(error).__name__)
        return "0-0"
    return after


def fold_until(engine: sa.Engine, park: Park, at: datetime, known: datetime | None = None) -> State:
    """Return the state as it was at ``at``; with ``known``, from what had come in by then; blocks."""
    state = new_state(park.assets)
    _fold(engine, park, state, at, known)
    return state


def _fold(engine: sa.Engine, park: Park, state: State, at: datetime, known: datetime | None = None) -> None:
    names = Names(park)
    with engine.connect() as connection:
        for raw in _raws(connection, park, at, known):
            try:
                state.apply(names.settle(decode(raw)))
            except InvalidEventError as error:
                logger.warning("record: an event of an older catalogue: %s", error)
            except Exception:
                logger.exception("record: cannot fold an event; left out")


def _raws(connection: sa.Connection, park: Park, at: datetime, known: datetime | None) -> Iterator[bytes]:
    slowest_s = max((asset.period_s or 0 for asset in park.assets.values()), default=0)
    recent = max(RECENT_REACH, timedelta(seconds=2.5 * slowest_s))
    kept = events.c.type
    wanted = (
        (ALARM_REACH, kept.in_(LASTING - DURABLE)),
        (DURABLE_REACH, kept.in_(DURABLE)),
        *_remembered(park),
        (FAST_REACH, kept.in_(FAST)),
        (recent, kept.not_in((*LASTING, *DURABLE, *_remembered_of_all(), *FAST))),
    )
    for reach, which in wanted:
        query = sa.select(events.c.ce).where(
            which, events.c.park == park.id, events.c.time > at - reach, events.c.time <= at
        )
        if reach == ALARM_REACH:  # in order of time the fold of an alarm is one step an event
            query = query.order_by(events.c.time)
        if known is not None:
            query = query.where(events.c.ingested <= known)
        rows = connection.execution_options(yield_per=2000).execute(query)
        yield from (ce.encode() for ce in rows.scalars())


def _remembered(park: Park) -> Iterator[tuple[timedelta, sa.ColumnElement[bool]]]:
    """Yield how far back the memories of the systems reach, and for which events."""
    for memory in MEMORIES:
        for type_, kinds in memory.REMEMBERED.items():
            which = events.c.type == type_
            if kinds is not None:
                subjects = [asset.id for asset in park.assets.values() if asset.kind in kinds]
                which &= events.c.subject.in_(subjects)
            yield memory.HISTORY, which


def _remembered_of_all() -> list[str]:
    """Return the types that are remembered of every asset: what is recent of them is read with the rest."""
    return [type_ for memory in MEMORIES for type_, kinds in memory.REMEMBERED.items() if kinds is None]
