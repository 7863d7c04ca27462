"""The record in SQL: every accepted event once, the audit trail, the dead letters."""

import sqlite3
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

import psycopg
import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from msgspec import Struct
from sqlalchemy.dialects import postgresql, sqlite

from data.audit.chain import Head, acts, append
from data.record.accepted_events import Accepted, other_content, rows_of
from data.record.bulk_insert import insert_events
from data.settings import Settings
from data.tables import dead_letters
from park.events.envelope import Event

AWAY = (
    sa.exc.OperationalError,
    sa.exc.InterfaceError,
    sa.exc.TimeoutError,
    psycopg.OperationalError,
    psycopg.InterfaceError,
    OSError,
)
REFUSED = (sa.exc.SQLAlchemyError, psycopg.Error, ValueError, OverflowError)
_MIGRATIONS = Path(__file__).resolve().parents[1] / "migrations"
_MIGRATION_LOCK = 7_340_771
_WIDEST = 2**63
__all__ = [
    "AWAY", "REFUSED", "Accepted", "DeadLetter", "Recorded", "Refused", "Store", "create_engine", "migrate",
]  # fmt: skip


class Refused(NamedTuple):
    """An entry that will not be recorded: what it was, which field is wrong and why."""

    stream_id: str
    raw: bytes
    path: str
    reason: str
    deliveries: int


class Recorded(NamedTuple):
    """What a batch came to."""

    inserted: int
    duplicates: int


class DeadLetter(Struct, frozen=True):
    """A refused entry as kept; ``replayed`` when it was put back, ``replayed_as`` its new stream id."""

    id: int
    raw: bytes
    path: str
    reason: str
    stream: str
    stream_id: str
    deliveries: int
    first_seen: datetime
    replayed: datetime | None = None
    replayed_as: str | None = None


def create_engine(settings: Settings) -> sa.Engine:
    """Return an engine on the record of these settings; nothing is connected, errors tell no values."""
    url = sa.make_url(settings.database)
    if url.drivername in ("postgres", "postgresql"):
        url = url.set(drivername="postgresql+psycopg")
    if url.get_backend_name() != "sqlite":
        return sa.create_engine(
            url, pool_pre_ping=True, hide_parameters=True, connect_args={"connect_timeout": 5}
        )
    if url.database and url.database != ":memory:":
        Path(url.database).parent.mkdir(parents=True, exist_ok=True)
    engine = sa.create_engine(url, hide_parameters=True)
    sa.event.listen(engine, "connect", _set_pragmas)
    return engine


def _set_pragmas(connection: sqlite3.Connection, _record: object) -> None:
    for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "busy_timeout=5000", "foreign_keys=ON"):
        connection.execute(f"PRAGMA {pragma}")


def migrate(engine: sa.Engine) -> None:
    """Bring the database to today's tables; safe to run again, and by several processes at once."""
    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS))
    with engine.begin() as connection:
        if engine.dialect.name == "postgresql":
            connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_MIGRATION_LOCK)))
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


class Store:
    """The record; every method is one transaction and blocks.

    ``AWAY`` are the errors of a database that does not answer: try again later. Any other of
    ``REFUSED`` means that a row is bad and nothing of the batch was written.
    """

    def __init__(self, engine: sa.Engine) -> None:
        """Write through ``engine``; ``head`` is the end of the audit trail as this store left it.

        ``reused`` are those of the last batch whose identity another event had, as they are kept.
        """
        self.engine = engine
        self.head: Head | None = None
        self.reused: list[Event] = []

    def record(
        self,
        accepted: Sequence[Accepted],
        refused: Sequence[Refused] = (),
        *,
        stream: str = "",
        now: datetime | None = None,
    ) -> Recorded:
        """Keep events, their audit rows and dead letters (of ``stream``, first seen ``now``)."""
        did, head = acts(item.event for item in accepted), self.head
        with self.engine.begin() as connection:
            inserted = insert_events(connection, rows_of(accepted))
            reused = other_content(connection, accepted) if inserted < len(accepted) else []
            inserted += insert_events(connection, rows_of(reused))
            if did:
                head = append(connection, did)
            if refused:
                if now is None:
                    raise ValueError("dead letters need the time")
                _insert_once(connection, dead_letters, [_dead(item, stream, now) for item in refused])
        self.head = head
        self.reused = [item.event for item in reused]
        return Recorded(inserted, len(accepted) - inserted)

    def ping(self) -> None:
        """Ask the database anything; one of ``AWAY`` when it does not answer."""
        with self.engine.connect() as connection:
            connection.execute(sa.select(1))

    def dead_letter(self, id_: int) -> DeadLetter | None:
        """Return one dead letter."""
        query = sa.select(dead_letters).where(dead_letters.c.id == id_)
        return next(iter(self._read(query)), None)

    def dead_letters(self, limit: int = 100, before: int = _WIDEST - 1) -> list[DeadLetter]:
        """Return dead letters with an id below ``before``, newest first."""
        query = sa.select(dead_letters).where(dead_letters.c.id < before)
        return self._read(query.order_by(dead_letters.c.id.desc()).limit(limit))

    def waiting(self) -> int:
        """Return how many dead letters were never put back."""
        query = sa.select(sa.func.count()).select_from(dead_letters).where(dead_letters.c.replayed.is_(None))
        with self.engine.connect() as connection:
            return int(connection.execute(query).scalar_one())

    def mark_replayed(self, id_: int, stream_id: str, now: datetime) -> None:
        """Say that a dead letter went back into the stream as ``stream_id``."""
        row = sa.update(dead_letters).where(dead_letters.c.id == id_)
        with self.engine.begin() as connection:
            connection.execute(row.values(replayed=now, replayed_as=stream_id))

    def _read(self, query: sa.Select[Any]) -> list[DeadLetter]:
        with self.engine.connect() as connection:
            return [DeadLetter(**row) for row in connection.execute(query).mappings()]


def _dead(item: Refused, stream: str, now: datetime) -> dict[str, Any]:
    return item._asdict() | {"stream": stream, "first_seen": now}


def _insert_once(connection: sa.Connection, table: sa.Table, rows: list[dict[str, Any]]) -> None:
    if rows:
        insert = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
        connection.execute(insert(table).on_conflict_do_nothing(), rows)
