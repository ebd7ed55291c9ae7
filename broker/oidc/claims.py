"""Claims: what a finished login says to one client, in the words that its registration asks for."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from assurance import acr
from broker.downstream import LoginResult
from consent import documents
from consent.authority import Authority, AuthorityKind, Party
from consent.release import may_leave
from directory.services import OidcClient, Service
from keys.sealing import Sealer

_ID_TYPE = "urn:nl-eid-gdi:1.0:id:"
_BRANCH = "urn:etoegang:1.9:ServiceRestriction:Vestigingsnr"


def pairwise_sub(sealer: Sealer, client: OidcClient, person_id: str) -> str:
    """The person, known to this sector alone: keyed hash of sector and person (Core §8.1)."""
    return sealer.fingerprint("pairwise-sub", _sector(client), person_id)


def _sector(client: OidcClient) -> str:
    if client.sector_identifier is not None:
        return client.sector_identifier
    hosts = {urlsplit(uri).hostname or "" for uri in client.redirect_uris}
    return hosts.pop() if len(hosts) == 1 else f"client:{client.client_id}"


def identity_claims(
    result: LoginResult, client: OidcClient, service: Service, sealer: Sealer
) -> dict[str, Any]:
    """Everything about the person and this login that goes to this client; protocol claims are
    added by the token.
    """
    level = result.level
    claims: dict[str, Any] = {
        "sub": pairwise_sub(sealer, client, result.person_id),
        "auth_time": int(result.authenticated_at.timestamp()),
        "loa": level.loa,
    }
    name = acr.name_of(level, client.acr)
    if name is not None:
        claims["acr"] = name
    methods = _amr(result)
    if methods:
        claims["amr"] = methods
    document = result.request.document
    if document is not None and result.answer is not None:
        answered = documents.as_answered(document, result.answer, result.reference)
        claims["authorization_details"] = [answered]
    available = _available(result, service)
    for claim in client.claims:
        asked = not result.request.released or claim.name in result.request.released
        if claim.name in available and asked and may_leave(claim.name, service.consent):
            claims[claim.name] = available[claim.name]
    return claims


_AMR_OF = {"sms": "sms", "passkey": "pop"}


def _amr(result: LoginResult) -> list[str]:
    """RFC 8176: that more than one factor was used, and which one when it was ours."""
    if result.second_factor == "local":
        return ["mfa", _AMR_OF.get(result.factor_method or "", "otp")]
    return ["mfa"] if result.second_factor == "upstream" else []


def _available(result: LoginResult, service: Service) -> Mapping[str, Any]:
    found: dict[str, Any] = {
        "idp": result.provider_entity,
        "assurance": {
            "provider_level": result.provider_level.loa,
            "second_factor": result.second_factor,
            "proofing_level": result.proofing.loa,
            "time": _seconds(result.authenticated_at),
        },
    }
    if result.display_name:
        found["name"] = result.display_name
    if result.email:
        found["email"] = result.email
    if result.authority is not None:
        found["represents"] = represents(result.authority)
        found["mandate"] = _mandate(result.authority, service)
    return found


def represents(authority: Authority) -> dict[str, Any]:
    """Nested: in a chain the intermediary outside, the organisation whose service it is deepest."""
    deepest = _party(authority.represented, authority.source)
    if authority.branches:  # one, as people choose it; never none where there are several
        one, *more = authority.branches
        deepest[_BRANCH] = [one, *more] if more else one
    if authority.kind is not AuthorityKind.CHAIN or authority.intermediary is None:
        return deepest
    return {**_party(authority.intermediary, authority.source), "represents": deepest}


def _party(party: Party, source: str) -> dict[str, Any]:
    found: dict[str, Any] = {
        "sub": party.value,
        "sub_id_type": _ID_TYPE + party.id_type.value,
        "iss": source,
    }
    if party.name:
        found["name"] = party.name
    if party.alternative is not None:
        kind, value = party.alternative
        found["alt_sub"] = {"sub": value, "sub_id_type": _ID_TYPE + kind.value}
    return found


def _mandate(authority: Authority, service: Service) -> dict[str, Any]:
    found: dict[str, Any] = {
        "service_uuid": service.uuid,
        "service_id": service.service_id,
        "level": authority.level.loa,
        "kind": authority.kind.value,
        "register": authority.source,
    }
    if authority.valid_until is not None:
        found["valid_until"] = _seconds(authority.valid_until)
    return found


def _seconds(moment: datetime) -> int:
    return int(moment.timestamp())
