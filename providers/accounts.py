"""Own accounts: a user name or e-mail address with a password, for people whom no makelaar knows.

An account carries the level at which its means was issued: EMAIL for an e-mail account, or EH2,
EH2+ or EH3 for a means of Sluis itself. The password alone never gives more than EH2.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from email_validator import EmailNotValidError, validate_email
from sqlalchemy import ForeignKey, Integer, String, or_, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from assurance.levels import AssuranceLevel
from assurance.step_up import credited_to_account
from directory.origin import Origin, origin_column
from directory.people import Known, Person
from providers import browser_counts, passwords
from providers.interface import Identity
from providers.registry import OWN
from state.db import Base, LevelColumn, UtcDateTime, new_id

PROVIDER_ID: Final = OWN
TEMPORARY: Final = timedelta(days=7)
LONGEST_NAME: Final = 254


class Account(Base):
    """A way to log in at Sluis itself. ``user_name`` is canonical and fixed; ``email`` is canonical
    and only here where it may be used to log in.

    ``failures`` counts wrong passwords since the last right one, in browsers that do not know its
    person (``browser_counts`` has the others). A pause ends by itself and has nothing to do with
    second factors.
    """

    __tablename__ = "account"

    id: Mapped[str] = mapped_column(String(26), primary_key=True, default=new_id)
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"), unique=True)
    user_name: Mapped[str] = mapped_column(String(64), unique=True)
    email: Mapped[str | None] = mapped_column(String(254), unique=True)
    level: Mapped[AssuranceLevel] = mapped_column(LevelColumn)
    # Of a restricted means: the only party at whose services it counts.
    provider_oin: Mapped[str | None] = mapped_column(String(20))
    password_hash: Mapped[str | None] = mapped_column(String(200))
    temporary_until: Mapped[datetime | None] = mapped_column(
        UtcDateTime
    )  # None: chosen by the user
    password_changed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    failures: Mapped[int] = mapped_column(Integer, default=0)
    paused_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    recovery_hash: Mapped[str | None] = mapped_column(String(64), unique=True)
    recovery_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ends_at: Mapped[datetime | None] = mapped_column(UtcDateTime)  # a day that was said before
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    origin: Mapped[Origin] = origin_column()


class NameRefused(ValueError):
    """A user name or e-mail address that cannot be used; the message says why."""


def canonical_user_name(text: str) -> str:
    """Lower case, NFKC, 3 to 64 letters, digits, ``.``, ``-`` or ``_``. Raises NameRefused."""
    name = unicodedata.normalize("NFKC", text).strip().casefold()
    allowed = all(c.isascii() and (c.isalnum() or c in "._-") for c in name)
    if not 3 <= len(name) <= 64 or not allowed:
        raise NameRefused("a user name has 3 to 64 letters, digits, dots or dashes")
    return name


def canonical_email(text: str) -> str:
    """One address, one spelling: lower case, ASCII. Raises NameRefused; looks nothing up."""
    try:
        found = validate_email(text.strip(), check_deliverability=False, allow_smtputf8=False)
    except EmailNotValidError:
        raise NameRefused("this is not an e-mail address") from None
    address = (found.ascii_email or "").lower()
    if not address or len(address) > LONGEST_NAME:
        raise NameRefused("this is not an e-mail address")
    return address


def one_address(address: str) -> str:
    """The same for every spelling of one address of a person, and of no other: what makelaars say
    need not be an address as ours are, and signs that only look like ASCII are other signs.
    """
    try:
        return canonical_email(address)
    except NameRefused:
        plain = unicodedata.normalize("NFC", address.strip())
    if address.isascii():
        return plain.lower()
    return address if plain.isascii() else plain


def one_spelling(text: str) -> str:
    """The same for every spelling that names the same account, also where there is none: what a
    limit counts.
    """
    for canonical in (canonical_email, canonical_user_name):
        try:
            return canonical(text[:LONGEST_NAME])
        except NameRefused:
            continue
    return unicodedata.normalize("NFKC", text[:LONGEST_NAME]).strip().casefold()


@dataclass(frozen=True)
class Right:
    """The password is right. ``must_replace``: it was a temporary one."""

    account_id: str
    person_id: str
    level: AssuranceLevel
    must_replace: bool


@dataclass(frozen=True)
class WrongPassword:
    """Unknown, wrong, over, ended or paused: the same for whoever asks; ``reason`` is for us."""

    reason: str
    person_id: str | None = None


def named(session: Session, text: str) -> Account | None:
    """The account with this user name or e-mail address, however it is spelled."""
    names = _names(text)
    if not names:
        return None
    query = select(Account).where(
        or_(Account.user_name.in_(names), Account.email.in_(names)), Account.ended_at.is_(None)
    )
    return session.scalars(query).first()


def _names(text: str) -> list[str]:
    names = []
    for canonical in (canonical_user_name, canonical_email):
        try:
            names.append(canonical(text[:LONGEST_NAME]))
        except NameRefused:
            continue
    return names


def ended(session: Session, text: str) -> Account | None:
    """The account that ended with this user name or e-mail address. Who knows its password may know
    that.
    """
    names = _names(text)
    if not names:
        return None
    query = select(Account).where(
        or_(Account.user_name.in_(names), Account.email.in_(names)), Account.ended_at.is_not(None)
    )
    return session.scalars(query).first()


def level_of(session: Session, person_id: str) -> AssuranceLevel | None:
    """The level of this person's account while it stands; None without one."""
    query = select(Account.level).where(Account.person_id == person_id, Account.ended_at.is_(None))
    return session.scalar(query)


