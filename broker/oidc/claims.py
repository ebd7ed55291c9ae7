"""Claims: what a finished login says to one client, in the words that its registration asks for."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from assurance import acr
from broker.downstream import LoginResult
from broker.oidc.reply_to import OidcReplyTo
from consent import documents
from consent.authority import Authority, AuthorityKind, Party
from consent.release import NAMES_A_PERSON, may_leave
from directory.sectors import pairwise_sub
from directory.services import OidcClient, Service
from keys.sealing import Sealer

ABOUT_THE_LOGIN: Final = frozenset({"auth_time", "acr", "amr"})
_ID_TYPE = "urn:nl-eid-gdi:1.0:id:"
_BRANCH = "urn:etoegang:1.9:ServiceRestriction:Vestigingsnr"


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
    essential = OidcReplyTo.of(result.request).acr
    name = acr.name_of(level, client.acr) if essential is None else acr.answer(essential, level)
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
    wanted = result.request.released
    for claim in client.claims:
        asked = wanted is None or claim.name in wanted
        if claim.name in available and asked and may_leave(claim.name, service.consent):
            claims[claim.name] = available[claim.name]
    return claims


def for_id_token(
    identity: Mapping[str, Any], client: OidcClient, to: OidcReplyTo
) -> dict[str, Any]:
    """What stands in the ID token. A name and an address only where the registration or ``claims``
    asks them there: the token travels further than UserInfo does.
    """
    also = {*client.id_token_claims, *(to.id_token or "").split()}
    return {
        name: value
        for name, value in identity.items()
        if name not in NAMES_A_PERSON or name in also
    }


def for_userinfo(identity: Mapping[str, Any], to: OidcReplyTo) -> dict[str, Any]:
    """What UserInfo says: all about the person, and about the login what ``claims`` asks there."""
    also = (to.userinfo or "").split()
    return {
        name: value
        for name, value in identity.items()
        if name not in ABOUT_THE_LOGIN or name in also
    }


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
