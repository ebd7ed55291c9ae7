"""The end of an activation: a means that was asked becomes one that its person logs in with. The
account, the second factor and the places at organisations come in one transaction, once.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from assurance import devices, enrolment, means, means_letters, means_requests, second_factor
from assurance.devices import DeviceRefused
from assurance.factors import BoundBy, FactorKind
from assurance.levels import AssuranceLevel, highest, suffices
from assurance.means import IssuedMeans, MeansLink
from assurance.means_letters import MeansLetter
from assurance.means_requests import MeansRequest
from consent import mandate_locks, places
from directory import administrator_role
from directory.people import Membership, Person, Role
from keys.sealing import Sealer
from providers import accounts
from providers.accounts import Account
from state import audit
from state.audit import AuditEvent, EventTag
from state.db import is_duplicate, new_id


class ActivationRefused(Exception):
    """Nothing was activated. ``why``: ``over``, ``name_taken`` or ``device``."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


@dataclass(frozen=True)
class WaitingMeans:
    """What a letter is for. ``user_name``: fixed, where the person had an account; ``has_account``:
    it stands, so its password is proved and none is chosen; ``was_only_at``: the OIN of the only
    party at whose services that account counts.
    """

    letter_id: str
    means_id: str
    person_id: str
    name: str
    email: str | None
    locale: str
    level: AssuranceLevel
    factor: FactorKind | None
    until: datetime
    request: MeansRequest
    user_name: str | None = None
    has_account: bool = False
    was_only_at: str | None = None

    @property
    def becomes_restricted(self) -> bool:
        """Does it count at fewer services than the account that stands?"""
        return self.has_account and self.request.provider_oin not in (None, self.was_only_at)


@dataclass(frozen=True)
class NewFactor:
    """A second factor that was confirmed. ``secret``: the seed of an app, the number for SMS, or
    the serial number of a device, whose ``code`` is judged here; ``step``: of the code of an app.
    """

    kind: FactorKind
    secret: str = field(repr=False)
    step: int = 0
    code: str = field(default="", repr=False)


def waiting(session: Session, letter: MeansLetter, now: datetime) -> WaitingMeans | None:
    """What this letter is for; None where there is nothing to do with it any more."""
    made = session.get_one(IssuedMeans, letter.means_id)
    request = means_requests.pending(session, made.id)
    person = session.get_one(Person, made.person_id)
    is_over = made.ends_at is not None and made.ends_at <= now
    if not letter.holds(now) or request is None or request.is_open:
        return None
    if is_over or person.blocked_at is not None:
        return None
    query = select(Account).where(Account.person_id == person.id)
    account = session.scalars(query.execution_options(populate_existing=True)).first()
    return WaitingMeans(
        letter_id=letter.id,
        means_id=made.id,
        person_id=person.id,
        name=person.display_name,
        email=person.email,
        locale=person.locale,
        level=request.level,
        factor=request.factor,
        until=letter.until,
        request=request,
        user_name=account.user_name if account is not None else None,
        has_account=account is not None and account.ended_at is None,
        was_only_at=account.provider_oin if account is not None else None,
    )


def is_free(session: Session, user_name: str) -> bool:
    """Has nobody this user name? One that was somebody's is not given to another."""
    taken = select(Account.id).where(
        (Account.user_name == user_name) | (Account.email == user_name)
    )
    return session.scalars(taken).first() is None


def finish(
    session: Session,
    sealer: Sealer,
    letter_id: str,
    *,
    user_name: str,
    password_hash: str,
    factor: NewFactor | None,
    now: datetime,
) -> WaitingMeans:
    """Everything at once, in the transaction of the caller; of two at once one does it. Where an
    account stands its name and password stay, and were proved: ``password_hash`` is empty. Raises
    ActivationRefused.
    """
    _hold_mandates(session, letter_id, now)
    letter = means_letters.locked(session, letter_id)
    if letter is None:
        raise ActivationRefused("over")
    made = means.locked(session, letter.means_id)
    found = waiting(session, letter, now)
    if found is None or (found.factor is None) is not (factor is None):
        raise ActivationRefused("over")
    if found.has_account is bool(password_hash):  # it came or went meanwhile
        raise ActivationRefused("over")
    account = _account(session, found, user_name, password_hash, now)
    if factor is not None:
        _bind(session, sealer, found.person_id, factor, now)
    letter.used_at = now
    found.request.close(now)
    made.level, account.level = found.level, found.level
    made.provider_oin = account.provider_oin = found.request.provider_oin
    made.activated_at = made.activated_at or now
    asked = found.request
    means.link(session, made.id, asked.organisations, asked.role, now, asked.asked_at)
    for link in means.links(session, made.id, now):
        if link.organisation_id in asked.organisations:
            take_place(session, made, link, now)
    session.flush()
    _note(session, found, now)
    return found


