"""What giving a mandate or a chain mandate changes for who may have it already. The rule is the
same for the page that shows it and for the moment that it is done.
"""

from __future__ import annotations

import enum
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TypeVar

from sqlalchemy.orm import Session

from assurance.levels import AssuranceLevel, is_same, suffices
from consent.chains import ChainMandate
from consent.mandates import Mandate
from directory import dates

Row = TypeVar("Row", Mandate, ChainMandate)


class TermChange(enum.StrEnum):
    """What the new end date does to what stands; what is lost comes first."""

    SHORTENED = "shortened"
    NEW = "new"
    EXTENDED = "extended"
    UNCHANGED = "unchanged"


@dataclass(frozen=True)
class MandateWish:
    """One person at one service for the whole organisation; ``service_uuid`` None: at every service
    up to ``level``, also future ones.
    """

    person_id: str
    service_uuid: str | None
    level: AssuranceLevel

    def is_met_by(self, mandate: Mandate) -> bool:
        """Does the mandate let the same person do this? Whether it stands is not asked here."""
        if mandate.person_id != self.person_id or mandate.service_uuid != self.service_uuid:
            return False
        if mandate.branches:
            return False
        if self.service_uuid is None:
            return is_same(mandate.level, self.level)
        return suffices(mandate.level, self.level)


@dataclass(frozen=True)
class PlannedChange:
    """What becomes of a wish. ``current``: the day on which it ends now; None where there is
    nothing yet. ``until``: the last day that is wished.
    """

    wish: MandateWish
    change: TermChange
    current: date | None
    until: date


def planned(
    wish: MandateWish, standing: Iterable[Mandate], until: date, now: datetime
) -> PlannedChange:
    """``standing``: mandates of the organisation that were not taken back and are not over."""
    held = [row for row in standing if row.valid_from <= now and wish.is_met_by(row)]
    if not held:
        return PlannedChange(wish, TermChange.NEW, None, until)
    current = max(dates.day_of(row.valid_until) for row in held)
    return PlannedChange(wish, term_change(current, until), current, until)


def term_change(current: date, until: date) -> TermChange:
    """What another last day is to what ends on ``current`` now."""
    if current == until:
        return TermChange.UNCHANGED
    return TermChange.EXTENDED if until > current else TermChange.SHORTENED


def shorten(
    session: Session, rows: Iterable[Row], until: datetime, *, by: str, now: datetime
) -> None:
    """None of these holds after ``until``. What a document gave is taken back, and what is left of
    it given anew: the next reading of the document would make it long again.
    """
    left: list[Row] = []
    for row in sorted(rows, key=lambda one: one.granted_by is None):  # those of documents last
        if row.valid_until <= until:
            continue
        if row.granted_by is not None and row.valid_from < until:
            row.valid_until = until
            left.append(row)
            continue
        row.revoked_at, row.revoked_by = now, by
        if row.valid_from < until and not any(_covers(one, row, now) for one in left):
            left.append(row.again(until, by=by, now=now))
            session.add(left[-1])
    session.flush()


def extend(
    session: Session, rows: Sequence[Row], until: datetime, *, by: str, now: datetime
) -> None:
    """One of these holds until then: the longest that an administrator gave, or one beside that of
    a document or a link.
    """
    longest_first = sorted(rows, key=lambda row: row.valid_until, reverse=True)
    own = next((row for row in longest_first if row.is_by_administrator), None)
    if own is not None:
        own.valid_until, own.confirmed_at = until, now
    else:
        session.add(longest_first[0].again(until, by=by, now=now))
    session.flush()


def _covers(one: Row, other: Row, now: datetime) -> bool:
    begins = max(other.valid_from, now)
    return suffices(one.level, other.level) and one.valid_from <= begins
