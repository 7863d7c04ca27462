"""The audit trail is a chain: each row is sealed with the hash of the one before it."""

import hashlib
import json

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

ADDED = {"role": "", "session": "", "result": "done", "prev_hash": "", "hash": ""}
COMMENTS = {
    "role": "of the person, then",
    "session": "start of a SHA-256",
    "hash": "data/audit.py digest",
}
NOTHING = "0" * 64


def upgrade() -> None:
    """Add the columns, chain what is there, seal the end."""
    _disarm()
    for name, default in ADDED.items():
        op.add_column(
            "audit",
            sa.Column(name, sa.Text, nullable=False, server_default=default, comment=COMMENTS.get(name)),
        )
    op.add_column(
        "audit",
        sa.Column("chain", sa.BigInteger, nullable=False, server_default="0", comment="place, from 1"),
    )
    head = op.create_table(
        "audit_head",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=False, comment="there is one row"),
        sa.Column("rows", sa.BigInteger, nullable=False, comment="how many rows the trail has"),
        sa.Column("hash", sa.Text, nullable=False, comment="of the last of them"),
    )
    rows, last = _chain()
    op.bulk_insert(head, [{"id": 1, "rows": rows, "hash": last}])
    op.create_index("ix_audit_chain", "audit", ["chain"], unique=True)
    _arm()


def _chain() -> tuple[int, str]:
    """Seal every row in the order of recording; return how many there are and the last hash."""
    connection = op.get_bind()
    audit = sa.Table("audit", sa.MetaData(), autoload_with=connection)
    seal = (
        sa.update(audit)
        .where(audit.c.id == sa.bindparam("at"))
        .values({name: sa.bindparam(f"new_{name}") for name in ("chain", "prev_hash", "hash")})
    )
    number, last, after = 0, NOTHING, -1
    while page := connection.execute(
        sa.select(audit).where(audit.c.id > after).order_by(audit.c.id).limit(1000)
    ).mappings().all():
        sealed = []
        for row in page:
            number += 1
            told = {**row, "chain": number, "prev_hash": last}
            del told["hash"]
            canonical = json.dumps(told, sort_keys=True, separators=(",", ":"))
            previous, last = last, hashlib.sha256(canonical.encode()).hexdigest()
            sealed.append(
                {"at": row["id"], "new_chain": number, "new_prev_hash": previous, "new_hash": last}
            )
        connection.execute(seal, sealed)
        after = page[-1]["id"]
    return number, last


def _disarm() -> None:
    if op.get_bind().dialect.name == "sqlite":
        for verb in ("update", "delete"):
            op.execute(f"DROP TRIGGER audit_no_{verb}")
        return
    op.execute("ALTER TABLE audit DISABLE TRIGGER audit_append_only")


def _arm() -> None:
    if op.get_bind().dialect.name == "sqlite":
        for verb in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER audit_no_{verb.lower()} BEFORE {verb} ON audit "
                "BEGIN SELECT RAISE(ABORT, 'audit is append only'); END"
            )
        op.execute(
            "CREATE TRIGGER audit_head_stays BEFORE DELETE ON audit_head "
            "BEGIN SELECT RAISE(ABORT, 'audit is append only'); END"
        )
        return
    op.execute("ALTER TABLE audit ENABLE TRIGGER audit_append_only")
    op.execute(
        "CREATE TRIGGER audit_head_stays BEFORE DELETE OR TRUNCATE ON audit_head "
        "FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse()"
    )


def downgrade() -> None:
    """Take the seals away again."""
    _disarm()
    op.drop_table("audit_head")
    op.drop_index("ix_audit_chain", "audit")
    for name in (*ADDED, "chain"):
        op.drop_column("audit", name)
    if op.get_bind().dialect.name == "sqlite":
        for verb in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER audit_no_{verb.lower()} BEFORE {verb} ON audit "
                "BEGIN SELECT RAISE(ABORT, 'audit is append only'); END"
            )
        return
    op.execute("ALTER TABLE audit ENABLE TRIGGER audit_append_only")