def _hold_mandates(session: Session, letter_id: str, now: datetime) -> None:
    """Where places begin, mandates of before may end: before any row (``state/locks.py``)."""
    letter = session.get(MeansLetter, letter_id, populate_existing=True)
    if letter is None:
        return
    asked = means_requests.pending(session, letter.means_id)
    linked = {one.organisation_id for one in means.links(session, letter.means_id, now)}
    mandate_locks.hold(session, *linked, *(asked.organisations if asked is not None else ()))


def take_place(session: Session, made: IssuedMeans, link: MeansLink, now: datetime) -> None:
    """The place that a link gives at its organisation. It takes nothing away of a place that the
    person has by another way.
    """
    query = select(Membership).where(
        Membership.person_id == made.person_id,
        Membership.organisation_id == link.organisation_id,
    )
    place = session.scalars(query.with_for_update()).first()
    if place is None:
        link.gives_place = True
        session.add(
            Membership(
                id=new_id(),
                person_id=made.person_id,
                organisation_id=link.organisation_id,
                role=link.role,
                level=made.level,
                since=now,
                until=link.until,
            )
        )
    elif place.until is not None and place.until <= now:
        places.begin_anew(session, place, now)
        place.role, place.level, place.since, place.until = link.role, made.level, now, link.until
        place.role_since, link.gives_place = None, True
    else:
        if link.role is Role.ADMINISTRATOR:
            administrator_role.give(place, link.role, now)
        if place.level is not None:
            place.level = highest(place.level, made.level)


def _account(
    session: Session, found: WaitingMeans, user_name: str, password_hash: str, now: datetime
) -> Account:
    query = select(Account).where(Account.person_id == found.person_id).with_for_update()
    account = session.scalars(query).first()
    stands = account is not None and account.ended_at is None
    # Without an account, or with one that ended, a login elsewhere could add factors.
    gave = enrolment.factors_give(account.level if account is not None and stands else None)
    waiting: list[str] = []
    if account is not None and account.ended_at is not None:
        waiting += enrolment.wait_since(session, found.person_id, account.ended_at)
    if not suffices(gave, enrolment.factors_give(found.level)):
        waiting += enrolment.wait_again(session, found.person_id)
    for factor_id in waiting:
        details: dict[str, audit.Detail] = {"factor": factor_id}
        event = AuditEvent(EventTag.FACTOR_WAITS, now, person_id=found.person_id, details=details)
        audit.record(session, event)
    if account is not None and stands:
        return account
    if account is None:
        account = Account(
            id=new_id(),
            person_id=found.person_id,
            user_name=user_name,
            level=found.level,
            failures=0,
            created_at=now,
        )
        if not is_free(session, user_name):
            raise ActivationRefused("name_taken")
        session.add(account)
    account.ends_at = account.ended_at = None
    accounts.keep_hash(session, account, password_hash, now)
    try:
        session.flush()
    except IntegrityError as met:  # somebody else was first, at this very moment
        if is_duplicate(met, Account.user_name):
            raise ActivationRefused("name_taken") from None
        if is_duplicate(met, Account.person_id):
            raise ActivationRefused("over") from None
        raise
    return account


def _bind(
    session: Session, sealer: Sealer, person_id: str, factor: NewFactor, now: datetime
) -> None:
    """It counts at once: who has the letter is who was identified."""
    by = BoundBy.LETTER
    if factor.kind is FactorKind.SMS:
        second_factor.bind_sms(
            session, sealer, person_id=person_id, number=factor.secret, bound_by=by, now=now
        )
    elif factor.kind is FactorKind.TOTP:
        second_factor.bind_totp(
            session,
            sealer,
            person_id=person_id,
            seed=factor.secret,
            label="",
            bound_by=by,
            now=now,
            used_step=factor.step,
        )
    else:
        try:
            devices.assign(
                session,
                sealer,
                serial=factor.secret,
                person_id=person_id,
                bound_by=by,
                now=now,
                code=factor.code,
            )
        except DeviceRefused:
            raise ActivationRefused("device") from None


def _note(session: Session, found: WaitingMeans, now: datetime) -> None:
    audit.record(
        session,
        AuditEvent(
            EventTag.MEANS_ACTIVATED,
            now,
            reference=found.request.reference,
            person_id=found.person_id,
            organisation_id=found.request.organisation_id,
            level=found.level,
            details={
                "means": found.means_id,
                "factor": str(found.factor) if found.factor is not None else None,
            },
        ),
    )
