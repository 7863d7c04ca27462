"""The audit trail: append only, each row sealed with the hash of the one before it, and the check of it.

The hash of a row is SHA-256 over the canonical JSON (sorted keys, no blanks, ASCII) of all its other
columns, the hash of the row before among them. ``audit_head`` holds how many rows there are and the hash
of the last one; the recorder tells the same to Redis, so that a trail written anew as a whole, or cut at
its end together with its head, is found as well.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Literal, NamedTuple

import sqlalchemy as sa
from msgspec import Struct

from data.tables import audit, audit_head, to_us
from park.events.envelope import Event
from park.operators.facts import OperatorAction

NOTHING = "0" * 64
SEEN = "audit:seen"  # hash in Redis: hour -> "<rows> <hash>", the end of the trail as the recorder left it
SEALED = tuple(column.name for column in audit.columns if column.name != "hash")
Why = Literal["changed", "removed", "inserted", "reordered", "cut", "rewritten"]
_PAGE = 2000


class Head(NamedTuple):
    """The end of the trail: how many rows there are and the hash of the last."""

    rows: int
    hash: str


class Verdict(Struct, frozen=True):
    """What the check found; ``row`` is the first broken place in the chain and ``why`` what befell it."""

    ok: bool
    rows: int
    hash: str
    row: int | None = None
    id: int | None = None
    why: Why | None = None


def digest(row: Mapping[str, Any]) -> str:
    """Return the hash of a row, its time in microseconds since 1970 UTC."""
    told = {name: row[name] for name in SEALED}
    canonical = json.dumps(told, sort_keys=True, separators=(",", ":"), default=repr)
    return hashlib.sha256(canonical.encode()).hexdigest()


def acts(events: Iterable[Event]) -> list[dict[str, Any]]:
    """Return the rows, not yet chained, of those events that are somebody's act."""
    rows = []
    for event in events:
        fact = event.data
        if isinstance(fact, OperatorAction):
            told = {name: getattr(fact, name) for name in fact.__struct_fields__}
            rows.append(told | {"time": event.time, "source": event.source, "ce_id": event.id})
    return rows


def keep(engine: sa.Engine, events: Iterable[Event]) -> Head:
    """Write the acts among ``events`` into the trail now, without waiting for the recorder; blocks."""
    with engine.begin() as connection:
        return append(connection, acts(events))


def append(connection: sa.Connection, rows: Sequence[Mapping[str, Any]]) -> Head:
    """Chain rows to the end of the trail, each act once; one transaction, the caller's.

    Whoever appends holds the head until the transaction ends: one writer at a time.
    """
    held = (
        sa.update(audit_head).values(rows=audit_head.c.rows).returning(audit_head.c.rows, audit_head.c.hash)
    )
    head = Head(*connection.execute(held).one())
    last_id = connection.execute(sa.select(sa.func.max(audit.c.id))).scalar() or 0
    chained: list[dict[str, Any]] = []
    for row in _new(connection, rows):
        last_id += 1
        link = {**row, "id": last_id, "chain": head.rows + 1, "prev_hash": head.hash}
        sealed = digest(link | {"time": to_us(row["time"])})
        chained.append(link | {"hash": sealed})
        head = Head(head.rows + 1, sealed)
    if chained:
        connection.execute(sa.insert(audit), chained)
        connection.execute(sa.update(audit_head).values(head._asdict()))
    return head


