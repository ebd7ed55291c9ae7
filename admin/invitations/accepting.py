"""What an invitation gives to who accepts it: a place in the organisation, and an e-mail account
for who has nothing to log in with. Nothing else: no mandate and no level.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from admin.actor import Actor
from admin.invitations import into_group, rules
from admin.invitations.into_group import GroupTerms
from admin.invitations.rules import ClosedLink
from admin.mandates import administrators
from admin.mandates.administrators import NotAdministrator
from assurance import means_requests
from assurance.levels import AssuranceLevel
from broker.texts import invitation_mails
from broker.texts.invitation_mails import GroupNews
from consent import places
from directory import administrator_role, invitations
from directory.invitations import Invitation, InvitationState
from directory.origin import Origin
from directory.people import Membership, Person, Role
from keys.sealing import Sealer
from providers import accounts, new_accounts
from state import audit, outbox
from state.audit import AuditEvent, EventTag

LONGEST_NAME: Final = 200


class InvitationClosed(Exception):
    """The link opens nothing (any more)."""

    def __init__(self, why: ClosedLink, invitation: Invitation | None = None) -> None:
        super().__init__(why)
        self.why = why
        self.invitation = invitation


class LevelTooLow(Exception):
    """This role takes a login at a higher level."""


class NotIdentified(Exception):
    """This role takes that somebody recorded who it is: it is asked with the means of Sluis."""


class AddressNotProven(Exception):
    """Whoever this is has not shown that the invitation came to them."""


@dataclass(frozen=True)
class Acceptance:
    """Around an acceptance. ``has_proof``: in this browser a code came back that was mailed to the
    address of the invitation.
    """

    sealer: Sealer
    site: str
    base_url: str
    now: datetime
    has_proof: bool
    groups: GroupTerms


@dataclass(frozen=True)
class NewAccount:
    """What somebody chose for a new account; ``hashed`` is the password as it is kept."""

    name: str
    user_name: str
    hashed: str


def opened(session: Session, invitation: Invitation | None, now: datetime) -> Invitation:
    """The invitation, where it can be accepted now. Raises InvitationClosed."""
    why = rules.why_closed(invitation, now, inviter_may=_inviter_may(session, invitation, now))
    if why is not None or invitation is None:
        raise InvitationClosed(why or ClosedLink.UNKNOWN, invitation)
    return invitation


def is_own_address(session: Session, person_id: str, provider_id: str, email: str) -> bool:
    """Did somebody log in with the account of this address? What a makelaar says of an address
    proves nothing: it may be what its user typed there.
    """
    if provider_id != accounts.PROVIDER_ID:
        return False
    account = accounts.of_person(session, person_id)
    return account is not None and account.email == email


def lacks_identification(session: Session, person_id: str, role: Role, now: datetime) -> bool:
    """Is this a role for which nobody knows well enough who this person is?"""
    if role is not Role.ADMINISTRATOR:
        return False
    return person_id in means_requests.not_identified(session, [person_id], now)


def accept(
    session: Session,
    joining: Acceptance,
    invitation_id: str,
    *,
    actor: Actor,
    level: AssuranceLevel,
    provider_id: str,
) -> Invitation:
    """Somebody who is logged in takes the place, with the transaction of the caller; of two at once
    one gets it. Raises InvitationClosed, LevelTooLow, NotIdentified and AddressNotProven.
    """
    person_id = actor.logged_in
    invitation = opened(session, invitations.one(session, invitation_id), joining.now)
    if not rules.reaches(invitation.role, level):
        raise LevelTooLow
    if lacks_identification(session, person_id, invitation.role, joining.now):
        raise NotIdentified
    if not joining.has_proof and not is_own_address(
        session, person_id, provider_id, invitation.email
    ):
        raise AddressNotProven
    return _take(session, joining, invitation, person_id)


def accept_with_new_account(
    session: Session, joining: Acceptance, invitation_id: str, wanted: NewAccount
) -> Invitation:
    """Make an e-mail account for the address of the invitation and take the place, both or neither,
    with the transaction of the caller. Raises as accept, and NameRefused, UserNameTaken and
    AddressTaken.
    """
    invitation = opened(session, invitations.one(session, invitation_id), joining.now)
    if not rules.reaches(invitation.role, AssuranceLevel.EMAIL):
        raise LevelTooLow
    if not joining.has_proof:
        raise AddressNotProven
    person = new_accounts.make(
        session,
        name=wanted.name,
        user_name=wanted.user_name,
        email=invitation.email,
        hashed=wanted.hashed,
        locale=invitation.locale,
        now=joining.now,
    )
    audit.record(session, AuditEvent(EventTag.ACCOUNT_MADE, joining.now, person_id=person.id))
    user_name = accounts.canonical_user_name(wanted.user_name)
    mail = invitation_mails.account_made(
        invitation.email, invitation.locale, joining.site, user_name
    )
    outbox.enqueue(session, joining.sealer, mail, joining.now)
    return _take(session, joining, invitation, person.id)


def _inviter_may(session: Session, invitation: Invitation | None, now: datetime) -> bool:
    if invitation is None:
        return False
    try:
        administrators.demand(session, invitation.invited_by, invitation.organisation_id, now)
    except NotAdministrator:
        return False
    return True


def _take(
    session: Session, joining: Acceptance, invitation: Invitation, person_id: str
) -> Invitation:
    now = joining.now
    into_group.hold(session, invitation, person_id)
    person = session.get_one(
        Person, person_id, with_for_update={"read": True}, populate_existing=True
    )
    if person.blocked_at is not None:  # or forgotten, since the login
        raise InvitationClosed(ClosedLink.UNKNOWN, invitation)
    ended = invitations.end(
        session, invitation.id, InvitationState.ACCEPTED, now, accepted_by=person_id
    )
    if not ended:  # somebody took or withdrew it at this very moment
        again = invitations.one(session, invitation.id)
        raise InvitationClosed(
            rules.why_closed(again, now, inviter_may=True) or ClosedLink.UNKNOWN, again
        )
    _give_place(session, invitation, person_id, now)
    invitation.group_outcome = into_group.come_in(
        session, joining.groups, invitation, person_id, now
    )
    session.flush()
    event = AuditEvent(
        EventTag.INVITATION_ACCEPTED,
        now,
        person_id=person_id,
        organisation_id=invitation.organisation_id,
        details=rules.told(invitation),
    )
    audit.record(session, event)
    inviter = invitation.inviter
    if inviter.email:
        name = person.display_name or invitation.name
        mail = invitation_mails.accepted(
            inviter.email,
            inviter.locale,
            name=name,
            organisation=invitation.organisation.name,
            role=invitation.role,
            group=_group_news(invitation),
            console_url=f"{joining.base_url}/beheer/gebruikers",
        )
        outbox.enqueue(session, joining.sealer, mail, now)
    return invitation


def _group_news(invitation: Invitation) -> GroupNews | None:
    if invitation.group is None or invitation.group_outcome is None:
        return None
    said = invitation_mails.in_group(invitation.group.name, invitation.group_role)
    return GroupNews(said, invitation.group_outcome)


def _give_place(session: Session, invitation: Invitation, person_id: str, now: datetime) -> None:
    """A place anew, or a higher role in the one that stands; an invitation takes nothing away."""
    query = (
        select(Membership)
        .where(
            Membership.person_id == person_id,
            Membership.organisation_id == invitation.organisation_id,
        )
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    row = session.scalars(query).first()
    if row is None:
        session.add(
            Membership(
                person_id=person_id,
                organisation_id=invitation.organisation_id,
                role=invitation.role,
                since=now,
            )
        )
    elif row.until is not None and row.until <= now:
        places.begin_anew(session, row, now)
        row.since, row.until, row.level, row.role_since = now, None, None, None
        row.role, row.origin = invitation.role, Origin.SCREEN
    elif invitation.role is Role.ADMINISTRATOR:
        # Nobody extends the own role by an own invitation.
        administrator_role.give(row, Role.ADMINISTRATOR, now)
        row.until = None
    session.flush()
