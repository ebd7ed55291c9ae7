"""The request to a makelaar in the words that it knows, and the code out of its answer."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from authlib.oauth2.rfc7636 import create_s256_code_challenge

from assurance.levels import AssuranceLevel
from providers.interface import (
    Callback,
    Departure,
    ProviderCancelled,
    ProviderLevelTooLow,
    ProviderRefused,
    ProviderUnavailable,
)
from providers.oidc.authorize import MAX_CODE, acceptable_acr, asked, departure, take_code
from providers.oidc.discovery import ProviderMetadata
from providers.oidc.errors import ABOUT_THE_USER
from providers.registry import OidcSettings, ProviderRecord
from providers.trouble import Trouble
from tests.clocks import START
from tests.providers.oidc.makelaar import REDIRECT_URI, ask

L = AssuranceLevel
ISSUER = "https://makelaar.example"
METADATA = ProviderMetadata(
    f"{ISSUER}/authorize", f"{ISSUER}/token", f"{ISSUER}/jwks", None, True, ()
)
SETTINGS = OidcSettings(issuer=ISSUER, client_id="sluis")
BY_FORM = SETTINGS.model_copy(update={"response_mode": "form_post"})
CLIENT_ID = {"setting": "oidc.client_id", "registered": "sluis"}


def record(**fields: Any) -> ProviderRecord:
    base = {"id": "zekerweg", "name": "Zekerweg", "level_ceiling": "EH4", "oidc": SETTINGS}
    return ProviderRecord.model_validate({**base, **fields})


def left(
    metadata: ProviderMetadata = METADATA, settings: OidcSettings = SETTINGS, **wishes: Any
) -> Departure:
    request = asked(
        ask(**wishes),
        record=record(),
        settings=settings,
        metadata=metadata,
        redirect_uri=REDIRECT_URI,
        now=START,
    )
    return departure(request.query, request.remembered, metadata.authorization_endpoint)


def test_what_is_remembered_fits_what_was_sent_and_the_verifier_stays_here() -> None:
    gone = left(service_id="urn:x", max_age=60)
    query = dict(parse_qsl(urlsplit(gone.url).query))
    kept = gone.remembered
    assert query["nonce"] == kept.request_id
    assert query["code_challenge"] == create_s256_code_challenge(kept.values["code_verifier"])
    assert kept.values["code_verifier"] not in gone.url
    assert (kept.values["state"], query["state"]) == ("a-login.1", "a-login.1")
    assert (kept.values["max_age"], kept.values["service_id"]) == ("60", "urn:x")


@pytest.mark.parametrize(
    ("wishes", "prompt", "max_age"),
    [
        ({}, None, None),
        ({"max_age": 600}, None, "600"),
        ({"max_age": 0}, None, "0"),
        ({"force_authn": True}, "login", "0"),
        ({"force_authn": True, "max_age": 600}, "login", "0"),
    ],
)
def test_how_fresh_the_login_must_be_is_asked(
    wishes: dict[str, Any], prompt: str | None, max_age: str | None
) -> None:
    query = dict(parse_qsl(urlsplit(left(**wishes).url).query))
    assert (query.get("prompt"), query.get("max_age")) == (prompt, max_age)


def test_an_endpoint_with_a_query_keeps_it() -> None:
    metadata = replace(METADATA, authorization_endpoint=f"{ISSUER}/authorize?tenant=1")
    assert left(metadata).url.startswith(f"{ISSUER}/authorize?tenant=1&response_type=code&")
    assert left().url.startswith(f"{ISSUER}/authorize?response_type=code&")


EIDAS = [str(level.eidas) for level in (L.EH3, L.EH4)]


@pytest.mark.parametrize(
    ("levels", "supported", "asked", "words"),
    [
        ({}, (), L.EH3, EIDAS),
        ({"gold": "EH3", "tin": "EH2", "silver": "EH2+"}, ("x",), L.EH2_PLUS, ["silver", "gold"]),
        ({}, (str(L.EH4.loa), "gold", str(L.EH2.loa), "EH3"), L.EH3, ["EH3", str(L.EH4.loa)]),
        ({}, ("gold",), L.EH3, EIDAS),  # no word that we know
        ({"tin": "EH2"}, (), L.EH3, []),
    ],
)
def test_levels_that_suffice_are_asked_lowest_first_in_words_of_the_makelaar(
    levels: dict[str, str], supported: tuple[str, ...], asked: L, words: list[str]
) -> None:
    metadata = replace(METADATA, acr_values=supported)
    assert acceptable_acr(record(levels=levels), metadata, asked) == words


def test_ping_one_refuses_words_that_it_does_not_know_so_none_are_asked() -> None:
    """Its ``acr_values`` are names of sign-on policies; the level of the answer is judged alike."""
    asks = dict(parse_qsl(urlsplit(left().url).query))
    assert asks["acr_values"] == " ".join(EIDAS)
    silent = left(settings=SETTINGS.model_copy(update={"asks_level": False}))
    assert "acr_values" not in silent.url
    assert silent.remembered.level is L.EH3


def answered(metadata: ProviderMetadata = METADATA, **changes: Any) -> str:
    """The code in a good answer with these changes; None takes a parameter away."""
    url, method = changes.pop("url", REDIRECT_URI), changes.pop("method", "GET")
    mode = changes.pop("mode", "query")
    settings = SETTINGS.model_copy(update={"response_mode": mode})
    good = {"code": "a-code", "state": "a-login.1", "iss": ISSUER}
    pairs = tuple((n, v) for n, v in {**good, **changes}.items() if v is not None)
    back = Callback(method=method, parameters=pairs, url=url, received_at=START)
    return take_code(back, left(settings=settings).remembered, settings, metadata)


@pytest.mark.parametrize("code", ["a-code", "x", "~!", "x" * MAX_CODE])
def test_the_code_of_a_good_answer_is_taken_as_it_stands(code: str) -> None:
    assert answered(code=code) == code


def test_entra_id_and_ad_fs_post_the_code_where_that_was_asked() -> None:
    """As each login asked: what is registered meanwhile changes nothing of it."""
    query = dict(parse_qsl(urlsplit(left(settings=BY_FORM).url).query))
    assert query["response_mode"] == "form_post"
    assert "response_mode" not in left().url
    assert answered(mode="form_post", method="POST") == "a-code"
    back = Callback(
        "POST", (("code", "c"), ("state", "a-login.1"), ("iss", ISSUER)), REDIRECT_URI, START
    )
    assert take_code(back, left(settings=BY_FORM).remembered, SETTINGS, METADATA) == "c"


def test_an_issuer_that_was_not_promised_may_be_absent_and_not_another() -> None:
    silent = replace(METADATA, answers_with_iss=False)
    assert answered(silent, iss=None) == answered(silent) == "a-code"
    with pytest.raises(ProviderRefused, match="issuer_mismatch"):
        answered(silent, iss="https://elders.example")


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"method": "POST"}, "response_mode"),
        ({"mode": "form_post"}, "response_mode"),
        ({"url": f"{REDIRECT_URI}2"}, "redirect_uri_mismatch"),
        ({"state": "another"}, "state_mismatch"),
        ({"state": None}, "state_mismatch"),
        ({"iss": None}, "issuer_missing"),
        ({"iss": f"{ISSUER}/"}, "issuer_mismatch"),
        ({"iss": f"{ISSUER}/", "error": "access_denied", "code": None}, "issuer_mismatch"),
        ({"error": "access_denied"}, "code_and_error"),
        ({"code": None}, "code_malformed"),
        ({"code": "two words"}, "code_malformed"),
        ({"code": "é"}, "code_malformed"),
        ({"code": "x" * (MAX_CODE + 1)}, "code_malformed"),
        ({"code": None, "error": "login_required"}, "makelaar_error"),
        ({"code": None, "error": "a_word_of_a_product"}, "makelaar_error"),
    ],
)
def test_an_answer_that_is_not_the_one_that_was_asked_is_refused(
    changes: dict[str, Any], reason: str
) -> None:
    with pytest.raises(ProviderRefused) as refused:
        answered(**changes)
    assert refused.value.reason == reason


@pytest.mark.parametrize(
    ("error", "raised"),
    [
        ("access_denied", ProviderCancelled),
        ("user_cancelled_authorize", ProviderCancelled),  # of Apple
        ("user_cancelled_login", ProviderCancelled),  # of LinkedIn
        ("unmet_authentication_requirements", ProviderLevelTooLow),
        ("server_error", ProviderUnavailable),
        ("temporarily_unavailable", ProviderUnavailable),
    ],
)
def test_an_error_is_what_it_means_to_the_login(error: str, raised: type[Exception]) -> None:
    with pytest.raises(raised):
        answered(code=None, error=error)


def test_an_error_that_nobody_knows_is_for_the_trace_and_never_for_the_log() -> None:
    with pytest.raises(ProviderRefused) as refused:
        answered(
            code=None, error="<script>", error_description="jan@voorbeeld.example is not known"
        )
    assert refused.value.detail == "an unknown error"
    assert refused.value.measured == {
        "makelaar_error": "<script>",
        "makelaar_says": "… is not known",
    }


@pytest.mark.parametrize(
    ("error", "trouble", "measured"),
    [
        ("unauthorized_client", Trouble.CLIENT_UNAUTHORIZED, CLIENT_ID),
        ("invalid_client", Trouble.CLIENT_REFUSED, CLIENT_ID),
        ("invalid_request", Trouble.REQUEST_REFUSED, CLIENT_ID),
        ("unsupported_response_type", Trouble.REQUEST_REFUSED, CLIENT_ID),
        ("request_not_supported", Trouble.REQUEST_REFUSED, CLIENT_ID),
        (
            "invalid_scope",
            Trouble.SCOPE_REFUSED,
            {"setting": "oidc.scopes", "registered": "openid"},
        ),
        (
            "redirect_uri_mismatch",
            Trouble.REDIRECT_REFUSED,
            {"client_id": "sluis", "sent": REDIRECT_URI},
        ),
        ("server_error", Trouble.UNAVAILABLE, {}),
        ("temporarily_unavailable", Trouble.UNAVAILABLE, {}),
    ],
)
def test_an_error_about_us_is_not_told_of_the_answer(
    error: str, trouble: Trouble, measured: dict[str, str]
) -> None:
    with pytest.raises(ProviderUnavailable) as caught:
        answered(code=None, error=error, error_description="AADSTS50011: not the reply address")
    assert caught.value.trouble is trouble
    assert caught.value.measured == {
        "endpoint": "authorization_endpoint",
        **measured,
        "makelaar_error": error,
        "makelaar_says": "AADSTS50011: not the reply address",
    }
    assert error in str(caught.value) and "AADSTS" not in str(caught.value)


def test_keycloak_whose_login_was_over_there_is_not_away() -> None:
    """It says so in words of its own, beside the one of a server that is down."""
    for description, trouble in (
        ("authentication_expired", Trouble.EXPIRED),
        ("Authentication_expired", Trouble.UNAVAILABLE),
        ("down", Trouble.UNAVAILABLE),
    ):
        with pytest.raises(ProviderUnavailable) as caught:
            answered(code=None, error="temporarily_unavailable", error_description=description)
        assert caught.value.trouble is trouble
    with pytest.raises(ProviderUnavailable) as caught:
        answered(code=None, error="server_error", error_description="authentication_expired")
    assert caught.value.trouble is Trouble.UNAVAILABLE


@pytest.mark.parametrize("error", sorted(ABOUT_THE_USER))
def test_what_is_written_about_a_user_is_not_kept(error: str) -> None:
    with pytest.raises(Exception) as caught:
        answered(code=None, error=error, error_description="Jan Jansen has no account")
    assert "Jansen" not in str(getattr(caught.value, "measured", "")) + str(caught.value)


def test_another_issuer_in_the_answer_is_told_with_both() -> None:
    with pytest.raises(ProviderRefused) as caught:
        answered(iss=f"{ISSUER}/")
    assert caught.value.measured == {
        "setting": "oidc.issuer",
        "expected": ISSUER,
        "seen": f"{ISSUER}/",
    }
