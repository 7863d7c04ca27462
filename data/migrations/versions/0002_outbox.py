"""What is on its way out: messages with how far each came, and whether an exercise is held."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def text(name: str, **options) -> sa.Column:
    return sa.Column(name, sa.Text, nullable=False, **options)


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "outbox",
        text("message", primary_key=True, comment="id of the message: one row, sent at most once"),
        text("park"),
        text("request", comment="the CloudEvent that asked for it"),
        text("state", comment="queued, sending, sent, failed, held, unclear"),
        sa.Column("attempt", sa.Integer, nullable=False),
        text("detail"),
        text("sender", comment="the process that took it"),
        sa.Column("next_at", sa.BigInteger, nullable=False, comment="not sent before"),
        sa.Column("updated", sa.BigInteger, nullable=False),
        sa.Column("told", sa.Boolean, nullable=False, comment="whether the stream knows its state"),
    )
    op.create_index("ix_outbox_park_state_next_at", "outbox", ["park", "state", "next_at"])
    op.create_index("ix_outbox_park_told", "outbox", ["park", "told"])
    op.create_table(
        "exercises",
        text("park", primary_key=True),
        sa.Column("active", sa.Boolean, nullable=False),
        sa.Column("time", sa.BigInteger, nullable=False),
    )


def downgrade() -> None:
    """Drop the tables."""
    op.drop_table("exercises")
    op.drop_table("outbox")
