"""Token endpoints of products: what they take as our proof, and how they say no."""

from __future__ import annotations

import json

import pytest
from joserfc import jwt
from joserfc.jwk import KeySet

from providers.interface import ProviderUnavailable
from providers.oidc.client_jwks import client_jwks
from providers.trouble import Trouble
from tests.keys_for_tests import make_keyring
from tests.providers.oidc.makelaar import Makelaar, as_json, login, refused


def test_okta_and_ad_fs_take_a_proof_for_their_token_endpoint(makelaar: Makelaar) -> None:
    """Any other is refused there, with a word about the audience that leads to the setting."""
    login(makelaar, client_assertion_audience="token_endpoint")
    published = KeySet.import_key_set(json.loads(client_jwks(make_keyring())))
    sent = jwt.decode(makelaar.form()["client_assertion"], published, algorithms=["RS256"])
    assert sent.claims["aud"] == f"{makelaar.issuer}/token"
    says = "The audience claim for client_assertion must be the endpoint invoked for the request."
    refusal = {"error": "invalid_client", "error_description": says}
    makelaar.spoiled["token"] = as_json(refusal, status=401)
    with pytest.raises(ProviderUnavailable) as caught:
        login(makelaar)
    assert caught.value.measured["line"] == "client_assertion_audience: token_endpoint"
    for silent in ({"client_assertion_audience": "token_endpoint"}, {}):
        if not silent:
            makelaar.spoiled["token"] = as_json({"error": "invalid_client"}, status=401)
        with pytest.raises(ProviderUnavailable) as caught:
            login(makelaar, **silent)
        assert "line" not in caught.value.measured


@pytest.mark.parametrize(
    ("error", "trouble"),
    [("invalid_client", Trouble.CLIENT_REFUSED), ("bad_client_secret", Trouble.REQUEST_REFUSED)],
)
def test_slack_says_what_went_wrong_with_the_status_of_success(
    makelaar: Makelaar, error: str, trouble: Trouble
) -> None:
    """It is the makelaar's word about us, and no token that came beside an error."""
    makelaar.spoiled["token"] = as_json({"ok": False, "error": error})
    with pytest.raises(ProviderUnavailable) as caught:
        login(makelaar)
    assert (caught.value.trouble, caught.value.measured["makelaar_error"]) == (trouble, error)
    makelaar.spoiled["token"] = as_json({"error": "invalid_grant"})
    refused(makelaar, "code_refused")
    del makelaar.spoiled["token"]
    makelaar.token = {"error": "invalid_client"}
    refused(makelaar, "error_and_tokens")


TAKEN = "token_endpoint_auth_signing_alg_values_supported"


@pytest.mark.parametrize(
    ("taken", "registered", "algorithm"),
    [
        (None, None, "RS256"),
        (["RS256", "PS256", "ES256"], None, "RS256"),
        (["PS256", "ES256"], None, "PS256"),  # Authlete, NL GOV, FAPI 2
        (["ES256", "EdDSA"], None, "ES256"),
        (["ES256", "PS256"], None, "PS256"),
        ([], None, "RS256"),
        ("PS256", None, "RS256"),
        (["none", "HS256"], None, "RS256"),
        (["RS256", "PS256"], "PS256", "PS256"),
        (None, "ES256", "ES256"),  # Keycloak, with the algorithm set at our client
    ],
)
def test_authlete_takes_no_rs256_and_says_what_it_takes(
    makelaar: Makelaar, taken: object, registered: str | None, algorithm: str
) -> None:
    makelaar.metadata = {TAKEN: taken} if taken is not None else {}
    login(makelaar, token_endpoint_auth_signing_alg=registered)
    published = json.loads(client_jwks(make_keyring()))["keys"]
    assertion = makelaar.form()["client_assertion"]
    sent = jwt.decode(assertion, KeySet.import_key_set({"keys": published}), algorithms=[algorithm])
    (named,) = [key for key in published if key["kid"] == sent.header["kid"]]
    assert (sent.header["alg"], named["alg"]) == (algorithm, algorithm)
