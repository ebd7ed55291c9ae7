"""Operators: who runs this installation, in which roles, and what each role may see and do."""

from __future__ import annotations

import enum
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Final

from sqlalchemy import ForeignKey, String, or_, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from directory.people import Person
from providers.accounts import Account
from state.db import Base, UtcDateTime, enum_column_type, new_id


class OperatorRole(enum.StrEnum):
    """What somebody is here for. One person may hold several."""

    VIEWER = "viewer"
    HELPDESK = "helpdesk"
    CONFIGURATOR = "configurator"
    KEY_OFFICER = "key_officer"
    AUDITOR = "auditor"


class Permission(enum.StrEnum):
    """What a page or a button asks for."""

    SEE_STATE = "state"
    READ_TRACES = "traces"
    READ_OPERATORS = "operators"
    END_OPERATORS = "operators.end"
    RESET_FACTORS = "factors.reset"
    DECIDE_MEANS = "means.decide"
    READ_REQUESTS = "account_requests"
    CHANGE_METADATA = "metadata.change"
    DECIDE_FORMS = "forms.decide"
    END_SESSIONS = "sessions.end"


# The table that counts: tests walk every address of the console with every role against it.
ALLOWED: Final[Mapping[OperatorRole, frozenset[Permission]]] = MappingProxyType(
    {
        OperatorRole.VIEWER: frozenset({Permission.SEE_STATE, Permission.READ_TRACES}),
        OperatorRole.HELPDESK: frozenset(
            {
                Permission.SEE_STATE,
                Permission.READ_TRACES,
                Permission.RESET_FACTORS,
                Permission.DECIDE_MEANS,
                Permission.DECIDE_FORMS,
                Permission.READ_REQUESTS,
            }
        ),
        OperatorRole.CONFIGURATOR: frozenset(Permission),
        OperatorRole.KEY_OFFICER: frozenset({Permission.SEE_STATE, Permission.READ_OPERATORS}),
        OperatorRole.AUDITOR: frozenset(
            {Permission.SEE_STATE, Permission.READ_TRACES, Permission.READ_OPERATORS}
        ),
    }
)


class OperatorAssignment(Base):
    """One role of one person, from ``since`` to ``until``; what is over stays as history."""

    __tablename__ = "operator_role"

    id: Mapped[str] = mapped_column(String(26), primary_key=True, default=new_id)
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"), index=True)
    role: Mapped[OperatorRole] = mapped_column(enum_column_type(OperatorRole, 20))
    since: Mapped[datetime] = mapped_column(UtcDateTime)
    until: Mapped[datetime | None] = mapped_column(UtcDateTime)


@dataclass(frozen=True)
class Operator:
    """An operator as a list shows them. ``is_set_up``: chose a password."""

    person_id: str
    user_name: str
    name: str
    roles: tuple[OperatorRole, ...]
    since: datetime
    is_set_up: bool
    is_blocked: bool


def may(roles: Collection[OperatorRole], permission: Permission) -> bool:
    """One role that allows it is enough."""
    return any(permission in ALLOWED[role] for role in roles)


def roles_of(session: Session, person_id: str, now: datetime) -> frozenset[OperatorRole]:
    """The roles that this person holds now; none for somebody who is blocked. One read."""
    query = (
        select(OperatorAssignment.role)
        .join(Person, Person.id == OperatorAssignment.person_id)
        .where(
            OperatorAssignment.person_id == person_id,
            OperatorAssignment.since <= now,
            or_(OperatorAssignment.until.is_(None), OperatorAssignment.until > now),
            Person.blocked_at.is_(None),
        )
    )
    return frozenset(session.scalars(query))


def standing_roles(session: Session, person_id: str, now: datetime) -> frozenset[OperatorRole]:
    """The roles that somebody was given and that did not end, blocked or not."""
    query = select(OperatorAssignment.role).where(
        OperatorAssignment.person_id == person_id,
        OperatorAssignment.since <= now,
        or_(OperatorAssignment.until.is_(None), OperatorAssignment.until > now),
    )
    return frozenset(session.scalars(query))


def assign(
    session: Session, person_id: str, roles: Collection[OperatorRole], now: datetime
) -> None:
    """Give these roles, with the transaction of the caller."""
    session.add_all(
        OperatorAssignment(person_id=person_id, role=role, since=now) for role in sorted(set(roles))
    )


def end_roles(session: Session, person_id: str, now: datetime) -> bool:
    """End every role, with the transaction of the caller. False if there was none."""
    done = session.execute(
        update(OperatorAssignment)
        .where(
            OperatorAssignment.person_id == person_id,
            or_(OperatorAssignment.until.is_(None), OperatorAssignment.until > now),
        )
        .values(until=now)
        .returning(OperatorAssignment.id)
        .execution_options(synchronize_session=False)
    )
    return bool(done.all())


def operators_now(session: Session, now: datetime) -> Sequence[Operator]:
    """Everybody with a role today, by user name."""
    query = (
        select(OperatorAssignment, Person, Account)
        .join(Person, Person.id == OperatorAssignment.person_id)
        .join(Account, Account.person_id == OperatorAssignment.person_id)
        .where(
            OperatorAssignment.since <= now,
            or_(OperatorAssignment.until.is_(None), OperatorAssignment.until > now),
        )
        .order_by(Account.user_name, OperatorAssignment.role)
    )
    found: dict[str, Operator] = {}
    for assignment, person, account in session.execute(query):
        known = found.get(person.id)
        found[person.id] = Operator(
            person_id=person.id,
            user_name=account.user_name,
            name=person.display_name,
            roles=(*(known.roles if known else ()), assignment.role),
            since=min(known.since, assignment.since) if known else assignment.since,
            is_set_up=account.password_hash is not None,
            is_blocked=person.blocked_at is not None,
        )
    return tuple(found.values())
