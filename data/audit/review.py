"""The audit trail read back: filtered rows, and the figures of a month for its review. All block."""

from collections import Counter
from collections.abc import Iterator
from datetime import datetime

import sqlalchemy as sa
from msgspec import Struct

from data.tables import audit

LONGEST_PAGE = 1000
TAKEN_OUT = ("record.export", "clip.download", "report.take")
REVIEW = "audit.review"
_WIDEST = 2**62
_FETCH = 1000


class AuditRow(Struct, frozen=True):
    """Who did what, when, from where, on which object, why, with what result; its place in the chain."""

    chain: int
    time: datetime
    user: str
    role: str
    origin: str
    session: str
    action: str
    object: str
    reason: str
    result: str
    hash: str


class Asked(Struct, frozen=True):
    """Which rows are wanted; ``action`` may end in ``.`` for all of its kind, ``object`` is a part of it."""

    user: str = ""
    action: str = ""
    object: str = ""
    since: datetime | None = None
    until: datetime | None = None


class Month(Struct, frozen=True):
    """What the reviewer of a month looks at; ``taken_out`` are the downloads, each with its reason."""

    acts: int
    users: dict[str, int]
    actions: dict[str, int]
    refused: int
    taken_out: tuple[AuditRow, ...]
    unreasoned: int
    reviews: tuple[AuditRow, ...]


def rows(
    engine: sa.Engine, asked: Asked | None = None, *, before: int = _WIDEST, limit: int = 100
) -> list[AuditRow]:
    """Return rows with a place below ``before``, newest first; ValueError when ``limit`` is none of ours."""
    if not 1 <= limit <= LONGEST_PAGE:
        raise ValueError(f"limit: 1 to {LONGEST_PAGE}, not {limit}")
    query = _wanted(asked or Asked()).where(audit.c.chain < before)
    return list(_read(engine, query.order_by(audit.c.chain.desc()).limit(limit)))


def following(engine: sa.Engine, asked: Asked, after: int) -> list[AuditRow]:
    """Return the next rows beyond place ``after``, oldest first, at most ``LONGEST_PAGE``."""
    query = _wanted(asked).where(audit.c.chain > after).order_by(audit.c.chain)
    return list(_read(engine, query.limit(LONGEST_PAGE)))


def every(engine: sa.Engine, asked: Asked | None = None) -> Iterator[AuditRow]:
    """Yield all rows that are wanted, oldest first, without holding them all."""
    yield from _read(engine, _wanted(asked or Asked()).order_by(audit.c.chain))


def month(engine: sa.Engine, since: datetime, until: datetime, name: str) -> Month:
    """Return the figures of ``since <= time < until``; ``name`` is the month in reviews, ``2026-11``."""
    users, actions = Counter[str](), Counter[str]()
    refused, taken_out = 0, []
    for row in every(engine, Asked(since=since, until=until)):
        users[row.user] += 1
        actions[row.action] += 1
        refused += row.result != "done"
        if row.action in TAKEN_OUT:
            taken_out.append(row)
    return Month(
        acts=users.total(),
        users=dict(users.most_common()),
        actions=dict(actions.most_common()),
        refused=refused,
        taken_out=tuple(reversed(taken_out)),
        unreasoned=sum(not row.reason.strip() for row in taken_out),
        reviews=tuple(row for row in every(engine, Asked(action=REVIEW, object=name)) if row.object == name),
    )


def _wanted(asked: Asked) -> sa.Select[tuple[object, ...]]:
    query = sa.select(*(audit.c[name] for name in AuditRow.__struct_fields__))
    if asked.user:
        query = query.where(audit.c.user == asked.user)
    if asked.action:
        same = audit.c.action == asked.action
        kind = audit.c.action.startswith(asked.action, autoescape=True)
        query = query.where(kind if asked.action.endswith(".") else same)
    if asked.object:
        query = query.where(audit.c.object.contains(asked.object, autoescape=True))
    if asked.since is not None:
        query = query.where(audit.c.time >= asked.since)
    return query if asked.until is None else query.where(audit.c.time < asked.until)


def _read(engine: sa.Engine, query: sa.Select[tuple[object, ...]]) -> Iterator[AuditRow]:
    with engine.connect().execution_options(yield_per=_FETCH) as connection:
        for row in connection.execute(query).mappings():
            yield AuditRow(**dict(row))
