"""Finding the person whose factors must go, without a list to leaf through: by the code of a failed
login, a user name or an e-mail address, each typed in full. Every search is counted and audited.

What was found is kept for the operator's own session, so that no address names a person.
"""

from __future__ import annotations

import enum
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import func, select

from admin.operator_console.access import OperatorContext
from directory.people import Person
from providers import accounts
from providers.accounts import NameRefused, canonical_email
from state import audit
from state.audit import AuditEvent, EventTag
from state.db import writing
from state.limits import Limit, spend
from state.trace import parse_reference

LONGEST: Final = 254
HOLDS_SECONDS: Final = 15 * 60
SEARCHES: Final = Limit("reset-search", 30, 3600)  # of one operator
# The events of a login in which its person is the one who acted.
_OF_LOGINS: Final = (
    EventTag.LOGIN_REFUSED,
    EventTag.LOGIN_CANCELLED,
    EventTag.LOGIN_EXPIRED,
    EventTag.LOGIN_SUCCEEDED,
    EventTag.FACTOR_LOCKED,
)


class How(enum.StrEnum):
    REFERENCE = "reference"
    ADDRESS = "address"
    NAME = "name"


class Missed(enum.StrEnum):
    """Why nobody is shown."""

    EMPTY = "empty"
    LIMITED = "limited"
    NOBODY = "nobody"
    SEVERAL = "several"


@dataclass(frozen=True)
class Case:
    """Somebody was found: the name of the case in the address of the next page."""

    handle: str


def look_up(desk: OperatorContext, text: str) -> Case | Missed:
    """Search, count and audit it."""
    text = text.strip()
    if not text or len(text) > LONGEST or not text.isprintable():
        return Missed.EMPTY
    if spend(desk.rt.store, (SEARCHES, desk.session.person.id)):
        return Missed.LIMITED
    how, found = _found(desk, text)
    outcome = "found" if len(found) == 1 else Missed.SEVERAL if found else Missed.NOBODY
    person_id = found[0] if len(found) == 1 else None
    with writing(desk.rt.session) as sql:
        audit.record(
            sql,
            AuditEvent(
                EventTag.PERSON_LOOKED_UP,
                desk.now,
                person_id=desk.session.person.id,
                outcome=str(outcome),
                details={"by": str(how), "person": person_id},
            ),
        )
    if person_id is None:
        return Missed.SEVERAL if found else Missed.NOBODY
    handle = secrets.token_urlsafe(12)
    desk.rt.store.put(_key(desk, handle), person_id.encode(), HOLDS_SECONDS)
    return Case(handle)


def person_of(desk: OperatorContext, handle: str) -> Person | None:
    """Who was found in this session under this name; None when it was too long ago."""
    kept = desk.rt.store.get(_key(desk, handle[:32]))
    return desk.rt.session.get(Person, kept.decode()) if kept is not None else None


def _found(desk: OperatorContext, text: str) -> tuple[How, Sequence[str]]:
    """The ids of the people that this means. An address before a code: it has an ``@``."""
    if "@" in text:
        return How.ADDRESS, _with_address(desk, text)
    reference = parse_reference(text)
    if reference is not None:
        events = audit.recent(desk.rt.session, tags=_OF_LOGINS, reference=reference)
        people = tuple(dict.fromkeys(one.person_id for one in events if one.person_id))
        if people:
            return How.REFERENCE, people
    account = accounts.named(desk.rt.session, text)
    return How.NAME, (account.person_id,) if account is not None else ()


def _with_address(desk: OperatorContext, text: str) -> Sequence[str]:
    """People of whom this is the address, at their account or as a makelaar told it."""
    try:
        address = canonical_email(text)
    except NameRefused:
        return ()
    account = accounts.named(desk.rt.session, address)
    query = select(Person.id).where(func.lower(Person.email) == address).limit(2)
    found = [account.person_id] if account is not None else []
    return tuple(dict.fromkeys([*found, *desk.rt.session.scalars(query)]))


def _key(desk: OperatorContext, handle: str) -> str:
    return f"reset-case:{desk.session.grant_id}:{handle}"
