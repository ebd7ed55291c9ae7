"""Discovery: the endpoints of a makelaar, believed only where they fit its registration.

OpenID Connect Discovery 1.0 §3 and §4.3, RFC 8414 §3.3, RFC 9207 §3.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlsplit

from providers import received
from providers.calls import DISCOVERY_URL, ISSUER, MakelaarEndpoint, not_ok, unavailable, unreadable
from providers.interface import ProviderUnavailable
from providers.registry import OidcSettings
from providers.trouble import Trouble
from state.addresses import OutgoingRefused
from state.outgoing import ACCEPT_JSON, OutgoingClient, OutgoingFailed

MAX_BYTES: Final = 64 * 1024
MAX_ACR_VALUES: Final = 50
_PATH: Final = "/.well-known/openid-configuration"
_PUSH: Final = "pushed_authorization_request_endpoint"
_ENDPOINTS: Final = ("authorization_endpoint", "token_endpoint", "jwks_uri", "userinfo_endpoint")


@dataclass(frozen=True)
class ProviderMetadata:
    """What we use of it. ``answers_with_iss``: the answer must carry ``iss`` (RFC 9207); ``tells``:
    it says by itself that a session ended, by the back or the front channel.
    """

    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str
    userinfo_endpoint: str | None
    answers_with_iss: bool
    acr_values: tuple[str, ...]
    end_session_endpoint: str | None = None
    tells: bool = False
    assertion_algorithms: tuple[str, ...] = ()  # of our proof, that it takes; none: it does not say
    push_endpoint: str | None = None  # where a request is brought beforehand; None: nowhere


def fetch_metadata(
    outgoing: OutgoingClient, settings: OidcSettings, party: str = ""
) -> ProviderMetadata:
    """``party``: the makelaar, as outgoing calls know it. Raises ProviderUnavailable, also where
    what is fetched does not fit the registration.
    """
    url = discovery_url(settings)
    try:
        document = fetch_document(outgoing, url, MAX_BYTES, MakelaarEndpoint.DISCOVERY, party)
    except ProviderUnavailable as unavailable:
        raise _at_its_setting(unavailable, settings) from None
    return read_metadata(document, settings)


def _at_its_setting(found: ProviderUnavailable, settings: OidcSettings) -> ProviderUnavailable:
    """The same, with the setting that holds the address where it was written apart."""
    if settings.discovery_url is None or found.measured.get("setting") != ISSUER:
        return found
    measured = {**found.measured, "setting": DISCOVERY_URL}
    return ProviderUnavailable(
        str(found), found.trouble, measured=measured, retry_after=found.retry_after
    )


def discovery_url(settings: OidcSettings) -> str:
    """Where the discovery document of this issuer is: below it (Discovery §4), or where the
    registration says.
    """
    return settings.discovery_url or below(settings.issuer)


def below(issuer: str) -> str:
    """Where the standard wants the document of an issuer."""
    return issuer.rstrip("/") + _PATH


def fetch_document(
    outgoing: OutgoingClient,
    url: str,
    max_bytes: int,
    endpoint: MakelaarEndpoint,
    party: str = "",
    accept: str = ACCEPT_JSON,
) -> Mapping[str, Any]:
    """A JSON object. Raises ProviderUnavailable."""
    try:
        answer = outgoing.get(url, accept=accept, max_bytes=max_bytes, party=party)
        if answer.status != 200:
            raise not_ok(endpoint, url, answer)
        document = answer.json()
    except (OutgoingRefused, OutgoingFailed) as error:
        raise unavailable(endpoint, url, error) from None
    if not isinstance(document, dict):
        raise unreadable(endpoint, url, "no JSON object")
    return document


def read_metadata(document: Mapping[str, Any], settings: OidcSettings) -> ProviderMetadata:
    """Check a discovery document. Raises ProviderUnavailable with the member that does not fit."""
    _check_issuer(document, settings)
    has_userinfo = document.get("userinfo_endpoint") is not None
    if settings.userinfo and not has_userinfo:
        raise ProviderUnavailable(
            "discovery: no userinfo_endpoint",
            Trouble.USERINFO_ABSENT,
            measured={"setting": "oidc.userinfo", "registered": "true", "seen": "none"},
        )
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
        end_session_endpoint=_end_session_endpoint(document, settings),
        tells=any(
            document.get(f"{channel}_logout_supported") is True
            for channel in ("backchannel", "frontchannel")
        ),
        assertion_algorithms=_words(
            document.get("token_endpoint_auth_signing_alg_values_supported")
        ),
        push_endpoint=_endpoint(document, _PUSH, settings) if _pushes(document, settings) else None,
    )


def _pushes(document: Mapping[str, Any], settings: OidcSettings) -> bool:
    """RFC 9126 §5, or where the registration wants it."""
    required = document.get("require_pushed_authorization_requests") is True
    return required or settings.pushes_requests


def _end_session_endpoint(document: Mapping[str, Any], settings: OidcSettings) -> str | None:
    """A login needs none: one that cannot be used is no reason to refuse the makelaar."""
    if document.get("end_session_endpoint") is None:
        return None
    try:
        return _endpoint(document, "end_session_endpoint", settings)
    except ProviderUnavailable:
        return None


def _check_issuer(document: Mapping[str, Any], settings: OidcSettings) -> None:
    """Byte for byte (Discovery §4.3): who differs in a slash is another."""
    issuer = document.get("issuer")
    if issuer == settings.issuer:
        return
    if not isinstance(issuer, str) or not issuer:
        nothing = unreadable(MakelaarEndpoint.DISCOVERY, discovery_url(settings), "no issuer in it")
        raise _at_its_setting(nothing, settings)
    raise ProviderUnavailable(
        "discovery: issuer is not the registered one",
        Trouble.DISCOVERY_ISSUER,
        measured={
            "setting": ISSUER,
            "registered": received.masked(settings.issuer),
            "seen": received.masked(issuer),
            "differs": difference(settings.issuer, issuer),
            **_of_many(issuer),
            **_kept_apart(issuer, settings),
        },
    )


def _of_many(issuer: str) -> dict[str, str]:
    """One address of Entra ID speaks for all tenants, and each has an issuer of its own."""
    return {"placeholder": received.masked(issuer)} if "{" in issuer else {}


def _kept_apart(issuer: str, settings: OidcSettings) -> dict[str, str]:
    """The line with which the document is found after the issuer was mended, where that is not
    below it.
    """
    url = discovery_url(settings)
    if settings.discovery_url is not None or below(issuer) == url:
        return {}
    elsewhere = difference(settings.issuer, issuer) in ("host", "path")
    is_one = issuer.startswith("https://") and _host_of(issuer) is not None and "{" not in issuer
    return {"line": f"discovery_url: {url}"} if elsewhere and is_one else {}


def difference(one: str, other: str) -> str:
    """Where two addresses first differ: slash, case, scheme, host or path."""
    if one.rstrip("/") == other.rstrip("/"):
        return "slash"
    if one.rstrip("/").lower() == other.rstrip("/").lower():
        return "case"
    try:
        a, b = urlsplit(one), urlsplit(other)
    except ValueError:
        return "host"
    if a.netloc.lower() != b.netloc.lower():
        return "host"
    return "scheme" if a.scheme.lower() != b.scheme.lower() else "path"


def _endpoint(document: Mapping[str, Any], name: str, settings: OidcSettings) -> str:
    url = document.get(name)
    if not isinstance(url, str) or not url.isascii() or not url.isprintable() or " " in url:
        raise _incomplete(f"{name} is missing or malformed", name, url)
    host = _host_of(url)
    if host is None:
        raise _incomplete(f"{name} is no address without user and fragment", name, url)
    if _is_approved(url, settings):
        return url
    if urlsplit(url).scheme != "https":
        raise _incomplete(f"{name} is not https", name, url)
    raise ProviderUnavailable(
        f"discovery: {name} is not at an approved host",
        Trouble.DISCOVERY_HOST,
        measured={
            "setting": "oidc.endpoint_hosts",
            "endpoint": name,
            "registered": received.masked(", ".join(_approved_hosts(settings))),
            "seen": received.masked(", ".join(_other_hosts(document, settings))),
        },
    )


def _incomplete(what: str, name: str, url: object) -> ProviderUnavailable:
    return ProviderUnavailable(
        f"discovery: {what}",
        Trouble.DISCOVERY_INCOMPLETE,
        measured={"endpoint": name, "seen": received.masked(url)},
    )


def _host_of(url: str) -> str | None:
    """In lower case, with its port; None where programs read it differently."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    is_plain = not ("@" in parts.netloc or "\\" in url or "#" in url)
    is_web = parts.scheme in ("https", "http") and parts.netloc
    return parts.netloc.lower() if is_plain and is_web else None


