"""What an administrator does with invitations of the own organisation: send, send again, withdraw.
Whether the address has an account is told to nobody.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from admin.actor import Actor
from admin.groups import rules as group_rules
from admin.invitations import into_group, rules
from admin.mandates import administrators, decision_rules
from admin.mandates.decision_rules import DeciderLogin
from broker.texts import invitation_mails
from broker.texts.invitation_mails import InvitationFacts
from directory import groups, invitations
from directory.consoles import JOINING
from directory.invitations import Invitation, InvitationState
from directory.people import Membership, Person, Role
from keys.sealing import Sealer
from providers.accounts import Account, NameRefused, canonical_email
from state import audit, limits, outbox
from state.audit import AuditEvent, EventTag
from state.ephemeral import ExpiringStore
from state.limits import Limit
from state.locks import Held, one_at_a_time

LONGEST_NAME: Final = 200
FROM_COMPANY: Final = Limit("invitations-company", 200, 86400)
TO_ADDRESS: Final = Limit("invitations-address", 5, 86400)  # mail to one person


@dataclass(frozen=True)
class Inviting:
    """Who invites, for which organisation, with which login. ``hours``: how long a link works."""

    organisation_id: str
    actor: Actor
    login: DeciderLogin
    sealer: Sealer
    site: str
    base_url: str
    hours: int
    now: datetime


@dataclass(frozen=True)
class GroupPlace:
    """A place in a user group."""

    group_id: str
    role: Role


@dataclass(frozen=True)
class Invitee:
    """Who is invited: ``locale`` is that of the mail; ``group``: into which one too."""

    email: str
    name: str
    role: Role
    locale: str
    group: GroupPlace | None = None


class InvitationRefused(ValueError):
    """Nobody is invited like this; ``reasons`` are machine words, in the order of the form."""

    def __init__(self, *reasons: str) -> None:
        super().__init__(", ".join(reasons))
        self.reasons = reasons


class NoSuchInvitation(Exception):
    """No such invitation waits at this organisation."""


def checked(email: str, name: str, role: str, locale: str) -> Invitee:
    """What a form said, with one spelling of the address. Raises InvitationRefused, with all that
    is wrong.
    """
    words, address, faults = " ".join(name.split()), "", []
    # A slash makes a link in the mail of who is invited.
    if not words or len(words) > LONGEST_NAME or not words.isprintable() or "/" in words:
        faults.append("name")
    try:
        address = canonical_email(email)
    except NameRefused:
        faults.append("email")
    if role not in set(Role):
        faults.append("role")
    if faults:
        raise InvitationRefused(*faults)
    return Invitee(address, words, Role(role), "en" if locale == "en" else "nl")


def is_too_much(store: ExpiringStore, organisation_id: str, email: str) -> bool:
    """Was so much mail sent for this organisation, or to this address, that it stops for a day?
    Outside of any transaction.
    """
    of_address = (TO_ADDRESS, f"{organisation_id} {email}")
    return bool(limits.spend(store, (FROM_COMPANY, organisation_id), of_address))


def invite(session: Session, around: Inviting, who: Invitee) -> Invitation:
    """Invite, and mail the link, with the transaction of the caller. Raises NotAdministrator,
    LoginNotEnough and InvitationRefused.
    """
    decision_rules.demand(rules.lack_to_invite(around.login, who.role, around.now))
    _hold(session, around)
    _demand_group(session, around, who.group)
    waiting = invitations.waiting_at(session, around.organisation_id)
    if any(one.email == who.email for one in waiting):
        raise InvitationRefused("already_invited")
    if _is_here(session, around, who):
        raise InvitationRefused("already_here")
    return _send(session, around, who)


def send_again(session: Session, around: Inviting, invitation_id: str) -> Invitation:
    """A new link for one that nobody answered, also when its time is over; the older one ends. From
    now on it is the invitation of who sends it again. Raises as invite, and NoSuchInvitation.
    """
    _hold(session, around)
    before = one_of_place(session, around.organisation_id, invitation_id)
    decision_rules.demand(rules.lack_to_invite(around.login, before.role, around.now))
    group = (
        GroupPlace(before.group_id, before.group_role or Role.MEMBER) if before.group_id else None
    )
    _demand_group(session, around, group)
    if not invitations.end(session, before.id, InvitationState.REPLACED, around.now):
        raise NoSuchInvitation(invitation_id)
    who = Invitee(before.email, before.name, before.role, before.locale, group)
    return _send(session, around, who)


def withdraw(session: Session, around: Inviting, invitation_id: str) -> None:
    """The link works no more, with the transaction of the caller. Raises NotAdministrator and
    NoSuchInvitation.
    """
    _hold(session, around)
    invitation = one_of_place(session, around.organisation_id, invitation_id)
    if not invitations.end(session, invitation.id, InvitationState.WITHDRAWN, around.now):
        raise NoSuchInvitation(invitation_id)
    _record(session, around, EventTag.INVITATION_WITHDRAWN, invitation)


def one_of_place(session: Session, organisation_id: str, invitation_id: str) -> Invitation:
    """One that waits at this organisation. Raises NoSuchInvitation, also for one of another."""
    found = invitations.one(session, invitation_id)
    if found is None or found.organisation_id != organisation_id or found.outcome is not None:
        raise NoSuchInvitation(invitation_id)
    return found


def _hold(session: Session, around: Inviting) -> None:
    """One at a time for an organisation; who asks administers it at this moment."""
    one_at_a_time(session, Held.INVITATIONS, around.organisation_id)
    person_id = around.actor.logged_in
    administrators.demand(session, person_id, around.organisation_id, around.now)


def _is_here(session: Session, around: Inviting, who: Invitee) -> bool:
    """Has somebody with this address the place already? A member may be made administrator."""
    query = (
        select(Membership.role)
        .join(Person, Person.id == Membership.person_id)
        .outerjoin(Account, Account.person_id == Person.id)
        .where(
            Membership.organisation_id == around.organisation_id,
            Membership.since <= around.now,
            or_(Membership.until.is_(None), Membership.until > around.now),
            or_(func.lower(Person.email) == who.email, Account.email == who.email),
        )
    )
    return any(role in (who.role, Role.ADMINISTRATOR) for role in session.scalars(query))


def _send(session: Session, around: Inviting, who: Invitee) -> Invitation:
    secret, hashed = invitations.new_link()
    row = Invitation(
        organisation_id=around.organisation_id,
        email=who.email,
        name=who.name,
        role=who.role,
        locale=who.locale,
        link_hash=hashed,
        invited_by=around.actor.logged_in,
        created_at=around.now,
        expires_at=around.now + timedelta(hours=around.hours),
        group_id=who.group.group_id if who.group else None,
        group_role=who.group.role if who.group else None,
        group_level=around.login.level if who.group else None,
    )
    session.add(row)
    session.flush()
    inviter = administrators.name_to_tell(session, row.organisation, row.invited_by)
    facts = InvitationFacts(
        name=row.name,
        organisation=row.organisation.name,
        by=inviter,
        role=row.role,
        site=around.site,
        until=row.expires_at,
        group=invitation_mails.in_group(row.group.name, row.group_role) if row.group else None,
        url=f"{around.base_url}{JOINING.path}/uitnodiging/{secret}",
    )
    mail = invitation_mails.to_invited(row.email, row.locale, facts)
    outbox.enqueue(session, around.sealer, mail, around.now, until=row.expires_at)
    _record(session, around, EventTag.INVITATION_SENT, row)
    return row


def _demand_group(session: Session, around: Inviting, place: GroupPlace | None) -> None:
    """Who lets somebody into a group could add somebody there now. Raises InvitationRefused with
    ``group_`` before what ``GroupOutcome`` says, and LoginNotEnough.
    """
    if place is None:
        return
    by = around.actor.logged_in
    why_not = into_group.why_not_sent(session, place.group_id, around.organisation_id, by)
    if why_not is not None:
        raise InvitationRefused(f"group_{why_not}")
    needed = group_rules.needed_level(groups.companies(session, place.group_id), around.now)
    lack = decision_rules.lack_to_decide(around.login, around.now)
    if needed is not None:
        lack = decision_rules.lack_to_grant(around.login, needed, around.now)
    decision_rules.demand(lack)


def _record(session: Session, around: Inviting, tag: EventTag, invitation: Invitation) -> None:
    event = AuditEvent(
        tag,
        around.now,
        person_id=around.actor.person_id,
        organisation_id=around.organisation_id,
        details=rules.told(invitation),
    )
    audit.record(session, event)
