"""Calls to a makelaar that did not come about: whose it is, and what a login keeps of it."""

from __future__ import annotations

import json

import pytest

from providers.interface import ProviderRefused, ProviderUnavailable
from providers.oidc import client
from providers.oidc.calls import FORBIDDEN, PROXY, UNTRUSTED, unavailable
from providers.oidc.discovery import ProviderMetadata, fetch_metadata
from providers.registry import OidcSettings
from state.addresses import OutgoingRefused
from state.outgoing import HttpAnswer, OutgoingFailed
from tests.called import Called
from tests.clocks import START
from tests.keys_for_tests import make_keyring

ISSUER = "https://makelaar.example"
SETTINGS = OidcSettings(issuer=ISSUER, client_id="sluis")
METADATA = ProviderMetadata(ISSUER, f"{ISSUER}/token", f"{ISSUER}/jwks", None, False, ())


@pytest.mark.parametrize(
    ("error", "reason", "measured", "retry_after"),
    [
        (
            OutgoingRefused("address", "10.1.2.3 of idp.intern", '"idp.intern"'),
            FORBIDDEN,
            {
                "outgoing_rule": "address",
                "seen": "10.1.2.3 of idp.intern",
                "setting": "outgoing.allow",
            },
            None,
        ),
        (
            OutgoingRefused("scheme", "http at idp.example:80"),
            FORBIDDEN,
            {"outgoing_rule": "scheme", "seen": "http at idp.example:80"},
            None,
        ),
        (
            OutgoingFailed("proxy_login"),
            PROXY,
            {"failure": "proxy_login", "setting": "outgoing.proxy"},
            None,
        ),
        (
            OutgoingFailed("proxy_circuit_open", 12),
            PROXY,
            {"failure": "proxy_circuit_open", "setting": "outgoing.proxy"},
            12,
        ),
        (
            OutgoingFailed("name_not_found_here"),
            PROXY,
            {"failure": "name_not_found_here", "setting": "outgoing.proxy_resolves"},
            None,
        ),
        (
            OutgoingFailed("tls_untrusted"),
            UNTRUSTED,
            {"failure": "tls_untrusted", "setting": "outgoing.ca_file"},
            None,
        ),
        (OutgoingFailed("timeout"), "unavailable", {"failure": "timeout"}, None),
        (OutgoingFailed("circuit_open", 20), "unavailable", {"failure": "circuit_open"}, 20),
        (OutgoingFailed("tls_expired"), "unavailable", {"failure": "tls_expired"}, None),
    ],
)
def test_what_is_ours_to_mend_says_so_with_rule_and_setting(
    error: OutgoingRefused | OutgoingFailed,
    reason: str,
    measured: dict[str, str],
    retry_after: int | None,
) -> None:
    found = unavailable("token endpoint", error)
    assert (found.reason, dict(found.measured)) == (reason, measured)
    assert found.is_ours is (reason != "unavailable")
    assert found.retry_after == retry_after
    assert str(found).startswith("token endpoint: ")


def test_each_call_says_which_endpoint_did_not_answer() -> None:
    called = Called(OutgoingFailed("timeout"))
    with pytest.raises(ProviderUnavailable, match="discovery document: timeout"):
        fetch_metadata(called, SETTINGS)
    with pytest.raises(ProviderUnavailable, match="token endpoint: timeout"):
        redeem(called)


def redeem(called: Called) -> client.Tokens:
    return client.redeem(
        called,
        settings=SETTINGS,
        metadata=METADATA,
        keyring=make_keyring(),
        code="code",
        values={"redirect_uri": "https://login.example/cb", "code_verifier": "v"},
        now=START,
    )


@pytest.mark.parametrize(
    ("error", "is_fine"), [(None, True), ("invalid_grant", False), ("", False), ([], False)]
)
def test_an_error_beside_tokens_is_refused_unless_it_is_null(error: object, is_fine: bool) -> None:
    body = {"token_type": "Bearer", "id_token": "x.y.z", "access_token": "a", "error": error}
    headers = {"content-type": "application/json"}
    called = Called(HttpAnswer(200, headers, json.dumps(body).encode()))
    if is_fine:
        assert redeem(called).id_token == "x.y.z"
    else:
        with pytest.raises(ProviderRefused, match="error_and_tokens"):
            redeem(called)
