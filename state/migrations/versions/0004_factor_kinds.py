"""More kinds of second factors, how they were bound, and recovery codes."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # What is there was bound by an administrator: nobody else could.
    with op.batch_alter_table("factor", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column(
                "bound_by", sa.String(length=20), nullable=False, server_default="administrator"
            )
        )
        batch_op.add_column(sa.Column("serial", sa.String(length=40), nullable=True))
        batch_op.add_column(sa.Column("period", sa.Integer(), nullable=False, server_default="30"))
        batch_op.add_column(sa.Column("digits", sa.Integer(), nullable=False, server_default="6"))
        batch_op.add_column(
            sa.Column("algorithm", sa.String(length=10), nullable=False, server_default="sha1")
        )
        batch_op.add_column(
            sa.Column("day_failures", sa.Integer(), nullable=False, server_default="0")
        )
        batch_op.add_column(sa.Column("day_began_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.create_unique_constraint(batch_op.f("uq_factor_serial"), ["serial"])
    op.create_table(
        "recovery_code",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("factor_id", sa.String(length=26), nullable=False),
        sa.Column("code_hash", sa.String(length=64), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["factor_id"], ["factor.id"], name=op.f("fk_recovery_code_factor_id_factor")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recovery_code")),
        sa.UniqueConstraint("code_hash", name=op.f("uq_recovery_code_code_hash")),
    )
    with op.batch_alter_table("recovery_code", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_recovery_code_factor_id"), ["factor_id"], unique=False)
