"""On whose behalf somebody logged in, as a makelaar asserts it: one set of rules for every
protocol.

A protocol reads its message into an ``AssertedMandate`` and judges only whether that can be read;
whether it may be believed is decided here. What cannot be understood is refused, so that a login
for an organisation is never read as a personal one, nor a restriction dropped.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from stdnum.nl import bsn

from assurance.levels import AssuranceLevel
from consent.authority import Authority, AuthorityKind, Party, PartyIdType
from providers import received
from providers.interface import ProviderRefused
from providers.registry import ProviderRecord
from providers.saml.wire.names import BRANCH as BRANCH

MAX_BRANCHES: Final = 100
_BRANCH: Final = re.compile(r"[0-9]{12}")
_SHAPES: Final[dict[PartyIdType, Callable[[str], bool]]] = {
    PartyIdType.KVK: lambda number: bool(re.fullmatch(r"[0-9]{8}", number)),
    PartyIdType.RSIN: lambda number: (
        bool(re.fullmatch(r"[0-9]{9}", number)) and bool(bsn.is_valid(number))  # same elfproef
    ),
}


@dataclass(frozen=True)
class AssertedParty:
    """An organisation as the message names it, by one number or by several kinds of number."""

    numbers: tuple[tuple[PartyIdType, str], ...]
    name: str | None = None


@dataclass(frozen=True)
class AssertedMandate:
    """What the message says. ``branches``: None where it restricts nothing. ``restrictions``: names
    of the restrictions that it states.
    """

    represented: AssertedParty
    source: str  # who vouches: an entity id or an issuer
    intermediary: AssertedParty | None = None
    branches: tuple[str, ...] | None = None
    restrictions: tuple[str, ...] = ()
    service_uuids: tuple[str, ...] = ()
    service_ids: tuple[str, ...] = ()


@dataclass(frozen=True)
class AskedService:
    """The service of this login."""

    uuid: str
    service_id: str | None = None


@dataclass(frozen=True)
class Dialect:
    """What differs by protocol: the machine words of its refusals, and whether a mandate must name
    its service (eTD: always; an ID token may name none, since it answers a client of one purpose).
    """

    party: str
    intermediary: str
    branch: str
    names_service: bool


def restrictions_in(names: Iterable[str]) -> tuple[str, ...]:
    """The names of attributes or claims that restrict a mandate (eTD: ServiceRestriction), however
    they are spelt: one that is not written as it should be is not understood, and not absent.
    """
    return tuple(name for name in names if "servicerestriction" in name.casefold())


def build_authority(
    said: AssertedMandate,
    *,
    record: ProviderRecord,
    level: AssuranceLevel,
    service: AskedService,
    dialect: Dialect,
) -> Authority:
    """The authority of this login, for its service and no other.

    Raises ProviderRefused: service_mismatch, not_trusted, or a word of the dialect.
    """
    check_service(
        said.service_uuids, said.service_ids, service, must_be_named=dialect.names_service
    )
    represented = _party(said.represented, record, dialect.party)
    intermediary = (
        _party(said.intermediary, record, dialect.intermediary) if said.intermediary else None
    )
    if intermediary is not None and intermediary.is_same_as(represented):
        raise _refused(dialect.intermediary, "an intermediary of itself", "intermediary")
    branches = _branches(said, dialect)
    if intermediary is not None and branches:
        raise _refused(dialect.branch, "a chain holds for the whole organisation", BRANCH)
    return Authority(
        represented=represented,
        kind=AuthorityKind.CHAIN if intermediary else AuthorityKind.DIRECT,
        level=level,
        source=said.source,
        intermediary=intermediary,
        branches=branches,
        service_uuid=service.uuid,
    )


def is_vouched_for(record: ProviderRecord, authority: Authority) -> bool:
    """May the makelaar, as it is registered now, still assert what it asserted?"""
    parties = (authority.represented, authority.intermediary)
    return all(_may_speak_for(record, _as_asserted(one)) for one in parties if one is not None)


def _as_asserted(party: Party) -> AssertedParty:
    others = (party.alternative,) if party.alternative is not None else ()
    return AssertedParty(((party.id_type, party.value), *others), party.name)


def check_service(
    named_uuids: Sequence[str],
    named_ids: Sequence[str],
    service: AskedService,
    *,
    must_be_named: bool,
) -> None:
    """A mandate is for a service: one that names another is not for this one. Where UUID and id are
    both named they must agree; an id says nothing where we registered none. Raises
    ProviderRefused(service_mismatch).
    """
    uuids = {uuid.lower() for uuid in named_uuids}  # RFC 4122 §3: read in either case
    if uuids:
        named = service.service_id is not None and bool(named_ids)
        fits = uuids == {service.uuid}
        fits = fits and (not named or service.service_id in named_ids)
    elif named_ids or must_be_named:
        fits = service.service_id is not None and service.service_id in named_ids
    else:
        fits = True
    if not fits:
        words = ", ".join((*named_uuids, *named_ids))
        ours = (
            service.uuid if service.service_id is None else f"{service.uuid}, {service.service_id}"
        )
        raise ProviderRefused(
            "service_mismatch",
            element="ServiceUUID, ServiceID",
            seen=received.told(words or None),
            expected=ours,
        )


def _party(said: AssertedParty, record: ProviderRecord, reason: str) -> Party:
    """KvK number first; an RSIN beside it is the same organisation under its other number."""
    if not said.numbers or not all(_SHAPES[kind](number) for kind, number in said.numbers):
        raise _refused(reason, "no KvK number or RSIN", "organisation")
    if not _may_speak_for(record, said):
        raise ProviderRefused(
            "not_trusted",
            "the makelaar may not speak for this organisation",
            element="organisation",
            seen="an organisation that is not named there",
            expected="one of speaks_for",
            setting="speaks_for",
        )
    by_kind = dict(said.numbers)
    if len(by_kind) != len(set(said.numbers)):
        raise _refused(reason, "two numbers of one kind", "organisation")
    first, *others = (kind for kind in _SHAPES if kind in by_kind)
    return Party(
        id_type=first,
        value=by_kind[first],
        name=received.organisation_name(said.name or ""),
        alternative=(others[0], by_kind[others[0]]) if others else None,
    )


def _may_speak_for(record: ProviderRecord, said: AssertedParty) -> bool:
    """A list in the record holds KvK numbers and vouches for nothing else: a makelaar that names an
    organisation by an RSIN as well must be one that speaks for all.
    """
    if record.speaks_for == "register":
        return True
    (kind, number), *others = dict.fromkeys(said.numbers)
    return not others and kind is PartyIdType.KVK and record.may_speak_for(number)


def _branches(said: AssertedMandate, dialect: Dialect) -> tuple[str, ...]:
    """The branches to which the mandate is limited. A restriction is never dropped."""
    if any(name != BRANCH for name in said.restrictions):
        unknown = ", ".join(name for name in said.restrictions if name != BRANCH)
        raise ProviderRefused(
            dialect.branch,
            "an unknown restriction",
            element="restriction",
            seen=received.told(unknown),
            expected=BRANCH,
        )
    if said.branches is None:
        return ()
    if not said.branches:
        raise _refused(dialect.branch, "an empty restriction", BRANCH)
    if len(said.branches) > MAX_BRANCHES:
        raise _refused(dialect.branch, "too many establishment numbers", BRANCH)
    if not all(_BRANCH.fullmatch(branch) for branch in said.branches):
        raise _refused(dialect.branch, "not an establishment number", BRANCH)
    if len(set(said.branches)) != len(said.branches):
        raise _refused(dialect.branch, "an establishment number that stands twice", BRANCH)
    return said.branches


def _refused(reason: str, what: str, element: str) -> ProviderRefused:
    """No number is ever in it: what is wrong, and where."""
    return ProviderRefused(reason, what, element=element, seen=what)
