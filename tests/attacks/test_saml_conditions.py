"""For whom, to what and when a response is valid (S-38 … S-43, S-47 … S-50, S-52)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.clocks import START
from tests.providers.saml.edits import (
    ASSERTION,
    AUDIENCE,
    AUTHN,
    CODE,
    CONDITIONS,
    CONFIRMATION,
    CONFIRMATION_DATA,
    RESPONSE,
    RESTRICTION,
    add,
    drop,
    put,
    text,
)
from tests.providers.saml.maker import (
    ACS,
    REQUEST_ID,
    SP,
    Edit,
    Recipe,
    finish,
    instant,
    remembered,
    spoilt,
)
from tests.providers.saml.maker import SUBJECT as PERSON
from tests.providers.saml.sealing import Envelope
from tests.providers.saml.verdicts import refused

SKEW = 60
OTHER_RESTRICTION = (
    "<saml:AudienceRestriction><saml:Audience>https://other.example</saml:Audience>"
    "</saml:AudienceRestriction>"
)
OTHER_ADDRESSES = [
    "https://other.example/saml/acs",
    "https://login.example/saml/other",
    ACS + "/",
    ACS.upper(),
    ACS.replace("https", "http"),
    ACS.replace("login", "Login"),
    ACS + "?x=y",
    ACS.replace("example", "example:443"),
    ACS.replace("saml/acs", "saml/ acs"),
    "",
]


@pytest.mark.parametrize(
    "envelope", [None, Envelope()], ids=["in plain words", "in an encrypted assertion"]
)
@pytest.mark.parametrize(
    ("edit", "reason"),
    [
        pytest.param(put(RESPONSE, "Destination", None), "destination", id="S-38 missing"),
        *[
            pytest.param(put(RESPONSE, "Destination", one), "destination", id=f"S-38 {one!r}")
            for one in OTHER_ADDRESSES
        ],
        pytest.param(put(CONFIRMATION_DATA, "Recipient", None), "recipient", id="S-39 missing"),
        *[
            pytest.param(put(CONFIRMATION_DATA, "Recipient", one), "recipient", id=f"S-39 {one!r}")
            for one in OTHER_ADDRESSES
        ],
        pytest.param(drop(CONDITIONS), "conditions", id="S-40 no conditions"),
        pytest.param(drop(RESTRICTION), "audience", id="S-40 no restriction"),
        pytest.param(drop(AUDIENCE), "schema", id="S-40 a restriction to nobody"),
        pytest.param(text(AUDIENCE, ""), "audience", id="S-40 an empty audience"),
        pytest.param(text(AUDIENCE, "https://other.example"), "audience", id="S-41 of another"),
        pytest.param(text(AUDIENCE, SP + "/"), "audience", id="S-41 a slash more"),
        pytest.param(text(AUDIENCE, SP.upper()), "audience", id="S-41 in capitals"),
        pytest.param(
            text(AUDIENCE, SP.replace("metadata", "meta data")),
            "audience",
            id="S-41 a space inside",
        ),
        pytest.param(text(AUDIENCE, "x" * 1025), "audience", id="S-41 without end"),
        pytest.param(add(CONDITIONS, OTHER_RESTRICTION), "audience", id="S-41 ours and another"),
        pytest.param(add(CONDITIONS, OTHER_RESTRICTION, 0), "audience", id="S-41 another and ours"),
        pytest.param(put(RESPONSE, "InResponseTo", None), "unsolicited", id="S-42 missing"),
        pytest.param(put(RESPONSE, "InResponseTo", "_other"), "unsolicited", id="S-42 unknown"),
        pytest.param(put(RESPONSE, "InResponseTo", ""), "schema", id="S-42 empty"),
        pytest.param(
            put(CONFIRMATION_DATA, "InResponseTo", "_other"), "unsolicited", id="S-43 another"
        ),
        pytest.param(
            put(CONFIRMATION_DATA, "InResponseTo", None), "unsolicited", id="S-43 missing"
        ),
        pytest.param(put(CONFIRMATION_DATA, "InResponseTo", ""), "schema", id="S-43 empty"),
        pytest.param(
            put(CONFIRMATION, "Method", "urn:oasis:names:tc:SAML:2.0:cm:sender-vouches"),
            "confirmation_method",
            id="S-52 sender-vouches",
        ),
        pytest.param(
            put(CONFIRMATION, "Method", "urn:oasis:names:tc:SAML:2.0:cm:holder-of-key"),
            "confirmation_method",
            id="S-52 holder-of-key",
        ),
        pytest.param(put(CONFIRMATION, "Method", "urn:x"), "confirmation_method", id="S-52 other"),
        pytest.param(drop(CONFIRMATION), "confirmation", id="S-52 none"),
        pytest.param(drop(CONFIRMATION_DATA), "confirmation", id="S-52 without data"),
    ],
)
def test_a_response_for_another_occasion_is_refused(
    edit: Edit, reason: str, envelope: Envelope | None
) -> None:
    refused(spoilt(edit, envelope=envelope), reason)


@pytest.mark.parametrize("around", [" {}", "\n    {}\n  ", "{}\r\n", "\t{}"])
def test_white_space_around_a_value_that_collapses_means_nothing(around: str) -> None:
    """anyURI and NCName (XML Schema 2 §4.3.6): a printer may break lines there."""
    spaced: dict[tuple[str, str], str] = {
        (RESPONSE, "Destination"): ACS,
        (RESPONSE, "InResponseTo"): REQUEST_ID,
        (CONFIRMATION, "Method"): "urn:oasis:names:tc:SAML:2.0:cm:bearer",
        (CONFIRMATION_DATA, "Recipient"): ACS,
        (CONFIRMATION_DATA, "InResponseTo"): REQUEST_ID,
        (CODE, "Value"): "urn:oasis:names:tc:SAML:2.0:status:Success",
    }
    for (path, name), value in spaced.items():
        assert finish(spoilt(put(path, name, around.format(value)))).subject == PERSON
    assert finish(spoilt(text(AUDIENCE, around.format(SP)))).subject == PERSON


def test_S_41_one_of_several_audiences_may_be_ours() -> None:
    more = add(RESTRICTION, "<saml:Audience>https://other.example</saml:Audience>", 0)
    assert finish(Recipe(before=[more])).subject == PERSON


# Times.


def not_on_or_after(path: str) -> str:
    return "SessionNotOnOrAfter" if path == AUTHN else "NotOnOrAfter"


def expiring(path: str, seconds: float) -> Edit:
    return put(path, not_on_or_after(path), instant(seconds))


@pytest.mark.parametrize(
    "path",
    [
        pytest.param(CONDITIONS, id="S-47 S-49 of the conditions"),
        pytest.param(CONFIRMATION_DATA, id="S-47 S-49 of the confirmation"),
        pytest.param(AUTHN, id="S-47 S-49 of the session"),
    ],
)
@pytest.mark.parametrize("skew", [0, SKEW, 180])
def test_an_end_that_passed_is_refused(path: str, skew: int) -> None:
    """``NotOnOrAfter``: at that moment it is over, by the clock of who is furthest behind."""
    settings = {"skew_seconds": skew}
    early = put(CONDITIONS, "NotBefore", instant(-600))  # it must begin before it ends
    last = spoilt(early, expiring(path, 1 - skew), settings=settings)
    assert finish(last).subject == PERSON
    refused(spoilt(early, expiring(path, -skew), settings=settings), "expired")


def test_S_47_a_confirmation_without_end_is_refused() -> None:
    refused(spoilt(put(CONFIRMATION_DATA, "NotOnOrAfter", None)), "confirmation")


def test_conditions_without_end_are_bounded_by_the_confirmation() -> None:
    assert finish(Recipe(before=[put(CONDITIONS, "NotOnOrAfter", None)])).subject == PERSON


@pytest.mark.parametrize("skew", [0, SKEW, 180])
def test_S_48_S_49_a_beginning_in_the_future_is_refused(skew: int) -> None:
    settings = {"skew_seconds": skew}
    begin = put(CONDITIONS, "NotBefore", instant(skew))
    later = expiring(CONDITIONS, 300)
    assert finish(spoilt(begin, later, settings=settings)).subject == PERSON
    late = put(CONDITIONS, "NotBefore", instant(skew + 1))
    refused(spoilt(late, later, settings=settings), "not_yet_valid")


@pytest.mark.parametrize(
    ("edits", "reason"),
    [
        pytest.param(
            [
                put(CONDITIONS, "NotBefore", instant(10)),
                put(CONDITIONS, "NotOnOrAfter", instant(5)),
            ],
            "conditions",
            id="S-48 an end before the beginning",
        ),
        pytest.param(
            [
                put(CONDITIONS, "NotBefore", instant(5)),
                put(CONDITIONS, "NotOnOrAfter", instant(5)),
            ],
            "conditions",
            id="S-48 an end at the beginning",
        ),
        pytest.param(
            [put(CONDITIONS, "NotOnOrAfter", instant(3600 + SKEW + 1))],
            "validity_too_long",
            id="S-48 S-49 conditions of more than an hour",
        ),
        pytest.param(
            [
                put(CONDITIONS, "NotBefore", instant(-3000)),
                put(CONDITIONS, "NotOnOrAfter", instant(700)),
            ],
            "validity_too_long",
            id="S-48 conditions that began long ago",
        ),
        pytest.param(
            [put(CONFIRMATION_DATA, "NotOnOrAfter", instant(3600 + SKEW + 1))],
            "validity_too_long",
            id="S-48 a confirmation of more than an hour",
        ),
        pytest.param(
            [put(CONFIRMATION_DATA, "NotBefore", instant(-5))],
            "confirmation",
            id="S-48 a bearer confirmation with a beginning",
        ),
    ],
)
def test_a_period_that_makes_no_sense_is_refused(edits: list[Edit], reason: str) -> None:
    refused(spoilt(*edits), reason)


def test_S_48_the_record_says_how_long_is_too_long() -> None:
    hours = [expiring(path, 7200) for path in (CONDITIONS, CONFIRMATION_DATA)]
    refused(spoilt(*hours), "validity_too_long")
    assert finish(spoilt(*hours, settings={"max_validity_seconds": 7200})).subject == PERSON
    refused(spoilt(*hours, settings={"max_validity_seconds": 7139}), "validity_too_long")
    edge = [expiring(path, 3600 + SKEW) for path in (CONDITIONS, CONFIRMATION_DATA)]
    assert finish(spoilt(*edge)).subject == PERSON


@pytest.mark.parametrize("path", [RESPONSE, ASSERTION])
@pytest.mark.parametrize(
    ("moment", "reason"),
    [
        pytest.param("2026-11-02T09:00:00", "issue_instant", id="S-50 no zone"),
        pytest.param("2026-11-02T10:00:00+01:00", "issue_instant", id="S-50 another zone"),
        pytest.param("2026-11-02 09:00:00Z", "schema", id="S-50 a space"),
        pytest.param("2026-11-02T09:00Z", "schema", id="S-50 no seconds"),
        pytest.param("2026-11-02T09:00:60Z", "schema", id="S-50 60 seconds"),
        pytest.param("2026-13-02T09:00:00Z", "schema", id="S-50 13 months"),
        pytest.param("now", "schema", id="S-50 a word"),
        pytest.param("", "schema", id="S-50 nothing"),
    ],
)
def test_an_instant_is_written_in_utc(path: str, moment: str, reason: str) -> None:
    refused(spoilt(put(path, "IssueInstant", moment)), reason)


@pytest.mark.parametrize("path", [RESPONSE, ASSERTION])
@pytest.mark.parametrize("moment", ["2026-11-02T09:00:00.5Z", "2026-11-02T08:59:59.123456789Z"])
def test_fractions_of_a_second_are_read(path: str, moment: str) -> None:
    assert finish(spoilt(put(path, "IssueInstant", moment))).subject == PERSON


@pytest.mark.parametrize(
    "path",
    [
        pytest.param(RESPONSE, id="S-49 S-50 of the response"),
        pytest.param(ASSERTION, id="S-49 S-50 of the assertion"),
    ],
)
def test_an_answer_is_made_after_the_question_and_arrives_soon(path: str) -> None:
    def at(seconds: float) -> Recipe:
        return spoilt(put(path, "IssueInstant", instant(seconds)))

    assert finish(at(SKEW)).subject == PERSON
    refused(at(SKEW + 1), "issue_instant")
    assert finish(at(-SKEW)).subject == PERSON  # the question was asked at 0
    refused(at(-SKEW - 1), "issue_instant")
    asked = remembered(at=START - timedelta(hours=1))
    oldest = -SKEW - 300
    assert finish(at(oldest), asked=asked).subject == PERSON
    refused(at(oldest - 1), "issue_instant", asked=asked)
    refused(at(-23 * 3600), "issue_instant", asked=remembered(at=START - timedelta(days=2)))
