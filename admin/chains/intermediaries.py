"""Intermediaries (intermediairs): which organisation somebody means with a KvK number, and what is
known of it. Whole companies, never a branch.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from directory import company_numbers
from directory.company_numbers import NoCompanyNumber, NumberFault
from directory.organisations import Establishment, Organisation

_MOST_ADDRESSES: Final = 5  # enough to know a company by


class IntermediaryLack(enum.StrEnum):
    """Why a number names no intermediary."""

    NO_NUMBER = "no_number"
    BRANCH = "branch"
    RSIN = "rsin"
    SELF = "self"
    UNKNOWN = "unknown"


_LACKS: Final = {
    NumberFault.BRANCH: IntermediaryLack.BRANCH,
    NumberFault.RSIN: IntermediaryLack.RSIN,
}


class NoIntermediary(Exception):
    """Nobody can be meant with this number. ``why``."""

    def __init__(self, why: IntermediaryLack) -> None:
        super().__init__(why)
        self.why = why


@dataclass(frozen=True)
class CompanyCard:
    """What is registered of an organisation. ``addresses``: of its branches, with their names."""

    id: str
    name: str
    kvk: str
    rsin: str | None
    addresses: tuple[str, ...]

    @property
    def number(self) -> str:
        """The KvK number as people read it: ``9000 1542``."""
        return f"{self.kvk[:4]} {self.kvk[4:]}"


def kvk_of(text: str) -> str:
    """The KvK number that somebody typed. Raises NoIntermediary."""
    try:
        return company_numbers.read(text)
    except NoCompanyNumber as wrong:
        raise NoIntermediary(_LACKS.get(wrong.why, IntermediaryLack.NO_NUMBER)) from None


def find(session: Session, text: str, *, other_than: str) -> CompanyCard:
    """The organisation with this number. ``other_than``: the id of who asks; nobody is the
    intermediary of itself. Raises NoIntermediary.
    """
    query = select(Organisation).where(
        Organisation.kvk == kvk_of(text), Organisation.suspended_at.is_(None)
    )
    found = session.scalars(query).first()
    if found is None:
        raise NoIntermediary(IntermediaryLack.UNKNOWN)
    if found.id == other_than:
        raise NoIntermediary(IntermediaryLack.SELF)
    return card(session, found)


def card(session: Session, organisation: Organisation) -> CompanyCard:
    """What is known of it now."""
    query = (
        select(Establishment)
        .where(
            Establishment.organisation_id == organisation.id,
            Establishment.ended_at.is_(None),
            Establishment.address.is_not(None),
        )
        .order_by(Establishment.number)
        .limit(_MOST_ADDRESSES)
    )
    addresses = tuple(f"{one.name}, {one.address}" for one in session.scalars(query))
    return CompanyCard(
        organisation.id, organisation.name, organisation.kvk, organisation.rsin, addresses
    )
