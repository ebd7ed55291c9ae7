"""A chain mandate says who gave it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0036"
down_revision = "0035"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Empty: a document gave it, which is what every chain mandate was before.
    with op.batch_alter_table("chain_mandate", schema=None) as batch_op:
        batch_op.add_column(sa.Column("granted_by", sa.String(length=26), nullable=True))
