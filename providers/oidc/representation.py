"""``represents``: on whose behalf somebody logged in, as a makelaar asserts it (OpenID NL GOV).

The outer object is the intermediary, the deepest the organisation whose service it is. A login that
represents somebody is never read as a personal one: what cannot be understood is refused.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from assurance.levels import AssuranceLevel
from consent.authority import Authority, AuthorityKind, Party, PartyIdType
from providers.interface import ProviderRefused
from providers.registry import ProviderRecord

ID_TYPE: Final = "urn:nl-eid-gdi:1.0:id:"
BRANCH: Final = "urn:etoegang:1.9:ServiceRestriction:Vestigingsnr"
SERVICES: Final = ("urn:etoegang:core:ServiceUUID", "urn:etoegang:core:ServiceID")
MAX_VALUES: Final = 100
_SHAPES: Final = {
    PartyIdType.KVK: re.compile(r"[0-9]{8}"),
    PartyIdType.RSIN: re.compile(r"[0-9]{9}"),
}
_BRANCH: Final = re.compile(r"[0-9]{12}")


def asserted_authority(
    claims: Mapping[str, Any], record: ProviderRecord, level: AssuranceLevel, service_uuid: str
) -> tuple[Authority, ...]:
    """None or one; it holds for the service of this login and no other. Raises ProviderRefused."""
    outer = claims.get("represents")
    if outer is None:
        return ()
    parties = _chain(outer)
    deepest = parties[-1]
    represented = _party(deepest)
    intermediary = _party(parties[0]) if len(parties) == 2 else None
    for party in (represented, intermediary):
        if party is not None and not _may_speak_for(record, party):
            raise ProviderRefused("not_trusted", "speaks for an organisation outside its record")
    source = deepest.get("iss")
    if not isinstance(source, str) or not 0 < len(source) <= 255:
        raise ProviderRefused("represents_malformed", "iss")
    return (
        Authority(
            represented=represented,
            kind=AuthorityKind.CHAIN if intermediary else AuthorityKind.DIRECT,
            level=level,
            source=source,
            intermediary=intermediary,
            branches=_branches(parties),
            service_uuid=service_uuid,
        ),
    )


def asserted_services(claims: Mapping[str, Any]) -> tuple[str, ...]:
    """The services that the answer names. Raises ProviderRefused."""
    return tuple(value for name in SERVICES for value in strings_in(claims, name))


def strings_in(claims: Mapping[str, Any], name: str) -> tuple[str, ...]:
    """One text or a list of texts; none when absent. Raises ProviderRefused."""
    value = claims.get(name)
    values = value if isinstance(value, list) else [] if value is None else [value]
    if len(values) > MAX_VALUES or not all(isinstance(v, str) for v in values):
        raise ProviderRefused("claim_malformed", name)
    return tuple(values)


def _chain(outer: object) -> list[Mapping[str, Any]]:
    parties: list[Mapping[str, Any]] = []
    inner = outer
    while inner is not None:
        if not isinstance(inner, dict) or len(parties) == 2:
            raise ProviderRefused("represents_malformed", "not an object, or a longer chain")
        parties.append(inner)
        inner = inner.get("represents")
    return parties


def _party(document: Mapping[str, Any]) -> Party:
    id_type, value = _identifier(document)
    alternative = document.get("alt_sub")
    if isinstance(alternative, list):
        alternative = alternative[0] if len(alternative) == 1 else "several"
    if alternative is not None and not isinstance(alternative, dict):
        raise ProviderRefused("represents_malformed", "alt_sub")
    name = document.get("name")
    return Party(
        id_type=id_type,
        value=value,
        name=name if isinstance(name, str) and 0 < len(name) <= 200 else None,
        alternative=_identifier(alternative) if alternative else None,
    )


def _identifier(document: Mapping[str, Any]) -> tuple[PartyIdType, str]:
    kind, value = document.get("sub_id_type"), document.get("sub")
    for id_type, shape in _SHAPES.items():
        if kind == ID_TYPE + id_type and isinstance(value, str) and shape.fullmatch(value):
            return id_type, value
    raise ProviderRefused("represents_malformed", "no KvK number or RSIN")


def _may_speak_for(record: ProviderRecord, party: Party) -> bool:
    """Its list holds KvK numbers; an organisation named by RSIN alone takes a scheme makelaar.

    The other number of a pair is not vouched for by the list, so it takes one too.
    """
    if record.speaks_for == "register":
        return True
    kvk = party.id_type is PartyIdType.KVK and party.alternative is None
    return kvk and record.may_speak_for(party.value)


def _branches(parties: list[Mapping[str, Any]]) -> tuple[str, ...]:
    """A restriction is never dropped: one that stands elsewhere than at the deepest is refused."""
    if any(BRANCH in party for party in parties[:-1]):
        raise ProviderRefused("represents_malformed", "branches of an intermediary")
    branches = strings_in(parties[-1], BRANCH)
    if BRANCH in parties[-1] and not branches:
        raise ProviderRefused("represents_malformed", "an empty restriction")
    if not all(_BRANCH.fullmatch(branch) for branch in branches):
        raise ProviderRefused("represents_malformed", "branch number")
    return branches
