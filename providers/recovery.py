"""Recovery of an account: a link in a mail, used once, for a quarter of an hour, the newest only.

Only the hash of the link is kept, on the account itself: a newer link takes its place, and a new
password or address clears it.
"""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from directory.people import Person
from providers import accounts
from providers.accounts import Account

HOLDS: Final = timedelta(minutes=15)
BYTES: Final = 32  # 256 bits


@dataclass(frozen=True)
class Recipient:
    """Whom to mail what. ``token`` is known to nobody else and not kept."""

    person_id: str
    user_name: str
    email: str
    locale: str
    token: str


@dataclass(frozen=True)
class Recovering:
    """The account that a link stands for, while it works."""

    account_id: str
    person_id: str
    user_name: str


def begin(session: Session, name: str, now: datetime) -> Recipient | None:
    """A new link for the account with this user name or e-mail address, with the transaction of
    the caller. None where there is no account, or no address to send a link to.
    """
    token = secrets.token_urlsafe(BYTES)
    hashed = _hash(token)
    account = accounts.named(session, name)
    person = session.get(Person, account.person_id) if account is not None else None
    if account is None or person is None:
        return None
    email = account.email or person.email
    if email is None:
        return None
    account.recovery_hash, account.recovery_until = hashed, now + HOLDS
    return Recipient(person.id, account.user_name, email, person.locale, token)


def find(session: Session, token: str, now: datetime) -> Recovering | None:
    """The account of this link. Looking changes nothing: a mail scanner may look as well."""
    row = session.execute(
        select(Account.id, Account.person_id, Account.user_name).where(
            Account.recovery_hash == _hash(token),
            Account.recovery_until > now,
            Account.ended_at.is_(None),
        )
    ).first()
    return Recovering(*row) if row is not None else None


def take(session: Session, token: str, now: datetime) -> bool:
    """Use the link, with the transaction of the caller; of two that use it at once one does."""
    taken = session.execute(
        update(Account)
        .where(
            Account.recovery_hash == _hash(token),
            Account.recovery_until > now,
            Account.ended_at.is_(None),
        )
        .values(recovery_hash=None, recovery_until=None)
        .returning(Account.id)
        .execution_options(synchronize_session=False)
    )
    return taken.first() is not None


def forget(account: Account) -> None:
    """The link does not work any more: it went to an address that is not the account's now."""
    account.recovery_hash, account.recovery_until = None, None


def _hash(token: str) -> str:
    return hashlib.sha256(token[:200].encode("utf-8", "surrogatepass")).hexdigest()
