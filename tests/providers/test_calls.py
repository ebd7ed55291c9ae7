"""Calls to a makelaar that did not come about: whose it is, and what a login keeps of it."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from keys.keyring import KeyRing
from providers.calls import MakelaarEndpoint, not_ok, unavailable
from providers.interface import ProviderRefused, ProviderUnavailable
from providers.oidc import client
from providers.oidc.client_proof import check_proof
from providers.oidc.discovery import ProviderMetadata, fetch_document, fetch_metadata
from providers.registry import OidcSettings
from providers.trouble import Side, Trouble
from state.addresses import OutgoingRefused
from state.outgoing import HttpAnswer, OutgoingFailed
from tests.called import Called, said
from tests.clocks import START
from tests.keys_for_tests import make_keyring

ISSUER = "https://makelaar.example"
SETTINGS = OidcSettings(issuer=ISSUER, client_id="sluis")
METADATA = ProviderMetadata(ISSUER, f"{ISSUER}/token", f"{ISSUER}/jwks", None, False, ())


URL = f"{ISSUER}/.well-known/openid-configuration"
REFUSED = OutgoingRefused("address", "10.1.2.3 of idp.intern", '"idp.intern"')
AT_TOKEN = {"endpoint": "token_endpoint", "called": URL}


@pytest.mark.parametrize(
    ("error", "trouble", "measured"),
    [
        (
            REFUSED,
            Trouble.FORBIDDEN,
            {"outgoing_rule": "address", "seen": REFUSED.seen, "setting": "outgoing.allow"},
        ),
        (
            OutgoingRefused("scheme", "http at idp.example:80"),
            Trouble.FORBIDDEN,
            {"outgoing_rule": "scheme", "seen": "http at idp.example:80"},
        ),
        (
            OutgoingFailed("proxy_login"),
            Trouble.PROXY,
            {"failure": "proxy_login", "setting": "outgoing.proxy"},
        ),
        (
            OutgoingFailed("proxy_circuit_open", 12),
            Trouble.PROXY,
            {"failure": "proxy_circuit_open", "setting": "outgoing.proxy"},
        ),
        (
            OutgoingFailed("name_not_found_here"),
            Trouble.PROXY,
            {"failure": "name_not_found_here", "setting": "outgoing.proxy_resolves"},
        ),
        (
            OutgoingFailed("tls_untrusted"),
            Trouble.UNTRUSTED,
            {"failure": "tls_untrusted", "setting": "outgoing.ca_file"},
        ),
        (
            OutgoingFailed("circuit_open", 20, "tls_untrusted"),
            Trouble.UNTRUSTED,
            {
                "failure": "circuit_open",
                "because": "tls_untrusted",
                "setting": "outgoing.ca_file",
            },
        ),
    ],
)
@pytest.mark.parametrize("endpoint", [MakelaarEndpoint.DISCOVERY, MakelaarEndpoint.TOKEN])
def test_what_is_ours_to_mend_says_so_with_rule_and_setting(
    endpoint: MakelaarEndpoint,
    error: OutgoingRefused | OutgoingFailed,
    trouble: Trouble,
    measured: dict[str, str],
) -> None:
    found = unavailable(endpoint, URL, error)
    assert (found.trouble, dict(found.measured)) == (trouble, measured)
    assert found.trouble.side is Side.OURS
    assert found.retry_after == getattr(error, "retry_after", None)
    assert str(found).startswith(f"{endpoint}: ")


@pytest.mark.parametrize(
    ("failure", "at_discovery", "at_token"),
    [
        ("name_not_found", Trouble.NAME, Trouble.NAME),
        ("refused", Trouble.CONNECTION, Trouble.UNAVAILABLE),  # where they say that they are
        ("tls_name", Trouble.TLS_NAME, Trouble.TLS_NAME),
        ("tls_expired", Trouble.TLS_EXPIRED, Trouble.TLS_EXPIRED),
        ("tls", Trouble.UNAVAILABLE, Trouble.UNAVAILABLE),
        ("timeout", Trouble.UNAVAILABLE, Trouble.UNAVAILABLE),
        ("no_answer", Trouble.UNAVAILABLE, Trouble.UNAVAILABLE),
        ("cut_short", Trouble.UNAVAILABLE, Trouble.UNAVAILABLE),
        ("status_5xx", Trouble.UNAVAILABLE, Trouble.UNAVAILABLE),
        ("redirected", Trouble.DISCOVERY_NOT_FOUND, Trouble.ANSWER),
        ("not_json", Trouble.DISCOVERY_UNREADABLE, Trouble.ANSWER),
        ("too_large", Trouble.DISCOVERY_UNREADABLE, Trouble.ANSWER),
        ("something new", Trouble.UNAVAILABLE, Trouble.UNAVAILABLE),
    ],
)
def test_a_call_that_brought_nothing_is_told_by_what_was_called(
    failure: str, at_discovery: Trouble, at_token: Trouble
) -> None:
    for error in (OutgoingFailed(failure), OutgoingFailed("circuit_open", 20, failure)):
        first = unavailable(MakelaarEndpoint.DISCOVERY, URL, error)
        assert first.trouble is at_discovery
        is_away = at_discovery in (Trouble.UNAVAILABLE, Trouble.TLS_EXPIRED)
        assert first.measured.get("setting") == (None if is_away else "oidc.issuer")
        later = unavailable(MakelaarEndpoint.TOKEN, URL, error)
        assert later.trouble is at_token
        assert AT_TOKEN.items() <= later.measured.items() and "setting" not in later.measured
        assert (later.measured["failure"], later.retry_after) == (error.reason, error.retry_after)


@pytest.mark.parametrize(
    ("status", "at_discovery", "at_keys"),
    [
        (404, Trouble.DISCOVERY_NOT_FOUND, Trouble.ANSWER),
        (410, Trouble.DISCOVERY_NOT_FOUND, Trouble.ANSWER),
        (400, Trouble.DISCOVERY_NOT_FOUND, Trouble.ANSWER),
        (204, Trouble.DISCOVERY_NOT_FOUND, Trouble.ANSWER),
        (401, Trouble.ENDPOINT_REFUSED, Trouble.ENDPOINT_REFUSED),
        (403, Trouble.ENDPOINT_REFUSED, Trouble.ENDPOINT_REFUSED),
        (429, Trouble.BUSY, Trouble.BUSY),
        (500, Trouble.UNAVAILABLE, Trouble.UNAVAILABLE),
        (503, Trouble.UNAVAILABLE, Trouble.UNAVAILABLE),
    ],
)
def test_a_status_is_told_by_what_was_called(
    status: int, at_discovery: Trouble, at_keys: Trouble
) -> None:
    for endpoint, trouble in (
        (MakelaarEndpoint.DISCOVERY, at_discovery),
        (MakelaarEndpoint.JWKS, at_keys),
    ):
        with pytest.raises(ProviderUnavailable) as caught:
            fetch_document(Called(said({}, status)), URL, 100, endpoint)
        assert caught.value.trouble is trouble
        assert caught.value.measured["http_status"] == status


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("120", 120),
        (" 7 ", 7),
        ("3600", 3600),
        ("0", None),
        ("-5", None),
        ("3601", None),
        ("9" * 5000, None),
        ("²", None),
        ("Sun, 06 Nov 1994 08:49:37 GMT", None),
        ("", None),
    ],
)
def test_who_asks_too_much_hears_when_to_come_back(header: str, seconds: int | None) -> None:
    found = not_ok(MakelaarEndpoint.TOKEN, URL, HttpAnswer(429, {"retry-after": header}, b""))
    assert (found.trouble, found.retry_after) == (Trouble.BUSY, seconds)


def test_each_call_says_which_endpoint_did_not_answer() -> None:
    called = Called(OutgoingFailed("timeout"))
    with pytest.raises(ProviderUnavailable, match="discovery: timeout"):
        fetch_metadata(called, SETTINGS)
    with pytest.raises(ProviderUnavailable, match="token_endpoint: timeout"):
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


def answered(body: object, status: int) -> HttpAnswer:
    return HttpAnswer(status, {"content-type": "application/json"}, json.dumps(body).encode())


@pytest.mark.parametrize(
    ("answer", "trouble"),
    [
        (answered({"error": "invalid_client"}, 400), Trouble.CLIENT_REFUSED),
        (answered({"error": "invalid_client"}, 401), Trouble.CLIENT_REFUSED),
        (answered({"error": "access_denied"}, 403), Trouble.CLIENT_REFUSED),  # Auth0
        (answered({"error": "unauthorized_client"}, 401), Trouble.CLIENT_REFUSED),  # Keycloak
        (answered({"error": "unauthorized_client"}, 400), Trouble.CLIENT_UNAUTHORIZED),
        (answered({"error": "unsupported_grant_type"}, 400), Trouble.CLIENT_UNAUTHORIZED),
        (answered({"error": "invalid_scope"}, 400), Trouble.SCOPE_REFUSED),
        (answered({"error": "invalid_target"}, 400), Trouble.REQUEST_REFUSED),
        (answered({"error": "of a product"}, 400), Trouble.REQUEST_REFUSED),
        (answered({"error": "server_error"}, 400), Trouble.UNAVAILABLE),
        (answered({"error": ["invalid_client"]}, 400), Trouble.ANSWER),
        (answered({"error": {"a": 1}}, 401), Trouble.CLIENT_REFUSED),
        (answered([], 401), Trouble.CLIENT_REFUSED),
        (answered({}, 400), Trouble.ANSWER),
        (answered({}, 403), Trouble.ENDPOINT_REFUSED),
        (said(b"<html>", 401), Trouble.CLIENT_REFUSED),
        (said(b"<html>", 403), Trouble.ENDPOINT_REFUSED),  # a firewall before it
        (said(b"", 404), Trouble.ANSWER),
        (said(b"", 429), Trouble.BUSY),
        (said(b"", 502), Trouble.UNAVAILABLE),
        (said(b"", 200), Trouble.ANSWER),
    ],
)
def test_what_the_token_endpoint_holds_against_us(answer: HttpAnswer, trouble: Trouble) -> None:
    with pytest.raises(ProviderUnavailable) as caught:
        redeem(Called(answer))
    assert caught.value.trouble is trouble
    assert caught.value.measured["endpoint"] == "token_endpoint"
    assert "<html>" not in str(caught.value.measured)


@pytest.mark.parametrize(
    ("error", "status"), [("invalid_grant", 400), ("invalid_grant", 401), ("invalid_request", 400)]
)
def test_what_it_holds_against_the_code_is_of_this_login(error: str, status: int) -> None:
    body = {"error": error, "error_description": "Code not valid"}
    with pytest.raises(ProviderRefused) as caught:
        redeem(Called(answered(body, status)))
    assert caught.value.reason == "code_refused"
    assert caught.value.measured == {"makelaar_error": error, "makelaar_says": "Code not valid"}


@pytest.mark.parametrize(
    ("content", "seen"),
    [
        (None, "missing"),
        (b"", "empty"),
        (b" \n", "empty"),
        (b"\xff\xfe", "no UTF-8"),
        ("a folder", "unreadable"),
        ("no file named", "none"),
    ],
)
def test_a_secret_that_cannot_be_used_says_which_file_and_why(
    content: bytes | str | None, seen: str, tmp_path: Path
) -> None:
    file = tmp_path / "makelaar.secret"
    if isinstance(content, bytes):
        file.write_bytes(content)
    elif content == "a folder":
        file.mkdir()
    named = None if content == "no file named" else str(file)
    settings = SETTINGS.model_copy(
        update={"token_endpoint_auth_method": "client_secret_post", "client_secret_file": named}
    )
    with pytest.raises(ProviderUnavailable) as caught:
        check_proof(settings, METADATA, make_keyring())
    assert caught.value.trouble is Trouble.SECRET_FILE
    assert caught.value.measured["setting"] == "oidc.client_secret_file"
    assert caught.value.measured["seen"] == seen
    check_proof(SETTINGS, METADATA, make_keyring())  # keys of our own need no file


def test_without_a_key_of_ours_nobody_is_sent_away() -> None:
    with pytest.raises(ProviderUnavailable) as caught:
        check_proof(SETTINGS, METADATA, KeyRing(()))
    assert caught.value.trouble is Trouble.OWN_KEY
    assert caught.value.measured["key_use"] == "client_signing"


@pytest.mark.parametrize(
    ("header", "word"),
    [
        ('Bearer error="insufficient_scope", scope="profile"', "insufficient_scope"),
        ('Bearer realm="x", error="invalid_token"', "invalid_token"),
        ('Bearer error="<script>"', None),
        ("Bearer", None),
        ("", None),
    ],
)
@pytest.mark.parametrize("status", [401, 403])
def test_userinfo_that_is_refused_is_about_our_scopes(
    status: int, header: str, word: str | None
) -> None:
    metadata = replace(METADATA, userinfo_endpoint=f"{ISSUER}/me")
    answer = HttpAnswer(status, {"www-authenticate": header}, b"")
    with pytest.raises(ProviderUnavailable) as caught:
        client.fetch_userinfo(Called(answer), metadata, client.Tokens("x", "y"), SETTINGS)
    assert caught.value.trouble is Trouble.USERINFO_REFUSED
    assert caught.value.measured["setting"] == "oidc.scopes"
    assert caught.value.measured.get("makelaar_error") == word
