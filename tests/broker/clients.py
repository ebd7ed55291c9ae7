"""Clients of tests: one of each way to authenticate, and some that differ in one thing."""

from __future__ import annotations

import hashlib
from typing import Any, Final

from joserfc.jwk import ECKey, RSAKey

from keys.jwks import as_joserfc
from sandbox.portal.clients import BODEM, BODEMKAART, GRONDWATER, IDEEEN, LOZING, VERGUNNING
from tests.keys_for_tests import ec_key, rsa_key

HOST: Final = "127.0.0.4:9000"
OTHER_HOST: Final = "127.0.0.5:9000"
REDIRECT_URI: Final = f"http://{HOST}/callback"
SECRET: Final = "a secret of a portal: 100% sure + more"  # characters that Basic must encode
ORIGINS: Final = ("https://app.example", f"http://{HOST}")  # of the scripts of ``scripted``
CLAIMS: Final = ("represents", "mandate", "idp", "assurance", "name", "email")
SERVICES: Final = (IDEEEN, BODEM, BODEMKAART, LOZING, VERGUNNING, GRONDWATER)


def portal_key() -> RSAKey:
    """The key of ``by-key``."""
    key = as_joserfc(rsa_key("portal"), "portal-1")
    assert isinstance(key, RSAKey)
    return key


def portal_ec_key() -> ECKey:
    """The key of ``by-ec-key``."""
    key = as_joserfc(ec_key("portal"), "portal-2")
    assert isinstance(key, ECKey)
    return key


def clients() -> list[dict[str, Any]]:
    """The documents to register."""
    secret = {"secret_sha256": [hashlib.sha256(SECRET.encode()).hexdigest()]}
    by_key = {"token_endpoint_auth_method": "private_key_jwt", "jwks": _public(portal_key())}
    by_ec_key = {**by_key, "jwks": _public(portal_ec_key())}
    by_basic = {"token_endpoint_auth_method": "client_secret_basic", **secret}
    by_post = {"token_endpoint_auth_method": "client_secret_post", **secret}
    public = {"token_endpoint_auth_method": "none"}
    two = [f"http://{HOST}/one?kept=yes", f"http://{HOST}/two"]
    loopback = ["http://127.0.0.1:9000/callback", "http://[::1]/callback"]
    return [
        _client("by-key", **by_key, id_token_signed_response_alg="PS256"),
        _client("by-ec-key", **by_ec_key, id_token_signed_response_alg="ES256", acr="etd"),
        _client("by-basic", **by_basic),
        _client("by-documents", **by_basic, authorization_details_types=["urn:sluis:document"]),
        _client("by-post", **by_post, acr="digid"),
        _client("elsewhere", **by_basic, redirect_uris=[f"http://{OTHER_HOST}/callback"]),
        _client("without-pkce", **by_basic, require_pkce=False),
        _client("public", **public),
        _client("scripted", **public, cors_origins=list(ORIGINS)),
        _client("two-addresses", **public, redirect_uris=two),
        _client("native", **public, redirect_uris=loopback, application_type="native"),
        _client("web-on-loopback", **public, redirect_uris=loopback),
        _client("without-default", **public, default_service=None),
    ]


def _client(client_id: str, **more: Any) -> dict[str, Any]:
    return {
        "kind": "Client",
        "client_id": client_id,
        "name": {"nl": f"Portaal {client_id}", "en": f"Portal {client_id}"},
        "services": [service.uuid for service in SERVICES],
        "default_service": IDEEEN.uuid,
        "redirect_uris": [REDIRECT_URI],
        "home_url": f"http://{HOST}/",
        "claims": [
            {"name": name, "purpose": {"nl": f"Voor {name}", "en": f"For {name}"}}
            for name in CLAIMS
        ],
        **more,
    }


def _public(key: RSAKey | ECKey) -> dict[str, Any]:
    return {"keys": [key.as_dict(private=False)]}
