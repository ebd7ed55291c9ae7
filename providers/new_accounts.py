"""New e-mail accounts: made by who was invited, never above the level of an e-mail account."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from assurance.levels import AssuranceLevel
from directory.people import Person
from providers import passwords
from providers.accounts import TEMPORARY, Account, canonical_user_name
from state.db import is_duplicate


class UserNameTaken(Exception):
    """Somebody has this user name, or had it: a name is never given twice."""


class AddressTaken(Exception):
    """There is an account with this address, or there was one."""


def checked_for(user_name: str, email: str, text: str) -> str:
    """A password that a new account may have, normalised. Raises PasswordRefused.

    Hashing it takes its time: outside the transaction that makes the account.
    """
    return passwords.check_new(text, names={user_name, email.split("@")[0]}, previous=None)


def address_is_taken(session: Session, email: str) -> bool:
    """Is or was there an account with this address? ``email`` is canonical."""
    return session.scalars(select(Account.id).where(Account.email == email)).first() is not None


def is_taken(session: Session, user_name: str) -> bool:
    """Is or was there an account with this user name? ``user_name`` is canonical."""
    taken = or_(Account.user_name == user_name, Account.email == user_name)
    return session.scalars(select(Account.id).where(taken)).first() is not None


def make(
    session: Session,
    *,
    name: str,
    user_name: str,
    email: str,
    hashed: str,
    locale: str,
    now: datetime,
    temporary: bool = False,
) -> Person:
    """A person with an e-mail account, with the transaction of the caller. ``email`` is canonical
    and proven; ``temporary``: the password is replaced at the first login. Raises NameRefused,
    UserNameTaken and AddressTaken.
    """
    canonical = canonical_user_name(user_name)
    if is_taken(session, canonical):
        raise UserNameTaken(canonical)
    if address_is_taken(session, email):
        raise AddressTaken
    person = Person(display_name=name, email=email, locale=locale, created_at=now)
    session.add(person)
    session.flush()
    session.add(
        Account(
            person_id=person.id,
            user_name=canonical,
            email=email,
            level=AssuranceLevel.EMAIL,
            password_hash=hashed,
            password_changed_at=now,
            temporary_until=now + TEMPORARY if temporary else None,
            failures=0,
            created_at=now,
        )
    )
    try:
        session.flush()
    except IntegrityError as met:  # somebody else was first, at this very moment
        if is_duplicate(met, Account.user_name):
            raise UserNameTaken(canonical) from None
        if is_duplicate(met, Account.email):
            raise AddressTaken from None
        raise
    return person
