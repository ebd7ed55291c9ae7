"""Messages that are of no use after a while; what is due, by channel."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("outbox", schema=None) as batch_op:
        batch_op.add_column(sa.Column("until", sa.DateTime(timezone=True), nullable=True))
        batch_op.drop_index("ix_outbox_due_at")
        batch_op.create_index("ix_outbox_channel_due_at", ["channel", "due_at"], unique=False)
