"""What follows when the register says something else about a person: whoever is blocked or loses
the account is logged out everywhere, and the person hears of a new factor or address at the
address that was known before.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from admin.actor import Actor
from assurance import enrolment
from broker.sso import logout
from broker.sso.logout import LogoutNotifier
from broker.texts import notices
from broker.texts.notices import Change
from directory.people import Person
from providers.accounts import Account
from state import audit, outbox
from state.audit import AuditEvent, EventTag


@dataclass(frozen=True)
class Standing:
    """What of a person matters afterwards. ``exists`` is False for who is new."""

    exists: bool = False
    is_blocked: bool = False
    has_account: bool = False
    addresses: tuple[str, ...] = ()
    factors: frozenset[str] = frozenset()


def standing(sql: Session, person_id: str, now: datetime) -> Standing:
    """As it is now, before or after a change."""
    person = sql.get(Person, person_id)
    if person is None:
        return Standing()
    account = sql.scalars(select(Account).where(Account.person_id == person_id)).first()
    known = [person.email, account.email if account is not None else None]
    return Standing(
        exists=True,
        is_blocked=person.blocked_at is not None,
        has_account=account is not None and account.ended_at is None,
        addresses=tuple(dict.fromkeys(address for address in known if address is not None)),
        factors=frozenset(factor.id for factor in enrolment.of_person(sql, person_id, now)),
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
        logout.end_all_of(sql, notifier, person_id, "account_ended")
    _new_factors(sql, notifier, base_url, person_id, before, actor)
    if before.exists and set(after.addresses) != set(before.addresses):
        old = set(before.addresses) - set(after.addresses)
        _changed_address(sql, notifier, base_url, person_id, old, actor)


def _new_factors(
    sql: Session,
    notifier: LogoutNotifier,
    base_url: str,
    person_id: str,
    before: Standing,
    actor: Actor,
) -> None:
    """Who is new here had nobody to be warned of."""
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
