"""A means ends on a day: its account knows which, and a link whether the place came with it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0035"
down_revision = "0034"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("account", schema=None) as batch_op:
        batch_op.add_column(sa.Column("ends_at", sa.DateTime(timezone=True), nullable=True))
    with op.batch_alter_table("means_link", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("gives_place", sa.Boolean(), server_default=sa.false(), nullable=False)
        )
