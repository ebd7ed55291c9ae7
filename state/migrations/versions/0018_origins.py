"""What a document gave, and branches that ended."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

_TABLES = ("person", "external_identity", "membership", "account", "factor")

# Who came by a login or was made at the command line has an id that was drawn: 26 signs of an
# alphabet without i, l, o and u. People of documents have ids that somebody chose.
_DRAWN = (
    "(length(person.id) = 26 AND "
    + " AND ".join(f"person.id NOT LIKE '%{sign}%'" for sign in ("i", "l", "o", "u", "-"))
    + ")"
)


def upgrade() -> None:
    # With a default of the database: the program of before goes on writing during an upgrade.
    for table in _TABLES:
        with op.batch_alter_table(table, schema=None) as batch_op:
            batch_op.add_column(
                sa.Column("origin", sa.String(length=10), server_default="screen", nullable=False)
            )
    with op.batch_alter_table("establishment", schema=None) as batch_op:
        batch_op.add_column(sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True))
    for statement in _FROM_DOCUMENTS:
        op.execute(statement)


# What is doubtful counts as given on a screen, so that nothing ends that nobody gave in a file; the
# first document that names it makes it its own.
_FROM_DOCUMENTS = (
    # Nothing else made memberships.
    "UPDATE membership SET origin = 'document'",
    "UPDATE person SET origin = 'document' WHERE NOT " + _DRAWN + " OR EXISTS ("
    "SELECT 1 FROM membership WHERE membership.person_id = person.id)",
    # A first login makes person and identity at one moment.
    "UPDATE external_identity SET origin = 'document' WHERE EXISTS ("
    "SELECT 1 FROM person WHERE person.id = external_identity.person_id"
    f" AND (NOT {_DRAWN} OR person.created_at <> external_identity.created_at))",
    # Those of operators come from the command line.
    "UPDATE account SET origin = 'document' WHERE EXISTS ("
    f"SELECT 1 FROM person WHERE person.id = account.person_id AND NOT {_DRAWN})",
    # An administrator binds devices from the stock, and operators set theirs up by a link.
    "UPDATE factor SET origin = 'document' WHERE bound_by = 'administrator'"
    " AND kind <> 'passkey'"
    " AND NOT (serial IS NOT NULL AND EXISTS ("
    "SELECT 1 FROM otp_device WHERE otp_device.serial = factor.serial))"
    " AND EXISTS (SELECT 1 FROM person WHERE person.id = factor.person_id"
    f" AND NOT {_DRAWN})",
)
