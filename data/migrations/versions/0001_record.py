"""The record: events, dead letters, audit, accounts."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

SERIAL = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def text(name: str, **options) -> sa.Column:
    return sa.Column(name, sa.Text, nullable=False, **options)


def moment(name: str, nullable: bool = False, **options) -> sa.Column:
    return sa.Column(name, sa.BigInteger, nullable=nullable, **options)


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "events",
        sa.Column("id", sa.String(32), primary_key=True, comment="UUIDv7, hex: the order of recording"),
        *(text(name) for name in ("source", "ce_id", "type", "subject", "park")),
        moment("time", comment="when it happened"),
        moment("ingested", nullable=True, comment="when it entered the stream"),
        text("stream_id"),
        text("ce", comment="the CloudEvent, byte for byte"),
        sa.UniqueConstraint("source", "ce_id", name="uq_events_source_ce_id"),
    )
    op.create_index("ix_events_subject_time", "events", ["subject", "time"])
    op.create_index("ix_events_type_time", "events", ["type", "time"])
    op.create_index("ix_events_time", "events", ["time"])
    op.create_table(
        "dead_letters",
        sa.Column("id", SERIAL, primary_key=True, autoincrement=True),
        sa.Column("raw", sa.LargeBinary, nullable=False),
        text("path", comment="the field that was wrong, $ for all"),
        text("reason"),
        text("stream", comment="key of the stream it came from"),
        text("stream_id"),
        sa.Column("deliveries", sa.Integer, nullable=False),
        moment("first_seen"),
        moment("replayed", nullable=True),
        sa.Column("replayed_as", sa.Text, comment="stream id it went back under"),
        sa.UniqueConstraint("stream", "stream_id", name="uq_dead_letters_stream_stream_id"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "audit",
        sa.Column("id", SERIAL, primary_key=True, autoincrement=True),
        moment("time"),
        text("user"),
        text("origin", comment="where from"),
        *(text(name) for name in ("action", "object", "reason", "source", "ce_id")),
        sa.UniqueConstraint("source", "ce_id", name="uq_audit_source_ce_id"),
        sqlite_autoincrement=True,
        comment="append only: a trigger refuses updates and deletes",
    )
    op.create_index("ix_audit_time", "audit", ["time"])
    _make_append_only()
    op.create_table(
        "users", text("name", primary_key=True), text("role"), text("password_hash"), moment("created")
    )
    op.create_table(
        "sessions",
        text("token_hash", primary_key=True),
        *(text(name) for name in ("user", "role", "origin")),
        moment("created"),
        moment("expires"),
    )
    op.create_index("ix_sessions_user", "sessions", ["user"])
    op.create_index("ix_sessions_expires", "sessions", ["expires"])
    for table, secret in (("feed_keys", "key_hash"), ("screen_tokens", "token_hash")):
        op.create_table(
            table,
            text("name", primary_key=True),
            text(secret),
            moment("created"),
            moment("revoked", nullable=True),
            sa.UniqueConstraint(secret, name=f"uq_{table}_{secret}"),
        )


def _make_append_only() -> None:
    if op.get_bind().dialect.name == "sqlite":
        for verb in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER audit_no_{verb.lower()} BEFORE {verb} ON audit "
                "BEGIN SELECT RAISE(ABORT, 'audit is append only'); END"
            )
        return
    op.execute(
        "CREATE FUNCTION audit_refuse() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION 'audit is append only'; END $$"
    )
    op.execute(
        "CREATE TRIGGER audit_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit "
        "FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse()"
    )


def downgrade() -> None:
    """Drop the tables."""
    for table in ("screen_tokens", "feed_keys", "sessions", "users", "audit", "dead_letters", "events"):
        op.drop_table(table)
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION audit_refuse()")
