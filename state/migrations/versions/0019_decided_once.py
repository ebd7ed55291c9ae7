"""Why a request was refused, and a count of wrong passwords for each browser of an account."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("mandate_request", schema=None) as batch_op:
        batch_op.add_column(sa.Column("refusal_reason", sa.String(length=500), nullable=True))
    op.create_table(
        "account_browser",
        sa.Column("account_id", sa.String(length=26), nullable=False),
        sa.Column("browser", sa.String(length=32), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("paused_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("tried_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_account_browser_account_id_account")
        ),
        sa.PrimaryKeyConstraint("account_id", "browser", name=op.f("pk_account_browser")),
    )
    op.create_index(op.f("ix_account_browser_tried_at"), "account_browser", ["tried_at"])
