"""Giving chain mandates to one intermediary at one or many services: what it would change, what
cannot be, and doing it. The page that shows the plan and the moment that it is done use the same
rules.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlalchemy.orm import Session

from admin.actor import Actor
from admin.chains import request_answers, telling
from admin.chains.telling import ChainDone
from admin.mandates import administrators, decision_rules
from admin.mandates.decision_rules import DeciderLogin
from admin.mandates.giving import NothingToDo, PlanChanged
from assurance.levels import AssuranceLevel, highest_of, suffices
from consent import chains, changes, end_dates, mandates
from consent.chains import ChainMandate, ChainWish
from consent.changes import TermChange
from consent.mandate_locks import hold
from directory import dates
from directory.organisations import Organisation
from directory.services import MandateRule, Service
from keys.sealing import Sealer


@dataclass(frozen=True)
class ChainTerms:
    """In which organisation, by whom, with what is registered now. ``least``: the level of every
    chain mandate; ``link_level``: up to which one counts that a link gave; ``login``: what it is
    worth at this organisation.
    """

    organisation_id: str
    actor: Actor
    login: DeciderLogin
    services: Mapping[str, Service]
    sealer: Sealer
    max_years: int
    least: AssuranceLevel
    link_level: AssuranceLevel | None
    now: datetime

    @property
    def own_level(self) -> AssuranceLevel:
        return self.login.level


@dataclass(frozen=True)
class ChainChoice:
    """What an administrator wants: an intermediary, services by UUID, the last day.
    ``keeps_longer``: what lasts longer already stays, as where a request is answered: nobody asked
    for less.
    """

    intermediary_id: str
    services: tuple[str, ...]
    until: date
    keeps_longer: bool = False


@dataclass(frozen=True)
class ChainChange:
    """What becomes of one wish. ``current``: the day on which it ends now; None where there is
    nothing yet.
    """

    wish: ChainWish
    change: TermChange
    current: date | None


@dataclass(frozen=True)
class ImpossibleChain:
    """A service at which no chain mandate can be given, and why: a word."""

    service_uuid: str
    why: str


@dataclass(frozen=True)
class ChainPlan:
    """What would happen. ``digest`` is that of what was read: it tells whether something changed
    since a page showed it.
    """

    changes: tuple[ChainChange, ...]
    impossible: tuple[ImpossibleChain, ...]
    until: date

    def of(self, change: TermChange) -> tuple[ChainChange, ...]:
        return tuple(one for one in self.changes if one.change is change)

    @property
    def digest(self) -> str:
        parts = [
            f"{one.wish.intermediary_id}:{one.wish.service_uuid}:{one.wish.level.label}"
            f":{one.change}:{one.current}"
            for one in self.changes
        ]
        parts += [f"{one.service_uuid}:{one.why}" for one in self.impossible]
        parts.append(f"until:{self.until}")
        return hashlib.sha256("\n".join(sorted(parts)).encode()).hexdigest()[:32]


class NoSuchIntermediary(Exception):
    """It is not there any more, was suspended, or is the organisation itself."""


def givable(services: Mapping[str, Service]) -> list[Service]:
    """The services at which people act for an organisation, also those that know no chains: who
    looks for one must read why it cannot be chosen.
    """
    return [one for one in services.values() if one.mandate is not MandateRule.NONE]


def needed(service: Service, least: AssuranceLevel) -> AssuranceLevel:
    """The level of a chain mandate here."""
    return chains.needed_level(service, service.level, least)


def needed_of(
    services: Mapping[str, Service], chosen: Collection[str], least: AssuranceLevel
) -> AssuranceLevel:
    """The highest among what was chosen."""
    levels = [needed(services[uuid], least) for uuid in chosen if uuid in services]
    return highest_of(*levels) or least


def why_not(
    service: Service | None, own_level: AssuranceLevel, least: AssuranceLevel
) -> str | None:
    """A word for why nobody gives a chain mandate here with a login of this level; None where one
    may.
    """
    if service is None or service.mandate is MandateRule.NONE:
        return "no_service"
    if not service.chain_mandates:
        return "no_chains"
    return None if suffices(own_level, needed(service, least)) else "above_own_level"


def plan(session: Session, around: ChainTerms, chosen: ChainChoice) -> ChainPlan:
    """What giving this would change now. What a link gave and does not count is nothing yet."""
    rows = chains.of_client(
        session, around.organisation_id, around.now, intermediary_id=chosen.intermediary_id
    )
    off = chains.switched_off(rows, around.link_level)
    standing = [row for row in rows if row.id not in off]
    found: list[ChainChange] = []
    impossible: list[ImpossibleChain] = []
    for uuid in dict.fromkeys(chosen.services):
        service = around.services.get(uuid)
        why = why_not(service, around.own_level, around.least)
        if why is not None or service is None:
            impossible.append(ImpossibleChain(uuid, why or "no_service"))
            continue
        wish = ChainWish(chosen.intermediary_id, uuid, needed(service, around.least))
        one = planned(wish, standing, chosen.until, around.now)
        found.append(kept_longer(one) if chosen.keeps_longer else one)
    return ChainPlan(tuple(found), tuple(impossible), chosen.until)


def give(
    session: Session,
    around: ChainTerms,
    chosen: ChainChoice,
    *,
    shown: str,
    without: Collection[str] = (),
    request_id: str | None = None,
) -> Sequence[ChainDone]:
    """Do what a page showed with this digest, but for the services in ``without``; the
    intermediary hears of it. Of two at the same moment the second is told that something changed.
    ``request_id``: of the request that it answers; others that are met by it are answered too.
    Raises NotAdministrator, NoSuchIntermediary, LoginNotEnough, MandateRefused, PlanChanged,
    NothingToDo, NoLongerAsked. The caller commits, or rolls back.
    """
    hold(session, around.organisation_id)
    place = administrators.demand(
        session, around.actor.logged_in, around.organisation_id, around.now
    )
    intermediary = demand_intermediary(session, around.organisation_id, chosen.intermediary_id)
    made = plan(session, around, chosen)
    if made.digest != shown:
        raise PlanChanged
    wanted = [
        one
        for one in made.changes
        if one.change is not TermChange.UNCHANGED and one.wish.service_uuid not in without
    ]
    if not wanted:
        raise NothingToDo
    _demand(around, wanted, chosen.until)
    for one in wanted:
        _write(session, around, one, chosen.until)
    done = [
        ChainDone(one.wish.service_uuid, one.wish.level, one.change, one.current, chosen.until)
        for one in wanted
    ]
    telling.given(session, around, place, intermediary, done)
    request_answers.answer(session, around, place.id, intermediary.id, request_id)
    return done


def demand_intermediary(
    session: Session, organisation_id: str, intermediary_id: str
) -> Organisation:
    """The organisation, where it may be one. Raises NoSuchIntermediary."""
    found = session.get(Organisation, intermediary_id, populate_existing=True)
    if found is None or found.suspended_at is not None or found.id == organisation_id:
        raise NoSuchIntermediary(intermediary_id)
    return found


def planned(
    wish: ChainWish, standing: Sequence[ChainMandate], until: date, now: datetime
) -> ChainChange:
    """What this last day does to what stands now. ``standing``: of the client at the
    intermediary.
    """
    held = [row for row in standing if row.valid_from <= now and wish.is_met_by(row)]
    if not held:
        return ChainChange(wish, TermChange.NEW, None)
    current = max(dates.day_of(row.valid_until) for row in held)
    return ChainChange(wish, changes.term_change(current, until), current)


def kept_longer(one: ChainChange) -> ChainChange:
    """The same, but that nothing gets shorter."""
    is_shorter = one.change is TermChange.SHORTENED
    return replace(one, change=TermChange.UNCHANGED) if is_shorter else one


def _demand(around: ChainTerms, wanted: Sequence[ChainChange], until: date) -> None:
    """The login is of now, and the day is one that may be."""
    for one in wanted:
        lack = decision_rules.lack_to_grant(around.login, one.wish.level, around.now)
        decision_rules.demand(lack)
    fault = end_dates.fault(until, dates.day_of(around.now), around.max_years)
    if fault is not None:
        raise mandates.MandateRefused(fault)


def _write(session: Session, around: ChainTerms, one: ChainChange, until: date) -> None:
    wish, by, end = one.wish, around.actor.logged_in, dates.end_of(until)
    rows = chains.held(
        session,
        around.organisation_id,
        wish.intermediary_id,
        around.now,
        service_uuid=wish.service_uuid,
    )
    held = [row for row in rows if wish.is_met_by(row)]
    if one.change is TermChange.SHORTENED:
        changes.shorten(session, held, end, by=by, now=around.now)
    elif one.change is TermChange.EXTENDED:
        changes.extend(session, held, end, by=by, now=around.now)
    else:
        session.add(
            ChainMandate(
                organisation_id=around.organisation_id,
                intermediary_id=wish.intermediary_id,
                service_uuid=wish.service_uuid,
                level=wish.level,
                valid_from=around.now,
                valid_until=end,
                granted_by=by,
                confirmed_at=around.now,
            )
        )
        session.flush()
