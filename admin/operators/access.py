"""An operator's access: made, given anew, set up step by step, and ended.

Each function works in the transaction of its caller and writes its audit event there.
"""

from __future__ import annotations

import enum
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from admin.actor import Actor
from admin.operators import roles as operators
from admin.operators import sessions, set_up_links
from admin.operators.roles import OperatorRole
from admin.operators.set_up_links import LinkRefusal, LinkRefused, OpenLink
from assurance import passkeys, recovery_codes, second_factor
from assurance.factors import BoundBy, Factor, FactorKind
from assurance.levels import AssuranceLevel
from assurance.totp import matching_step
from assurance.webauthn import Credential
from directory.people import Person
from keys.sealing import Sealer
from providers import accounts, browser_counts
from providers.accounts import Account, canonical_email, canonical_user_name
from state import audit
from state.audit import AuditEvent, EventTag
from state.db import is_duplicate

LEVEL: Final = AssuranceLevel.EH3  # what the console asks; the password alone gives less


class NameTaken(Exception):
    """Somebody else has this user name or e-mail address."""


class NoSuchOperator(Exception):
    """Nobody with this user name has a role here."""


class SetUpStep(enum.StrEnum):
    """What comes after the password."""

    FACTOR = "factor"
    CODES = "codes"


@dataclass(frozen=True)
class OperatorInvitation:
    """``secret`` is shown once, by the command that made it."""

    person_id: str
    user_name: str
    secret: str


def create(
    session: Session,
    *,
    name: str,
    email: str,
    user_name: str,
    roles: Collection[OperatorRole],
    actor: Actor,
    now: datetime,
) -> OperatorInvitation:
    """A person with an account of Sluis, roles and a set-up link; no password. Raises NameRefused
    and NameTaken.
    """
    canonical, address = canonical_user_name(user_name), canonical_email(email)
    # A user name is never given twice, also not after its account ended.
    if session.scalars(select(Account.id).where(Account.user_name == canonical)).first():
        raise NameTaken(canonical)
    if accounts.named(session, address) is not None:
        raise NameTaken(address)
    person = Person(display_name=name.strip(), email=address, created_at=now)
    session.add(person)
    session.flush()
    session.add(
        Account(
            person_id=person.id, user_name=canonical, email=address, level=LEVEL, created_at=now
        )
    )
    try:
        session.flush()
    except IntegrityError as met:  # somebody else was first, at this very moment
        if is_duplicate(met, Account.user_name):
            raise NameTaken(canonical) from None
        if is_duplicate(met, Account.email):
            raise NameTaken(address) from None
        raise
    operators.assign(session, person.id, roles, now)
    secret = set_up_links.new_link(session, person.id, now)
    _record(session, EventTag.OPERATOR_ADDED, person.id, roles, actor, now)
    return OperatorInvitation(person.id, canonical, secret)


def recover(session: Session, user_name: str, *, actor: Actor, now: datetime) -> OperatorInvitation:
    """A new link for somebody who cannot get in: password, factors and sessions of before are worth
    nothing from now on. Raises NoSuchOperator.
    """
    account, roles = _operator(session, user_name, now)
    account.password_hash, account.temporary_until = None, None
    account.password_changed_at = now
    account.failures, account.paused_until = 0, None
    browser_counts.forget(session, account.id)
    _end_factors(session, account.person_id, now)
    secret = set_up_links.new_link(session, account.person_id, now)
    _record(session, EventTag.OPERATOR_RECOVERED, account.person_id, roles, actor, now)
    sessions.end_all(session, account.person_id, "recovered", now)
    return OperatorInvitation(account.person_id, account.user_name, secret)


def end(session: Session, user_name: str, *, actor: Actor, now: datetime) -> str:
    """No role, account, factor or session any more; the id of the person. Raises NoSuchOperator."""
    account, roles = _operator(session, user_name, now)
    operators.end_roles(session, account.person_id, now)
    account.ended_at, account.password_changed_at = now, now
    account.password_hash, account.email = None, None
    browser_counts.forget(session, account.id)
    _end_factors(session, account.person_id, now)
    set_up_links.end_of(session, account.person_id, now)
    _record(session, EventTag.OPERATOR_ENDED, account.person_id, roles, actor, now)
    sessions.end_all(session, account.person_id, "operator_ended", now)
    return account.person_id


