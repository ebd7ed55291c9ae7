"""What a makelaar says in place of an assertion: what it means, and what is kept of it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

import pytest

from assurance.levels import AssuranceLevel
from providers.interface import (
    ProviderCancelled,
    ProviderLevelTooLow,
    ProviderRefused,
    ProviderUnavailable,
)
from providers.trouble import Trouble
from tests.providers.saml.edits import (
    CODE,
    STATUS,
    add,
    put,
)
from tests.providers.saml.maker import (
    Recipe,
    finish,
    spoilt,
)
from tests.providers.saml.verdicts import refused

PREFIX: Final = "urn:oasis:names:tc:SAML:2.0:status:"


def status(outer: str, inner: str | None = None, message: str = "") -> Recipe:
    edits = [put(CODE, "Value", PREFIX + outer)]
    if inner is not None:
        edits.append(add(CODE, f'<samlp:StatusCode Value="{PREFIX}{inner}"/>'))
    if message:
        edits.append(add(STATUS, f"<samlp:StatusMessage>{message}</samlp:StatusMessage>"))
    return spoilt(*edits)


@pytest.mark.parametrize(
    ("outer", "inner", "reason"),
    [
        ("Responder", None, "status_not_success"),
        ("Responder", "RequestDenied", "makelaar_denied"),
        ("Responder", "UnknownPrincipal", "makelaar_knows_nobody"),
        ("Responder", "NoSupportedIDP", "makelaar_has_no_login"),
        ("Responder", "NoAvailableIDP", "makelaar_has_no_login"),
        ("Requester", None, "makelaar_request"),
        ("Requester", "RequestUnsupported", "makelaar_request"),
        ("Requester", "InvalidNameIDPolicy", "makelaar_name"),  # Shibboleth, AD FS
        ("Responder", "InvalidNameIDPolicy", "makelaar_name"),
        ("Requester", "RequestVersionTooHigh", "makelaar_request"),
        ("Responder", "NoPassive", "makelaar_request"),
        ("Responder", "UnsupportedBinding", "makelaar_binding"),
        ("VersionMismatch", None, "makelaar_request"),
        ("Requester", "Success", "makelaar_request"),
        ("Responder", "Invented", "status_not_success"),
    ],
)
def test_a_status_means_what_the_standard_says(outer: str, inner: str | None, reason: str) -> None:
    measured = refused(status(outer, inner, "Not today"), reason)
    code = outer if inner is None else f"{outer} / {inner}"
    told = {"status_code": code, "status_message": "Not today"}
    assert told.items() <= measured.items()
    assert ("setting" in measured) is (reason in ("makelaar_binding", "makelaar_name"))


@pytest.mark.parametrize(
    ("message", "kept"),
    [
        ("BSN 123456782 is blocked", "BSN … is blocked"),
        ("KvK 90001201, code 1234567", "KvK …, code 1234567"),
        ("User jan@voorbeeld.example, unknown", "User … unknown"),
        ("a\n  b", "a b"),
        ("ab " * 200, ("ab " * 200)[:200].rstrip() + "…"),
        ("x" * 500, "…"),  # as long as a token is
        ("Token eyJhbGciOiJSUzI1NiJ9.e30.c2ln expired", "Token … expired"),
        ("See https://idp.example/error?session=abc", "See https://idp.example/error"),
        ("a\u202eb", "a?b"),
    ],
)
def test_what_the_makelaar_writes_is_kept_bounded_and_without_numbers_of_people(
    message: str, kept: str
) -> None:
    measured = refused(status("Responder", None, message), "status_not_success")
    assert measured["status_message"] == kept


def test_a_login_that_was_cancelled_and_a_level_that_is_not_given_keep_the_status() -> None:
    with pytest.raises(ProviderCancelled) as cancelled:
        finish(status("Responder", "AuthnFailed", "Authentication cancelled"))
    assert cancelled.value.measured == {
        "status_code": "Responder / AuthnFailed",
        "status_message": "Authentication cancelled",
    }
    with pytest.raises(ProviderLevelTooLow) as low:
        finish(status("Responder", "NoAuthnContext"))
    assert low.value.measured == {
        "status_code": "Responder / NoAuthnContext",
        "asked_as": AssuranceLevel.EH3.loa,
    }


def test_keycloak_whose_login_was_over_there_is_no_user_who_stopped() -> None:
    """It says so in the same word as over OpenID Connect, beside the codes of a cancelled login."""
    with pytest.raises(ProviderUnavailable) as over:
        finish(status("Responder", "AuthnFailed", "authentication_expired"))
    assert over.value.trouble is Trouble.EXPIRED
    assert over.value.measured == {
        "status_code": "Responder / AuthnFailed",
        "status_message": "authentication_expired",
    }


@pytest.mark.parametrize(
    ("outer", "message"),
    [
        ("Responder", "Authentication_expired"),
        ("Responder", "authentication_expired for jan"),
        ("Requester", "authentication_expired"),
    ],
)
def test_another_word_than_that_of_keycloak_is_a_login_that_was_stopped(
    outer: str, message: str
) -> None:
    with pytest.raises(ProviderCancelled):
        finish(status(outer, "AuthnFailed", message))


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        ({"authn_context_classes": {"EH3": ["urn:x:strong"]}}, {"asked_as": "urn:x:strong"}),
        ({"authn_context_comparison": "none"}, {}),
    ],
)
def test_a_level_that_is_not_given_tells_what_was_asked(
    settings: dict[str, Any], told: dict[str, str]
) -> None:
    with pytest.raises(ProviderLevelTooLow) as low:
        finish(replace(status("Responder", "NoAuthnContext"), settings=settings))
    assert low.value.measured == {"status_code": "Responder / NoAuthnContext", **told}


def test_a_status_that_is_not_signed_is_refused_and_told_all_the_same() -> None:
    recipe = replace(status("Requester", "RequestUnsupported"), signs="none")
    with pytest.raises(ProviderRefused) as caught:
        finish(recipe)
    assert caught.value.reason == "signature_missing"
    told = {"status_code": "Requester / RequestUnsupported", "expected": "Response, Assertion"}
    assert told.items() <= caught.value.measured.items()
