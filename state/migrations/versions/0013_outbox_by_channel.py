"""What is due in the outbox, by channel."""

from __future__ import annotations

from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("outbox", schema=None) as batch_op:
        batch_op.drop_index("ix_outbox_due_at")
        batch_op.create_index("ix_outbox_channel_due_at", ["channel", "due_at"], unique=False)
