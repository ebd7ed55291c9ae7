"""Means that Sluis issues: asked, approved, activated with a letter, linked to organisations."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None


def upgrade() -> None:
    moment = sa.DateTime(timezone=True)
    op.create_table(
        "means",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("person_id", sa.String(length=26), nullable=False),
        sa.Column("level", sa.String(length=5), nullable=False),
        sa.Column("provider_oin", sa.String(length=20), nullable=True),
        sa.Column("asked_at", moment, nullable=False),
        sa.Column("approved_at", moment, nullable=True),
        sa.Column("refused_at", moment, nullable=True),
        sa.Column("activated_at", moment, nullable=True),
        sa.Column("contract_until", moment, nullable=True),
        sa.Column("ends_at", moment, nullable=True),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_means_person_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_means")),
    )
    op.create_index(op.f("ix_means_person_id"), "means", ["person_id"], unique=False)
    op.create_table(
        "means_link",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("means_id", sa.String(length=26), nullable=False),
        sa.Column("organisation_id", sa.String(length=26), nullable=False),
        sa.Column("role", sa.String(length=20), nullable=False),
        sa.Column("since", moment, nullable=False),
        sa.Column("until", moment, nullable=True),
        sa.ForeignKeyConstraint(
            ["means_id"], ["means.id"], name=op.f("fk_means_link_means_id_means")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_means_link_organisation_id_organisation"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_means_link")),
        sa.UniqueConstraint("means_id", "organisation_id", name=op.f("uq_means_link_means_id_organisation_id")),
    )
    op.create_index(op.f("ix_means_link_means_id"), "means_link", ["means_id"], unique=False)
    op.create_index(
        op.f("ix_means_link_organisation_id"), "means_link", ["organisation_id"], unique=False
    )
    op.create_table(
        "means_request",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("means_id", sa.String(length=26), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("organisation_id", sa.String(length=26), nullable=False),
        sa.Column("asked_by", sa.String(length=26), nullable=False),
        sa.Column("asked_at", moment, nullable=False),
        sa.Column("reference", sa.String(length=8), nullable=False),
        sa.Column("level", sa.String(length=5), nullable=False),
        sa.Column("role", sa.String(length=20), nullable=False),
        sa.Column("factor", sa.String(length=20), nullable=True),
        sa.Column("organisations", sa.JSON(), nullable=False),
        sa.Column("contact", sa.LargeBinary(), nullable=False),
        sa.Column("proof", sa.String(length=20), nullable=True),
        sa.Column("proof_reference", sa.String(length=64), nullable=True),
        sa.Column("proof_on", sa.Date(), nullable=True),
        sa.Column("checked_by", sa.String(length=26), nullable=True),
        sa.Column("checked_at", moment, nullable=True),
        sa.Column("outcome", sa.String(length=20), nullable=True),
        sa.Column("refusal_reason", sa.String(length=500), nullable=True),
        sa.Column("decided_by", sa.String(length=26), nullable=True),
        sa.Column("decided_at", moment, nullable=True),
        sa.Column("done_at", moment, nullable=True),
        sa.ForeignKeyConstraint(
            ["means_id"], ["means.id"], name=op.f("fk_means_request_means_id_means")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_means_request_organisation_id_organisation"),
        ),
        *(
            sa.ForeignKeyConstraint(
                [name], ["person.id"], name=op.f(f"fk_means_request_{name}_person")
            )
            for name in ("asked_by", "checked_by", "decided_by")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_means_request")),
    )
    for name in ("means_id", "organisation_id", "outcome"):
        op.create_index(op.f(f"ix_means_request_{name}"), "means_request", [name], unique=False)
    op.create_table(
        "means_letter",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("means_id", sa.String(length=26), nullable=False),
        sa.Column("code_hash", sa.String(length=64), nullable=False),
        sa.Column("mail_hash", sa.String(length=64), nullable=False),
        sa.Column("sent_at", moment, nullable=False),
        sa.Column("until", moment, nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("mails", sa.Integer(), nullable=False),
        sa.Column("used_at", moment, nullable=True),
        sa.Column("replaced_at", moment, nullable=True),
        sa.ForeignKeyConstraint(
            ["means_id"], ["means.id"], name=op.f("fk_means_letter_means_id_means")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_means_letter")),
        sa.UniqueConstraint("code_hash", name=op.f("uq_means_letter_code_hash")),
    )
    op.create_index(op.f("ix_means_letter_means_id"), "means_letter", ["means_id"], unique=False)
