"""People of an organisation out of a file: what it would change, what cannot be, and doing it. A
person of another organisation is nobody here: whoever is not found is somebody new.
"""

from __future__ import annotations

import enum
import hashlib
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from admin.imports import place_outcomes
from admin.imports.columns import EMAIL, NAME, ROLE, UNIQUE_ID, SheetRow
from admin.imports.faults import RowFault
from admin.imports.place_outcomes import PlaceDone
from admin.mandates import administrators, decision_rules
from admin.mandates.giving import Circumstances, NothingToDo, PlanChanged
from assurance import means_requests
from broker.texts.quoting import one_line
from consent import mandates
from consent.mandate_locks import hold
from consent.places import begin_anew
from directory import administrator_role
from directory.administrator_role import role_of
from directory.origin import Origin
from directory.people import Membership, Person, Role
from providers.accounts import NameRefused, canonical_email, one_address
from state.trace import new_reference

LONGEST_NAME: Final = 200
_ROLES: Final = {
    "beheerder": Role.ADMINISTRATOR,
    "administrator": Role.ADMINISTRATOR,
    "gebruiker": Role.MEMBER,
    "reguliere gebruiker": Role.MEMBER,
    "user": Role.MEMBER,
    "member": Role.MEMBER,
}


class PlaceChange(enum.StrEnum):
    """What a row does."""

    NEW = "new"
    BACK = "back"  # the place had ended
    ROLE = "role"
    UNCHANGED = "unchanged"


@dataclass(frozen=True)
class PlannedPlace:
    """What becomes of a row. ``person_id``: None for somebody new; ``was``: the role of today."""

    line: int
    person_id: str | None
    name: str
    email: str
    role: Role
    was: Role | None
    change: PlaceChange


@dataclass(frozen=True)
class PeoplePlan:
    """``digest`` is that of what was read: it tells whether something changed since."""

    places: tuple[PlannedPlace, ...]
    faults: tuple[RowFault, ...]

    def of(self, change: PlaceChange) -> tuple[PlannedPlace, ...]:
        return tuple(one for one in self.places if one.change is change)

    @property
    def digest(self) -> str:
        return hashlib.sha256(repr((self.places, self.faults)).encode()).hexdigest()[:32]


@dataclass(frozen=True)
class _Colleague:
    """Somebody with a place here, with one that ended, or with a mandate and no place."""

    person: Person
    place: Membership | None


class _Known:
    """Who has or had a place here or holds a mandate, by UniekID and by e-mail address."""

    def __init__(self, session: Session, around: Circumstances) -> None:
        query = (
            select(Membership)
            .where(Membership.organisation_id == around.organisation_id)
            .options(joinedload(Membership.person))
            .execution_options(populate_existing=True)
        )
        standing = mandates.at(session, around.organisation_id, around.now)
        self.now = around.now
        self.people = {row.person_id: _Colleague(row.person, None) for row in standing}
        self.people |= {
            row.person_id: _Colleague(row.person, row) for row in session.scalars(query)
        }
        self.unidentified = means_requests.not_identified(session, list(self.people), self.now)
        self.by_email: dict[str, list[_Colleague]] = {}
        for one in self.people.values():
            if one.person.email:
                self.by_email.setdefault(one_address(one.person.email), []).append(one)

    def role_of(self, one: _Colleague) -> Role | None:
        """Of a place that stands."""
        if one.place is None or not (one.place.until is None or one.place.until > self.now):
            return None
        return role_of(one.place, self.now)


def plan(
    session: Session,
    around: Circumstances,
    rows: Sequence[SheetRow],
    unreadable: Sequence[RowFault] = (),
) -> PeoplePlan:
    """What these rows would change now. ``unreadable``: what was wrong already as it was read."""
    known, faults = _Known(session, around), list(unreadable)
    places: list[PlannedPlace] = []
    seen: dict[str, int] = {}
    for row in rows:
        found = list(_judged(row, known, around))
        faults += [one for one in found if isinstance(one, RowFault)]
        for one in found:
            if isinstance(one, RowFault):
                continue
            name = one.person_id or one.email.casefold()
            if name in seen:
                faults.append(
                    RowFault(row.line, "", one.email, "same_row", {"other": str(seen[name])})
                )
            seen.setdefault(name, row.line)
            places.append(one)
    faults += _without_administrator(places, known)
    return PeoplePlan(tuple(places), tuple(sorted(faults, key=lambda one: one.line)))


def do(
    session: Session, around: Circumstances, rows: Sequence[SheetRow], *, shown: str
) -> Sequence[PlaceDone]:
    """Do what a page showed with this digest: all of it. Raises NotAdministrator, LoginNotEnough,
    PlanChanged, NothingToDo. The caller commits, or rolls back.
    """
    hold(session, around.organisation_id)
    administrators.demand(session, around.actor.logged_in, around.organisation_id, around.now)
    decision_rules.demand(decision_rules.lack_to_decide(around.login, around.now))
    made = plan(session, around, rows)
    if made.faults or made.digest != shown:
        raise PlanChanged
    wanted = [one for one in made.places if one.change is not PlaceChange.UNCHANGED]
    if not wanted:
        raise NothingToDo
    known = _Known(session, around)
    done = [_write(session, around, one, known) for one in wanted]
    session.flush()
    place_outcomes.follow(session, around, done, new_reference())
    return done


