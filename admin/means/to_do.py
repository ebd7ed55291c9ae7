"""What an administrator has to do about means of the people of one organisation: activations that
lapsed or soon do, and requests that were refused. Computed from what stands, each time it is asked.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import exists, or_, select
from sqlalchemy.orm import Session

from admin.means import overview
from admin.means.overview import MeansView
from assurance import means_letters
from assurance.levels import AssuranceLevel
from assurance.means import REFUSAL_SHOWN, IssuedMeans, MeansLink
from assurance.means_letters import REMINDERS, MeansLetter
from assurance.means_requests import MeansOutcome, MeansRequest
from directory.people import MeansStatus, Person


class MeansTask(enum.StrEnum):
    """What there is to do. ``lapses``: a reminder is due, or was sent."""

    LAPSED = "lapsed"
    LAPSES = "lapses"
    REFUSED = "refused"


@dataclass(frozen=True)
class MeansToDo:
    """About the means of one person. ``until``: when the codes end or ended, or until when a
    refusal is shown; ``reason``: of it; ``is_reminded``: the person got a reminder by mail.
    """

    task: MeansTask
    person_id: str
    name: str
    level: AssuranceLevel
    until: datetime
    reason: str = ""
    is_reminded: bool = False


def at(session: Session, organisation_id: str, now: datetime) -> list[MeansToDo]:
    """Everything at this organisation: what lapsed, what soon does, what was refused; each the
    first to end first.
    """
    people = _people(session, organisation_id, now)
    views = overview.of_people(session, organisation_id, people, now)
    found = [one for who, view in views.items() if (one := _task(view, people[who], now))]
    order = list(MeansTask)
    return sorted(found, key=lambda one: (order.index(one.task), one.until, one.name))


def waiting(session: Session, organisation_id: str, now: datetime) -> int:
    """How many of these wait for somebody; what was refused is only told."""
    found = at(session, organisation_id, now)
    return sum(one.task is not MeansTask.REFUSED for one in found)


def _task(view: MeansView, name: str, now: datetime) -> MeansToDo | None:
    """Of this means; None where there is nothing to do."""
    if view.status in (MeansStatus.BLOCKED, MeansStatus.ENDED):
        return None
    who, letter, pending = view.means.person_id, view.letter, view.pending
    if letter is not None and pending is not None:
        if not letter.holds(now):
            return MeansToDo(MeansTask.LAPSED, who, name, pending.level, letter.until)
        if means_letters.reminder(letter.sent_at, letter.until, now):
            facts = (MeansTask.LAPSES, who, name, pending.level, letter.until)
            return MeansToDo(*facts, is_reminded=letter.reminded > 0)
        return None
    refused = view.refused
    if refused is None or refused.decided_at is None or not view.shows_refusal(now):
        return None
    until, reason = refused.decided_at + REFUSAL_SHOWN, refused.refusal_reason or ""
    return MeansToDo(MeansTask.REFUSED, who, name, refused.level, until, reason)


def _people(session: Session, organisation_id: str, now: datetime) -> dict[str, str]:
    """By id, the names of those who may have something: wider than the rule. Looked up means by
    means, so that what other organisations asked is not read.
    """
    letters = exists().where(
        MeansLetter.means_id == IssuedMeans.id,
        MeansLetter.used_at.is_(None),
        MeansLetter.replaced_at.is_(None),
        MeansLetter.until <= now + REMINDERS[0],
    )
    refused = exists().where(
        MeansRequest.means_id == IssuedMeans.id,
        MeansRequest.outcome == MeansOutcome.REFUSED,
        MeansRequest.decided_at > now - REFUSAL_SHOWN,
    )
    query = (
        select(Person.id, Person.display_name)
        .join(IssuedMeans, IssuedMeans.person_id == Person.id)
        .join(MeansLink, MeansLink.means_id == IssuedMeans.id)
        .where(
            MeansLink.organisation_id == organisation_id,
            or_(MeansLink.until.is_(None), MeansLink.until > now),
            or_(IssuedMeans.ends_at.is_(None), IssuedMeans.ends_at > now),
            or_(letters, refused),
        )
    )
    return {row[0]: row[1] for row in session.execute(query)}
