"""Forgetting a person: what leads to a human goes. What organisations and the audit need stays,
with an id that leads to nobody.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Delete, and_, delete, or_, select, update
from sqlalchemy.orm import Session

from admin.actor import Actor
from admin.audit import retention
from admin.factor_resets.requests import FactorReset
from admin.groups import locks as group_locks
from admin.groups import rules as group_rules
from admin.operators import roles
from admin.operators.roles import OperatorAssignment
from admin.operators.set_up_links import SetUpLink
from admin.terms.notices import TermNotice
from assurance.factors import Factor, FactorLetter, Passkey, RecoveryCode
from assurance.identity_documents import IdentityDocumentFile
from assurance.means import IssuedMeans, MeansLink
from assurance.means_letters import MeansLetter
from assurance.means_requests import MeansRequest
from assurance.session_lifetime import BrowserSession
from assurance.session_names import SessionNameRow
from broker.sso.grants import Grant
from consent import mandate_locks
from consent.allocations import ClientAllocation, ClientLimit
from consent.mandates import Mandate
from consent.register import Consent
from consent.requests import MandateRequest
from directory import groups
from directory.change_forms import ChangeForm
from directory.evidence import LoginEvidence
from directory.groups import AccountRequest, GroupMember
from directory.history import HistoryEntry
from directory.invitations import Invitation
from directory.people import ExternalIdentity, Membership, NoSuchPerson, Person
from keys.keyring import KeyRing
from keys.sealing import Sealer
from providers.accounts import Account
from providers.browser_counts import AccountBrowser


class StillOperator(Exception):
    """An operator's roles are ended first, by name and audited."""


class LastOfGroup(Exception):
    """Somebody else becomes administrator of these groups first, or the others leave them.
    ``names``: as people read them.
    """

    def __init__(self, names: tuple[str, ...]) -> None:
        super().__init__(*names)
        self.names = names


@dataclass(frozen=True)
class Forgotten:
    """How many audit events name nobody any more."""

    events: int


def forget(
    session: Session,
    sealer: Sealer,
    keyring: KeyRing,
    person_id: str,
    *,
    actor: Actor,
    now: datetime,
) -> Forgotten:
    """Forget with the transaction of the caller.

    Raises NoSuchPerson, StillOperator and LastOfGroup. Tokens end at once; portals are told
    nothing.
    """
    _hold(session, person_id)
    person = session.get(Person, person_id, with_for_update=True, populate_existing=True)
    if person is None:
        raise NoSuchPerson(person_id)
    if roles.roles_of(session, person_id, now):
        raise StillOperator(person_id)
    _demand_groups_go_on(session, person_id)
    for statement in _deletes(person_id):
        session.execute(statement.execution_options(synchronize_session=False))
    _end_places(session, person_id, now)
    person.display_name, person.email = "", None
    person.blocked_at = person.blocked_at or now
    session.flush()
    events = retention.forget(session, sealer, keyring, person_id, now, by=actor.person_id)
    return Forgotten(events)


def _hold(session: Session, person_id: str) -> None:
    """Everything that others hold while they write of this person: before the person, for whom
    they then wait (``state/locks.py``).
    """
    group_locks.hold_person(session, person_id)
    group_locks.hold(session, (place.group_id for place in groups.of_person(session, person_id)))
    organisations = {
        organisation_id
        for model in (Membership, Mandate)
        for organisation_id in session.scalars(
            select(model.organisation_id).where(model.person_id == person_id).distinct()
        )
    }
    mandate_locks.hold(session, *organisations)
    for model in (IssuedMeans, Account):
        rows = select(model.id).where(model.person_id == person_id).order_by(model.id)
        session.execute(rows.with_for_update())


def _demand_groups_go_on(session: Session, person_id: str) -> None:
    """Nobody stays behind in a group that nobody looks after."""
    places = groups.of_person(session, person_id)
    left = [
        place.group.name
        for place in places
        if group_rules.leaves_others_without(groups.members(session, place.group_id), person_id)
    ]
    if left:
        raise LastOfGroup(tuple(left))


def _deletes(person_id: str) -> list[Delete]:
    """In the order that foreign keys allow."""
    factors = select(Factor.id).where(Factor.person_id == person_id)
    of_factors = [
        delete(model).where(model.factor_id.in_(factors))
        for model in (RecoveryCode, Passkey, FactorLetter)
    ]
    of_person = [
        delete(model).where(model.person_id == person_id)
        for model in (
            Factor,
            Grant,
            BrowserSession,
            Account,
            FactorReset,
            SetUpLink,
            OperatorAssignment,
            ExternalIdentity,
            HistoryEntry,
            LoginEvidence,
            Consent,
            MandateRequest,
            TermNotice,
            ChangeForm,
            ClientAllocation,
            ClientLimit,
            AccountRequest,
        )
    ]
    of_documents = delete(IdentityDocumentFile).where(
        or_(IdentityDocumentFile.person_id == person_id, _waits_of(person_id))
    )
    issued = select(IssuedMeans.id).where(IssuedMeans.person_id == person_id)
    of_means = [
        delete(model).where(model.means_id.in_(issued))
        for model in (MeansLetter, MeansRequest, MeansLink)
    ]
    of_means.append(delete(IssuedMeans).where(IssuedMeans.person_id == person_id))
    accounts = select(Account.id).where(Account.person_id == person_id)
    of_account = delete(AccountBrowser).where(AccountBrowser.account_id.in_(accounts))
    holders = [
        SessionNameRow.holder.in_(select(model.id).where(model.person_id == person_id))
        for model in (Grant, BrowserSession)
    ]
    of_sessions = delete(SessionNameRow).where(or_(*holders))
    # Who invited them is told no more; who was invited by them keeps the place without it.
    of_invitations = delete(Invitation).where(
        or_(Invitation.accepted_by == person_id, Invitation.invited_by == person_id)
    )
    return [
        *of_factors,
        of_documents,
        *of_means,
        of_account,
        of_sessions,
        *of_person,
        of_invitations,
    ]


def _waits_of(person_id: str) -> ColumnElement[bool]:
    """What this person brought for others, and did not send."""
    return and_(
        IdentityDocumentFile.brought_by == person_id, IdentityDocumentFile.request_id.is_(None)
    )


def _end_places(session: Session, person_id: str, now: datetime) -> None:
    """Mandates and places in organisations are theirs to look back on; they end today."""
    for ended in (
        update(Mandate)
        .where(Mandate.person_id == person_id, Mandate.revoked_at.is_(None))
        .values(revoked_at=now),
        update(Membership)
        .where(Membership.person_id == person_id, Membership.until.is_(None))
        .values(until=now),
        update(GroupMember)
        .where(GroupMember.person_id == person_id, GroupMember.until.is_(None))
        .values(until=now),
    ):
        session.execute(ended.execution_options(synchronize_session=False))
