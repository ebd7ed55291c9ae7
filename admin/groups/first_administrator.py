"""The first administrator of an organisation: an e-mail account and a group, asked for without the
help desk. It gives no level, no company and no mandate: an administrator of the company brings that
in at ``/beheer``.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from admin.mandates import administrators
from broker.texts import account_request_mails
from directory import groups
from directory.consoles import JOINING
from directory.groups import AccountRequest, GroupMember, GroupNameRefused, UserGroup
from directory.organisations import Organisation
from directory.people import Membership, Role
from keys.sealing import Sealer
from providers import accounts, new_accounts, passwords
from providers.accounts import NameRefused
from state import audit, outbox
from state.audit import AuditEvent, EventTag
from state.db import is_duplicate

ALPHABET: Final = "abcdefghjkmnpqrstuvwxyz23456789"  # without signs that look alike
SIGNS: Final = 20  # 99 bits


@dataclass(frozen=True)
class WantedAccount:
    """What a first administrator filled in, with an address that was proven."""

    name: str
    email: str
    locale: str
    kvk: str
    organisation: str
    short_name: str
    user_name: str


@dataclass(frozen=True)
class KnownOrganisation:
    """An organisation that uses this already. ``administrators``: their names, where it shares
    them.
    """

    name: str
    administrators: tuple[str, ...]


class OrganisationKnown(Exception):
    """Somebody administers the organisation by now; ``known`` says who may be told."""

    def __init__(self, known: KnownOrganisation) -> None:
        super().__init__("the organisation has an administrator")
        self.known = known


def already_uses(session: Session, kvk: str, now: datetime) -> KnownOrganisation | None:
    """The organisation with this number, where somebody administers it now."""
    query = select(Organisation).where(Organisation.kvk == kvk)
    organisation = session.scalars(query).first()
    if organisation is None:
        return None
    holders = select(Membership.person_id).where(
        Membership.organisation_id == organisation.id, Membership.role == Role.ADMINISTRATOR
    )
    found = [
        one
        for one in session.scalars(holders)
        if organisation.id in {o.id for o in administrators.organisations_of(session, one, now)}
    ]
    if not found:
        return None
    names = (administrators.name_to_tell(session, organisation, one) for one in found)
    return KnownOrganisation(organisation.name, tuple(sorted(name for name in names if name)))


def new_password() -> str:
    """A temporary one, in groups of five."""
    signs = "".join(secrets.choice(ALPHABET) for _ in range(SIGNS))
    return "-".join(signs[start : start + 5] for start in range(0, SIGNS, 5))


def name_faults(session: Session, wanted: WantedAccount) -> tuple[str, ...]:
    """What is wrong with the names that stay: ``short_name`` or ``taken_group``, and ``user_name``
    or ``taken_user``.
    """
    found = []
    try:
        if groups.is_short_name_taken(session, groups.canonical_short_name(wanted.short_name)):
            found.append("taken_group")
    except GroupNameRefused:
        found.append("short_name")
    try:
        if new_accounts.is_taken(session, accounts.canonical_user_name(wanted.user_name)):
            found.append("taken_user")
    except NameRefused:
        found.append("user_name")
    return tuple(found)


def make(
    session: Session,
    sealer: Sealer,
    wanted: WantedAccount,
    password: str,
    hashed: str,
    *,
    site: str,
    base_url: str,
    now: datetime,
) -> str:
    """The account and the group, with the transaction of the caller; the temporary password goes by
    mail. The id of the person. Raises OrganisationKnown, GroupNameRefused, NameRefused,
    UserNameTaken and AddressTaken.
    """
    known = already_uses(session, wanted.kvk, now)
    if known is not None:
        raise OrganisationKnown(known)
    short_name = groups.canonical_short_name(wanted.short_name)
    if groups.is_short_name_taken(session, short_name):
        raise GroupNameRefused("taken")
    person = new_accounts.make(
        session,
        name=wanted.name,
        user_name=wanted.user_name,
        email=wanted.email,
        hashed=hashed,
        locale=wanted.locale,
        now=now,
        temporary=True,
    )
    name = groups.readable_name(wanted.organisation[: groups.LONGEST_NAME].replace("/", " "))
    group = UserGroup(short_name=short_name, name=name, made_at=now)
    session.add(group)
    try:
        session.flush()
    except IntegrityError as met:
        if not is_duplicate(met, UserGroup.short_name):
            raise
        # Somebody else was first, at this very moment.
        raise GroupNameRefused("taken") from None
    session.add(
        GroupMember(group_id=group.id, person_id=person.id, role=Role.ADMINISTRATOR, since=now)
    )
    session.add(
        AccountRequest(
            person_id=person.id,
            group_id=group.id,
            kvk=wanted.kvk,
            organisation_name=wanted.organisation,
            asked_at=now,
        )
    )
    session.flush()
    for tag in (EventTag.ACCOUNT_MADE, EventTag.GROUP_MADE):
        event = AuditEvent(tag, now, person_id=person.id, details={"group": group.id})
        audit.record(session, event)
    mail = account_request_mails.temporary_password(
        wanted.email,
        wanted.locale,
        site,
        accounts.canonical_user_name(wanted.user_name),
        password,
        f"{base_url}{JOINING.path}",
    )
    outbox.enqueue(session, sealer, mail, now, until=now + accounts.TEMPORARY)
    return person.id


def hashed(password: str) -> str:
    """As it is kept; outside the transaction that makes the account."""
    return passwords.hash_of(password)
