"""User groups (gebruikersgroepen): people who may act for the same companies. A group has one
administrator or more, members, and companies or branches of them.

Who leaves and comes back gets a new row: what a place in a group gave belongs to that place.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Final

from sqlalchemy import ColumnElement, ForeignKey, String, select
from sqlalchemy.orm import Mapped, Session, joinedload, mapped_column, relationship

from assurance.levels import AssuranceLevel
from directory.organisations import Organisation
from directory.people import Person, Role
from state.db import Base, LevelColumn, UtcDateTime, enum_column_type, new_id

LONGEST_NAME: Final = 64


class UserGroup(Base):
    """``short_name`` is canonical, unique and fixed; ``name`` is what people read."""

    __tablename__ = "user_group"

    id: Mapped[str] = mapped_column(String(26), primary_key=True, default=new_id)
    short_name: Mapped[str] = mapped_column(String(32), unique=True)
    name: Mapped[str] = mapped_column(String(64))
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)


class GroupMember(Base):
    """Somebody's place in a group; ``role``: administrators change the group."""

    __tablename__ = "group_member"

    id: Mapped[str] = mapped_column(String(26), primary_key=True, default=new_id)
    group_id: Mapped[str] = mapped_column(ForeignKey("user_group.id"), index=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"), index=True)
    role: Mapped[Role] = mapped_column(enum_column_type(Role, 20))
    since: Mapped[datetime] = mapped_column(UtcDateTime)
    until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    person: Mapped[Person] = relationship()
    group: Mapped[UserGroup] = relationship()


class GroupCompany(Base):
    """A company in a group, or one ``branch`` of it. ``level``: of the login of who brought it in,
    above which nobody acts for it here; ``valid_until``: until when its administrator gave that.
    """

    __tablename__ = "group_company"

    id: Mapped[str] = mapped_column(String(26), primary_key=True, default=new_id)
    group_id: Mapped[str] = mapped_column(ForeignKey("user_group.id"), index=True)
    organisation_id: Mapped[str] = mapped_column(ForeignKey("organisation.id"), index=True)
    branch: Mapped[str | None] = mapped_column(String(12))
    level: Mapped[AssuranceLevel] = mapped_column(LevelColumn)
    added_by: Mapped[str] = mapped_column(String(26))
    since: Mapped[datetime] = mapped_column(UtcDateTime)
    valid_until: Mapped[datetime] = mapped_column(UtcDateTime)
    removed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    organisation: Mapped[Organisation] = relationship()


class AccountRequest(Base):
    """How a group began that nobody of its organisation made at ``/beheer``: a first administrator
    asked for it. ``kvk`` and ``organisation_name`` as they were filled in: nobody checked them.
    """

    __tablename__ = "account_request"

    id: Mapped[str] = mapped_column(String(26), primary_key=True, default=new_id)
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"), index=True)
    group_id: Mapped[str] = mapped_column(ForeignKey("user_group.id"), index=True)
    kvk: Mapped[str] = mapped_column(String(8), index=True)
    organisation_name: Mapped[str] = mapped_column(String(200))
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    person: Mapped[Person] = relationship()
    group: Mapped[UserGroup] = relationship()


class GroupNameRefused(ValueError):
    """A name that a group cannot have; ``reason`` is a machine word."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def name_faults(short_name: str, name: str) -> tuple[str, ...]:
    """What is wrong with the two names of a new group, as GroupNameRefused says."""
    found = []
    for read, text in ((canonical_short_name, short_name), (readable_name, name)):
        try:
            read(text)
        except GroupNameRefused as refused:
            found.append(refused.reason)
    return tuple(found)


def canonical_short_name(text: str) -> str:
    """Lower case, NFKC, 2 to 32 letters, digits or dashes. Raises GroupNameRefused."""
    name = unicodedata.normalize("NFKC", text).strip().casefold()
    if not 2 <= len(name) <= 32 or not all(c.isascii() and (c.isalnum() or c == "-") for c in name):
        raise GroupNameRefused("short_name")
    return name


def readable_name(text: str) -> str:
    """One line of at most LONGEST_NAME signs. Raises GroupNameRefused."""
    name = " ".join(text.split())
    if not name or len(name) > LONGEST_NAME or not name.isprintable() or "/" in name:
        raise GroupNameRefused("name")
    return name


def one(session: Session, group_id: str) -> UserGroup | None:
    """One group, as it is now."""
    return session.get(UserGroup, group_id, populate_existing=True)


def names(session: Session, group_ids: Collection[str]) -> dict[str, str]:
    """What people read of each, by its id."""
    query = select(UserGroup.id, UserGroup.name).where(UserGroup.id.in_(group_ids))
    return {one.id: one.name for one in session.execute(query)}


def members(session: Session, group_id: str) -> list[GroupMember]:
    """Who is in it now, by name."""
    query = (
        select(GroupMember)
        .join(Person, Person.id == GroupMember.person_id)
        .where(GroupMember.group_id == group_id, GroupMember.until.is_(None))
        .options(joinedload(GroupMember.person))
        .order_by(Person.display_name, GroupMember.id)
        .execution_options(populate_existing=True)
    )
    return list(session.scalars(query))


def companies(session: Session, group_id: str) -> list[GroupCompany]:
    """The companies and branches in it now, by name; also those whose term is over."""
    query = (
        select(GroupCompany)
        .join(Organisation, Organisation.id == GroupCompany.organisation_id)
        .where(GroupCompany.group_id == group_id, GroupCompany.removed_at.is_(None))
        .options(joinedload(GroupCompany.organisation))
        .order_by(Organisation.name, GroupCompany.branch, GroupCompany.id)
        .execution_options(populate_existing=True)
    )
    return list(session.scalars(query))


def of_person(session: Session, person_id: str) -> list[GroupMember]:
    """The places of this person in groups, by the name of the group."""
    query = (
        select(GroupMember)
        .join(UserGroup, UserGroup.id == GroupMember.group_id)
        .where(GroupMember.person_id == person_id, GroupMember.until.is_(None))
        .options(joinedload(GroupMember.group))
        .order_by(UserGroup.name, UserGroup.id)
        .execution_options(populate_existing=True)
    )
    return list(session.scalars(query))


def ever_of(session: Session, person_id: str) -> list[GroupMember]:
    """Every place that this person has or had in a group, the oldest first."""
    query = (
        select(GroupMember)
        .where(GroupMember.person_id == person_id)
        .options(joinedload(GroupMember.group))
        .order_by(GroupMember.since, GroupMember.id)
    )
    return list(session.scalars(query))


def asked_by(session: Session, person_id: str) -> list[AccountRequest]:
    """What this person asked as a first administrator, the oldest first."""
    query = select(AccountRequest).where(AccountRequest.person_id == person_id)
    return list(session.scalars(query.order_by(AccountRequest.asked_at, AccountRequest.id)))


def with_company(session: Session, organisation_id: str) -> list[UserGroup]:
    """The groups that may act for this organisation, by name."""
    query = (
        select(UserGroup)
        .where(
            UserGroup.id.in_(
                select(GroupCompany.group_id).where(
                    GroupCompany.organisation_id == organisation_id, _stands()
                )
            )
        )
        .order_by(UserGroup.name, UserGroup.id)
    )
    return list(session.scalars(query))


def asked_for(session: Session, kvk: str) -> list[UserGroup]:
    """The groups that a first administrator asked for the organisation with this number, and that
    have no company yet.
    """
    query = (
        select(UserGroup)
        .join(AccountRequest, AccountRequest.group_id == UserGroup.id)
        .where(AccountRequest.kvk == kvk)
        .where(UserGroup.id.not_in(select(GroupCompany.group_id).where(_stands())))
        .order_by(UserGroup.name, UserGroup.id)
    )
    return list(session.scalars(query))


def account_requests(session: Session, limit: int) -> list[AccountRequest]:
    """The last ones, newest first, with who asked and the group."""
    query = (
        select(AccountRequest)
        .options(joinedload(AccountRequest.person), joinedload(AccountRequest.group))
        .order_by(AccountRequest.asked_at.desc(), AccountRequest.id)
        .limit(limit)
    )
    return list(session.scalars(query))


def place_in(rows: Sequence[GroupMember], person_id: str) -> GroupMember | None:
    """The place of this person among these."""
    return next((row for row in rows if row.person_id == person_id), None)


def is_short_name_taken(session: Session, short_name: str) -> bool:
    """Is or was there a group of this name? It is never given twice."""
    query = select(UserGroup.id).where(UserGroup.short_name == short_name)
    return session.scalars(query).first() is not None


def _stands() -> ColumnElement[bool]:
    return GroupCompany.removed_at.is_(None)
