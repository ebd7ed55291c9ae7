"""Removing the branch number (vestigingsnummer): mandates that hold for the only branch of an
organisation hold for the whole of it from then on. Some services work with whole organisations
only; with several branches this takes a form, for then it gives more than there was.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from admin.actor import Actor
from admin.mandates import administrators, decision_rules, ending
from admin.mandates.decision_rules import DeciderLogin, LoginLack
from assurance.levels import highest
from broker.sso.logout import LogoutNotifier
from broker.texts import company_mails
from consent import group_mandates, mandates, places
from consent.mandate_locks import hold
from consent.mandates import Mandate
from directory import dates
from directory.organisations import Establishment
from keys.sealing import Sealer
from state import audit, outbox
from state.audit import AuditEvent, EventTag
from state.trace import new_reference


class BranchState(enum.StrEnum):
    """Can the number go?"""

    REMOVABLE = "removable"
    NOTHING = "nothing"  # no mandate holds for a branch
    SEVERAL = "several"  # a form
    UNKNOWN = "unknown"  # a mandate holds for a branch that is not registered


class NotRemovable(Exception):
    """Nothing changed. ``state``: why."""

    def __init__(self, state: BranchState) -> None:
        super().__init__(state)
        self.state = state


@dataclass(frozen=True)
class LimitedMandates:
    """The branches that stand, and the mandates that hold for a branch."""

    branches: tuple[Establishment, ...]
    rows: tuple[Mandate, ...]

    @property
    def state(self) -> BranchState:
        if not self.rows:
            return BranchState.NOTHING
        if len(self.branches) > 1:
            return BranchState.SEVERAL
        numbers = {branch.number for branch in self.branches}
        is_known = all(set(row.branches) <= numbers for row in self.rows)
        return BranchState.REMOVABLE if is_known else BranchState.UNKNOWN


@dataclass(frozen=True)
class BranchWish:
    """Who removes it, where and when."""

    organisation_id: str
    actor: Actor
    login: DeciderLogin
    sealer: Sealer
    notifier: LogoutNotifier

    @property
    def now(self) -> datetime:
        return self.notifier.now


def limited(session: Session, organisation_id: str, now: datetime) -> LimitedMandates:
    """What there is at this organisation. A mandate that counts no more because its person left is
    not among it: given anew it would count again.
    """
    branches = session.scalars(
        select(Establishment)
        .where(Establishment.organisation_id == organisation_id, Establishment.ended_at.is_(None))
        .order_by(Establishment.number)
    ).all()
    standing = places.without_left(session, mandates.at(session, organisation_id, now), now)
    rows = [row for row in standing if row.branches]
    return LimitedMandates(tuple(branches), tuple(rows))


def lack(found: LimitedMandates, login: DeciderLogin, now: datetime) -> LoginLack | None:
    """What the login lacks: giving for the whole organisation is giving more."""
    if not found.rows:
        return decision_rules.lack_to_decide(login, now)
    return decision_rules.lack_to_grant(login, highest(*(row.level for row in found.rows)), now)


def remove(session: Session, wish: BranchWish) -> int:
    """Of how many mandates. Raises NotAdministrator, NotRemovable, LoginNotEnough. The caller
    commits, or rolls back.
    """
    hold(session, wish.organisation_id)
    by = wish.actor.logged_in
    place = administrators.demand(session, by, wish.organisation_id, wish.now)
    found = limited(session, wish.organisation_id, wish.now)
    if found.state is not BranchState.REMOVABLE:
        raise NotRemovable(found.state)
    decision_rules.demand(lack(found, wish.login, wish.now))
    reference = new_reference()
    for row in found.rows:
        row.revoked_at, row.revoked_by = wish.now, by  # a document that names it gives it no more
        ending.reach_of(session, wish.notifier, row)
        whole = _whole(row, by, wish.now)
        session.add(whole)
        session.flush()
        group_mandates.hand_on(session, row, whole)
        _note(session, wish, row, reference)
    session.flush()
    for person in {row.person_id: row.person for row in found.rows}.values():
        if person.email:
            mail = company_mails.branch_removed(person.email, person.locale, place.name, reference)
            outbox.enqueue(session, wish.sealer, mail, wish.now)
    return len(found.rows)


def _whole(row: Mandate, by: str, now: datetime) -> Mandate:
    return Mandate(
        person_id=row.person_id,
        organisation_id=row.organisation_id,
        service_uuid=row.service_uuid,
        level=row.level,
        branches=[],
        valid_from=max(row.valid_from, now),
        valid_until=row.valid_until,
        granted_by=by,
        confirmed_at=now,
    )


def _note(session: Session, wish: BranchWish, row: Mandate, reference: str) -> None:
    audit.record(
        session,
        AuditEvent(
            EventTag.MANDATE_CHANGED,
            wish.now,
            reference,
            person_id=wish.actor.person_id,
            service_uuid=row.service_uuid,
            organisation_id=row.organisation_id,
            reason="branch_removed",
            level=row.level,
            details={
                "person": row.person_id,
                "until": dates.day_of(row.valid_until).isoformat(),
                "branches": " ".join(row.branches),
            },
        ),
    )
