"""Mandates of an organisation out of a file: what it would change, what cannot be, and doing it by
the rules of ``admin.mandates.giving``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType
from typing import Final

from sqlalchemy.orm import Session

from admin.imports.columns import EMAIL, LEVEL, SERVICE, UNIQUE_ID, UNTIL, SheetRow
from admin.imports.faults import RowFault
from admin.mandates import colleagues, giving
from admin.mandates.colleagues import CompanyPerson
from admin.mandates.giving import Circumstances, GivingPlan, PlanChanged, givable
from admin.mandates.outcomes import Done
from assurance.levels import AssuranceLevel, highest, suffices
from consent import end_dates
from consent.changes import MandateWish
from directory import dates
from directory.services import MandateRule, Service
from providers.accounts import one_address

GENERAL: Final = ("algemeen", "algemene bevoegdheid", "general", "general authority")
_LEVELS: Final = {
    level.label: level
    for level in (
        AssuranceLevel.EH2,
        AssuranceLevel.EH2_PLUS,
        AssuranceLevel.EH3,
        AssuranceLevel.EH4,
    )
}


@dataclass(frozen=True)
class MandatesPlan:
    """``dated``: the last day of each wish; ``lines``: where it stands."""

    giving: GivingPlan
    faults: tuple[RowFault, ...]
    dated: Mapping[MandateWish, date] = field(default_factory=lambda: MappingProxyType({}))
    lines: Mapping[MandateWish, int] = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True)
class _Here:
    """What a row may name."""

    people: Mapping[str, CompanyPerson]
    by_email: Mapping[str, list[CompanyPerson]]
    services: Mapping[str, list[Service]]  # by UUID, id and name
    around: Circumstances


def plan(
    session: Session,
    around: Circumstances,
    rows: Sequence[SheetRow],
    unreadable: Sequence[RowFault] = (),
) -> MandatesPlan:
    """What these rows would change now. ``unreadable``: what was wrong already as it was read."""
    here, faults = _here(session, around), list(unreadable)
    dated: dict[MandateWish, date] = {}
    by_wish: dict[MandateWish, SheetRow] = {}
    for row in rows:
        found = list(_judged(row, here))
        wishes = [one for one in found if not isinstance(one, RowFault)]
        faults += [one for one in found if isinstance(one, RowFault)]
        if not wishes or len(wishes) < len(found):
            continue
        wish, until = wishes[0]
        if wish in by_wish:
            other = str(by_wish[wish].line)
            faults.append(RowFault(row.line, "", row.of(SERVICE), "same_row", {"other": other}))
            continue
        dated[wish], by_wish[wish] = until, row
    made = giving.plan_of(session, around, dated)
    for one in made.impossible:
        row = by_wish[one.wish]
        column = SERVICE if one.why in ("above_own_level", "no_service") else row_of_person(row)
        needed = one.wish.level.label
        own = around.own_level.label
        faults.append(row.fault(column, one.why, needed=needed, own=own))
    lines = {wish: row.line for wish, row in by_wish.items()}
    ordered = tuple(sorted(faults, key=lambda one: one.line))
    return MandatesPlan(made, ordered, MappingProxyType(dated), MappingProxyType(lines))


def do(
    session: Session, around: Circumstances, rows: Sequence[SheetRow], *, shown: str
) -> Sequence[Done]:
    """Do what a page showed with this digest: all of it. Raises as ``giving.give_dated`` does. The
    caller commits, or rolls back.
    """
    made = plan(session, around, rows)
    if made.faults:
        raise PlanChanged
    return giving.give_dated(session, around, made.dated, shown=shown)


def row_of_person(row: SheetRow) -> str:
    """The column that names the person."""
    return UNIQUE_ID if row.of(UNIQUE_ID) else EMAIL


def _here(session: Session, around: Circumstances) -> _Here:
    found = colleagues.at(session, around.makelaars, around.organisation_id, around.now)
    by_email: dict[str, list[CompanyPerson]] = {}
    for one in found:
        if one.email:
            by_email.setdefault(one_address(one.email), []).append(one)
    services: dict[str, list[Service]] = {}
    for service in givable(around.services):
        names = {service.uuid, service.service_id, service.name.in_("nl"), service.name.in_("en")}
        for name in {name.casefold() for name in names}:
            services.setdefault(name, []).append(service)
    return _Here({one.id: one for one in found}, by_email, services, around)


def _judged(row: SheetRow, here: _Here) -> Iterator[tuple[MandateWish, date] | RowFault]:
    """A wish, or everything that is wrong with the row."""
    person, service, until = _person(row, here), _service(row, here), _until(row, here)
    level = _level(row, service)
    faults = [one for one in (person, service, until, level) if isinstance(one, RowFault)]
    yield from faults
    if (
        isinstance(person, CompanyPerson)
        and isinstance(level, AssuranceLevel)
        and isinstance(until, date)
        and not isinstance(service, RowFault)
    ):
        yield MandateWish(person.id, service.uuid if service else None, level), until


def _person(row: SheetRow, here: _Here) -> CompanyPerson | RowFault:
    if row.of(UNIQUE_ID):
        found = here.people.get(row.of(UNIQUE_ID))
        if found is None:
            return row.fault(UNIQUE_ID, "not_here")
        if row.of(EMAIL) and one_address(row.of(EMAIL)) != one_address(found.email or ""):
            return row.fault(EMAIL, "other_email")
        return found
    if not row.of(EMAIL):
        return row.fault(EMAIL, "nobody")
    alike = here.by_email.get(one_address(row.of(EMAIL)), [])
    if len(alike) != 1:
        return row.fault(EMAIL, "email_twice" if alike else "email_not_here")
    return alike[0]


def _service(row: SheetRow, here: _Here) -> Service | RowFault | None:
    """None for every service."""
    name = " ".join(row.of(SERVICE).casefold().split())
    if name in GENERAL:
        return None
    found = here.services.get(name, [])
    if len(found) != 1:
        return row.fault(SERVICE, "service_twice" if found else "service")
    return found[0] if found[0].mandate is not MandateRule.NONE else row.fault(SERVICE, "service")


def _level(row: SheetRow, service: Service | RowFault | None) -> AssuranceLevel | RowFault:
    text = row.of(LEVEL).upper().replace(" ", "")
    level = _LEVELS.get(text)
    if text and level is None:
        return row.fault(LEVEL, "level")
    if service is None:
        return level if level is not None else row.fault(LEVEL, "level_needed")
    if isinstance(service, RowFault):
        return AssuranceLevel.EH2  # that there is no such service is told already
    if level is not None and not suffices(level, service.level):
        return row.fault(LEVEL, "level_below", needed=service.level.label)
    return highest(service.level, level or service.level)


def _until(row: SheetRow, here: _Here) -> date | RowFault:
    until = dates.typed(row.of(UNTIL))
    if until is None:
        return row.fault(UNTIL, "day")
    today, years = dates.day_of(here.around.now), here.around.max_years
    why = end_dates.fault(until, today, years)
    if why is None:
        return until
    first, last = end_dates.first(today), end_dates.latest(today, years)
    return row.fault(UNTIL, why, first=first.isoformat(), last=last.isoformat())
