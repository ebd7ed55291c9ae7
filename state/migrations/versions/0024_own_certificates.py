"""A date from which a next key is used, and who read our metadata with which certificate."""

from __future__ import annotations

from datetime import timedelta

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

PUBLISHED = timedelta(days=8)  # as it was for every key before


def upgrade() -> None:
    with op.batch_alter_table("signing_key", schema=None) as batch_op:
        batch_op.add_column(sa.Column("activates_at", sa.DateTime(timezone=True), nullable=True))
    key = sa.table(
        "signing_key",
        sa.column("kid", sa.String(43)),
        sa.column("state", sa.String(10)),
        sa.column("state_since", sa.DateTime(timezone=True)),
        sa.column("activates_at", sa.DateTime(timezone=True)),
    )
    connection = op.get_bind()
    waiting = connection.execute(
        sa.select(key.c.kid, key.c.state_since).where(key.c.state == "next")
    ).all()
    for kid, since in waiting:
        connection.execute(
            key.update().where(key.c.kid == kid).values(activates_at=since + PUBLISHED)
        )
    op.create_table(
        "certificate_reader",
        sa.Column("role", sa.String(length=10), nullable=False),
        sa.Column("party", sa.String(length=255), nullable=False),
        sa.Column("kid", sa.String(length=43), nullable=False),
        sa.Column("reader", sa.String(length=10), nullable=False),
        sa.Column("first_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint(
            "role", "party", "kid", "reader", name=op.f("pk_certificate_reader")
        ),
    )
