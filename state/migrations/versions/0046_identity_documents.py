"""Scans of identity documents that come with a request for a means, each sealed with the key of the
person whose document it is.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0046"
down_revision = "0045"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "identity_document",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("person_id", sa.String(length=26), nullable=False),
        sa.Column("organisation_id", sa.String(length=26), nullable=False),
        sa.Column("brought_by", sa.String(length=26), nullable=False),
        sa.Column("brought_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("draft_id", sa.String(length=26), nullable=False),
        sa.Column("request_id", sa.String(length=26), nullable=True),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("side", sa.String(length=10), nullable=False),
        sa.Column("expires_on", sa.Date(), nullable=False),
        sa.Column("media_type", sa.String(length=20), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("scanner", sa.String(length=10), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_identity_document_organisation_id_organisation"),
        ),
        sa.ForeignKeyConstraint(
            ["brought_by"], ["person.id"], name=op.f("fk_identity_document_brought_by_person")
        ),
        sa.ForeignKeyConstraint(
            ["request_id"],
            ["means_request.id"],
            name=op.f("fk_identity_document_request_id_means_request"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_identity_document")),
        sa.UniqueConstraint("draft_id", "side", name=op.f("uq_identity_document_draft_id_side")),
    )
    for column in ("person_id", "organisation_id", "brought_at", "request_id"):
        op.create_index(op.f(f"ix_identity_document_{column}"), "identity_document", [column])
