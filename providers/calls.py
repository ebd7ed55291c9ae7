"""Calls to a makelaar that brought nothing: why, in the words of a login, and whose that is."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from providers import received
from providers.interface import ProviderUnavailable
from providers.trouble import Trouble
from state.addresses import OutgoingRefused
from state.outgoing import HttpAnswer, OutgoingFailed

PROXY_SETTINGS: Final = "outgoing.proxy"  # and those that begin like it
ISSUER: Final = "oidc.issuer"
DISCOVERY_URL: Final = "oidc.discovery_url"
METADATA: Final = "saml.metadata"
LONGEST_PAUSE: Final = 3600  # seconds that are believed of a Retry-After


class MakelaarEndpoint(enum.StrEnum):
    """Addresses of a makelaar that we call, as discovery or SAML metadata name them."""

    DISCOVERY = "discovery"  # of which the registration says where it is
    JWKS = "jwks_uri"
    TOKEN = "token_endpoint"
    USERINFO = "userinfo_endpoint"
    PUSH = "pushed_authorization_request_endpoint"
    ARTIFACT = "ArtifactResolutionService"


# Where nothing came, or nothing that is read; what is not here is the makelaar's to look at.
_FAILURES: Final[Mapping[str, Trouble]] = MappingProxyType(
    {
        "name_not_found": Trouble.NAME,
        "tls_name": Trouble.TLS_NAME,
        "tls_expired": Trouble.TLS_EXPIRED,
        "tls_untrusted": Trouble.UNTRUSTED,
        "tls_client": Trouble.TLS_CLIENT,
        "not_json": Trouble.ANSWER,
        "too_large": Trouble.ANSWER,
        "redirected": Trouble.ANSWER,
        "too_slow": Trouble.SLOW,
    }
)
# The address of discovery is ours to write: what answers there otherwise is another.
_AT_DISCOVERY: Final[Mapping[str, Trouble]] = MappingProxyType(
    {
        "refused": Trouble.CONNECTION,
        "not_json": Trouble.DISCOVERY_UNREADABLE,
        "too_large": Trouble.DISCOVERY_UNREADABLE,
        "redirected": Trouble.DISCOVERY_NOT_FOUND,
    }
)


def of_call(endpoint: MakelaarEndpoint, error: OutgoingRefused | OutgoingFailed) -> Trouble:
    """Why a call brought nothing. One that is left alone: for what it was left alone."""
    if isinstance(error, OutgoingRefused):
        return Trouble.FORBIDDEN
    if error.setting.startswith(PROXY_SETTINGS):
        return Trouble.PROXY
    why = error.because or error.reason
    if endpoint is MakelaarEndpoint.DISCOVERY and why in _AT_DISCOVERY:
        return _AT_DISCOVERY[why]
    return _FAILURES.get(why, Trouble.UNAVAILABLE)


def of_status(endpoint: MakelaarEndpoint, status: int) -> Trouble:
    """What a status says that is not the one of success."""
    if status == 429:
        return Trouble.BUSY
    if status >= 500:
        return Trouble.UNAVAILABLE
    if status in (401, 403):
        return Trouble.ENDPOINT_REFUSED
    return Trouble.DISCOVERY_NOT_FOUND if endpoint is MakelaarEndpoint.DISCOVERY else Trouble.ANSWER


def unavailable(
    endpoint: MakelaarEndpoint, url: str, error: OutgoingRefused | OutgoingFailed
) -> ProviderUnavailable:
    """A call that did not come about. What our rules forbid names the rule, what was seen and the
    setting; the address of discovery, the key of the registration that holds it.
    """
    trouble = of_call(endpoint, error)
    if isinstance(error, OutgoingRefused):
        found = _given(outgoing_rule=error.reason, seen=error.seen, setting=error.setting)
        return ProviderUnavailable(f"{endpoint}: {error}", trouble, measured=found)
    ours = {"setting": error.setting} if error.setting else place(endpoint, url, trouble)
    return ProviderUnavailable(
        f"{endpoint}: {error.explained}",
        trouble,
        measured=_given(failure=error.reason, because=error.because, **ours),
        retry_after=error.retry_after,
    )


def not_ok(endpoint: MakelaarEndpoint, url: str, answer: HttpAnswer) -> ProviderUnavailable:
    """An answer with another status than that of success."""
    trouble = of_status(endpoint, answer.status)
    return ProviderUnavailable(
        f"{endpoint}: status {answer.status}",
        trouble,
        measured={"http_status": answer.status, **place(endpoint, url, trouble)},
        retry_after=_pause(answer) if trouble is Trouble.BUSY else None,
    )


def unreadable(endpoint: MakelaarEndpoint, url: str, what: str) -> ProviderUnavailable:
    """An answer of success that holds nothing to read."""
    is_ours = endpoint is MakelaarEndpoint.DISCOVERY
    trouble = Trouble.DISCOVERY_NOT_FOUND if is_ours else Trouble.ANSWER
    measured = {"seen": what, **place(endpoint, url, trouble)}
    return ProviderUnavailable(f"{endpoint}: {what}", trouble, measured=measured)


def place(endpoint: MakelaarEndpoint, url: str, trouble: Trouble) -> dict[str, str]:
    """Which endpoint was called and where, and the key of the registration that says so."""
    found = {"endpoint": endpoint.value, "called": received.masked(url)}
    if endpoint in _REGISTERED_AT and trouble not in _NOT_OF_THE_ADDRESS:
        found["setting"] = _REGISTERED_AT[endpoint]
    return found


_REGISTERED_AT: Final[Mapping[MakelaarEndpoint, str]] = MappingProxyType(
    {MakelaarEndpoint.DISCOVERY: ISSUER, MakelaarEndpoint.ARTIFACT: METADATA}
)
_NOT_OF_THE_ADDRESS: Final = frozenset(
    {
        Trouble.UNAVAILABLE,
        Trouble.BUSY,
        Trouble.ANSWER,
        Trouble.REQUEST_REFUSED,
        Trouble.TLS_EXPIRED,
        Trouble.TLS_CLIENT,
    }
)


def _pause(answer: HttpAnswer) -> int | None:
    """Seconds of a Retry-After (RFC 9110 §10.2.3); None for none, a date, or a very long one."""
    said = answer.headers.get("retry-after", "").strip()
    if not (said.isascii() and said.isdigit() and len(said) <= 4):
        return None
    return int(said) if 0 < int(said) <= LONGEST_PAUSE else None


def _given(**found: str) -> dict[str, str | int]:
    return {name: value for name, value in found.items() if value}
