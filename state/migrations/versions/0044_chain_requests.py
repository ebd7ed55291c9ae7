"""Chain mandates that an intermediary asks of a client, and those that were given with a link."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0044"
down_revision = "0043"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "chain_request",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("organisation_id", sa.String(length=26), nullable=False),
        sa.Column("intermediary_id", sa.String(length=26), nullable=False),
        sa.Column("services", sa.JSON(), nullable=False),
        sa.Column("until", sa.Date(), nullable=False),
        sa.Column("message", sa.String(length=500), nullable=True),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("locale", sa.String(length=2), nullable=False),
        sa.Column("link_hash", sa.String(length=64), nullable=True),
        sa.Column("sends", sa.Integer(), nullable=False),
        sa.Column("asked_by", sa.String(length=26), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("outcome", sa.String(length=10), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("refusal_reason", sa.String(length=500), nullable=True),
        sa.Column("decided_by", sa.String(length=26), nullable=True),
        sa.Column("signer", sa.String(length=200), nullable=True),
        sa.Column("revoke_hash", sa.String(length=64), nullable=True),
        *(
            sa.ForeignKeyConstraint(
                [column], [f"{table}.id"], name=op.f(f"fk_chain_request_{column}_{table}")
            )
            for column, table in (
                ("organisation_id", "organisation"),
                ("intermediary_id", "organisation"),
                ("asked_by", "person"),
                ("decided_by", "person"),
            )
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_chain_request")),
        sa.UniqueConstraint("link_hash", name=op.f("uq_chain_request_link_hash")),
        sa.UniqueConstraint("revoke_hash", name=op.f("uq_chain_request_revoke_hash")),
    )
    with op.batch_alter_table("chain_request", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_chain_request_intermediary_id_asked_at"),
            ["intermediary_id", "asked_at"],
            unique=False,
        )
        batch_op.create_index(
            batch_op.f("ix_chain_request_organisation_id_outcome"),
            ["organisation_id", "outcome"],
            unique=False,
        )
        for column in ("asked_by", "decided_by", "expires_at"):
            batch_op.create_index(batch_op.f(f"ix_chain_request_{column}"), [column], unique=False)
    with op.batch_alter_table("chain_mandate", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("by_link", sa.Boolean(), server_default=sa.false(), nullable=False)
        )