def _approved_hosts(settings: OidcSettings) -> tuple[str, ...]:
    own = (urlsplit(url).netloc.lower() for url in _own_addresses(settings))
    return tuple(dict.fromkeys((*own, *settings.endpoint_hosts)))


def _own_addresses(settings: OidcSettings) -> tuple[str, ...]:
    """Of which the registration itself says that they are this makelaar's."""
    return (settings.issuer, *((settings.discovery_url,) if settings.discovery_url else ()))


def _other_hosts(document: Mapping[str, Any], settings: OidcSettings) -> list[str]:
    """Hosts of endpoints that nobody approved: all of them, so that they are added at once."""
    used = (*_ENDPOINTS, *((_PUSH,) if _pushes(document, settings) else ()))
    urls = (url for name in used if isinstance(url := document.get(name), str))
    hosts = {host for url in urls if (host := _host_of(url)) and urlsplit(url).scheme == "https"}
    return sorted(hosts - set(_approved_hosts(settings)))


def _is_approved(url: str, settings: OidcSettings) -> bool:
    # Only a loopback issuer of the development rules has http: others could not be fetched.
    endpoint = urlsplit(url)
    for own in map(urlsplit, _own_addresses(settings)):
        if (endpoint.scheme, endpoint.netloc.lower()) == (own.scheme, own.netloc.lower()):
            return True
    return endpoint.scheme == "https" and endpoint.netloc.lower() in settings.endpoint_hosts


def _words(values: object) -> tuple[str, ...]:
    if not isinstance(values, list):
        return ()
    return tuple(v for v in values[:MAX_ACR_VALUES] if isinstance(v, str) and " " not in v)
