"""A chain mandate says who gave it, and an intermediary who of its people acts for which client."""

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
    op.create_table(
        "client_limit",
        sa.Column("intermediary_id", sa.String(length=26), nullable=False),
        sa.Column("person_id", sa.String(length=26), nullable=False),
        sa.Column("set_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("set_by", sa.String(length=26), nullable=False),
        sa.ForeignKeyConstraint(
            ["intermediary_id"],
            ["organisation.id"],
            name=op.f("fk_client_limit_intermediary_id_organisation"),
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_client_limit_person_id_person")
        ),
        sa.PrimaryKeyConstraint("intermediary_id", "person_id", name=op.f("pk_client_limit")),
    )
    op.create_index(op.f("ix_client_limit_person_id"), "client_limit", ["person_id"])
    op.create_table(
        "client_allocation",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("intermediary_id", sa.String(length=26), nullable=False),
        sa.Column("person_id", sa.String(length=26), nullable=False),
        sa.Column("organisation_id", sa.String(length=26), nullable=False),
        sa.Column("service_uuid", sa.String(length=36), nullable=True),
        sa.ForeignKeyConstraint(
            ["intermediary_id"],
            ["organisation.id"],
            name=op.f("fk_client_allocation_intermediary_id_organisation"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_client_allocation_organisation_id_organisation"),
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_client_allocation_person_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_client_allocation")),
    )
    op.create_index(
        "ix_client_allocation_person_id", "client_allocation", ["person_id", "intermediary_id"]
    )
    op.create_index("ix_client_allocation_client", "client_allocation", ["organisation_id"])
