"""Rules with a clock: what counts for a mandate that nobody uses and for the role of administrators,
and which warnings were sent. Everything that stands gets its whole time from now on.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import sqlalchemy as sa
from alembic import op

revision = "0042"
down_revision = "0040"
branch_labels = None
depends_on = None

OLD = timedelta(days=4 * 365)


def upgrade() -> None:
    for table in ("mandate", "chain_mandate"):
        with op.batch_alter_table(table, schema=None) as batch_op:
            batch_op.add_column(
                sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True)
            )
    with op.batch_alter_table("mandate", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_mandate_valid_until"), ["valid_until"], unique=False)
    with op.batch_alter_table("membership", schema=None) as batch_op:
        batch_op.add_column(sa.Column("role_since", sa.DateTime(timezone=True), nullable=True))
    now = datetime.now(UTC)
    if op.get_bind().dialect.name == "sqlite":
        now = now.replace(tzinfo=None)
    old = now - OLD
    at = sa.DateTime(timezone=True)
    for name in ("mandate", "chain_mandate"):
        rows = sa.table(name, sa.column("confirmed_at", at), sa.column("valid_from", at))
        op.execute(sa.update(rows).where(rows.c.valid_from < now).values(confirmed_at=now))
    places = sa.table(
        "membership", sa.column("role", sa.String), sa.column("role_since", at), sa.column("since", at)
    )
    begun = sa.and_(places.c.role == "administrator", places.c.since < old)
    op.execute(sa.update(places).where(begun).values(role_since=now))
    op.create_table(
        "term_notice",
        sa.Column("person_id", sa.String(length=26), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("subject_id", sa.String(length=26), nullable=False),
        sa.Column("until", sa.Date(), nullable=False),
        sa.Column("step", sa.Integer(), nullable=False),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_term_notice_person_id_person")
        ),
        sa.PrimaryKeyConstraint("person_id", "kind", "subject_id", name=op.f("pk_term_notice")),
    )
