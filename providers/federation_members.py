"""What is kept of federations: of each the list that was taken last, and a row for every makelaar
in it. Which of them count is said by the registrations of the moment, in the query itself.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any, Final, NamedTuple

from sqlalchemy import (
    JSON,
    BindParameter,
    ColumnElement,
    Index,
    Integer,
    String,
    Text,
    and_,
    bindparam,
    delete,
    exists,
    false,
    or_,
    select,
)
from sqlalchemy.orm import Mapped, Session, aliased, mapped_column

from providers.federations import Federation
from providers.saml.federation.member_facts import LONGEST_ENTITY_ID, searchable
from state.db import Base, UtcDateTime, table_of
from state.prepared import PreparedStatement

BETWEEN: Final = "--"  # the federation and the rest of a makelaar's id
_MOST_WORDS: Final = 6


class FederationList(Base):
    """The list that was taken last. ``source`` and ``signed_by``: where it came from and whose
    certificate signed it; ``digest``: SHA-256 of the file; ``left_out``: how many entities no
    login would be believed of, ``left_out_first`` the first of them with why.
    """

    __tablename__ = "federation_list"

    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    source: Mapped[str] = mapped_column(String(64))
    signed_by: Mapped[str] = mapped_column(String(64))
    digest: Mapped[str] = mapped_column(String(64))
    created: Mapped[datetime | None] = mapped_column(UtcDateTime)
    valid_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    members: Mapped[int] = mapped_column(Integer)
    left_out: Mapped[int] = mapped_column(Integer)
    left_out_first: Mapped[list[Any]] = mapped_column(JSON, default=list)
    taken_at: Mapped[datetime] = mapped_column(UtcDateTime)

    def is_of(self, federation: Federation) -> bool:
        """Does it count by this registration: of its source, signed by one that it names?"""
        return self.source == federation.source and self.signed_by in federation.signers


class FederationMember(Base):
    """One makelaar of a list. ``categories``: between spaces; ``metadata_xml``: its role alone."""

    __tablename__ = "federation_member"
    __table_args__ = (
        Index("ix_federation_member_entity_id_federation", "entity_id", "federation", unique=True),
        Index("ix_federation_member_federation_sort", "federation", "sort"),
    )

    id: Mapped[str] = mapped_column(String(63), primary_key=True)
    federation: Mapped[str] = mapped_column(String(40))
    entity_id: Mapped[str] = mapped_column(String(LONGEST_ENTITY_ID))
    digest: Mapped[str] = mapped_column(String(64))
    name_nl: Mapped[str] = mapped_column(String(64))
    name_en: Mapped[str] = mapped_column(String(64))
    sort: Mapped[str] = mapped_column(String(200))
    search: Mapped[str] = mapped_column(Text)
    registration_authority: Mapped[str] = mapped_column(String(LONGEST_ENTITY_ID))
    categories: Mapped[str] = mapped_column(Text)
    hidden: Mapped[bool]
    ends_at: Mapped[datetime | None] = mapped_column(UtcDateTime)  # of its own, beside the list's
    scopes: Mapped[list[Any]] = mapped_column(JSON)
    metadata_xml: Mapped[str] = mapped_column(Text)


_TABLE: Final = table_of(FederationMember)


class MemberRow(NamedTuple):
    """What a login reads of one."""

    id: str
    federation: str
    entity_id: str
    name_nl: str
    ends_at: datetime | None
    scopes: Sequence[str]
    metadata_xml: str


class ListedMember(NamedTuple):
    """A makelaar as the page of choice has it."""

    id: str
    federation: str
    name_nl: str
    name_en: str


def member_id(federation: str, entity_id: str) -> str:
    """What a makelaar of a federation is called here, as long as its entityID is the same."""
    digest = hashlib.sha256(entity_id.encode()).digest()[:15]
    return f"{federation}{BETWEEN}{base64.b32encode(digest).decode().lower()}"


def federation_of(provider_id: str) -> str | None:
    """The federation that an id would be of; None for an id of another shape."""
    name, between, rest = provider_id.rpartition(BETWEEN)
    return name if between and name and len(rest) == 24 else None


def lists(session: Session) -> dict[str, FederationList]:
    """The list of each federation that has one. One read."""
    return {row.name: row for row in session.scalars(select(FederationList))}


class CountingMembers:
    """Looks for one makelaar among those that count. ``federations``: those whose lists count, by
    name; ``registered``: entityIDs that have a registration of their own, which wins. Made once
    for a configuration, because to write these statements costs more than to ask them.
    """

    def __init__(self, federations: Sequence[Federation], registered: Collection[str]) -> None:
        self._registered = registered
        read = (_TABLE.c[name] for name in MemberRow._fields)
        counting = select(*read).where(_counts(federations))
        name: BindParameter[str] = bindparam("name", type_=String())
        self._by_id = PreparedStatement(counting.where(_TABLE.c.id == name))
        self._by_entity_id = PreparedStatement(counting.where(_TABLE.c.entity_id == name))

    def by_id(self, session: Session, provider_id: str) -> MemberRow | None:
        """The makelaar of this id. One read, of one row."""
        return self._member(self._by_id.first(session, {"name": provider_id}))

    def by_entity_id(self, session: Session, entity_id: str) -> MemberRow | None:
        """The same by its entityID. One read, of one row."""
        return self._member(self._by_entity_id.first(session, {"name": entity_id}))

    def _member(self, read: tuple[Any, ...] | None) -> MemberRow | None:
        found = MemberRow(*read) if read is not None else None
        return found if found is not None and found.entity_id not in self._registered else None


def found(
    session: Session,
    words: str,
    federations: Sequence[Federation],
    among: Collection[str],
    registered: Collection[str],
    *,
    now: datetime,
    most: int,
) -> list[ListedMember]:
    """Makelaars that hold every one of these words in a name, keyword or domain, by name.
    ``among``: the federations that may be chosen here; the others only say whose an entity is.
    """
    member = FederationMember
    shown = (member.id, member.federation, member.name_nl, member.name_en)
    query = (
        select(*shown)
        .where(_counts(federations), member.federation.in_(among))
        .where(member.entity_id.not_in(sorted(registered)))
        .where(or_(member.ends_at.is_(None), member.ends_at > now), ~member.hidden)
    )
    for word in searchable(words).split()[:_MOST_WORDS]:
        query = query.where(member.search.contains(word, autoescape=True))
    rows = session.execute(query.order_by(member.sort, member.id).limit(most))
    return [ListedMember(*row) for row in rows]


def forget(session: Session, federation: str) -> None:
    """Nothing is kept of it any more."""
    session.execute(delete(FederationMember).where(FederationMember.federation == federation))
    session.execute(delete(FederationList).where(FederationList.name == federation))


def _counts(federations: Sequence[Federation]) -> ColumnElement[bool]:
    """An entity counts once: by a registration of its own, which whoever asks looks at; else in the
    first federation by name that admits it.
    """
    ways = []
    for number, federation in enumerate(federations):
        way = [_admitted(FederationMember, federation)]
        for earlier in federations[:number]:
            other = aliased(FederationMember)
            is_same = other.entity_id == FederationMember.entity_id
            way.append(~exists().where(is_same, _admitted(other, earlier)))
        ways.append(and_(*way))
    return or_(false(), *ways)


def _admitted(member: Any, federation: Federation) -> ColumnElement[bool]:
    """What its registration says of its members."""
    rules, holds = federation.members, [member.federation == federation.id]
    if rules.registration_authorities:
        holds.append(member.registration_authority.in_(rules.registration_authorities))
    if rules.entity_categories:
        holds.append(
            or_(
                *(
                    member.categories.contains(f" {one} ", autoescape=True)
                    for one in rules.entity_categories
                )
            )
        )
    if rules.allow:
        holds.append(member.entity_id.in_(rules.allow))
    if rules.deny:
        holds.append(member.entity_id.not_in(rules.deny))
    return and_(*holds)
