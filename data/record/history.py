"""The record read back: pages of events, trends, replay. All block.

Order is by when it happened, then by when it was recorded.
"""

import re
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any, NamedTuple, TypeVar

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from data.tables import events as kept
from data.tables import from_us, to_us
from park.config.asset import Asset
from park.events.bounds import flaw
from park.events.envelope import Event, decode

PAGE = 100
LONGEST_PAGE = 1000
_MOST_US = 2**62
_FIELD = re.compile(r"[a-z][a-z0-9_]*")
_CURSOR = re.compile(r"(-?\d+)\.([0-9a-f]{32})")
_FETCH = 2000
_TIME_US: sa.ColumnElement[Any] = sa.type_coerce(kept.c.time, sa.BigInteger)  # any year
Q = TypeVar("Q", bound=sa.Select[Any])


class Found(NamedTuple):
    """A recorded event: its place in the record and in the stream, and its JSON as it came."""

    id: str
    stream_id: str
    ce: str


class Page(NamedTuple):
    """Some events, and the cursor that brings the next; None at the end."""

    items: list[Found]
    cursor: str | None


class Point(NamedTuple):
    """A sample of a trend."""

    time: datetime
    value: float


def events(
    engine: sa.Engine,
    *,
    since: datetime | None = None,
    until: datetime | None = None,
    types: Sequence[str] = (),
    subject: str = "",
    cursor: str | None = None,
    limit: int = PAGE,
    newest_first: bool = True,
) -> Page:
    """Return a page of events with ``since <= time < until``; go on with the page's cursor.

    Raises:
        ValueError: the cursor or the limit is none of ours.
    """
    if not 1 <= limit <= LONGEST_PAGE:
        raise ValueError(f"limit: 1 to {LONGEST_PAGE}, not {limit}")
    query = _within(
        sa.select(kept.c.id, kept.c.stream_id, kept.c.ce, _TIME_US.label("time_us")),
        since,
        until,
        types,
        subject,
    )
    if cursor is not None:
        query = query.where(_beyond(cursor, newest_first=newest_first))
    order = (kept.c.time.desc(), kept.c.id.desc()) if newest_first else (kept.c.time, kept.c.id)
    with engine.connect() as connection:
        rows = connection.execute(query.order_by(*order).limit(limit + 1)).all()
    more = len(rows) > limit
    last = rows[limit - 1] if more else None
    items = [Found(row.id, row.stream_id, row.ce) for row in rows[:limit]]
    return Page(items, f"{last.time_us}.{last.id}" if last else None)


def replay(
    engine: sa.Engine, since: datetime, until: datetime, types: Sequence[str] = (), subject: str = ""
) -> Iterator[Event]:
    """Yield the events with ``since <= time < until``, oldest first, without holding them all.

    Raises:
        park.events.InvalidEventError: an event of an older catalogue that today's does not know.
    """
    query = _within(sa.select(kept.c.ce), since, until, types, subject).order_by(kept.c.time, kept.c.id)
    with engine.connect().execution_options(yield_per=_FETCH) as connection:
        for ce in connection.execute(query).scalars():
            yield decode(ce.encode())


def trend(
    engine: sa.Engine,
    subject: str,
    field: str,
    since: datetime,
    until: datetime,
    points: int = 500,
    asset: Asset | None = None,
) -> list[Point]:
    """Return a numeric field of a subject's data over time, at most ``points`` samples.

    Where there are more, the time is cut into equal parts and of each the lowest and the highest sample
    are kept, so that no peak is lost. Values that are none (``park/events/bounds.py``; of ``asset``, where
    it is known) are left out.

    Raises:
        ValueError: the field is no name of a field, or the numbers make no sense.
    """
    if not _FIELD.fullmatch(field):
        raise ValueError(f"field: not a name: {field!r}")
    if points < 2 or until <= since:
        raise ValueError("points: at least 2; until: after since")
    number = _number(field, engine.dialect.name)
    query = _within(sa.select(_TIME_US, number), since, until, (), subject).where(number.is_not(None))
    with engine.connect() as connection:
        rows = connection.execute(query.order_by(kept.c.time, kept.c.id))
        samples = [(at, float(value)) for at, value in rows if not flaw(field, value, asset)]
    return [
        Point(from_us(time), value) for time, value in decimate(samples, to_us(since), to_us(until), points)
    ]


def decimate(
    samples: Sequence[tuple[int, float]], start: int, end: int, points: int
) -> list[tuple[int, float]]:
    """Keep the lowest and the highest of each of ``points // 2`` equal parts of the time, in order."""
    if len(samples) <= points:
        return list(samples)
    parts = points // 2
    kept_: dict[int, tuple[tuple[int, float], tuple[int, float]]] = {}
    for sample in samples:
        part = min(parts - 1, (sample[0] - start) * parts // (end - start))
        low, high = kept_.get(part, (sample, sample))
        kept_[part] = (sample if sample[1] < low[1] else low, sample if sample[1] > high[1] else high)
    return [sample for pair in kept_.values() for sample in sorted(set(pair))]


def _within(
    query: Q, since: datetime | None, until: datetime | None, types: Sequence[str], subject: str
) -> Q:
    if since is not None:
        query = query.where(kept.c.time >= since)
    if until is not None:
        query = query.where(kept.c.time < until)
    if types:
        query = query.where(kept.c.type.in_(types))
    return query.where(kept.c.subject == subject) if subject else query


def _beyond(cursor: str, *, newest_first: bool) -> sa.ColumnElement[bool]:
    match = _CURSOR.fullmatch(cursor)
    if match is None:
        raise ValueError(f"cursor: not one of ours: {cursor!r}")
    time_us, id_ = int(match[1]), match[2]
    if abs(time_us) > _MOST_US:
        raise ValueError(f"cursor: not one of ours: {cursor!r}")
    if newest_first:
        return (time_us >= _TIME_US) & ((time_us > _TIME_US) | (kept.c.id < id_))
    return (time_us <= _TIME_US) & ((time_us < _TIME_US) | (kept.c.id > id_))


def _number(field: str, dialect: str) -> sa.ColumnElement[float]:
    """Return the field of an event's data as a number, NULL when it is none."""
    if dialect == "sqlite":
        path = f"$.data.{field}"
        is_number = sa.func.json_type(kept.c.ce, path).in_(("integer", "real"))
        return sa.case((is_number, sa.func.json_extract(kept.c.ce, path)))
    # A NUL anywhere in the text, recorded before the door refused it, makes every look into it fail.
    unreadable = sa.func.strpos(kept.c.ce, "\\u0000") > 0
    value = sa.cast(kept.c.ce, postgresql.JSON)["data"][field]
    number = sa.case((sa.func.json_typeof(value) == "number", sa.cast(value.as_string(), sa.Double)))
    return sa.case((unreadable, None), else_=number)
