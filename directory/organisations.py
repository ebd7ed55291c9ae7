"""Organisations and their branches (vestigingen), by the numbers of the Dutch registers."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, or_, select
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from state.db import DIALECT, Base, UtcDateTime, new_id


class Organisation(Base):
    """A legal subject. ``kvk`` 8 digits; ``rsin`` 9 digits."""

    __tablename__ = "organisation"
    __table_args__ = (
        # Two blocks for each one that is looked up, where the tree of a country takes five.
        Index(
            "ix_organisation_id_hash",
            "id",
            postgresql_using="hash",
            info={DIALECT: "postgresql"},
        ).ddl_if("postgresql"),
    )

    id: Mapped[str] = mapped_column(String(26), primary_key=True, default=new_id)
    kvk: Mapped[str] = mapped_column(String(8), unique=True)
    rsin: Mapped[str | None] = mapped_column(String(9))
    name: Mapped[str] = mapped_column(String(200))
    shares_administrators: Mapped[bool] = mapped_column(
        default=True
    )  # their names may be shown (A12)
    suspended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    establishments: Mapped[list[Establishment]] = relationship(back_populates="organisation")


class Establishment(Base):
    """A branch (vestiging): ``number`` 12 digits. At one that ended nobody acts any more."""

    __tablename__ = "establishment"

    number: Mapped[str] = mapped_column(String(12), primary_key=True)
    organisation_id: Mapped[str] = mapped_column(ForeignKey("organisation.id"), index=True)
    name: Mapped[str] = mapped_column(String(200))
    address: Mapped[str | None] = mapped_column(String(200))
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    organisation: Mapped[Organisation] = relationship(back_populates="establishments")


@dataclass(frozen=True)
class Branch:
    """A branch as people know it. ``organisation``: the KvK number and RSIN of whose it is."""

    number: str
    name: str
    address: str | None
    organisation: frozenset[str]


def grouped(number: str) -> str:
    """A branch number as people read it: ``0000 9001 2021``."""
    return f"{number[:4]} {number[4:8]} {number[8:]}"


def branches(session: Session, numbers: Iterable[str]) -> dict[str, Branch]:
    """The branches that are registered under these numbers and did not end."""
    wanted = set(numbers)
    if not wanted:
        return {}
    query = (
        select(Establishment, Organisation.kvk, Organisation.rsin)
        .join(Organisation, Organisation.id == Establishment.organisation_id)
        .where(Establishment.number.in_(wanted), Establishment.ended_at.is_(None))
    )
    return {
        row.number: Branch(
            row.number, row.name, row.address, frozenset(one for one in (kvk, rsin) if one)
        )
        for row, kvk, rsin in session.execute(query)
    }


def gone_branches(session: Session, kvk: str, numbers: Iterable[str]) -> set[str]:
    """Which of these branches ended or moved to another organisation than ``kvk``; one that was
    never registered did neither.
    """
    wanted = set(numbers)
    if not wanted:
        return set()
    query = (
        select(Establishment.number)
        .join(Organisation, Organisation.id == Establishment.organisation_id)
        .where(
            Establishment.number.in_(wanted),
            or_(Establishment.ended_at.is_not(None), Organisation.kvk != kvk),
        )
    )
    return set(session.scalars(query))


def names(session: Session, numbers: Iterable[str | None]) -> dict[str, str]:
    """The names of these organisations by KvK number and by RSIN, as far as they are known."""
    wanted = {number for number in numbers if number is not None}
    if not wanted:
        return {}
    query = select(Organisation.kvk, Organisation.rsin, Organisation.name).where(
        or_(Organisation.kvk.in_(wanted), Organisation.rsin.in_(wanted))
    )
    rows = session.execute(query).all()
    return {number: name for kvk, rsin, name in rows for number in (kvk, rsin) if number in wanted}
