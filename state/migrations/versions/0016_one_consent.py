"""One standing consent for the same set."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Two tabs at once could write the same consent twice; the first one says since when it stands.
    op.execute(
        "DELETE FROM consent WHERE withdrawn_at IS NULL AND EXISTS ("
        "SELECT 1 FROM consent AS first WHERE first.withdrawn_at IS NULL"
        " AND first.person_id = consent.person_id AND first.client_id = consent.client_id"
        " AND first.service_uuid = consent.service_uuid AND first.shown = consent.shown"
        " AND (first.given_at < consent.given_at"
        " OR (first.given_at = consent.given_at AND first.id < consent.id)))"
    )
    op.create_index(
        "uq_consent_standing",
        "consent",
        ["person_id", "client_id", "service_uuid", "shown"],
        unique=True,
        sqlite_where=sa.text("withdrawn_at IS NULL"),
        postgresql_where=sa.text("withdrawn_at IS NULL"),
    )
