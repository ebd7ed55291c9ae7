"""What somebody needs to know a session again: which browser, and at which makelaar."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Empty where it is not known: sessions of before, and those that the program of before begins
    # during an upgrade.
    with op.batch_alter_table("session", schema=None) as batch_op:
        batch_op.add_column(sa.Column("browser", sa.String(length=40), nullable=True))
    with op.batch_alter_table("grant", schema=None) as batch_op:
        batch_op.add_column(sa.Column("browser", sa.String(length=40), nullable=True))
        batch_op.add_column(sa.Column("provider_id", sa.String(length=63), nullable=True))
