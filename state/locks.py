"""Locks between processes: one at a time does what must happen once.

Whoever holds one and waits for another must not be waited for by who holds the other. So there is
one order, in every transaction:

1. what is held by name, in the order of ``Held``; of one kind in the order of what it is of;
2. the row of a means, before what hangs from it: its letters, its requests, the account;
3. the row of a person after those. A row that refers to a person is locked or written with that
   person held, so nobody waits for a name after it.

A test watches the first in every transaction that any test makes; ``tests/races`` lets pairs meet.
"""

from __future__ import annotations

import enum
import hashlib
from typing import Final

from sqlalchemy import Connection, text
from sqlalchemy.orm import Session


class Held(enum.StrEnum):
    """What is held by name, in the order in which one transaction takes it."""

    MIGRATIONS = "migrations"
    METADATA_ROWS = "metadata rows"
    REGISTER = "register"  # of organisations, by KvK number
    GROUPS_OF = "groups-of"  # a person
    GROUP = "group"
    ADMINISTRATORS = "administrators"  # of an organisation, as the others that follow
    MEANS_OF = "means-of"  # a person, or new people of an organisation
    RESTRICTED_MEANS = "restricted-means"
    MANDATES = "mandates"
    MANDATE_REQUEST = "mandate-request"
    CHAIN_REQUESTS = "chain-requests"
    INVITATIONS = "invitations"
    CHANGE_FORM = "change-form"
    BILLING = "billing"
    MEANS_DRAFT = "means-draft"
    DEVICES = "devices"  # the stock
    DIGEST = "digest"  # of a person
    AUDIT = "audit"
    KEYS = "keys"


ORDER: Final = {one: place for place, one in enumerate(Held)}


def one_at_a_time(on: Session | Connection, held: Held, of: str = "") -> None:
    """Wait until no other transaction holds this, and hold it until the transaction ends. ``of``:
    the id of what it is of, empty where there is one.

    On SQLite the write transaction (``state.db.WRITES``) that the caller is in excludes all others.
    """
    _take(on.connection() if isinstance(on, Session) else on, held, of)


def _take(connection: Connection, held: Held, of: str) -> None:
    if connection.dialect.name != "postgresql":
        return
    name = f"{held}:{of}" if of else str(held)
    number = int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], signed=True)
    connection.execute(text("SELECT pg_advisory_xact_lock(:number)"), {"number": number})
