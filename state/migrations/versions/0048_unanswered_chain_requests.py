"""When an intermediary heard that nobody answered its request for chain mandates. Of what lapsed
before nobody hears any more.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0048"
down_revision = "0047"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("chain_request", schema=None) as batch_op:
        batch_op.add_column(sa.Column("lapse_told_at", sa.DateTime(timezone=True), nullable=True))
    op.execute(
        "UPDATE chain_request SET lapse_told_at = expires_at "
        "WHERE outcome IS NULL AND expires_at < CURRENT_TIMESTAMP"
    )