def _new(connection: sa.Connection, rows: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Return those rows whose act is not in the trail yet, each once."""
    named = {(row["source"], row["ce_id"]): row for row in reversed(rows)}
    keys = sa.tuple_(audit.c.source, audit.c.ce_id)
    known = sa.select(audit.c.source, audit.c.ce_id).where(keys.in_(list(named)))
    there = {tuple(row) for row in connection.execute(known)} if named else set()
    return [row for key, row in reversed(named.items()) if key not in there]


def head(engine: sa.Engine) -> Head:
    """Return the sealed end of the trail."""
    with engine.connect() as connection:
        return Head(*connection.execute(sa.select(audit_head.c.rows, audit_head.c.hash)).one())


def ends_seen(told: Iterable[bytes | str]) -> list[Head]:
    """Return the ends of the trail among the values of the Redis hash ``SEEN``."""
    words = (value.decode() if isinstance(value, bytes) else value for value in told)
    return [Head(int(rows), hash_) for rows, _, hash_ in (word.partition(" ") for word in words)]


def verify(engine: sa.Engine, witnesses: Iterable[Head] = ()) -> Verdict:
    """Walk the whole trail, one snapshot of it; ``witnesses`` are ends of it that were seen elsewhere.

    It blocks. What it says of a broken row is the simplest tale that fits; that it is broken is sure.
    """
    with engine.connect() as connection:
        _one_snapshot(connection)
        sealed = connection.execute(sa.select(audit_head.c.rows, audit_head.c.hash)).first()
        return _walk(connection, [Head(*sealed) if sealed else Head(0, ""), *witnesses])


def _one_snapshot(connection: sa.Connection) -> None:
    """Let everything that is read next be of one moment, while others go on to write."""
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("BEGIN")  # its driver begins by itself only to write
    else:
        connection.exec_driver_sql("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")


def _walk(connection: sa.Connection, ends: Sequence[Head]) -> Verdict:
    end, longest = Head(0, NOTHING), max(seen.rows for seen in ends)
    hashes: dict[int, set[str]] = {}
    for seen in ends:
        hashes.setdefault(seen.rows, set()).add(seen.hash)
    for row in _rows(connection):
        if told := _broken(connection, row, end, longest):
            return _found(end, *told, row["id"])
        end = Head(row["chain"], row["hash"])
        if hashes.get(end.rows, {end.hash}) != {end.hash}:
            return _found(end, end.rows, "rewritten", row["id"])
    if end.rows < longest:
        return _found(end, end.rows + 1, "cut")
    if ends[0] != end:
        return _found(end, end.rows, "rewritten")
    return Verdict(ok=True, rows=end.rows, hash=end.hash)


def _found(end: Head, row: int, why: Why, id_: int | None = None) -> Verdict:
    return Verdict(ok=False, rows=end.rows, hash=end.hash, row=row, id=id_, why=why)


def _rows(connection: sa.Connection) -> Iterator[dict[str, Any]]:
    columns = (audit.c[name] for name in (*SEALED, "hash") if name != "time")
    moment = sa.type_coerce(audit.c.time, sa.BigInteger).label("time")
    query = sa.select(*columns, moment).order_by(audit.c.chain, audit.c.id)
    for row in connection.execution_options(yield_per=_PAGE).execute(query).mappings():
        yield dict(row)


def _broken(
    connection: sa.Connection, row: Mapping[str, Any], end: Head, longest: int
) -> tuple[int, Why] | None:
    """Return the place in the chain where it is broken and why, None when ``row`` follows ``end``."""
    place = end.rows + 1
    if digest(row) == row["hash"]:
        if row["chain"] != place:
            return place, "reordered" if _claimed(connection, end.hash) else "removed"
        if row["prev_hash"] != end.hash:
            return max(end.rows, 1), "rewritten"
        return (place, "inserted") if place > longest else None
    if place > longest:
        return place, "inserted"
    own = _own_place(row, longest)
    if own is None:
        return place, "inserted" if _claimed(connection, end.hash, row["id"]) else "changed"
    if _claimed(connection, row["prev_hash"], row["id"]):
        return place - 1, "inserted"
    before = sa.select(audit.c.id).where(audit.c.hash == row["prev_hash"])
    return place, "reordered" if connection.execute(before).first() or own == 1 else "removed"


def _own_place(row: Mapping[str, Any], longest: int) -> int | None:
    """Return the place at which a row that was given another number was sealed."""
    places = range(1, longest + 1)
    return next((place for place in places if digest({**row, "chain": place}) == row["hash"]), None)


def _claimed(connection: sa.Connection, hash_: str, besides: int | None = None) -> bool:
    """Whether a row, other than ``besides``, says that it follows the row of this hash."""
    query = sa.select(audit.c.id).where(audit.c.prev_hash == hash_)
    if besides is not None:
        query = query.where(audit.c.id != besides)
    return connection.execute(query).first() is not None
