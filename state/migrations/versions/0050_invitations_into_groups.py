"""An invitation may let somebody into a user group too."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0050"
down_revision = "0049"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("invitation", schema=None) as batch_op:
        batch_op.add_column(sa.Column("group_id", sa.String(length=26), nullable=True))
        batch_op.add_column(sa.Column("group_role", sa.String(length=20), nullable=True))
        batch_op.add_column(sa.Column("group_level", sa.String(length=5), nullable=True))
        batch_op.add_column(sa.Column("group_outcome", sa.String(length=20), nullable=True))
        batch_op.create_index(batch_op.f("ix_invitation_group_id"), ["group_id"], unique=False)
        batch_op.create_foreign_key(
            batch_op.f("fk_invitation_group_id_user_group"), "user_group", ["group_id"], ["id"]
        )
