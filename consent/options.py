"""Options: the ways in which somebody may act at a service, and those that fall short with the
reason.

In our register at most two reads: the mandates of the person, and the chain mandates of the
organisations behind them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Protocol

from sqlalchemy import String, bindparam, or_, select
from sqlalchemy.orm import Session

from assurance.levels import AssuranceLevel, weakest
from consent import allocations
from consent.authority import (
    Authority,
    AuthorityKind,
    AuthorityRefusal,
    MandateTerms,
    Party,
    PartyIdType,
    RefusalReason,
    check,
)
from consent.chains import ChainMandate, counts_by_link
from consent.lapse import has_lapsed
from consent.mandates import REGISTER, Mandate
from directory.organisations import Organisation, gone_branches
from state.copies import replace
from state.db import table_of
from state.prepared import PreparedStatement


@dataclass(frozen=True)
class Option:
    """A way to act. ``key`` names it in a form and is stable while the mandate stands."""

    key: str
    authority: Authority


@dataclass(frozen=True)
class Options:
    """What can be chosen, and what falls short."""

    usable: tuple[Option, ...]
    refused: tuple[AuthorityRefusal, ...]


@dataclass(frozen=True)
class Terms:
    """The circumstances that every authority is checked against. ``unused_months``: until a mandate
    that nobody uses has lapsed, as the installation has it.
    """

    service: MandateTerms
    reached: AssuranceLevel
    needed: AssuranceLevel
    now: datetime
    unused_months: int
    link_level: AssuranceLevel | None = None  # up to which chain mandates given by a link count

    def check(self, authority: Authority) -> AuthorityRefusal | None:
        """None where it suffices."""
        return check(
            authority,
            service=self.service,
            reached=self.reached,
            needed=self.needed,
            now=self.now,
        )


@dataclass(frozen=True)
class HeldMandate:
    """A mandate of a person, as read."""

    id: str
    organisation_id: str
    service_uuid: str | None
    level: AssuranceLevel
    branches: Sequence[str]
    revoked_at: datetime | None
    valid_from: datetime
    valid_until: datetime
    last_used_at: datetime | None
    confirmed_at: datetime | None
    place_until: datetime | None
    organisation: Party

    def fault(self, terms: Terms) -> RefusalReason | None:
        """Why its holder does not act by it at this moment."""
        found = standing(self, terms)
        return found or has_left(self, self.place_until, terms.now)


@dataclass(frozen=True)
class Chained:
    """A chain mandate, as read."""

    id: str
    intermediary_id: str
    service_uuid: str
    level: AssuranceLevel
    revoked_at: datetime | None
    valid_from: datetime
    valid_until: datetime
    last_used_at: datetime | None
    confirmed_at: datetime | None
    by_link: bool
    organisation: Party
    intermediary: Party
    is_allocated: bool
    place_until: datetime | None

    def fault(self, terms: Terms) -> RefusalReason | None:
        """Why this person does not act through it at this moment."""
        found = standing(self, terms)
        if found is not None:
            return found
        if not counts_by_link(self.level, terms.link_level, by_link=self.by_link):
            return RefusalReason.LINK_NOT_ALLOWED
        if allocations.has_ended(self.place_until, terms.now):
            return RefusalReason.PLACE_ENDED
        return None if self.is_allocated else RefusalReason.NOT_ALLOCATED


# Written once: a statement that is built anew for every login costs more than the database does.
_m, _c, _o = table_of(Mandate).c, table_of(ChainMandate).c, table_of(Organisation).c
_intermediary = table_of(Organisation).alias("intermediary")
_acts: Final = bindparam("person", type_=String)
_HELD: Final = PreparedStatement(
    select(
        _m.id,
        _m.organisation_id,
        _m.service_uuid,
        _m.level,
        _m.branches,
        _m.revoked_at,
        _m.valid_from,
        _m.valid_until,
        _m.last_used_at,
        _m.confirmed_at,
        allocations.place_end,
        _o.kvk,
        _o.name,
        _o.rsin,
    )
    .join(table_of(Organisation), _o.id == _m.organisation_id)
    .outerjoin(*allocations.place_of(_acts, _m.organisation_id))
    .where(
        _m.person_id == bindparam("person"),
        or_(_m.service_uuid == bindparam("service"), _m.service_uuid.is_(None)),
        _o.suspended_at.is_(None),
    )
)
_CHAINED: Final = PreparedStatement(
    select(
        _c.id,
        _c.intermediary_id,
        _c.service_uuid,
        _c.level,
        _c.revoked_at,
        _c.valid_from,
        _c.valid_until,
        _c.last_used_at,
        _c.confirmed_at,
        _c.by_link,
        _o.kvk,
        _o.name,
        _o.rsin,
        _intermediary.c.kvk,
        _intermediary.c.name,
        _intermediary.c.rsin,
        allocations.is_allocated(_acts, _c.intermediary_id, _c.organisation_id, _c.service_uuid),
        allocations.place_end,
    )
    .join(table_of(Organisation), _o.id == _c.organisation_id)
    .join(_intermediary, _intermediary.c.id == _c.intermediary_id)
    .outerjoin(*allocations.place_of(_acts, _c.intermediary_id))
    .where(
        _c.intermediary_id.in_(
            select(_m.organisation_id).where(_m.person_id == bindparam("person"))
        ),
        _c.service_uuid == bindparam("service"),
        _o.suspended_at.is_(None),
    )
)


def options(session: Session, person_id: str, terms: Terms) -> Options:
    """The ways to act according to our register."""
    mandates = _mandates_of(session, person_id, terms.service.uuid)
    candidates = [_direct(session, mandate, terms) for mandate in mandates]
    if terms.service.chain_mandates:
        candidates += _chains(session, person_id, mandates, terms)
    return _sorted(candidates, terms)


def options_from_asserted(authorities: Sequence[Authority], terms: Terms) -> Options:
    """The ways to act that the makelaar asserts in this login; the same check holds for them."""
    return _sorted([(authority, None) for authority in authorities], terms)


def _direct(
    session: Session, mandate: HeldMandate, terms: Terms
) -> tuple[Authority, RefusalReason | None]:
    """For the branches that are left of it; where none is, it is worth nothing."""
    authority, fault = direct_authority(mandate), mandate.fault(terms)
    gone = gone_branches(session, mandate.organisation.value, mandate.branches)
    left = tuple(branch for branch in authority.branches if branch not in gone)
    if gone and not left:
        return authority, fault or RefusalReason.BRANCH_ENDED
    return replace(authority, branches=left), fault


class Term(Protocol):
    """When a mandate holds."""

    @property
    def revoked_at(self) -> datetime | None: ...
    @property
    def valid_from(self) -> datetime: ...
    @property
    def valid_until(self) -> datetime: ...
    @property
    def last_used_at(self) -> datetime | None: ...
    @property
    def confirmed_at(self) -> datetime | None: ...


def standing(mandate: Term, terms: Terms) -> RefusalReason | None:
    """None for a mandate that is in force at the moment of the terms."""
    now = terms.now
    if mandate.revoked_at is not None:
        return RefusalReason.REVOKED
    if now < mandate.valid_from:
        return RefusalReason.NOT_YET_VALID
    if mandate.valid_until <= now:
        return RefusalReason.EXPIRED
    return RefusalReason.UNUSED if has_lapsed(mandate, now, terms.unused_months) else None


def has_left(mandate: Term, place_until: datetime | None, now: datetime) -> RefusalReason | None:
    """Who left an organisation acts for it no more by what it gave before; by what it gives
    afterwards, and without ever having had a place there, as the mandate says.
    """
    if place_until is None or not allocations.has_ended(place_until, now):
        return None
    given = mandate.confirmed_at or mandate.valid_from
    return RefusalReason.LEFT if given <= place_until else None


def direct_authority(mandate: HeldMandate) -> Authority:
    """A mandate as a fact that can travel."""
    kind = AuthorityKind.GENERAL if mandate.service_uuid is None else AuthorityKind.DIRECT
    return Authority(
        represented=mandate.organisation,
        kind=kind,
        level=mandate.level,
        source=REGISTER,
        branches=tuple(mandate.branches),
        service_uuid=mandate.service_uuid,
        valid_until=mandate.valid_until,
        mandate_id=mandate.id,
    )


def chain_authority(mandate: HeldMandate, chain: Chained) -> Authority:
    """A chain: the person's mandate at the intermediary, and the intermediary's at the
    organisation.
    """
    return Authority(
        represented=chain.organisation,
        kind=AuthorityKind.CHAIN,
        level=weakest(mandate.level, chain.level),
        source=REGISTER,
        intermediary=chain.intermediary,
        branches=tuple(mandate.branches),
        service_uuid=chain.service_uuid,
        valid_until=min(mandate.valid_until, chain.valid_until),
        mandate_id=mandate.id,
        chain_mandate_id=chain.id,
    )


def party(kvk: str, name: str, rsin: str | None) -> Party:
    """An organisation by its KvK number, with the RSIN beside it."""
    alternative = (PartyIdType.RSIN, rsin) if rsin else None
    return Party(PartyIdType.KVK, kvk, name, alternative)


def _mandates_of(session: Session, person_id: str, service_uuid: str) -> list[HeldMandate]:
    rows = _HELD.all(session, {"person": person_id, "service": service_uuid})
    return [HeldMandate(*(*row[:11], party(*row[11:]))) for row in rows]


def _chains(
    session: Session, person_id: str, mandates: Iterable[HeldMandate], terms: Terms
) -> list[tuple[Authority, RefusalReason | None]]:
    """Through each intermediary for which the person may act here now."""
    held: dict[str, list[HeldMandate]] = {}
    for mandate in mandates:
        if standing(mandate, terms) is None:
            held.setdefault(mandate.organisation_id, []).append(mandate)
    if not held:
        return []
    rows = _CHAINED.all(session, {"person": person_id, "service": terms.service.uuid})
    chains = [chain for row in rows if (chain := _chained(row)).intermediary_id in held]
    return [
        (authority, chain.fault(terms))
        for chain in chains
        for authority in _through(held[chain.intermediary_id], chain, terms)
    ]


def _through(held: Iterable[HeldMandate], chain: Chained, terms: Terms) -> Sequence[Authority]:
    """By each mandate within the intermediary that does; where none does, by one of them."""
    found = [chain_authority(mandate, chain) for mandate in held]
    return [one for one in found if terms.check(one) is None] or found[:1]


def _chained(row: Sequence[Any]) -> Chained:
    return Chained(*(*row[:10], party(*row[10:13]), party(*row[13:16]), bool(row[16]), row[17]))


def _sorted(candidates: Iterable[tuple[Authority, RefusalReason | None]], terms: Terms) -> Options:
    usable: list[Option] = []
    refused: list[AuthorityRefusal] = []
    for authority, fault in candidates:
        refusal = AuthorityRefusal(fault, authority) if fault else terms.check(authority)
        if refusal is None:
            usable += _per_branch(authority)
        elif refusal.reason is not RefusalReason.OTHER_SERVICE:
            refused.append(refusal)
    usable.sort(key=lambda option: (option.authority.represented.name or "", option.key))
    still = {_reach(option.authority) for option in usable}
    refused = [one for one in refused if still.isdisjoint(_reaches(one.authority))]
    return Options(tuple(_without_doubles(usable)), tuple(refused))


def _reach(authority: Authority) -> tuple[str, str, tuple[str, ...]]:
    """For whom it is, through whom, and where."""
    middle = authority.intermediary.value if authority.intermediary else ""
    return authority.represented.value, middle, authority.branches


def _reaches(authority: Authority) -> Iterator[tuple[str, str, tuple[str, ...]]]:
    """What makes up for it: the same, or the whole where this is of one branch. Who may act by a
    newer mandate need not hear that an older one is over.
    """
    yield _reach(authority)
    if len(authority.branches) == 1:
        yield _reach(replace(authority, branches=()))


def _per_branch(authority: Authority) -> list[Option]:
    """One option for each branch: a limit to several branches is chosen from, never dropped."""
    singles = [replace(authority, branches=(b,)) for b in authority.branches] or [authority]
    return [Option(_key(single), single) for single in singles]


def _key(authority: Authority) -> str:
    middle = authority.intermediary.value if authority.intermediary else ""
    branch = authority.branches[0] if authority.branches else ""
    return f"{authority.represented.value}.{middle}.{branch}"


def _without_doubles(options: Iterable[Option]) -> list[Option]:
    """Two mandates for the same party read as one choice; the one that lasts longest serves."""
    best: dict[str, Option] = {}
    for option in options:
        known = best.get(option.key)
        if known is None or _lasts_longer(option.authority, known.authority):
            best[option.key] = option
    return list(best.values())


def _lasts_longer(one: Authority, other: Authority) -> bool:
    if one.valid_until is None or other.valid_until is None:
        return one.valid_until is None and other.valid_until is not None
    return one.valid_until > other.valid_until
