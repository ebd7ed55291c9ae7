"""What is known of an organisation beside its name: facts of a register and earlier numbers, how its
invoices go, and forms that it sent.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0043"
down_revision = "0042"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "organisation_record",
        sa.Column("organisation_id", sa.String(length=26), nullable=False),
        sa.Column("source", sa.String(length=10), nullable=False),
        sa.Column("looked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("address", sa.String(length=200), nullable=True),
        sa.Column("telephone", sa.String(length=20), nullable=True),
        sa.Column("ended", sa.Date(), nullable=True),
        sa.Column("confirmed_by", sa.String(length=26), nullable=True),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_organisation_record_organisation_id_organisation"),
        ),
        sa.PrimaryKeyConstraint("organisation_id", name=op.f("pk_organisation_record")),
    )
    with op.batch_alter_table("organisation_record", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_organisation_record_looked_at"), ["looked_at"], unique=False
        )
    op.create_table(
        "organisation_old_number",
        sa.Column("kvk", sa.String(length=8), nullable=False),
        sa.Column("organisation_id", sa.String(length=26), nullable=False),
        sa.Column("why", sa.String(length=10), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_organisation_old_number_organisation_id_organisation"),
        ),
        sa.PrimaryKeyConstraint("kvk", name=op.f("pk_organisation_old_number")),
    )
    with op.batch_alter_table("organisation_old_number", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_organisation_old_number_organisation_id"),
            ["organisation_id"],
            unique=False,
        )
    op.create_table(
        "billing",
        sa.Column("organisation_id", sa.String(length=26), nullable=False),
        sa.Column("iban", sa.LargeBinary(), nullable=True),
        sa.Column("iban_end", sa.String(length=4), nullable=True),
        sa.Column("invoice_email", sa.String(length=254), nullable=True),
        sa.Column("invoices_by", sa.String(length=10), nullable=False),
        sa.Column("paid_by", sa.String(length=10), nullable=False),
        sa.Column("contract_from", sa.Date(), nullable=True),
        sa.Column("contract_until", sa.Date(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_billing_organisation_id_organisation"),
        ),
        sa.PrimaryKeyConstraint("organisation_id", name=op.f("pk_billing")),
    )
    op.create_table(
        "change_form",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("organisation_id", sa.String(length=26), nullable=False),
        sa.Column("person_id", sa.String(length=26), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("asked", sa.LargeBinary(), nullable=False),
        sa.Column("reference", sa.String(length=8), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("taken_by", sa.String(length=26), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by", sa.String(length=26), nullable=True),
        sa.Column("answer", sa.String(length=500), nullable=True),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_change_form_organisation_id_organisation"),
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_change_form_person_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_change_form")),
    )
    with op.batch_alter_table("change_form", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_change_form_organisation_id_state"),
            ["organisation_id", "state"],
            unique=False,
        )
        batch_op.create_index(
            batch_op.f("ix_change_form_state_sent_at"), ["state", "sent_at"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_change_form_person_id"), ["person_id"], unique=False)
