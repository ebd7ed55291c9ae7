"""``represents``: on whose behalf somebody logged in, as a makelaar asserts it (OpenID NL GOV).

The outer object is the intermediary, the deepest the organisation whose service it is. A login that
represents somebody is never read as a personal one: what cannot be understood is refused.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from assurance.levels import AssuranceLevel
from consent.authority import Authority, PartyIdType
from providers.authority import (
    BRANCH,
    AskedService,
    AssertedMandate,
    AssertedParty,
    Dialect,
    build_authority,
    restrictions_in,
)
from providers.interface import ProviderRefused
from providers.received import MAX_VALUES, MAX_WORD, is_word
from providers.registry import ProviderRecord

ID_TYPE: Final = "urn:nl-eid-gdi:1.0:id:"
SERVICE_UUID: Final = "urn:etoegang:core:ServiceUUID"
SERVICE_ID: Final = "urn:etoegang:core:ServiceID"
MAX_SOURCE: Final = 255
MALFORMED: Final = "represents_malformed"
DIALECT: Final = Dialect(
    party=MALFORMED, intermediary=MALFORMED, branch=MALFORMED, names_service=False
)
_KINDS: Final = {ID_TYPE + kind: kind for kind in PartyIdType}


def asserted_authority(
    claims: Mapping[str, Any],
    record: ProviderRecord,
    *,
    level: AssuranceLevel,
    service: AskedService,
) -> tuple[Authority, ...]:
    """None or one; it holds for the service of this login and no other.

    Raises ProviderRefused: represents_malformed, claim_malformed, not_trusted, service_mismatch.
    """
    said = _mandate(claims)
    if said is None:
        return ()
    return (build_authority(said, record=record, level=level, service=service, dialect=DIALECT),)


def together(userinfo: Mapping[str, Any], id_token: Mapping[str, Any]) -> Mapping[str, Any]:
    """Every claim; the ID token goes first, but a mandate is never half of the one and half of the
    other. Raises ProviderRefused(represents_malformed) where they contradict each other.
    """
    about = ("represents", SERVICE_UUID, SERVICE_ID, *restrictions_in((*userinfo, *id_token)))
    for name in about:
        if name in userinfo and name in id_token and userinfo[name] != id_token[name]:
            raise _malformed("userinfo and the ID token differ about a mandate", name)
    return {**userinfo, **id_token}


def strings_in(claims: Mapping[str, Any], name: str) -> tuple[str, ...]:
    """One text or a list of texts; none when absent. Raises ProviderRefused."""
    value = claims.get(name)
    values = value if isinstance(value, list) else [] if value is None else [value]
    if len(values) > MAX_VALUES or not all(
        isinstance(v, str) and len(v) <= MAX_WORD for v in values
    ):
        expected = f"texts, {MAX_VALUES} of {MAX_WORD} signs at most"
        raise ProviderRefused(
            "claim_malformed", name, element=name, seen="something else", expected=expected
        )
    return tuple(values)


def _mandate(claims: Mapping[str, Any]) -> AssertedMandate | None:
    outer = claims.get("represents")
    if outer is None:
        if restrictions_in(claims):
            raise _malformed("a restriction without an organisation", "represents")
        return None
    parties = _chain(outer)
    deepest = parties[-1]
    if BRANCH in claims and strings_in(claims, BRANCH) != strings_in(deepest, BRANCH):
        raise _malformed("a restriction beside the organisation that it is about", BRANCH)
    return AssertedMandate(
        represented=_party(deepest),
        source=_issuer(deepest),
        intermediary=_party(parties[0]) if len(parties) == 2 else None,
        branches=strings_in(deepest, BRANCH) if BRANCH in deepest else None,
        restrictions=(
            *_limits(deepest),
            *restrictions_in(name for name in claims if name != BRANCH),
        ),
        service_uuids=tuple(filter(None, strings_in(claims, SERVICE_UUID))),
        service_ids=tuple(filter(None, strings_in(claims, SERVICE_ID))),
    )


def _chain(outer: object) -> list[Mapping[str, Any]]:
    """The objects from outer to deepest: two at most, and only the deepest restricts anything."""
    parties: list[Mapping[str, Any]] = []
    inner, goes_on = outer, True
    while goes_on:
        if not isinstance(inner, dict) or len(parties) == 2:
            raise _malformed("not an object, or a longer chain", "represents")
        parties.append(inner)
        # Empty is not absent: else the intermediary would act for itself.
        goes_on, inner = "represents" in inner, inner.get("represents")
    if any(_limits(party) for party in parties[:-1]):
        raise _malformed("a restriction of an intermediary", "represents")
    return parties


def _limits(document: Mapping[str, Any]) -> list[str]:
    """What an object about an organisation holds that limits: by the name that the scheme gives it,
    or by another that says so.
    """
    return [name for name in document if "restrict" in name.casefold()]


def _issuer(document: Mapping[str, Any]) -> str:
    source = document.get("iss")
    if not isinstance(source, str) or not is_word(source, MAX_SOURCE):
        raise _malformed("no name of an issuer", "iss")
    return source


def _party(document: Mapping[str, Any]) -> AssertedParty:
    alternative = document.get("alt_sub")
    if isinstance(alternative, list):
        alternative = alternative[0] if len(alternative) == 1 else "several"
    if alternative is not None and not isinstance(alternative, dict):
        raise _malformed("no object, or several", "alt_sub")
    if alternative is not None and _limits(alternative):
        raise _malformed("a restriction of another number", "alt_sub")
    name = document.get("name")
    named = (document, alternative) if alternative else (document,)
    return AssertedParty(
        numbers=tuple(_identifier(one) for one in named),
        name=name if isinstance(name, str) else None,
    )


def _identifier(document: Mapping[str, Any]) -> tuple[PartyIdType, str]:
    kind, value = document.get("sub_id_type"), document.get("sub")
    id_type = _KINDS.get(kind) if isinstance(kind, str) else None
    if id_type is None or not isinstance(value, str):
        raise _malformed("no KvK number or RSIN", "sub_id_type")
    return id_type, value


def _malformed(what: str, element: str) -> ProviderRefused:
    """No number is ever in it: what is wrong, and where."""
    return ProviderRefused(MALFORMED, what, element=element, seen=what)
