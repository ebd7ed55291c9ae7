"""The account of a person from a document: made once. Afterwards the document changes everything
but the password, which is the user's own.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from broker.cli.documents import AccountDocument, Entry, PersonDocument
from providers import accounts
from providers.accounts import Account


def write(session: Session, now: datetime, entry: Entry) -> None:
    """Make the account or change it. An account that the document leaves out stays as it is."""
    person: PersonDocument = entry.model
    document = person.account
    if document is None:
        return
    row = session.scalars(select(Account).where(Account.person_id == person.id)).first()
    if row is None:
        row = _made(session, now, entry, document)
    row.level = document.rank
    if row.email != document.email:
        row.email = document.email
    if document.ended != (row.ended_at is not None):
        row.ended_at = now if document.ended else None


def _made(session: Session, now: datetime, entry: Entry, document: AccountDocument) -> Account:
    row = Account(
        person_id=entry.model.id,
        user_name=document.user_name,
        email=document.email,
        level=document.rank,
        failures=0,
        created_at=now,
    )
    session.add(row)
    if document.password_file is not None:
        text = (entry.folder / document.password_file).read_text(encoding="utf-8").strip()
        accounts.set_password(session, row, text, now, temporary=document.temporary)
    return row
