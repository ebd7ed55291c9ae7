"""Errors: each cause has one code for ever, and what people read says what to do."""

from __future__ import annotations

import re

import pytest

from broker.texts import consent_words, errors
from broker.texts.consent_words import CLAIMS, MANDATE_KINDS, REFUSALS
from broker.texts.errors import ERRORS
from broker.texts.outside_request import texts
from consent.authority import RefusalReason
from consent.release import NAMES_A_PERSON, NEEDS_AUTHORITY

SINCE = {  # the help desk knows these: a code never moves to another cause
    "login_expired": "SLS-1001",
    "login_elsewhere": "SLS-1002",
    "message_rejected": "SLS-2104",
    "makelaar_misregistered": "SLS-2106",
    "makelaar_refused": "SLS-2107",
    "account_blocked": "SLS-3101",
    "unknown_client": "SLS-4001",
    "redirect_uri_mismatch": "SLS-4002",
    "invalid_request": "SLS-4003",
    "store_unavailable": "SLS-5001",
    "server_error": "SLS-5002",
}


def test_every_code_is_of_one_cause() -> None:
    codes = [text.code for text in ERRORS.values()]
    assert len(codes) == len(set(codes))
    assert all(re.fullmatch(r"SLS-[1-5][0-9]{3}", code) for code in codes)


@pytest.mark.parametrize(("key", "code"), SINCE.items())
def test_a_code_stays_with_its_cause(key: str, code: str) -> None:
    assert ERRORS[key].code == code


@pytest.mark.parametrize("key", ERRORS)
def test_every_error_says_what_happened_and_what_to_do_now(key: str) -> None:
    with texts():
        said = [str(part) for part in (ERRORS[key].title, ERRORS[key].what, ERRORS[key].now)]
    assert all(said)
    assert not said[0].endswith(".") and all(part.endswith(".") for part in said[1:])


@pytest.mark.parametrize(
    ("key", "helps"),
    [
        ("store_unavailable", True),
        ("message_rejected", True),
        ("redirect_uri_mismatch", False),
        ("csrf", False),
        ("not_found", False),
        ("an error that has no text", True),  # shown as one of ours
    ],
)
def test_an_announcement_stands_on_errors_that_an_outage_can_cause(key: str, helps: bool) -> None:
    assert errors.may_be_explained(key) is helps


def test_only_errors_that_exist_are_explained() -> None:
    assert ERRORS.keys() >= errors._MAY_BE_EXPLAINED


def test_every_reason_to_refuse_a_mandate_has_a_sentence_and_an_unknown_one_too() -> None:
    shown = set(RefusalReason) - {RefusalReason.OTHER_SERVICE}  # is not offered at all
    assert set(REFUSALS) == shown
    with texts():
        said = {consent_words.refusal(reason) for reason in (*shown, "new")}
    assert len(said) == len(shown) + 1


def test_claims_and_kinds_that_are_not_known_are_called_by_their_own_name() -> None:
    assert CLAIMS.keys() >= NAMES_A_PERSON | NEEDS_AUTHORITY
    with texts():
        assert consent_words.claim("name")[0] == "Naam"
        assert consent_words.claim("phone") == ("phone", "")
        assert consent_words.mandate_kind("keten") == "Ketenmachtiging"
        assert consent_words.mandate_kind("other") == "other"
    assert set(MANDATE_KINDS) == {"direct", "general", "keten"}
