"""Discovery: the endpoints of a makelaar, believed only where they fit its registration.

OpenID Connect Discovery 1.0 §3 and §4.3, RFC 8414 §3.3, RFC 9207 §3.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlsplit

from providers.interface import ProviderUnavailable
from providers.oidc.calls import unavailable
from providers.registry import OidcSettings
from state.addresses import OutgoingRefused
from state.outgoing import ACCEPT_JSON, OutgoingClient, OutgoingFailed

MAX_BYTES: Final = 64 * 1024
MAX_ACR_VALUES: Final = 50
_PATH: Final = "/.well-known/openid-configuration"


@dataclass(frozen=True)
class ProviderMetadata:
    """What we use of it. ``answers_with_iss``: the answer must carry ``iss`` (RFC 9207)."""

    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str
    userinfo_endpoint: str | None
    answers_with_iss: bool
    acr_values: tuple[str, ...]


def fetch_metadata(
    outgoing: OutgoingClient, settings: OidcSettings, party: str = ""
) -> ProviderMetadata:
    """``party``: the makelaar, as outgoing calls know it. Raises ProviderUnavailable, also where
    what is fetched does not fit the registration.
    """
    url = settings.issuer.rstrip("/") + _PATH
    document = fetch_document(outgoing, url, MAX_BYTES, "discovery document", party)
    return read_metadata(document, settings)


def fetch_document(
    outgoing: OutgoingClient,
    url: str,
    max_bytes: int,
    what: str,
    party: str = "",
    accept: str = ACCEPT_JSON,
) -> Mapping[str, Any]:
    """A JSON object. ``what`` it is, for the log. Raises ProviderUnavailable."""
    try:
        answer = outgoing.get(url, accept=accept, max_bytes=max_bytes, party=party)
        if answer.status != 200:
            raise ProviderUnavailable(f"{what}: status {answer.status}")
        document = answer.json()
    except (OutgoingRefused, OutgoingFailed) as error:
        raise unavailable(what, error) from None
    if not isinstance(document, dict):
        raise ProviderUnavailable(f"{what}: not an object")
    return document


def read_metadata(document: Mapping[str, Any], settings: OidcSettings) -> ProviderMetadata:
    """Check a discovery document. Raises ProviderUnavailable with the member that does not fit."""
    if document.get("issuer") != settings.issuer:
        raise ProviderUnavailable("discovery: issuer is not the registered one")
    has_userinfo = document.get("userinfo_endpoint") is not None
    if settings.userinfo and not has_userinfo:
        raise ProviderUnavailable("discovery: no userinfo_endpoint")
    acr_values = document.get("acr_values_supported")
    return ProviderMetadata(
        authorization_endpoint=_endpoint(document, "authorization_endpoint", settings),
        token_endpoint=_endpoint(document, "token_endpoint", settings),
        jwks_uri=_endpoint(document, "jwks_uri", settings),
        userinfo_endpoint=(
            _endpoint(document, "userinfo_endpoint", settings) if has_userinfo else None
        ),
        answers_with_iss=(document.get("authorization_response_iss_parameter_supported") is True),
        acr_values=_words(acr_values),
    )


def _endpoint(document: Mapping[str, Any], name: str, settings: OidcSettings) -> str:
    url = document.get(name)
    if not isinstance(url, str) or not url.isascii() or not url.isprintable() or " " in url:
        raise ProviderUnavailable(f"discovery: {name} is missing or malformed")
    if not _is_approved(url, settings):
        raise ProviderUnavailable(f"discovery: {name} is not https at an approved host")
    return url


def _is_approved(url: str, settings: OidcSettings) -> bool:
    # Only a loopback issuer of the development rules has http: others could not be fetched.
    try:
        endpoint, issuer = urlsplit(url), urlsplit(settings.issuer)
    except ValueError:
        return False
    if "@" in endpoint.netloc or "\\" in url or "#" in url:
        return False
    if (endpoint.scheme, endpoint.netloc.lower()) == (issuer.scheme, issuer.netloc.lower()):
        return True
    return endpoint.scheme == "https" and endpoint.netloc.lower() in settings.endpoint_hosts


def _words(values: object) -> tuple[str, ...]:
    if not isinstance(values, list):
        return ()
    return tuple(v for v in values[:MAX_ACR_VALUES] if isinstance(v, str) and " " not in v)
