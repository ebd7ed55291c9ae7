"""Login history of one organisation: who acted for it, and for whom its own people acted as an
intermediary. People of somebody else's office stay without a name.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from sqlalchemy import ColumnElement, Select, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from assurance.levels import AssuranceLevel
from directory import organisation_records
from directory.history import HistoryEntry
from directory.organisations import Organisation
from directory.people import Person
from state.listing import has_words

MOST_ROWS: Final = 101  # a page, and one row more


@dataclass(frozen=True)
class WantedLogins:
    """Every condition that is given must be met. ``words`` are looked for in the names of people
    that this organisation may see.
    """

    words: str = ""
    service_uuid: str | None = None
    outcome: str | None = None
    since: datetime | None = None
    until: datetime | None = None  # this moment too


@dataclass(frozen=True)
class CompanyLogin:
    """One login. ``person``: None for somebody of another office; ``represented`` and
    ``intermediary``: numbers, the first None where that is the organisation itself.
    """

    id: str
    at: datetime
    reference: str
    person: str | None
    client_id: str
    service_uuid: str
    provider_id: str | None
    outcome: str
    level: AssuranceLevel | None
    represented: str | None
    intermediary: str | None


def newest(
    session: Session,
    organisation: Organisation,
    wanted: WantedLogins,
    *,
    limit: int,
    before: str | None = None,
) -> list[CompanyLogin]:
    """Newest first, also by numbers that it had before, as long as it had them; ``before``: what
    came earlier than the login with this id, which is one of these: any other gives none. At most
    MOST_ROWS. Each number is looked up by itself, so that an index gives the rows in their order.
    """
    most, own = min(limit, MOST_ROWS), organisation_records.numbers_of(session, organisation)
    last = session.get(HistoryEntry, before) if before else None
    if before and (last is None or not own.keys() & {last.represented, last.intermediary}):
        return []
    found: dict[str, tuple[HistoryEntry, str]] = {}
    for number, until in sorted(own.items()):
        of_then = replace(wanted, until=_earlier(wanted.until, until))
        for column in (HistoryEntry.represented, HistoryEntry.intermediary):
            query = statement(column, number, of_then, last).limit(most)
            found.update({row.id: (row, name) for row, name in session.execute(query)})
    rows = sorted(found.values(), key=lambda pair: (pair[0].at, pair[0].id), reverse=True)
    return [_login(row, name, set(own)) for row, name in rows[:most]]


def _earlier(one: datetime | None, other: datetime | None) -> datetime | None:
    return min(one, other) if one is not None and other is not None else one or other


def statement(
    column: InstrumentedAttribute[str | None],
    number: str,
    wanted: WantedLogins,
    last: HistoryEntry | None = None,
) -> Select[HistoryEntry, str]:
    """The logins that name this number in this column, before ``last``."""
    conditions = [column == number, *_conditions(wanted)]
    if column is HistoryEntry.represented and wanted.words:
        conditions.append(
            HistoryEntry.intermediary.is_(None)
        )  # names that nobody sees find nothing
    if last is not None:
        earlier = (HistoryEntry.at == last.at) & (HistoryEntry.id < last.id)
        # The first part alone lets an index begin in the middle.
        conditions += [HistoryEntry.at <= last.at, or_(HistoryEntry.at < last.at, earlier)]
    return (
        select(HistoryEntry, Person.display_name)
        .join(Person, Person.id == HistoryEntry.person_id)
        .where(*conditions)
        .order_by(HistoryEntry.at.desc(), HistoryEntry.id.desc())
    )


def _conditions(wanted: WantedLogins) -> Iterator[ColumnElement[bool]]:
    if wanted.words:
        yield has_words(wanted.words, Person.display_name)
    if wanted.service_uuid:
        yield HistoryEntry.service_uuid == wanted.service_uuid
    if wanted.outcome:
        yield HistoryEntry.outcome == wanted.outcome
    if wanted.since is not None:
        yield HistoryEntry.at >= wanted.since
    if wanted.until is not None:
        yield HistoryEntry.at <= wanted.until


def _login(row: HistoryEntry, name: str, own: set[str]) -> CompanyLogin:
    is_own = row.represented in own
    is_of_other_office = is_own and row.intermediary is not None and row.intermediary not in own
    return CompanyLogin(
        id=row.id,
        at=row.at,
        reference=row.reference,
        person=None if is_of_other_office else name,
        client_id=row.client_id,
        service_uuid=row.service_uuid,
        provider_id=row.provider_id,
        outcome=row.outcome,
        level=row.level,
        represented=None if is_own else row.represented,
        intermediary=row.intermediary if is_of_other_office else None,
    )