def _judged(
    row: SheetRow, known: _Known, around: Circumstances
) -> Iterator[PlannedPlace | RowFault]:
    email, wrong = _address(row)
    role = _ROLES.get(" ".join(row.of(ROLE).casefold().split()))
    if row.of(ROLE) and role is None:
        wrong = wrong or row.fault(ROLE, "role")
    one, why = _meant(row, email, known)
    if wrong or why:
        yield from (fault for fault in (wrong, why) if fault is not None)
        return
    if one is not None:
        yield _of_known(row, one, role, known, around)
        return
    name = one_line(row.of(NAME))
    # A slash makes a link in the mails that call somebody by this name.
    if not name or len(row.of(NAME)) > LONGEST_NAME or "/" in name:
        yield row.fault(NAME, "name")
    if not email:
        yield row.fault(EMAIL, "email")
    elif name:
        given = role or Role.MEMBER
        yield PlannedPlace(row.line, None, name, email, given, None, PlaceChange.NEW)


def _address(row: SheetRow) -> tuple[str, RowFault | None]:
    if not row.of(EMAIL):
        return "", None
    try:
        return canonical_email(row.of(EMAIL)), None
    except NameRefused:
        return "", row.fault(EMAIL, "email")


def _meant(row: SheetRow, email: str, known: _Known) -> tuple[_Colleague | None, RowFault | None]:
    """Whom a row means; None and no fault for somebody new."""
    if row.of(UNIQUE_ID):
        one = known.people.get(row.of(UNIQUE_ID))
        if one is None:
            return None, row.fault(UNIQUE_ID, "not_here")
        if email and email != one_address(one.person.email or ""):
            return None, row.fault(EMAIL, "other_email")
        return one, None
    alike = known.by_email.get(email, []) if email else []
    found = [one for one in alike if known.role_of(one) is not None] or alike
    if len(found) > 1:
        return None, row.fault(EMAIL, "email_twice")
    return (found[0] if found else None), None


def _is_same_name(written: str, registered: str) -> bool:
    """Whoever brings a file sees no difference in spaces and in how accents are kept."""
    one, other = (
        unicodedata.normalize("NFC", one_line(name)).casefold() for name in (written, registered)
    )
    return one == other


def _of_known(
    row: SheetRow, one: _Colleague, role: Role | None, known: _Known, around: Circumstances
) -> PlannedPlace | RowFault:
    person, was = one.person, known.role_of(one)
    if row.of(NAME) and not _is_same_name(row.of(NAME), person.display_name):
        return row.fault(NAME, "other_name", name=person.display_name)
    if person.blocked_at is not None and was is None:
        return row.fault(UNIQUE_ID if row.of(UNIQUE_ID) else EMAIL, "blocked")
    wanted = role or was or Role.MEMBER
    becomes_one = wanted is Role.ADMINISTRATOR and was is not Role.ADMINISTRATOR
    if becomes_one and person.id in known.unidentified:
        return row.fault(ROLE, "unidentified")
    if wanted is was:
        change = PlaceChange.UNCHANGED
    elif was is None:
        change = PlaceChange.NEW if one.place is None else PlaceChange.BACK
    elif person.id == around.actor.person_id:
        return row.fault(ROLE, "own_role")
    elif one.place is not None and one.place.origin is Origin.DOCUMENT:
        return row.fault(ROLE, "document_role")
    else:
        change = PlaceChange.ROLE
    email = person.email or ""
    return PlannedPlace(row.line, person.id, person.display_name, email, wanted, was, change)


def _without_administrator(places: Sequence[PlannedPlace], known: _Known) -> list[RowFault]:
    """Somebody who can log in must be left who administers."""
    left = {
        person_id
        for person_id, one in known.people.items()
        if known.role_of(one) is Role.ADMINISTRATOR and one.person.blocked_at is None
    }
    lost = [one for one in places if one.change is PlaceChange.ROLE and one.role is Role.MEMBER]
    if not lost or left - {one.person_id for one in lost}:
        return []
    last = lost[-1]
    return [RowFault(last.line, ROLE, last.name, "last_administrator")]


def _write(session: Session, around: Circumstances, one: PlannedPlace, known: _Known) -> PlaceDone:
    found = known.people.get(one.person_id or "")
    person = found.person if found is not None else _new(session, around, one)
    place = found.place if found is not None else None
    if place is None:
        place = Membership(person_id=person.id, organisation_id=around.organisation_id)
        place.role, place.since = one.role, around.now
        session.add(place)
    elif one.change is PlaceChange.BACK:
        begin_anew(session, place, around.now)
        place.since, place.until, place.origin = around.now, None, Origin.SCREEN
        place.role_since = None
    administrator_role.give(place, one.role, around.now)
    return PlaceDone(person, one.role, one.was)


def _new(session: Session, around: Circumstances, one: PlannedPlace) -> Person:
    person = Person(display_name=one.name, email=one.email, created_at=around.now)
    session.add(person)
    session.flush()
    return person
