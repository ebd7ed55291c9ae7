"""A reset: factors of somebody who lost them end, with every session, and the person is told.

One rule for the console and the command. Who answers for it, and how they came to it, is decided
before: in the console by two operators who each logged in, at the machine by whoever owns it.
"""

from __future__ import annotations

import enum
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from admin.actor import Actor
from admin.factor_resets import decisions
from admin.factor_resets.requests import FactorReset
from admin.factor_resets.rules import Verdict
from assurance import enrolment, second_factor
from assurance.factors import FactorKind
from broker.process import Process
from broker.runtime import Runtime
from broker.sso import logout
from broker.texts import notices
from directory.people import Person
from providers.accounts import Account
from state import audit
from state.audit import AuditEvent, Detail, EventTag


class Way(enum.StrEnum):
    """Where it was asked: two people who logged in, or names that were typed in a command."""

    CONSOLE = "console"
    COMMAND = "command"


@dataclass(frozen=True)
class Answerable:
    """Who asked and who approved, by the ids of people. ``more`` stands in the audit event."""

    asked_by: str
    approved_by: str
    way: Way
    more: Mapping[str, Detail] = field(default_factory=dict)


def carry_out(
    sql: Session,
    rt: Runtime | Process,
    person: Person,
    factor_ids: Collection[str],
    by: Answerable,
    now: datetime,
) -> int:
    """End these factors with the transaction of the caller; how many stood.

    The way back is the one that everybody goes: a factor that somebody adds alone counts only after
    a code that went by letter, or when an administrator binds it.
    """
    standing = [f for f in enrolment.of_person(sql, person.id, now) if f.id in factor_ids]
    ending = [f for f in standing if enrolment.end(sql, person.id, f.id, now)]
    numbers = [
        second_factor.number_of(sql, rt.sealer, f.id) for f in ending if f.kind is FactorKind.SMS
    ]
    logout.end_everywhere(sql, rt, person.id, "factors_reset")
    details: dict[str, Detail] = {
        "person": person.id,
        "approved_by": by.approved_by,
        "factors": len(ending),
        "way": str(by.way),
        **by.more,
    }
    audit.record(
        sql, AuditEvent(EventTag.FACTOR_RESET, now, person_id=by.asked_by, details=details)
    )
    if ending:
        told = notices.Told(person.locale, addresses(sql, person), tuple(numbers))
        kinds = tuple(dict.fromkeys(f.kind for f in ending))
        notices.tell_reset(sql, rt.sealer, told, kinds, base_url=rt.settings.base_url, now=now)
    return len(ending)


def approve(
    sql: Session, rt: Runtime | Process, reset_id: str, *, actor: Actor, now: datetime
) -> Verdict:
    """Judge an approval and reset in one transaction, that of the caller, who must commit whatever
    the verdict. Raises ValueError for who did not log in.
    """
    approver = actor.logged_in
    verdict = decisions.approve(sql, reset_id, approver, now)
    if verdict is Verdict.GRANTED:
        taken = sql.get_one(FactorReset, reset_id)
        person = sql.get_one(Person, taken.person_id)
        answers = Answerable(
            taken.asked_by,
            approver,
            Way.CONSOLE,
            {"request": taken.id, "reason": str(taken.reason), "proof": str(taken.proof)},
        )
        carry_out(sql, rt, person, taken.factors, answers, now)
    return verdict


def addresses(sql: Session, person: Person) -> tuple[str, ...]:
    """Every address that we know of this person; of the account first."""
    query = select(Account.email).where(Account.person_id == person.id, Account.ended_at.is_(None))
    found = [*sql.scalars(query), person.email]
    return tuple(dict.fromkeys(address for address in found if address))
