"""A reset at the machine, for when the console is no way.

Two administrators of one organisation of that person answer for it, by name: nobody logged in here,
and the audit event says so.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from admin.actor import Actor, ActorKind
from admin.factor_resets import execution
from admin.factor_resets.execution import Answerable, Way
from assurance import enrolment
from broker.process import Process
from broker.texts.outside_request import texts
from directory.administrator_role import administers
from directory.people import Membership, Person, known_person


class EmergencyRefusal(enum.StrEnum):
    """Why nothing is reset."""

    LOGGED_IN = "logged_in"  # in the console two operators each log in
    SAME_PERSON = "same_person"
    NO_ADMINISTRATOR = "no_administrator"


class EmergencyRefused(Exception):
    """Nothing was reset. ``who``: the one who is no administrator."""

    def __init__(self, why: EmergencyRefusal, who: str = "") -> None:
        super().__init__(why, who)
        self.why = why
        self.who = who


@dataclass(frozen=True)
class Answers:
    """The administrators who answer for it, by the ids that were typed."""

    asked_by: str
    approved_by: str


def reset(
    sql: Session, process: Process, person_id: str, answers: Answers, *, actor: Actor, now: datetime
) -> int:
    """End every factor of a person with the transaction of the caller; how many. Raises
    NoSuchPerson, EmergencyRefused.
    """
    if actor.kind is not ActorKind.COMMAND_LINE:
        raise EmergencyRefused(EmergencyRefusal.LOGGED_IN)
    person = known_person(sql, person_id)
    if len({person_id, answers.asked_by, answers.approved_by}) < 3:
        raise EmergencyRefused(EmergencyRefusal.SAME_PERSON)
    for administrator in (answers.asked_by, answers.approved_by):
        if not _administers(sql, administrator, person, now):
            raise EmergencyRefused(EmergencyRefusal.NO_ADMINISTRATOR, administrator)
    everything = [one.id for one in enrolment.of_person(sql, person.id, now)]
    by = Answerable(answers.asked_by, answers.approved_by, Way.COMMAND)
    with texts():
        return execution.carry_out(sql, process, person, everything, by, now)


def _administers(session: Session, administrator: str, person: Person, now: datetime) -> bool:
    stands = Membership.since <= now, or_(Membership.until.is_(None), Membership.until > now)
    places = select(Membership.organisation_id).where(Membership.person_id == person.id, *stands)
    query = (
        select(Membership.id)
        .join(Person, Person.id == Membership.person_id)
        .where(Membership.person_id == administrator, administers(now))
        .where(Membership.organisation_id.in_(places), *stands)
        .where(Person.blocked_at.is_(None))
    )
    return session.scalars(query).first() is not None
