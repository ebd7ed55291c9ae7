"""Options: the ways in which somebody may act at a service, and those that fall short with the
reason.

In our register at most two reads: the mandates of the person, and the chain mandates of the
organisations behind them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, joinedload

from assurance.levels import AssuranceLevel
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
from consent.chains import ChainMandate
from consent.mandates import REGISTER, Mandate
from directory.organisations import Organisation


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
    """The circumstances that every authority is checked against."""

    service: MandateTerms
    reached: AssuranceLevel
    needed: AssuranceLevel
    now: datetime

    def check(self, authority: Authority) -> AuthorityRefusal | None:
        """None where it suffices."""
        return check(
            authority,
            service=self.service,
            reached=self.reached,
            needed=self.needed,
            now=self.now,
        )


def options(session: Session, person_id: str, terms: Terms) -> Options:
    """The ways to act according to our register."""
    mandates = _mandates_of(session, person_id, terms.service.uuid)
    candidates = [(direct_authority(m), standing(m, terms.now)) for m in mandates]
    if terms.service.chain_mandates:
        candidates += _chains(session, mandates, terms)
    return _sorted(candidates, terms)


def options_from_asserted(authorities: Sequence[Authority], terms: Terms) -> Options:
    """The ways to act that the makelaar asserts in this login; the same check holds for them."""
    return _sorted([(authority, None) for authority in authorities], terms)


def standing(mandate: Mandate | ChainMandate, now: datetime) -> RefusalReason | None:
    """None for a mandate that is in force at this moment."""
    if mandate.revoked_at is not None:
        return RefusalReason.REVOKED
    if now < mandate.valid_from:
        return RefusalReason.NOT_YET_VALID
    return RefusalReason.EXPIRED if mandate.valid_until <= now else None


def direct_authority(mandate: Mandate) -> Authority:
    """A mandate as a fact that can travel."""
    kind = AuthorityKind.GENERAL if mandate.service_uuid is None else AuthorityKind.DIRECT
    return Authority(
        represented=party(mandate.organisation),
        kind=kind,
        level=mandate.level,
        source=REGISTER,
        branches=tuple(mandate.branches),
        service_uuid=mandate.service_uuid,
        valid_until=mandate.valid_until,
        mandate_id=mandate.id,
    )


def chain_authority(mandate: Mandate, chain: ChainMandate) -> Authority:
    """A chain: the person's mandate at the intermediary, and the intermediary's at the
    organisation.
    """
    return Authority(
        represented=party(chain.organisation),
        kind=AuthorityKind.CHAIN,
        level=min(mandate.level, chain.level),
        source=REGISTER,
        intermediary=party(chain.intermediary),
        branches=tuple(mandate.branches),
        service_uuid=chain.service_uuid,
        valid_until=min(mandate.valid_until, chain.valid_until),
        mandate_id=mandate.id,
        chain_mandate_id=chain.id,
    )


def party(organisation: Organisation) -> Party:
    """An organisation by its KvK number, with the RSIN beside it."""
    alternative = (PartyIdType.RSIN, organisation.rsin) if organisation.rsin else None
    return Party(PartyIdType.KVK, organisation.kvk, organisation.name, alternative)


def _mandates_of(session: Session, person_id: str, service_uuid: str) -> list[Mandate]:
    query = (
        select(Mandate)
        .where(
            Mandate.person_id == person_id,
            or_(Mandate.service_uuid == service_uuid, Mandate.service_uuid.is_(None)),
        )
        .options(joinedload(Mandate.organisation))
    )
    return [m for m in session.scalars(query) if m.organisation.suspended_at is None]


def _chains(
    session: Session, mandates: Iterable[Mandate], terms: Terms
) -> list[tuple[Authority, RefusalReason | None]]:
    """Through each intermediary for which the person may act here now."""
    held = {m.organisation_id: m for m in mandates if standing(m, terms.now) is None}
    if not held:
        return []
    query = (
        select(ChainMandate)
        .where(
            ChainMandate.intermediary_id.in_(held),
            ChainMandate.service_uuid == terms.service.uuid,
        )
        .options(joinedload(ChainMandate.organisation), joinedload(ChainMandate.intermediary))
    )
    return [
        (chain_authority(held[chain.intermediary_id], chain), standing(chain, terms.now))
        for chain in session.scalars(query)
        if chain.organisation.suspended_at is None
    ]


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
    return Options(tuple(_without_doubles(usable)), tuple(refused))


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
