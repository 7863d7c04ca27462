"""The record as lists and lines, straight from the database: pages of events, the course of one value.

Everything here blocks.
"""

from datetime import datetime

import msgspec
import sqlalchemy as sa
from msgspec import Raw, Struct

from data.tables import events, to_us


class Page(Struct, frozen=True):
    """Events as their JSON, newest first; ``cursor`` asks for those before them, None at the end."""

    events: list[Raw]
    cursor: str | None


class Asked(Struct, frozen=True):
    """Which events are wanted; ``since`` included, ``until`` not."""

    since: datetime | None = None
    until: datetime | None = None
    type: str | None = None
    subject: str | None = None
    cursor: str | None = None
    limit: int = 100


def page(engine: sa.Engine, asked: Asked) -> Page:
    """Return one page of events, newest first.

    Raises:
        ValueError: the cursor is none of ours.
    """
    query = sa.select(events.c.ce, events.c.time, events.c.id)
    for column, value in ((events.c.type, asked.type), (events.c.subject, asked.subject)):
        query = query if value is None else query.where(column == value)
    query = query if asked.since is None else query.where(events.c.time >= asked.since)
    query = query if asked.until is None else query.where(events.c.time < asked.until)
    if asked.cursor is not None:
        query = query.where(_before(asked.cursor))
    newest = query.order_by(events.c.time.desc(), events.c.id.desc()).limit(asked.limit + 1)
    with engine.connect() as connection:
        rows = connection.execute(newest).all()
    shown = rows[: asked.limit]
    cursor = f"{to_us(shown[-1].time)}.{shown[-1].id}" if len(rows) > asked.limit else None
    return Page([Raw(row.ce.encode()) for row in shown], cursor)


def _before(cursor: str) -> sa.ColumnElement[bool]:
    time_us, dot, id_ = cursor.partition(".")
    if not dot or not time_us.lstrip("-").isdigit():
        raise ValueError("cursor: not one of ours")
    raw_time = sa.type_coerce(events.c.time, sa.BigInteger)
    return (raw_time < int(time_us)) | ((raw_time == int(time_us)) & (events.c.id < id_))


def course(
    engine: sa.Engine, subject: str, field: str, since: datetime, until: datetime, points: int
) -> list[tuple[int, float]]:
    """Return the course of one numeric field of a subject as ``(ms, value)``, oldest first.

    The span is cut into ``points`` equal pieces; of each the mean is told at the time of its last value.
    """
    wanted = sa.select(events.c.time, events.c.ce).where(
        events.c.subject == subject, events.c.time >= since, events.c.time < until
    )
    pieces: dict[int, list[tuple[int, float]]] = {}
    length_us = max(1, (to_us(until) - to_us(since)) // points)
    with engine.connect() as connection:
        rows = connection.execution_options(yield_per=2000).execute(wanted.order_by(events.c.time))
        for row in rows:
            value = msgspec.json.decode(row.ce)["data"].get(field)
            if isinstance(value, int | float) and not isinstance(value, bool):
                at_us = to_us(row.time)
                piece = pieces.setdefault((at_us - to_us(since)) // length_us, [])
                piece.append((at_us // 1000, float(value)))
    return [
        (piece[-1][0], sum(value for _ms, value in piece) / len(piece))
        for _n, piece in sorted(pieces.items())
    ]
