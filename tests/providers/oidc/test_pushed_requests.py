"""Requests that are brought to the makelaar before the browser goes there (RFC 9126)."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest

from providers.interface import ProviderUnavailable
from providers.trouble import Trouble
from tests.listener import Said
from tests.providers.oidc.makelaar import (
    PUSHED,
    REDIRECT_URI,
    Makelaar,
    as_json,
    leave,
    login,
    provider_for,
)

REQUIRED = {"require_pushed_authorization_requests": True}


def offers(makelaar: Makelaar, **more: Any) -> None:
    at = {"pushed_authorization_request_endpoint": f"{makelaar.issuer}/par"}
    makelaar.metadata = {**at, **more}


def test_authlete_and_keycloak_for_fapi_get_the_request_from_us(makelaar: Makelaar) -> None:
    """Discovery demands it; the address of the browser holds nothing of the login."""
    offers(makelaar, **REQUIRED)
    departure = leave(makelaar, provider_for(makelaar), login_hint="jan@voorbeeld.example")
    query = dict(parse_qsl(urlsplit(departure.url).query))
    assert query == {"client_id": "sluis", "request_uri": PUSHED}
    sent = makelaar.form("par")
    assert (sent["redirect_uri"], sent["state"]) == (REDIRECT_URI, "a-login.1")
    assert sent["nonce"] == departure.remembered.request_id
    assert sent["login_hint"] == "jan@voorbeeld.example"
    assert sent["client_assertion_type"].endswith(":jwt-bearer") and sent["client_id"] == "sluis"
    assert departure.remembered.values["code_verifier"] not in str(sent)
    assert login(makelaar).subject == "person-1"


def test_each_proof_is_another(makelaar: Makelaar) -> None:
    offers(makelaar, **REQUIRED)
    login(makelaar)
    assert makelaar.form("par")["client_assertion"] != makelaar.form()["client_assertion"]


def test_a_secret_goes_along_as_it_does_to_the_token_endpoint(
    makelaar: Makelaar, tmp_path: Path
) -> None:
    offers(makelaar, **REQUIRED)
    file = tmp_path / "secret"
    file.write_text("geheim", encoding="utf-8")
    by = {"client_secret_file": str(file)}
    login(makelaar, token_endpoint_auth_method="client_secret_post", **by)
    assert makelaar.form("par")["client_secret"] == "geheim"
    login(makelaar, token_endpoint_auth_method="client_secret_basic", **by)
    assert "client_secret" not in makelaar.form("par")
    assert makelaar.form("par")["client_id"] == "sluis"


def test_who_offers_it_gets_it_where_the_registration_says_so(makelaar: Makelaar) -> None:
    offers(makelaar)
    login(makelaar)
    assert "par" not in makelaar.paths()
    login(makelaar, pushes_requests=True)
    assert "par" in makelaar.paths()


@pytest.mark.parametrize("endpoint", [None, 7, "http://elders.example/par"])
def test_where_it_cannot_be_brought_nobody_leaves(makelaar: Makelaar, endpoint: object) -> None:
    offers(makelaar, pushed_authorization_request_endpoint=endpoint)
    login(makelaar)  # nobody needs it
    offers(makelaar, pushed_authorization_request_endpoint=endpoint, **REQUIRED)
    with pytest.raises(ProviderUnavailable) as caught:
        login(makelaar)
    assert caught.value.trouble is Trouble.DISCOVERY_INCOMPLETE
    assert caught.value.measured["endpoint"] == "pushed_authorization_request_endpoint"


def test_another_host_is_approved_like_that_of_any_endpoint(makelaar: Makelaar) -> None:
    offers(makelaar, pushed_authorization_request_endpoint="https://as.example/par", **REQUIRED)
    with pytest.raises(ProviderUnavailable) as caught:
        login(makelaar)
    assert caught.value.trouble is Trouble.DISCOVERY_HOST
    assert caught.value.measured["seen"] == "as.example"


@pytest.mark.parametrize("status", [200, 201])
def test_a_server_that_knows_one_status_of_success_is_understood(
    makelaar: Makelaar, status: int
) -> None:
    offers(makelaar, **REQUIRED)
    makelaar.spoiled["par"] = as_json({"request_uri": "https://as.example/r/1"}, status=status)
    assert "request_uri=https%3A%2F%2Fas.example%2Fr%2F1" in leave_url(makelaar)


def leave_url(makelaar: Makelaar) -> str:
    return leave(makelaar, provider_for(makelaar)).url


@pytest.mark.parametrize(
    ("answer", "trouble"),
    [
        (as_json({"error": "invalid_client"}, status=401), Trouble.CLIENT_REFUSED),
        (as_json({"error": "unauthorized_client"}, status=400), Trouble.CLIENT_UNAUTHORIZED),
        (as_json({"error": "invalid_request"}, status=400), Trouble.REQUEST_REFUSED),
        (as_json({"error": "invalid_grant"}, status=400), Trouble.REQUEST_REFUSED),
        (as_json({"error": "invalid_scope"}, status=400), Trouble.SCOPE_REFUSED),
        (as_json({"error": "invalid_redirect_uri"}, status=400), Trouble.REDIRECT_REFUSED),
        (as_json({"error": "server_error"}, status=400), Trouble.UNAVAILABLE),
        (Said(status=404), Trouble.ANSWER),
        (Said(status=429), Trouble.BUSY),
        (Said(status=503), Trouble.UNAVAILABLE),
        (Said(b"<html>", status=201), Trouble.ANSWER),
        (as_json({}, status=201), Trouble.ANSWER),
        (as_json({"request_uri": 7}, status=201), Trouble.ANSWER),
        (as_json({"request_uri": "no uri"}, status=201), Trouble.ANSWER),
        (as_json({"request_uri": "urn:" + "x" * 1001}, status=201), Trouble.ANSWER),
    ],
)
def test_what_it_says_of_the_request_is_told_of_that_endpoint(
    makelaar: Makelaar, answer: Said, trouble: Trouble
) -> None:
    offers(makelaar, **REQUIRED)
    makelaar.spoiled["par"] = answer
    with pytest.raises(ProviderUnavailable) as caught:
        leave_url(makelaar)
    assert caught.value.trouble is trouble
    assert caught.value.measured["endpoint"] == "pushed_authorization_request_endpoint"
    del makelaar.spoiled["par"]
    assert PUSHED.rpartition(":")[2] in leave_url(makelaar)
