"""Everything that can be in the way between us and a makelaar, made in a world: what is spoiled or
registered, and what the trace must hold of it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import urlsplit

from providers.trouble import Trouble
from sandbox.wire import Answer
from state.outgoing import OutgoingFailed
from tests.journeys.spoiled import Spoil, as_json, members
from tests.world import ADDRESSES

T = Trouble
ISSUER: Final = f"{ADDRESSES.makelaars}/zekerweg"
DISCOVERY: Final = "/zekerweg/.well-known/openid-configuration"
TOKEN, JWKS, USERINFO = "/zekerweg/token", "/zekerweg/jwks", "/zekerweg/me"
SECRET: Final = "oidc.client_secret_file"
KEY_CLIENT: Final = {
    "setting": "oidc.client_id",
    "client_id": "sluis-demo",
    "auth_method": "private_key_jwt",
}
OFFERS_USERINFO: Final = members(userinfo_endpoint=f"{ISSUER}/me")


@dataclass(frozen=True)
class Case:
    """What was made wrong, and what its trace must hold."""

    trouble: Trouble
    measured: Mapping[str, Any]
    spoils: Mapping[str, Spoil] = field(default_factory=dict)
    registered: Mapping[str, Any] = field(default_factory=dict)
    said: Mapping[str, str] = field(default_factory=dict)  # in place of an answer of the makelaar
    makelaar: str = "Zekerweg"
    section: str = "oidc"


def _bearer_error(status: int, word: str) -> Answer:
    return Answer(status, (("WWW-Authenticate", f'Bearer error="{word}"'),), b"")


CASES: Final[dict[str, Case]] = {
    "an issuer with a slash too many": Case(
        T.DISCOVERY_ISSUER,
        {
            "setting": "oidc.issuer",
            "registered": f"{ISSUER}/",
            "seen": ISSUER,
            "differs": "slash",
        },
        registered={"issuer": f"{ISSUER}/"},
    ),
    "an issuer of another host": Case(
        T.DISCOVERY_ISSUER,
        {
            "setting": "oidc.issuer",
            "registered": ISSUER,
            "seen": "https://elders.example",
            "differs": "host",
        },
        {DISCOVERY: members(issuer="https://elders.example")},
    ),
    "an endpoint at a host that nobody approved": Case(
        T.DISCOVERY_HOST,
        {
            "setting": "oidc.endpoint_hosts",
            "endpoint": "token_endpoint",
            "registered": urlsplit(ISSUER).netloc,
            "seen": "api.example",
        },
        {DISCOVERY: members(token_endpoint="https://api.example/token")},
    ),
    "discovery without an endpoint": Case(
        T.DISCOVERY_INCOMPLETE,
        {"endpoint": "jwks_uri", "seen": "none"},
        {DISCOVERY: members(jwks_uri=None)},
    ),
    "an address where nothing is": Case(
        T.DISCOVERY_NOT_FOUND,
        {
            "setting": "oidc.issuer",
            "http_status": 404,
            "called": f"{ISSUER}/realm/.well-known/openid-configuration",
        },
        registered={"issuer": f"{ISSUER}/realm"},
    ),
    "an address with a page for people": Case(
        T.DISCOVERY_UNREADABLE,
        {"setting": "oidc.issuer", "failure": "not_json"},
        {DISCOVERY: Answer(200, (), b"<html>")},
    ),
    "an address with other JSON": Case(
        T.DISCOVERY_NOT_FOUND,
        {"setting": "oidc.issuer", "seen": "no issuer in it"},
        {DISCOVERY: as_json({"status": "UP"})},
    ),
    "an address that sends us on": Case(
        T.DISCOVERY_NOT_FOUND,
        {"setting": "oidc.issuer", "failure": "redirected"},
        {DISCOVERY: OutgoingFailed("redirected")},
    ),
    "a makelaar that admits us nowhere": Case(
        T.ENDPOINT_REFUSED,
        {"setting": "oidc.issuer", "http_status": 403},
        {DISCOVERY: Answer(403, (), b"")},
    ),
    "a name that is not known": Case(
        T.NAME,
        {"setting": "oidc.issuer", "failure": "name_not_found", "endpoint": "discovery"},
        {DISCOVERY: OutgoingFailed("name_not_found")},
    ),
    "one that is left alone because its name is not known": Case(
        T.NAME,
        {"setting": "oidc.issuer", "failure": "circuit_open", "because": "name_not_found"},
        {DISCOVERY: OutgoingFailed("circuit_open", 20, "name_not_found")},
    ),
    "a port where nobody listens": Case(
        T.CONNECTION,
        {"setting": "oidc.issuer", "failure": "refused"},
        {DISCOVERY: OutgoingFailed("refused")},
    ),
    "a certificate of another name": Case(
        T.TLS_NAME,
        {"setting": "oidc.issuer", "failure": "tls_name"},
        {DISCOVERY: OutgoingFailed("tls_name")},
    ),
    "a certificate that is over": Case(
        T.TLS_EXPIRED,
        {"failure": "tls_expired"},
        {DISCOVERY: OutgoingFailed("tls_expired")},
    ),
    "a certificate of a strange authority": Case(
        T.UNTRUSTED,
        {"setting": "outgoing.ca_file", "failure": "tls_untrusted"},
        {DISCOVERY: OutgoingFailed("tls_untrusted")},
    ),
    "no userinfo where it is registered": Case(
        T.USERINFO_ABSENT, {"setting": "oidc.userinfo"}, registered={"userinfo": True}
    ),
    "userinfo that does not take the token": Case(
        T.USERINFO_REFUSED,
        {
            "setting": "oidc.scopes",
            "registered": "openid",
            "http_status": 403,
            "makelaar_error": "insufficient_scope",
        },
        {DISCOVERY: OFFERS_USERINFO, USERINFO: _bearer_error(403, "insufficient_scope")},
        registered={"userinfo": True},
    ),
    "userinfo that does not know the token": Case(
        T.USERINFO_REFUSED,
        {"setting": "oidc.scopes", "http_status": 401},
        {DISCOVERY: OFFERS_USERINFO, USERINFO: Answer(401, (), b"")},
        registered={"userinfo": True},
    ),
    "a secret that is not there": Case(
        T.SECRET_FILE,
        {
            "setting": SECRET,
            "registered": "/nergens/geheim",
            "seen": "missing",
            "auth_method": "client_secret_post",
        },
        registered={
            "client_secret_file": "/nergens/geheim",
            "token_endpoint_auth_method": "client_secret_post",
        },
    ),
    "a secret that was never named": Case(
        T.SECRET_FILE,
        {"setting": SECRET, "registered": "none", "seen": "none"},
        registered={"client_secret_file": None},
        makelaar="Sleutelhof",
    ),
    "a secret that the makelaar does not have": Case(
        T.CLIENT_REFUSED,
        {
            "setting": SECRET,
            "client_id": "sluis-demo",
            "auth_method": "client_secret_basic",
            "makelaar_error": "invalid_client",
            "http_status": 401,
        },
        registered={
            "client_secret_file": "wrong.secret",
            "token_endpoint_auth_method": "client_secret_basic",
        },
    ),
    "a key that the makelaar does not have": Case(
        T.CLIENT_REFUSED,
        {**KEY_CLIENT, "makelaar_error": "invalid_client"},
        {TOKEN: as_json({"error": "invalid_client"}, 400)},
    ),
    "Keycloak has another secret": Case(
        T.CLIENT_REFUSED,
        {
            **KEY_CLIENT,
            "makelaar_error": "unauthorized_client",
            "makelaar_says": "Invalid client or Invalid client credentials",
        },
        {
            TOKEN: as_json(
                {
                    "error": "unauthorized_client",
                    "error_description": "Invalid client or Invalid client credentials",
                },
                401,
            )
        },
    ),
    "Auth0 has another secret": Case(
        T.CLIENT_REFUSED,
        {**KEY_CLIENT, "makelaar_error": "access_denied"},
        {TOKEN: as_json({"error": "access_denied"}, 403)},
    ),
    "a client that may not use the code flow": Case(
        T.CLIENT_UNAUTHORIZED,
        {
            "setting": "oidc.client_id",
            "registered": "sluis-demo",
            "makelaar_error": "unauthorized_client",
            "endpoint": "token_endpoint",
        },
        {TOKEN: as_json({"error": "unauthorized_client"}, 400)},
    ),
    "a word that nobody knows at the token endpoint": Case(
        T.REQUEST_REFUSED,
        {"setting": "oidc.client_id", "makelaar_error": "<b>nee</b>"},
        {TOKEN: as_json({"error": "<b>nee</b>"}, 400)},
    ),
    "Entra ID does not know us": Case(
        T.CLIENT_UNAUTHORIZED,
        {
            "setting": "oidc.client_id",
            "registered": "sluis-demo",
            "makelaar_error": "unauthorized_client",
            "makelaar_says": "AADSTS700016: Application not found",
            "endpoint": "authorization_endpoint",
        },
        said={
            "error": "unauthorized_client",
            "error_description": "AADSTS700016: Application not found",
        },
    ),
    "a scope that we may not ask": Case(
        T.SCOPE_REFUSED,
        {"setting": "oidc.scopes", "registered": "openid", "makelaar_error": "invalid_scope"},
        said={"error": "invalid_scope"},
    ),
    "a way of answering that it has not": Case(
        T.REQUEST_REFUSED,
        {"setting": "oidc.client_id", "makelaar_error": "unsupported_response_type"},
        said={"error": "unsupported_response_type"},
    ),
    "a request that it does not take": Case(
        T.REQUEST_REFUSED,
        {"setting": "oidc.client_id", "makelaar_error": "invalid_request"},
        said={"error": "invalid_request"},
    ),
    "an address of ours that it does not know": Case(
        T.REDIRECT_REFUSED,
        {
            "sent": f"{ADDRESSES.broker}/oidc/callback/zekerweg",
            "makelaar_error": "redirect_uri_mismatch",
        },
        said={"error": "redirect_uri_mismatch"},
    ),
    "one that says that it is down": Case(
        T.UNAVAILABLE,
        {"makelaar_error": "temporarily_unavailable"},
        said={"error": "temporarily_unavailable"},
    ),
    "Keycloak whose login page stood open for too long": Case(
        T.EXPIRED,
        {"makelaar_error": "temporarily_unavailable", "makelaar_says": "authentication_expired"},
        said={
            "error": "temporarily_unavailable",
            "error_description": "authentication_expired",
        },
    ),
    "one that breaks": Case(
        T.UNAVAILABLE, {"http_status": 500}, {DISCOVERY: Answer(500, (), b"oops")}
    ),
    "one for which enough wait already": Case(
        T.SLOW,
        {"failure": "too_slow", "endpoint": "token_endpoint"},
        {TOKEN: OutgoingFailed("too_slow")},
    ),
    "one that is silent": Case(
        T.UNAVAILABLE, {"failure": "timeout"}, {DISCOVERY: OutgoingFailed("timeout")}
    ),
    "one that is silent where it says to call": Case(
        T.UNAVAILABLE,
        {"failure": "refused", "endpoint": "token_endpoint"},
        {TOKEN: OutgoingFailed("refused")},
    ),
    "one that we ask too much": Case(
        T.BUSY, {"http_status": 429}, {TOKEN: Answer(429, (("Retry-After", "30"),), b"")}
    ),
    "one that answers nonsense": Case(
        T.ANSWER, {"endpoint": "token_endpoint"}, {TOKEN: Answer(200, (), b"<html>")}
    ),
    "one whose keys are none": Case(
        T.KEYS, {"endpoint": "jwks_uri"}, {JWKS: as_json({"keys": "none"})}
    ),
    "a binding that the makelaar has not": Case(
        T.BINDING,
        {"setting": "saml.request_binding", "registered": "post", "seen": "redirect"},
        registered={"request_binding": "post", "metadata": "redirect alone"},
        makelaar="Polderpoort",
        section="saml",
    ),
    "metadata that cannot be used any more": Case(
        T.METADATA,
        {"setting": "saml.metadata"},
        registered={"metadata": "<x/>"},
        makelaar="Polderpoort",
        section="saml",
    ),
}
