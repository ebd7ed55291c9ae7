"""Traces are found by the cause, each filter of their list has an index, and metadata can be rejected."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0030"
down_revision = "0027"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("trace", schema=None) as batch_op:
        batch_op.add_column(sa.Column("cause", sa.String(length=80), nullable=True))
    # What a step says is more precise, but these rows are thrown away within days.
    op.execute("UPDATE trace SET cause = reason WHERE reason IS NOT NULL")
    with op.batch_alter_table("trace", schema=None) as batch_op:
        for column in ("service_uuid", "provider_id", "outcome", "cause"):
            batch_op.create_index(f"ix_trace_{column}_ended_at", [column, "ended_at"], unique=False)
    with op.batch_alter_table("party_metadata", schema=None) as batch_op:
        batch_op.add_column(sa.Column("rejected", sa.Text(), nullable=True))
        batch_op.add_column(sa.Column("rejected_at", sa.DateTime(timezone=True), nullable=True))
