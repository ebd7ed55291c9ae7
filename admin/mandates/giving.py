"""Giving mandates to one or many people at one or many services: what it would change, what cannot
be, and doing it. The page that shows the plan and the moment that it is done use the same rules.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from sqlalchemy.orm import Session

from admin.actor import Actor
from admin.mandates import (
    administrators,
    colleagues,
    decision_rules,
    outcomes,
    requests,
    to_do,
)
from admin.mandates.colleagues import CompanyPerson
from admin.mandates.decision_rules import DeciderLogin
from admin.mandates.outcomes import Done
from assurance.levels import AssuranceLevel, highest, suffices
from consent import changes, mandates, places
from consent.changes import MandateWish, PlannedChange, TermChange
from consent.mandate_locks import hold
from consent.mandates import Mandate
from directory import dates
from directory.services import MandateRule, RelyingParty, Service
from keys.sealing import Sealer
from providers.registry import ProviderRecord
from state.trace import new_reference

GENERAL: Final = "algemeen-"  # before the level, where a service would be named


@dataclass(frozen=True)
class Chosen:
    """What an administrator wants: ids of people, of services, a level for everything; the last
    day. ``floor``: what a request asked, where that is more than its service.
    """

    people: tuple[str, ...]
    services: tuple[str, ...]
    general: AssuranceLevel | None
    until: date
    floor: AssuranceLevel | None = None


@dataclass(frozen=True)
class Circumstances:
    """In which organisation, by whom, with what is registered now. ``own_level``: of the login, at
    this organisation.
    """

    organisation_id: str
    actor: Actor
    login: DeciderLogin
    services: Mapping[str, Service]
    makelaars: Mapping[str, ProviderRecord]
    portals: Collection[RelyingParty]
    sealer: Sealer
    max_years: int
    now: datetime

    @property
    def own_level(self) -> AssuranceLevel:
        return self.login.level


@dataclass(frozen=True)
class Impossible:
    """A wish that nobody can have, and why: a word."""

    wish: MandateWish
    why: str


@dataclass(frozen=True)
class GivingPlan:
    """What would happen. ``digest`` is that of what was read: it tells whether something changed
    since a page showed it.
    """

    changes: tuple[PlannedChange, ...]
    impossible: tuple[Impossible, ...]

    def of(self, change: TermChange) -> tuple[PlannedChange, ...]:
        return tuple(one for one in self.changes if one.change is change)

    @property
    def digest(self) -> str:
        parts = [f"{key(one.wish)}:{one.change}:{one.current}:{one.until}" for one in self.changes]
        parts += [f"{key(one.wish)}:{one.why}" for one in self.impossible]
        return hashlib.sha256("\n".join(sorted(parts)).encode()).hexdigest()[:32]


class PlanChanged(Exception):
    """Something is not any more as it was shown: look again."""


class NothingToDo(Exception):
    """Nothing is left of it."""


def key(wish: MandateWish) -> str:
    """Names a wish in a form."""
    return f"{wish.person_id}:{wish.service_uuid or f'{GENERAL}{wish.level.label}'}"


def givable(services: Mapping[str, Service]) -> list[Service]:
    """The services at which people act for an organisation."""
    return [one for one in services.values() if one.mandate is not MandateRule.NONE]


def why_not_service(service: Service | None, own_level: AssuranceLevel) -> str | None:
    """A word for why nobody gives a mandate here with a login of this level; None where one may."""
    if service is None or service.mandate is MandateRule.NONE:
        return "no_service"
    return None if suffices(own_level, service.level) else "above_own_level"


def why_not_person(person: CompanyPerson | None, level: AssuranceLevel) -> str | None:
    """A word for why this person cannot have a mandate at this level; None where it can."""
    if person is None:
        return "no_colleague"
    if not person.is_active:
        return f"means_{person.means.state}"
    return None if person.reaches(level) else "means_level"


def wishes(chosen: Chosen, services: Mapping[str, Service]) -> Iterator[MandateWish]:
    """Every person with every service."""
    for person_id in dict.fromkeys(chosen.people):
        if chosen.general is not None:
            yield MandateWish(person_id, None, chosen.general)
        for uuid in dict.fromkeys(chosen.services):
            service = services.get(uuid)
            if service is not None:
                level = highest(service.level, chosen.floor or service.level)
                yield MandateWish(person_id, uuid, level)


def plan(session: Session, around: Circumstances, chosen: Chosen) -> GivingPlan:
    """What giving this would change now."""
    return plan_of(session, around, _dated(chosen, around.services))


def plan_of(
    session: Session, around: Circumstances, dated: Mapping[MandateWish, date]
) -> GivingPlan:
    """The same of wishes that each have a last day of their own."""
    people = {
        one.id: one
        for one in colleagues.at(session, around.makelaars, around.organisation_id, around.now)
    }
    standing: dict[str, list[Mandate]] = {}
    for row in to_do.counting(session, around.organisation_id, around.now):
        standing.setdefault(row.person_id, []).append(row)
    found: list[PlannedChange] = []
    impossible: list[Impossible] = []
    for wish, until in dated.items():
        why = _why_not(around, wish) or why_not_person(people.get(wish.person_id), wish.level)
        if why is not None:
            impossible.append(Impossible(wish, why))
        else:
            held = standing.get(wish.person_id, ())
            found.append(changes.planned(wish, held, until, around.now))
    return GivingPlan(tuple(found), tuple(impossible))


def give(
    session: Session,
    around: Circumstances,
    chosen: Chosen,
    *,
    shown: str,
    without: Collection[str] = (),
    request_id: str | None = None,
) -> Sequence[Done]:
    """Every wish with the one last day, as ``give_dated`` does it."""
    dated = _dated(chosen, around.services)
    return give_dated(session, around, dated, shown=shown, without=without, request_id=request_id)


def give_dated(
    session: Session,
    around: Circumstances,
    dated: Mapping[MandateWish, date],
    *,
    shown: str,
    without: Collection[str] = (),
    request_id: str | None = None,
) -> Sequence[Done]:
    """Do what a page showed with this digest, but for the keys in ``without``. Of two at the same
    moment the second is told that something changed. ``request_id``: of the request that it
    answers. Raises NotAdministrator, AlreadyDecided, LoginNotEnough, MandateRefused, PlanChanged,
    NothingToDo. The caller commits, or rolls back.
    """
    hold(session, around.organisation_id)
    administrators.demand(session, around.actor.logged_in, around.organisation_id, around.now)
    if request_id is not None:
        requests.demand_open(session, request_id)
    made = plan_of(session, around, dated)
    if made.digest != shown:
        raise PlanChanged
    wanted = [
        one
        for one in made.changes
        if one.change is not TermChange.UNCHANGED and key(one.wish) not in without
    ]
    if not wanted:
        raise NothingToDo
    _demand(around, wanted, dated)
    reference = new_reference()
    done = [Done(one.wish, one.change, one.current, dated[one.wish]) for one in wanted]
    for one in wanted:
        _write(session, around, one.wish, one.change, dated[one.wish])
    outcomes.follow(session, around, done, reference)
    return done


def _why_not(around: Circumstances, wish: MandateWish) -> str | None:
    if not suffices(around.own_level, wish.level):
        return "above_own_level"
    if wish.service_uuid is None:
        return None
    return why_not_service(around.services.get(wish.service_uuid), around.own_level)


def _dated(chosen: Chosen, services: Mapping[str, Service]) -> dict[MandateWish, date]:
    return dict.fromkeys(wishes(chosen, services), chosen.until)


def _demand(
    around: Circumstances, wanted: Iterable[PlannedChange], dated: Mapping[MandateWish, date]
) -> None:
    """The login is of now, and the day is one that may be."""
    for one in wanted:
        lack = decision_rules.lack_to_grant(around.login, one.wish.level, around.now)
        decision_rules.demand(lack)
        mandates.demand_term(
            one.wish.level,
            dates.end_of(dated[one.wish]),
            own_level=around.own_level,
            now=around.now,
            max_years=around.max_years,
        )


def _write(
    session: Session, around: Circumstances, wish: MandateWish, change: TermChange, until: date
) -> None:
    by, end = around.actor.logged_in, dates.end_of(until)
    held = _held(session, around, wish) if change is not TermChange.NEW else []
    within = [row for row in held if suffices(around.own_level, row.level)]
    if change is TermChange.SHORTENED:
        changes.shorten(session, held, end, by=by, now=around.now)
    elif change is TermChange.EXTENDED and within:
        changes.extend(session, within, end, by=by, now=around.now)
    else:
        mandates.grant(
            session,
            person_id=wish.person_id,
            organisation_id=around.organisation_id,
            service_uuid=wish.service_uuid,
            level=wish.level,
            until=end,
            granted_by=by,
            own_level=around.own_level,
            now=around.now,
            max_years=around.max_years,
        )


def _held(session: Session, around: Circumstances, wish: MandateWish) -> list[Mandate]:
    """What counts of it, or is still to begin, locked."""
    now = around.now
    rows = mandates.at(session, around.organisation_id, now, person_id=wish.person_id)
    found = places.without_left(session, rows, now)
    same = next((row for row in found if wish.is_met_by(row)), None)
    if same is None:
        return []
    alike = places.without_left(session, mandates.same_as(session, same, now), now)
    return [row for row in alike if wish.is_met_by(row)]