def of_person(session: Session, person_id: str) -> Account | None:
    """The account of this person while it stands."""
    query = select(Account).where(Account.person_id == person_id, Account.ended_at.is_(None))
    return session.scalars(query).first()


@dataclass(frozen=True)
class Holder:
    """The person of an account, and the level at which its means stands. ``provider_oin``: the only
    party at whose services it counts; None: at all.
    """

    known: Known
    level: AssuranceLevel
    provider_oin: str | None = None


def holder(
    session: Session, account_id: str, *, not_after: datetime, now: datetime
) -> Holder | None:
    """The person of an account that somebody logged in with at ``not_after``, in one read.

    None when the account ended, also where the day of its end came and nobody wrote that down yet,
    or when its password was changed since: what the old one opened is closed.
    """
    row = session.execute(
        select(
            Person.id,
            Person.display_name,
            Person.email,
            Person.blocked_at,
            Account.level,
            Account.provider_oin,
        )
        .join(Account, Account.person_id == Person.id)
        .where(Account.id == account_id, Account.ended_at.is_(None))
        .where(or_(Account.ends_at.is_(None), Account.ends_at > now))
        .where(or_(Account.password_changed_at.is_(None), Account.password_changed_at <= not_after))
    ).first()
    if row is None:
        return None
    return Holder(Known(*row[:4], means_active_until=None), row[4], row[5])


def identity_of(right: Right, now: datetime) -> Identity:
    """Who logged in, before a factor is shown."""
    worth = credited_to_account(right.level)
    return Identity(
        provider_id=PROVIDER_ID,
        subject=right.account_id,
        proofing=worth.proofing,
        authentication=worth.authentication,
        authenticated_at=now,
        own_means=worth.own_means,
    )


def set_password(
    session: Session, account: Account, password: str, now: datetime, *, temporary: bool
) -> None:
    """Keep a password that somebody else chose, with the transaction of the caller; a pause ends,
    sessions are the caller's to end.
    """
    _keep(session, account, passwords.hash_of(password), now, temporary=temporary)


def keep_hash(session: Session, account: Account, hashed: str, now: datetime) -> None:
    """Keep the password with which somebody begins, hashed before, with the transaction of the
    caller.
    """
    _keep(session, account, hashed, now, temporary=False)


def _keep(
    session: Session, account: Account, hashed: str, now: datetime, *, temporary: bool
) -> None:
    account.password_hash = hashed
    account.temporary_until = now + TEMPORARY if temporary else None
    account.password_changed_at = now
    account.failures, account.paused_until = 0, None
    account.recovery_hash, account.recovery_until = None, None
    session.flush()
    browser_counts.forget(session, account.id)


def user_name(session: Session, account_id: str) -> str:
    """The name of this account, as its holder knows it."""
    return session.get_one(Account, account_id).user_name


def new_password(session: Session, account_id: str, text: str) -> str:
    """The password as it can be kept. Raises PasswordRefused with the reason for the page.

    Hashes twice: outside the transaction that keeps it.
    """
    account = session.get_one(Account, account_id, populate_existing=True)
    names = {account.user_name, *(account.email or "").split("@")[:1]}
    return passwords.hash_of(passwords.check_new(text, names=names, previous=account.password_hash))


def keep_password(
    session: Session, account_id: str, hashed: str, now: datetime, *, not_after: datetime
) -> bool:
    """The user chose this password, with the transaction of the caller. False, and nothing is kept,
    when it was changed after ``not_after``: who proved the password before that proved an old one.
    """
    locked = session.get_one(Account, account_id, with_for_update=True, populate_existing=True)
    if locked.password_changed_at is not None and locked.password_changed_at > not_after:
        return False
    _keep(session, locked, hashed, now, temporary=False)
    return True
