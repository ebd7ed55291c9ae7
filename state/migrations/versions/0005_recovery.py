"""A link to recover an account: its hash, and how long it works."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("account") as batch:
        batch.add_column(sa.Column("recovery_hash", sa.String(length=64), nullable=True))
        batch.add_column(sa.Column("recovery_until", sa.DateTime(timezone=True), nullable=True))
        batch.create_unique_constraint(op.f("uq_account_recovery_hash"), ["recovery_hash"])
