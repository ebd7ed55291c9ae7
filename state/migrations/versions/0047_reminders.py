"""Which reminder of a letter with an activation code was sent last; the RSIN that went with an old
KvK number.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0047"
down_revision = "0046"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("means_letter", schema=None) as batch_op:
        batch_op.add_column(sa.Column("reminded", sa.Integer(), server_default="0", nullable=False))
        batch_op.create_index(batch_op.f("ix_means_letter_until"), ["until"], unique=False)
    with op.batch_alter_table("organisation_old_number", schema=None) as batch_op:
        batch_op.add_column(sa.Column("rsin", sa.String(length=9), nullable=True))