def step_of(session: Session, link: OpenLink) -> SetUpStep:
    """What this person still has to do, from what is there."""
    query = select(Factor.id).where(
        Factor.person_id == link.person_id,
        Factor.kind.in_((FactorKind.TOTP, FactorKind.PASSKEY)),
        Factor.ended_at.is_(None),
    )
    return SetUpStep.CODES if session.scalars(query).first() else SetUpStep.FACTOR


def account_of(session: Session, person_id: str) -> Account:
    """The account of an operator."""
    return session.scalars(select(Account).where(Account.person_id == person_id)).one()


def new_password(session: Session, link: OpenLink, text: str) -> str:
    """The password as it can be kept. Raises PasswordRefused with the reason for the page.

    Hashing takes its time: outside the transaction that keeps it.
    """
    return accounts.new_password(session, account_of(session, link.person_id).id, text)


def keep_password(session: Session, secret: str, hashed: str, now: datetime) -> OpenLink:
    """Take the link and keep the password, both or neither. Raises LinkRefused.

    What is newer than the link has ended it: it proves enough as long as it stands. The account
    is locked first, as by whoever recovers or ends this access.
    """
    opened = set_up_links.look_at(session, secret, now)
    locked = select(Account.id).where(Account.person_id == opened.person_id).with_for_update()
    account_id = session.scalars(locked).one()
    link = set_up_links.take(session, secret, now)
    if not accounts.keep_password(session, account_id, hashed, now, not_after=link.expires_at):
        raise LinkRefused(LinkRefusal.USED)
    return link


def bind_app(
    session: Session, sealer: Sealer, link: OpenLink, *, seed: str, code: str, now: datetime
) -> bool:
    """Bind the app that gave this code, and use the code up. False for a wrong code.

    The link came from an administrator of the machine, so the factor counts as bound by one.
    """
    step = matching_step(seed, code, now, 0)
    if step is None:
        return False
    factor = second_factor.bind_totp(
        session,
        sealer,
        person_id=link.person_id,
        seed=seed,
        label="",
        now=now,
        bound_by=BoundBy.ADMINISTRATOR,
    )
    factor.last_step = step
    _added(session, factor, now)
    return True


def bind_passkey(session: Session, link: OpenLink, made: Credential, now: datetime) -> None:
    """Bind a passkey, as bound by an administrator for the same reason. Raises PasskeyRefused."""
    factor = passkeys.bind(
        session,
        made,
        person_id=link.person_id,
        label="",
        bound_by=BoundBy.ADMINISTRATOR,
        now=now,
    )
    _added(session, factor, now)


def make_codes(session: Session, sealer: Sealer, link: OpenLink, now: datetime) -> tuple[str, ...]:
    """A set of recovery codes, returned once."""
    return recovery_codes.bind(
        session, sealer, person_id=link.person_id, bound_by=BoundBy.ADMINISTRATOR, now=now
    )


def complete(session: Session, link: OpenLink, now: datetime) -> None:
    """Everything is set up; the link is over."""
    set_up_links.finish(session, link.id, now)
    done = AuditEvent(EventTag.OPERATOR_SET_UP, now, person_id=link.person_id)
    audit.record(session, done)


def _operator(
    session: Session, user_name: str, now: datetime
) -> tuple[Account, frozenset[OperatorRole]]:
    """The account, locked, and the roles: whoever changes this operator at the same moment is done,
    or waits until this is. Raises NoSuchOperator.
    """
    query = select(Account).where(Account.user_name == user_name.strip().casefold())
    account = session.scalars(
        query.with_for_update().execution_options(populate_existing=True)
    ).first()
    standing = operators.standing_roles(session, account.person_id, now) if account else ()
    if account is None or not standing:
        raise NoSuchOperator(user_name)
    return account, frozenset(standing)


def _added(session: Session, factor: Factor, now: datetime) -> None:
    details = {"factor": factor.id, "kind": str(factor.kind)}
    audit.record(
        session,
        AuditEvent(EventTag.FACTOR_ADDED, now, person_id=factor.person_id, details=details),
    )


def _end_factors(session: Session, person_id: str, now: datetime) -> None:
    session.execute(
        update(Factor)
        .where(Factor.person_id == person_id, Factor.ended_at.is_(None))
        .values(ended_at=now)
        .execution_options(synchronize_session=False)
    )


def _record(
    session: Session,
    tag: EventTag,
    operator_id: str,
    roles: Collection[OperatorRole],
    actor: Actor,
    now: datetime,
) -> None:
    details = {"operator": operator_id, "roles": " ".join(sorted(roles))}
    audit.record(session, AuditEvent(tag, now, person_id=actor.person_id, details=details))
