"""What follows when the register says something else about a person: whoever is blocked or loses
an account or identity is logged out everywhere, who administers one organisation less is logged out
of the console, and the person hears of factors that come and go and of a new address, at the
address that was known before.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from admin.actor import Actor
from admin.mandates import ending
from assurance import enrolment, second_factor
from assurance.factors import Factor, FactorKind
from broker.sso import grants, logout
from broker.sso.logout import LogoutNotifier
from broker.texts import notices
from broker.texts.notices import Change
from directory import people
from directory.consoles import BEHEER
from directory.people import ExternalIdentity, Membership, Person, Role
from providers.accounts import Account
from state import audit, outbox
from state.audit import AuditEvent, EventTag
from state.db import Base


@dataclass(frozen=True)
class Standing:
    """What of a person matters afterwards. ``exists`` is False for who is new."""

    exists: bool = False
    is_blocked: bool = False
    has_account: bool = False
    addresses: tuple[str, ...] = ()
    factors: frozenset[str] = frozenset()
    identities: frozenset[tuple[str, str]] = frozenset()
    ended_means: frozenset[tuple[str, str]] = frozenset()  # those of which the means is not active
    places: frozenset[tuple[str, Role]] = frozenset()


ALL: Final[frozenset[type[Base]]] = frozenset({Account, Factor, ExternalIdentity, Membership})


def standing(
    sql: Session, person_id: str, now: datetime, among: frozenset[type[Base]] = ALL
) -> Standing:
    """As it is now, before or after a change. ``among``: the tables where there is anything of this
    person.
    """
    person = sql.get(Person, person_id)
    if person is None:
        return Standing()
    query = select(Account).where(Account.person_id == person_id)
    account = sql.scalars(query).first() if Account in among else None
    factors = enrolment.of_person(sql, person_id, now) if Factor in among else ()
    identities = people.identities_of(sql, person_id) if ExternalIdentity in among else {}
    ended = (one for one, until in identities.items() if until is not None and until <= now)
    places = people.places_of(sql, person_id, now) if Membership in among else ()
    known = [person.email, account.email if account is not None else None]
    return Standing(
        exists=True,
        is_blocked=person.blocked_at is not None,
        has_account=account is not None and account.ended_at is None,
        addresses=tuple(dict.fromkeys(address for address in known if address is not None)),
        factors=frozenset(factor.id for factor in factors),
        identities=frozenset(identities),
        ended_means=frozenset(ended),
        places=frozenset(places),
    )


def follow(
    sql: Session,
    notifier: LogoutNotifier,
    base_url: str,
    person_id: str,
    before: Standing,
    *,
    actor: Actor,
) -> None:
    """In the transaction of the change. Needs an application context, for the texts."""
    after = standing(sql, person_id, notifier.now)
    if after.is_blocked != before.is_blocked:
        tag = EventTag.PERSON_BLOCKED if after.is_blocked else EventTag.PERSON_UNBLOCKED
        _record(sql, tag, notifier.now, person_id, actor)
    if after.is_blocked and not before.is_blocked:
        logout.end_all_of(sql, notifier, person_id, "blocked")
    elif before.has_account and not after.has_account:
        _record(sql, EventTag.ACCOUNT_ENDED, notifier.now, person_id, actor)
        logout.end_all_of(sql, notifier, person_id, "account_ended")
    _lost_identities(sql, notifier, person_id, before, after, actor)
    _ended_means(sql, notifier, person_id, before, after)
    _lost_places(sql, notifier, person_id, before, after, actor)
    _lost_factors(sql, notifier, base_url, person_id, before, after, actor)
    _new_factors(sql, notifier, base_url, person_id, before, after, actor)
    if before.exists and set(after.addresses) != set(before.addresses):
        old = set(before.addresses) - set(after.addresses)
        _changed_address(sql, notifier, base_url, person_id, old, actor)


def _lost_identities(
    sql: Session,
    notifier: LogoutNotifier,
    person_id: str,
    before: Standing,
    after: Standing,
    actor: Actor,
) -> None:
    """Who came by one of these is this person no longer, whatever else stands."""
    lost = sorted(before.identities - after.identities)
    for provider_id, _subject in lost:
        event = AuditEvent(
            EventTag.IDENTITY_ENDED,
            notifier.now,
            person_id=actor.person_id,
            provider_id=provider_id,
            details={"person": person_id},
        )
        audit.record(sql, event)
    if lost:
        logout.end_all_of(sql, notifier, person_id, "identity_ended")


def _ended_means(
    sql: Session, notifier: LogoutNotifier, person_id: str, before: Standing, after: Standing
) -> None:
    """What was given with a means that is not active any more ends: a code that no portal brought
    yet, among it. Sessions are judged at each use.
    """
    ended = after.ended_means - before.ended_means
    for provider_id in sorted({provider_id for provider_id, _ in ended}):
        given = grants.given_to(sql, person_id, provider_id, notifier.now)
        logout.end_grants(sql, notifier, given, "means_ended")


def _lost_places(
    sql: Session,
    notifier: LogoutNotifier,
    person_id: str,
    before: Standing,
    after: Standing,
    actor: Actor,
) -> None:
    """Somewhere a member or administrator no longer: of an administrator the console ends."""
    places = {organisation_id for organisation_id, _ in after.places}
    lost = [
        (organisation_id, role)
        for organisation_id, role in sorted(before.places - after.places)
        if role is Role.ADMINISTRATOR or organisation_id not in places
    ]
    for organisation_id, role in lost:
        event = AuditEvent(
            EventTag.MEMBERSHIP_ENDED,
            notifier.now,
            person_id=actor.person_id,
            organisation_id=organisation_id,
            details={"person": person_id, "role": str(role)},
        )
        audit.record(sql, event)
        if organisation_id not in places:  # and so for none of its clients
            ending.reach(sql, notifier, ending.through(sql, organisation_id, person_id))
    if any(role is Role.ADMINISTRATOR for _, role in lost):
        grants.revoke_console(sql, person_id, BEHEER.client_id, notifier.now)


def _lost_factors(
    sql: Session,
    notifier: LogoutNotifier,
    base_url: str,
    person_id: str,
    before: Standing,
    after: Standing,
    actor: Actor,
) -> None:
    """What a login proved with one of these counts no more from now on."""
    person = sql.get_one(Person, person_id)
    for factor_id in sorted(before.factors - after.factors):
        factor = sql.get_one(Factor, factor_id)
        is_sms = factor.kind is FactorKind.SMS
        number = second_factor.number_of(sql, notifier.sealer, factor_id) if is_sms else None
        kind = str(factor.kind)
        _record(
            sql,
            EventTag.FACTOR_REMOVED,
            notifier.now,
            person_id,
            actor,
            factor=factor_id,
            kind=kind,
        )
        notices.tell(
            sql,
            notifier.sealer,
            person,
            Change.REMOVED,
            factor.kind,
            base_url=base_url,
            now=notifier.now,
            old_number=number,
        )


def _new_factors(
    sql: Session,
    notifier: LogoutNotifier,
    base_url: str,
    person_id: str,
    before: Standing,
    after: Standing,
    actor: Actor,
) -> None:
    """Who is new here had nobody to be warned of."""
    if not after.factors - before.factors:
        return
    person = sql.get_one(Person, person_id)
    for one in enrolment.of_person(sql, person_id, notifier.now):
        if one.id in before.factors:
            continue
        kind, by = str(one.kind), str(one.bound_by)
        _record(sql, EventTag.FACTOR_ADDED, notifier.now, person_id, actor, kind=kind, bound_by=by)
        if before.exists:
            notices.tell(
                sql,
                notifier.sealer,
                person,
                Change.ADDED,
                one.kind,
                base_url=base_url,
                now=notifier.now,
            )


def _changed_address(
    sql: Session,
    notifier: LogoutNotifier,
    base_url: str,
    person_id: str,
    old: Iterable[str],
    actor: Actor,
) -> None:
    """Told where it was known before: whoever took the account over has the new one."""
    _record(sql, EventTag.ADDRESS_CHANGED, notifier.now, person_id, actor)
    person = sql.get_one(Person, person_id)
    for address in sorted(old):
        message = notices.address_changed(base_url, person, address)
        outbox.enqueue(sql, notifier.sealer, message, notifier.now)


def _record(
    sql: Session,
    tag: EventTag,
    now: datetime,
    person_id: str,
    actor: Actor,
    **details: audit.Detail,
) -> None:
    """The person is whom it is about."""
    told = {"person": person_id, **details}
    audit.record(sql, AuditEvent(tag, now, person_id=actor.person_id, details=told))
