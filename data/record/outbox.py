"""The outbox: every message asked for once, claimed by one sender at a time, with how far it has come.

A message is claimed and that committed before it goes out, so nobody sends it twice: what a sender left
behind half way is ``unclear`` and stays so. All times are aware.
"""

import sqlite3
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any, Literal

import sqlalchemy as sa
from msgspec import Struct
from msgspec.structs import replace
from sqlalchemy.dialects import postgresql, sqlite

from data.tables import events, exercises, outbox
from park.events.envelope import Event, decode, encode
from park.operators.facts import ExerciseStatus

State = Literal["queued", "sending", "sent", "failed", "held", "unclear"]
_MILLISECOND = timedelta(milliseconds=1)


class Row(Struct, frozen=True):
    """One message on its way; ``request`` is the event that asked for it, ``attempt`` counts from 1."""

    message: str
    request: Event
    state: State
    attempt: int
    detail: str
    updated: datetime
    next_at: datetime


class Outbox:
    """The messages of one park as the process ``sender`` handles them; each method is one transaction."""

    def __init__(self, engine: sa.Engine, park: str, sender: str) -> None:
        """Write through ``engine``; ``sender`` differs between processes."""
        self.engine = engine
        self.park = park
        self.sender = sender

    def put(self, request: Event, now: datetime) -> bool:
        """Take in a request for a message, in an exercise to be held; tell whether it was new."""
        row = {
            "message": request.data.message,
            "park": self.park,
            "request": encode(request).decode(),
            "attempt": 0,
            "detail": "",
            "sender": "",
            "next_at": now,
            "updated": max(now, request.time + _MILLISECOND),
        }
        with self.engine.begin() as connection:
            held = self._is_held(connection, request)
            row |= {"state": "held" if held else "queued", "told": not held}
            insert = self._insert(outbox).values(row).on_conflict_do_nothing()
            return connection.execute(insert).rowcount == 1

    def note_exercise(self, told: Event) -> None:
        """Remember whether an exercise is held; the newest word counts."""
        insert = self._insert(exercises).values(park=self.park, active=told.data.active, time=told.time)
        newer = insert.on_conflict_do_update(
            index_elements=[exercises.c.park],
            set_={"active": insert.excluded.active, "time": insert.excluded.time},
            where=exercises.c.time < insert.excluded.time,
        )
        with self.engine.begin() as connection:
            connection.execute(newer)

    def recall_exercise(self) -> None:
        """Take from the record whether an exercise is held, for an outbox that begins late."""
        query = sa.select(events.c.ce).where(events.c.type == ExerciseStatus.TYPE, events.c.park == self.park)
        with self.engine.connect() as connection:
            told = connection.execute(query.order_by(events.c.time.desc()).limit(1)).scalar()
        if told is not None:
            self.note_exercise(decode(told.encode()))

    def claim(self, now: datetime, limit: int) -> Iterator[Row]:
        """Take up to ``limit`` messages that are due, for this sender alone: each is ``sending`` as it comes.

        What an exercise has come over meanwhile is held instead.
        """
        due = sa.select(outbox).where(
            outbox.c.park == self.park, outbox.c.state == "queued", outbox.c.next_at <= now
        )
        with self.engine.connect() as connection:
            order = due.order_by(outbox.c.next_at, outbox.c.message).limit(limit)
            found = [_row(dict(row)) for row in connection.execute(order).mappings()]
        for row in found:
            if (claimed := self._claim(row, now)) is not None:
                yield claimed

    def _claim(self, found: Row, now: datetime) -> Row | None:
        """Claim one message in a transaction; None when another sender was first, or it is held."""
        with self.engine.begin() as connection:
            held = self._is_held(connection, found.request)
            claimed: dict[str, Any] = {
                "state": "held" if held else "sending",
                "attempt": found.attempt + (not held),
                "detail": "",
                "sender": self.sender,
                "updated": max(now, found.updated + _MILLISECOND),
                "told": False,
            }
            mine = (outbox.c.message == found.message, outbox.c.state == "queued")
            same = outbox.c.attempt == found.attempt
            if connection.execute(sa.update(outbox).where(*mine, same).values(claimed)).rowcount != 1:
                return None
        if held:
            return None
        return replace(
            found, state="sending", attempt=found.attempt + 1, detail="", updated=claimed["updated"]
        )

    def settle(self, row: Row, state: State, detail: str, now: datetime, wait_s: float = 0.0) -> None:
        """Say what became of a message that this sender claimed; ``queued`` tries again after ``wait_s``.

        One that was given up as unclear meanwhile may still be said to be sent, and not to be tried again.
        """
        open_ = ("sending",) if state == "queued" else ("sending", "unclear")
        mine = (outbox.c.message == row.message, outbox.c.sender == self.sender, outbox.c.state.in_(open_))
        values = {
            "state": state,
            "detail": detail[:300],
            "next_at": now + timedelta(seconds=wait_s),
            "updated": max(now, row.updated + _MILLISECOND),
            "told": False,
        }
        attempt = outbox.c.attempt == row.attempt
        with self.engine.begin() as connection:
            connection.execute(sa.update(outbox).where(*mine, attempt).values(values))

    def abandon(self, now: datetime, lease_s: float, mine: Sequence[str] = ()) -> int:
        """Call unclear what has been sending for ``lease_s``, other than ``mine``; return how many."""
        stuck = (outbox.c.park == self.park, outbox.c.state == "sending", outbox.c.message.not_in(mine))
        old = outbox.c.updated < now - timedelta(seconds=lease_s)
        values = {
            "state": "unclear",
            "detail": "the process ended while it was sending",
            "updated": now,
            "told": False,
        }
        with self.engine.begin() as connection:
            return connection.execute(sa.update(outbox).where(*stuck, old).values(values)).rowcount

    def untold(self, limit: int) -> list[Row]:
        """Return messages of whose state the stream does not know, oldest first."""
        query = sa.select(outbox).where(outbox.c.park == self.park, outbox.c.told.is_(False))
        with self.engine.connect() as connection:
            found = connection.execute(query.order_by(outbox.c.updated).limit(limit)).mappings()
            return [_row(dict(row)) for row in found]

    def told(self, rows: Sequence[Row]) -> None:
        """Say that the stream knows these states."""
        with self.engine.begin() as connection:
            for row in rows:
                same = (outbox.c.message == row.message, outbox.c.updated == row.updated)
                connection.execute(sa.update(outbox).where(*same).values(told=True))

    def rows(self) -> Iterator[Row]:
        """Walk over all messages of the park, as they stand now."""
        with self.engine.connect() as connection:
            found = connection.execute(sa.select(outbox).where(outbox.c.park == self.park)).mappings().all()
        return (_row(dict(row)) for row in found)

    def _is_held(self, connection: sa.Connection, request: Event) -> bool:
        """Tell whether nothing of it may leave; what stays in the room is not held."""
        if request.data.channel == "room":
            return False
        active = sa.select(exercises.c.active).where(exercises.c.park == self.park)
        return bool(request.data.exercise or connection.execute(active).scalar())

    def _insert(self, table: sa.Table) -> postgresql.Insert | sqlite.Insert:
        kind = postgresql.insert if self.engine.dialect.name == "postgresql" else sqlite.insert
        return kind(table)


def make_durable(engine: sa.Engine) -> None:
    """Let a commit reach the disk before it counts: a claim that a power cut took back would be sent again.

    PostgreSQL does so by itself. For an engine that has not connected yet.
    """
    if engine.dialect.name == "sqlite":
        sa.event.listen(engine, "connect", _sync_fully)


def _sync_fully(connection: sqlite3.Connection, _record: object) -> None:
    connection.execute("PRAGMA synchronous=FULL")


def _row(found: dict[str, Any]) -> Row:
    named = {name: found[name] for name in Row.__struct_fields__}
    return Row(**named | {"request": decode(found["request"].encode())})
