"""Operators: their roles, and the links with which they set up their access."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "operator_role",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("person_id", sa.String(length=26), nullable=False),
        sa.Column("role", sa.String(length=20), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_operator_role_person_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_operator_role")),
    )
    with op.batch_alter_table("operator_role", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_operator_role_person_id"), ["person_id"], unique=False)
    op.create_table(
        "set_up_link",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("person_id", sa.String(length=26), nullable=False),
        sa.Column("link_hash", sa.String(length=64), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_set_up_link_person_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_set_up_link")),
        sa.UniqueConstraint("link_hash", name=op.f("uq_set_up_link_link_hash")),
    )
    with op.batch_alter_table("set_up_link", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_set_up_link_person_id"), ["person_id"], unique=False)
