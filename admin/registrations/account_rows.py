"""The account of a person from a document: made once. Afterwards the document changes everything
but the password, which is the user's own. Left out, it ends where a document gave it.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import inspect, or_, select
from sqlalchemy.orm import Session

from admin.registrations.applier import Applier
from admin.registrations.documents import AccountDocument, Entry, PersonDocument
from admin.registrations.files import secret_text
from assurance import enrolment
from assurance.levels import suffices
from directory.origin import Origin
from directory.people import Person
from providers import accounts, recovery
from providers.accounts import Account
from state import audit
from state.audit import AuditEvent, EventTag


def write(applier: Applier, entry: Entry, takes: list[str]) -> None:
    """Make the account, change it, or end one that the document leaves out."""
    person: PersonDocument = entry.model
    session, now, document = applier.session, applier.now, person.account
    if document is None and Account not in applier.at_hand.person(person.id).had:
        return
    row = session.scalars(select(Account).where(Account.person_id == person.id)).first()
    if row is not None and inspect(session.get_one(Person, person.id)).attrs.email.history.added:
        recovery.forget(row)
    if document is None:
        if row is not None and row.origin is Origin.DOCUMENT and row.ended_at is None:
            takes.append("account")
            row.ended_at = now
        return
    gave = enrolment.factors_give(row.level if row is not None and row.ended_at is None else None)
    if row is None:
        row = _made(session, now, entry, document)
    if not document.ended and not suffices(gave, enrolment.factors_give(document.rank)):
        _let_factors_wait(session, person.id, now)
    row.level, row.origin = document.rank, Origin.DOCUMENT
    if row.email != document.email:
        row.email = document.email
        recovery.forget(row)
    if document.ended != (row.ended_at is not None):
        row.ended_at = now if document.ended else None


def mistakes(session: Session, entries: list[Entry]) -> Iterator[str]:
    """A user name that changes; a user name or address that two people have."""
    seen: dict[str, str] = {}
    for entry in (e for e in entries if e.kind == "Person" and e.model.account is not None):
        document: AccountDocument = entry.model.account
        own = session.scalars(select(Account).where(Account.person_id == entry.model.id)).first()
        if own is not None and own.user_name != document.user_name:
            yield f"{entry.place}: account.user_name: cannot change; it was {own.user_name}"
        for name in dict.fromkeys(one for one in (document.user_name, document.email) if one):
            is_taken = or_(Account.user_name == name, Account.email == name)
            holder = seen.setdefault(
                name, session.scalar(select(Account.person_id).where(is_taken)) or entry.model.id
            )
            if holder != entry.model.id:
                yield f"{entry.place}: account: {name} is that of {holder}"


def _let_factors_wait(session: Session, person_id: str, now: datetime) -> None:
    """A factor that was added for less must not grow with the means."""
    session.flush()
    for factor_id in enrolment.wait_again(session, person_id):
        details: dict[str, audit.Detail] = {"factor": factor_id}
        audit.record(
            session, AuditEvent(EventTag.FACTOR_WAITS, now, person_id=person_id, details=details)
        )


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
        text = secret_text(entry, "account.password_file", document.password_file)
        accounts.set_password(session, row, text, now, temporary=document.temporary)
    return row
