"""What sessions are called by SAML portals and at makelaars, for logging out there and from there."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "session_name",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("holder", sa.String(length=26), nullable=False),
        sa.Column("party", sa.String(length=210), nullable=False),
        sa.Column("name_hash", sa.String(length=64), nullable=False),
        sa.Column("index_hash", sa.String(length=64), nullable=True),
        sa.Column("name", sa.LargeBinary(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_session_name")),
    )
    for columns in (("expires_at",), ("holder",), ("party", "index_hash"), ("party", "name_hash")):
        name = f"ix_session_name_{'_'.join(columns)}"
        op.create_index(op.f(name), "session_name", list(columns), unique=False)
