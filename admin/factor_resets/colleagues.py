"""People as far as two decisions about one thing are compared: who is the same human?"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from admin.factor_resets.rules import Colleague, mailbox
from admin.operators import roles
from admin.operators.roles import Permission, may
from directory.people import Person
from providers.accounts import Account


def colleague(session: Session, person_id: str, permission: Permission, now: datetime) -> Colleague:
    """An operator, or the person whom it is about; ``permission``: what ``may_reset`` tells."""
    person = session.get_one(Person, person_id)
    account = session.scalars(select(Account).where(Account.person_id == person_id)).first()
    addresses = (person.email, account.email if account is not None else None)
    return Colleague(
        person_id=person_id,
        name=person.display_name,
        mailboxes=frozenset(mailbox(address) for address in addresses if address),
        may_reset=may(roles.roles_of(session, person_id, now), permission),
    )
