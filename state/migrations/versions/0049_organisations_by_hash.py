"""Organisations by their id at the same cost however many there are: lists of clients look up one
after the other. SQLite knows no such index and has no country to keep.
"""

from __future__ import annotations

from alembic import op

revision = "0049"
down_revision = "0048"
branch_labels = None
depends_on = None


def upgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.create_index(
            "ix_organisation_id_hash", "organisation", ["id"], postgresql_using="hash"
        )
