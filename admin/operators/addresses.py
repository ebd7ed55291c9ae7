"""Where operators are told of what concerns their installation."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from admin.operators.roles import OperatorAssignment, OperatorRole
from directory.people import Person


@dataclass(frozen=True)
class OperatorAddress:
    """``locale``: the language that this operator reads."""

    email: str
    locale: str


def addresses(session: Session, role: OperatorRole, now: datetime) -> list[OperatorAddress]:
    """Of everybody who holds this role now and is not blocked, each once."""
    query = (
        select(Person.email, Person.locale)
        .join(OperatorAssignment, OperatorAssignment.person_id == Person.id)
        .where(
            OperatorAssignment.role == role,
            OperatorAssignment.since <= now,
            or_(OperatorAssignment.until.is_(None), OperatorAssignment.until > now),
            Person.blocked_at.is_(None),
            Person.email.is_not(None),
        )
        .order_by(Person.email, Person.locale)
        .distinct()
    )
    return [OperatorAddress(email, locale) for email, locale in session.execute(query) if email]
