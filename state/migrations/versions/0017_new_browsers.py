"""Logins in a browser that nobody knew, of which the person is told."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # With a default of the database: the program of before goes on writing during an upgrade.
    with op.batch_alter_table("login_history", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("new_browser", sa.Boolean(), server_default=sa.false(), nullable=False)
        )
    op.create_index(
        "ix_login_history_new_browser",
        "login_history",
        ["id"],
        sqlite_where=sa.text("new_browser"),
        postgresql_where=sa.text("new_browser"),
    )
