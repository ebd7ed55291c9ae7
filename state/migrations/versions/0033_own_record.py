"""A login in the history has its browser and what its person says of it; a consent names its claims."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0033"
down_revision = "0031"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # With a default of the database: the program of before goes on writing during an upgrade.
    with op.batch_alter_table("login_history", schema=None) as batch_op:
        batch_op.add_column(sa.Column("browser", sa.String(length=40), nullable=True))
        batch_op.add_column(sa.Column("disowned_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(
            sa.Column("disowned_untold", sa.Boolean(), server_default=sa.false(), nullable=False)
        )
    op.create_index(
        "ix_login_history_disowned_untold",
        "login_history",
        ["id"],
        sqlite_where=sa.text("disowned_untold"),
        postgresql_where=sa.text("disowned_untold"),
    )
    with op.batch_alter_table("consent", schema=None) as batch_op:
        batch_op.add_column(sa.Column("claims", sa.String(length=200), nullable=True))
