"""Calls to a makelaar's token and userinfo endpoints, with our proof as its client.

RFC 6749 §4.1.3, OpenID Connect Core §3.1.3 and §5.3.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from keys.keyring import KeyRing
from providers.calls import MakelaarEndpoint, not_ok, unavailable, unreadable
from providers.interface import ProviderRefused, ProviderUnavailable
from providers.oidc import errors
from providers.oidc.client_proof import proof
from providers.oidc.discovery import ProviderMetadata
from providers.registry import OidcSettings
from providers.trouble import Trouble
from state.addresses import OutgoingRefused
from state.outgoing import HttpAnswer, OutgoingClient, OutgoingFailed

MAX_BYTES: Final = 64 * 1024
# RFC 6749 appendix A.12 without the space, so that it is one word in a header. RFC 6750 §2.1 has
# fewer signs; Salesforce writes ``!``.
_BEARER: Final = re.compile(r"[!-~]+")
# The grant failed, which says something about this login; any other error is about the two of us.
_ABOUT_THE_GRANT: Final = frozenset({"invalid_grant", "invalid_request"})
# Auth0 says of a wrong secret that access is denied.
_ABOUT_OUR_PROOF: Final = frozenset({"invalid_client", "access_denied"})
_ERROR_OF_BEARER: Final = re.compile(r'\berror="([a-z_]{1,64})"')  # RFC 6750 §3


@dataclass(frozen=True)
class Tokens:
    """Never logged, never handed on: neither leaves this package."""

    id_token: str = field(repr=False)
    access_token: str | None = field(repr=False)


def redeem(
    outgoing: OutgoingClient,
    *,
    settings: OidcSettings,
    metadata: ProviderMetadata,
    keyring: KeyRing,
    code: str,
    values: Mapping[str, str],
    now: datetime,
    party: str = "",
) -> Tokens:
    """Exchange the code, once. ``party``: the makelaar, as outgoing calls know it.

    Raises ProviderRefused, ProviderUnavailable.
    """
    fields = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": values["redirect_uri"],
        "code_verifier": values["code_verifier"],
    }
    ours = proof(settings, metadata, keyring, now)
    try:
        answer = outgoing.post_form(
            metadata.token_endpoint,
            fields | ours.fields,
            headers=ours.headers,
            max_bytes=MAX_BYTES,
            party=party,
        )
    except (OutgoingRefused, OutgoingFailed) as error:
        raise unavailable(MakelaarEndpoint.TOKEN, metadata.token_endpoint, error) from None
    return _read_tokens(answer, settings, metadata)


def fetch_userinfo(
    outgoing: OutgoingClient,
    metadata: ProviderMetadata,
    tokens: Tokens,
    settings: OidcSettings,
    party: str = "",
) -> Mapping[str, Any] | str:
    """Claims, or a token that holds them. Raises ProviderRefused, ProviderUnavailable."""
    url = metadata.userinfo_endpoint
    if url is None or tokens.access_token is None:
        raise ProviderRefused("no_userinfo", "no access token or endpoint")
    try:
        answer = outgoing.get(
            url,
            accept="application/json, application/jwt",
            headers={"Authorization": f"Bearer {tokens.access_token}"},
            max_bytes=MAX_BYTES,
            party=party,
        )
    except (OutgoingRefused, OutgoingFailed) as error:
        raise unavailable(MakelaarEndpoint.USERINFO, url, error) from None
    if answer.status in (401, 403):
        raise _userinfo_refused(answer, settings)
    if answer.status != 200:
        raise not_ok(MakelaarEndpoint.USERINFO, url, answer)
    if media_type(answer) == "application/jwt":
        return answer.body.decode("ascii", "replace").strip()
    claims = json_object(answer, MakelaarEndpoint.USERINFO, url)
    _check_no_error(claims)
    return claims


def media_type(answer: HttpAnswer) -> str:
    return answer.headers.get("content-type", "").partition(";")[0].strip().lower()


def _userinfo_refused(answer: HttpAnswer, settings: OidcSettings) -> ProviderUnavailable:
    """RFC 6750 §3.1: the word stands in a header, where it stands at all."""
    found = _ERROR_OF_BEARER.search(answer.headers.get("www-authenticate", "")[:1000])
    told = errors.said(found[1]) if found else {}
    return errors.not_accepted(
        MakelaarEndpoint.USERINFO,
        Trouble.USERINFO_REFUSED,
        settings,
        http_status=answer.status,
        **told,
    )


def _read_tokens(answer: HttpAnswer, settings: OidcSettings, metadata: ProviderMetadata) -> Tokens:
    url = metadata.token_endpoint
    if answer.status in (400, 401, 403):
        raise _refusal(answer, settings, url)
    if answer.status != 200:
        raise not_ok(MakelaarEndpoint.TOKEN, url, answer)
    document = json_object(answer, MakelaarEndpoint.TOKEN, url)
    if "id_token" not in document and isinstance(document.get("error"), str):
        raise _refusal(answer, settings, url)  # some say it with the status of success
    _check_no_error(document)
    token_type, id_token = document.get("token_type"), document.get("id_token")
    access_token = document.get("access_token")
    if not isinstance(token_type, str) or token_type.lower() != "bearer":
        raise ProviderRefused("token_type")
    if not isinstance(id_token, str) or not id_token:
        raise ProviderRefused("no_id_token")
    if access_token is not None and not _is_bearer(access_token):
        raise ProviderRefused("access_token_malformed")
    return Tokens(id_token, access_token)


def _refusal(answer: HttpAnswer, settings: OidcSettings, url: str) -> Exception:
    """What the makelaar holds against the code, or against us (RFC 6749 §5.2)."""
    error = _error_in(answer)
    if error in _ABOUT_THE_GRANT:
        return ProviderRefused("code_refused", error or "", **_told(answer))
    return refusal_of_us(answer, settings, MakelaarEndpoint.TOKEN, url)


def _error_in(answer: HttpAnswer) -> str | None:
    word = (object_in(answer) or {}).get("error")
    return word if isinstance(word, str) else None


def _told(answer: HttpAnswer) -> dict[str, str]:
    error, document = _error_in(answer), object_in(answer) or {}
    return errors.said(error, document.get("error_description")) if error is not None else {}


def refusal_of_us(
    answer: HttpAnswer, settings: OidcSettings, endpoint: MakelaarEndpoint, url: str
) -> ProviderUnavailable:
    """What the makelaar holds against us, or what we ask, where we proved who we are."""
    error, told = _error_in(answer), _told(answer)
    trouble = errors.trouble_of(error)
    if trouble is Trouble.UNAVAILABLE:
        return errors.not_accepted(endpoint, trouble, settings, **told)
    # Keycloak says unauthorized_client of a wrong secret: the status tells them apart.
    if answer.status == 401 or error in _ABOUT_OUR_PROOF:
        trouble = Trouble.CLIENT_REFUSED
    if trouble is None and error is None:
        return not_ok(endpoint, url, answer)
    document = object_in(answer) or {}
    if trouble is Trouble.CLIENT_REFUSED and _may_be_the_audience(document, settings):
        told["line"] = "client_assertion_audience: token_endpoint"
    return errors.not_accepted(
        endpoint,
        trouble or Trouble.REQUEST_REFUSED,
        settings,
        http_status=answer.status,
        **told,
    )


def _may_be_the_audience(document: Mapping[str, Any], settings: OidcSettings) -> bool:
    """Does it say that our proof is for another, where it is for the issuer?"""
    says = document.get("error_description")
    by_key = settings.token_endpoint_auth_method == "private_key_jwt"
    names_it = isinstance(says, str) and "aud" in says.lower()
    return by_key and names_it and settings.client_assertion_audience == "issuer"


def _check_no_error(document: Mapping[str, Any]) -> None:
    """Who says that something went wrong gives nothing beside it that can be believed."""
    if document.get("error") is not None:
        raise ProviderRefused("error_and_tokens", "an error beside what was asked")


def _is_bearer(token: object) -> bool:
    return isinstance(token, str) and _BEARER.fullmatch(token) is not None


def json_object(answer: HttpAnswer, endpoint: MakelaarEndpoint, url: str) -> Mapping[str, Any]:
    document = object_in(answer)
    if document is None:
        raise unreadable(endpoint, url, "not JSON, or not an object")
    return document


def object_in(answer: HttpAnswer) -> Mapping[str, Any] | None:
    """What is sent as JSON and is one object; None for anything else."""
    if media_type(answer) != "application/json":
        return None
    try:
        document = answer.json(unique_names=True)
    except OutgoingFailed:
        return None
    return document if isinstance(document, dict) else None
