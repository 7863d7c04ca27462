"""What is kept in SQL, the same in SQLite and PostgreSQL; changes go through ``data/migrations``.

Moments are whole microseconds since 1970 UTC, so that both databases order and compare them alike.
"""

from datetime import UTC, datetime, timedelta

import sqlalchemy as sa

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


def to_us(moment: datetime) -> int:
    """Return an aware time as microseconds since 1970 UTC; a naive one raises TypeError."""
    return (moment - _EPOCH) // _MICROSECOND


def from_us(value: int) -> datetime:
    """Return the UTC time of so many microseconds since 1970."""
    return _EPOCH + value * _MICROSECOND


class Moment(sa.types.TypeDecorator[datetime]):
    """An aware time, kept as microseconds since 1970 UTC."""

    impl = sa.BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: sa.Dialect) -> int | None:  # noqa: ARG002
        """Take an aware time; a naive one raises TypeError."""
        return None if value is None else to_us(value)

    def process_result_value(self, value: int | None, dialect: sa.Dialect) -> datetime | None:  # noqa: ARG002
        """Give back UTC."""
        return None if value is None else from_us(value)


metadata = sa.MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    }
)
_serial = sa.BigInteger().with_variant(sa.Integer, "sqlite")

events = sa.Table(
    "events",
    metadata,
    sa.Column("id", sa.String(32), primary_key=True, comment="UUIDv7, hex: the order of recording"),
    sa.Column("source", sa.Text, nullable=False),
    sa.Column("ce_id", sa.Text, nullable=False),
    sa.Column("type", sa.Text, nullable=False),
    sa.Column("subject", sa.Text, nullable=False),
    sa.Column("park", sa.Text, nullable=False),
    sa.Column("time", Moment, nullable=False, comment="when it happened"),
    sa.Column("ingested", Moment, comment="when it entered the stream"),
    sa.Column("stream_id", sa.Text, nullable=False),
    sa.Column("ce", sa.Text, nullable=False, comment="the CloudEvent, byte for byte"),
    sa.UniqueConstraint("source", "ce_id"),
    sa.Index(None, "subject", "time"),
    sa.Index(None, "type", "time"),
    sa.Index(None, "time"),
)

dead_letters = sa.Table(
    "dead_letters",
    metadata,
    sa.Column("id", _serial, primary_key=True, autoincrement=True),
    sa.Column("raw", sa.LargeBinary, nullable=False),
    sa.Column("path", sa.Text, nullable=False, comment="the field that was wrong, $ for all"),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("stream", sa.Text, nullable=False, comment="key of the stream it came from"),
    sa.Column("stream_id", sa.Text, nullable=False),
    sa.Column("deliveries", sa.Integer, nullable=False),
    sa.Column("first_seen", Moment, nullable=False),
    sa.Column("replayed", Moment),
    sa.Column("replayed_as", sa.Text, comment="stream id it went back under"),
    sa.UniqueConstraint("stream", "stream_id"),
    sqlite_autoincrement=True,
)

audit = sa.Table(
    "audit",
    metadata,
    sa.Column("id", _serial, primary_key=True, autoincrement=True),
    sa.Column("time", Moment, nullable=False),
    sa.Column("user", sa.Text, nullable=False),
    sa.Column("origin", sa.Text, nullable=False, comment="where from"),
    sa.Column("action", sa.Text, nullable=False),
    sa.Column("object", sa.Text, nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("source", sa.Text, nullable=False),
    sa.Column("ce_id", sa.Text, nullable=False),
    sa.Column("role", sa.Text, nullable=False, server_default="", comment="of the person, then"),
    sa.Column("session", sa.Text, nullable=False, server_default="", comment="start of a SHA-256"),
    sa.Column("result", sa.Text, nullable=False, server_default="done"),
    sa.Column("chain", sa.BigInteger, nullable=False, server_default="0", comment="place, from 1"),
    sa.Column("prev_hash", sa.Text, nullable=False, server_default=""),
    sa.Column("hash", sa.Text, nullable=False, server_default="", comment="data/audit.py digest"),
    sa.UniqueConstraint("source", "ce_id"),
    sa.Index(None, "time"),
    sa.Index("ix_audit_chain", "chain", unique=True),
    sqlite_autoincrement=True,
    comment="append only: a trigger refuses updates and deletes",
)

audit_head = sa.Table(
    "audit_head",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=False, comment="there is one row"),
    sa.Column("rows", sa.BigInteger, nullable=False, comment="how many rows the trail has"),
    sa.Column("hash", sa.Text, nullable=False, comment="of the last of them"),
)

users = sa.Table(
    "users",
    metadata,
    sa.Column("name", sa.Text, primary_key=True),
    sa.Column("role", sa.Text, nullable=False),
    sa.Column("password_hash", sa.Text, nullable=False),
    sa.Column("created", Moment, nullable=False),
)

sessions = sa.Table(
    "sessions",
    metadata,
    sa.Column("token_hash", sa.Text, primary_key=True),
    sa.Column("user", sa.Text, nullable=False),
    sa.Column("role", sa.Text, nullable=False),
    sa.Column("origin", sa.Text, nullable=False),
    sa.Column("created", Moment, nullable=False),
    sa.Column("expires", Moment, nullable=False),
    sa.Index(None, "user"),
    sa.Index(None, "expires"),
)

feed_keys = sa.Table(
    "feed_keys",
    metadata,
    sa.Column("name", sa.Text, primary_key=True),
    sa.Column("key_hash", sa.Text, nullable=False, unique=True),
    sa.Column("created", Moment, nullable=False),
    sa.Column("revoked", Moment),
)

screen_tokens = sa.Table(
    "screen_tokens",
    metadata,
    sa.Column("name", sa.Text, primary_key=True),
    sa.Column("token_hash", sa.Text, nullable=False, unique=True),
    sa.Column("created", Moment, nullable=False),
    sa.Column("revoked", Moment),
)

outbox = sa.Table(
    "outbox",
    metadata,
    sa.Column("message", sa.Text, primary_key=True, comment="id of the message: one row, sent at most once"),
    sa.Column("park", sa.Text, nullable=False),
    sa.Column("request", sa.Text, nullable=False, comment="the CloudEvent that asked for it"),
    sa.Column("state", sa.Text, nullable=False, comment="queued, sending, sent, failed, held, unclear"),
    sa.Column("attempt", sa.Integer, nullable=False),
    sa.Column("detail", sa.Text, nullable=False),
    sa.Column("sender", sa.Text, nullable=False, comment="the process that took it"),
    sa.Column("next_at", Moment, nullable=False, comment="not sent before"),
    sa.Column("updated", Moment, nullable=False),
    sa.Column("told", sa.Boolean, nullable=False, comment="whether the stream knows its state"),
    sa.Index(None, "park", "state", "next_at"),
    sa.Index(None, "park", "told"),
)

exercises = sa.Table(
    "exercises",
    metadata,
    sa.Column("park", sa.Text, primary_key=True),
    sa.Column("active", sa.Boolean, nullable=False),
    sa.Column("time", Moment, nullable=False),
)
