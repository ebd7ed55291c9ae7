"""A login in the history names the office through which it acted; lists of one organisation go by an index."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0040"
down_revision = "0039"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("login_history", sa.Column("intermediary", sa.String(length=12), nullable=True))
    for column in ("represented", "intermediary"):
        op.create_index(
            f"ix_login_history_{column}_at",
            "login_history",
            [column, "at", "id"],
            sqlite_where=sa.text(f"{column} IS NOT NULL"),
            postgresql_where=sa.text(f"{column} IS NOT NULL"),
        )
    op.create_index(
        "ix_audit_event_organisation_id_id",
        "audit_event",
        ["organisation_id", "id"],
        sqlite_where=sa.text("organisation_id IS NOT NULL"),
        postgresql_where=sa.text("organisation_id IS NOT NULL"),
    )
    op.drop_index("ix_audit_event_organisation_id", table_name="audit_event")
