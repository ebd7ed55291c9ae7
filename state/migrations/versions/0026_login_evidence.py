"""What a makelaar's word rests on is kept sealed beside the login."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0024"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "login_evidence",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("person_id", sa.String(length=26), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reference", sa.String(length=8), nullable=False),
        sa.Column("provider_id", sa.String(length=63), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_login_evidence_person_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_login_evidence")),
    )
    with op.batch_alter_table("login_evidence", schema=None) as batch_op:
        batch_op.create_index("ix_login_evidence_reference", ["reference"], unique=False)
        batch_op.create_index("ix_login_evidence_person_id", ["person_id"], unique=False)
        batch_op.create_index("ix_login_evidence_at", ["at"], unique=False)
