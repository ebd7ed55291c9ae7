"""What a refusal tells of times: whose clock it is, or that somebody waited."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from tests.clocks import START
from tests.providers.saml.edits import (
    AUTHN,
    CONDITIONS,
    CONFIRMATION_DATA,
    RESPONSE,
    put,
)
from tests.providers.saml.maker import (
    finish,
    instant,
    remembered,
    spoilt,
)
from tests.providers.saml.verdicts import refused

Told = dict[str, str | int]


def test_entra_id_makes_answers_that_hold_seventy_minutes() -> None:
    """From five minutes before it was made until an hour and five after."""
    seventy = spoilt(
        put(CONDITIONS, "NotBefore", instant(-300)),
        put(CONDITIONS, "NotOnOrAfter", instant(3900)),
    )
    told = {
        "element": "Conditions",
        "validity_seconds": 4200,
        "allowed_seconds": 3600,
        "setting": "saml.max_validity_seconds",
    }
    assert refused(seventy, "validity_too_long") == told
    assert finish(replace(seventy, settings={"max_validity_seconds": 4200})).subject


def asked(minutes: float) -> Any:
    """Asked so long ago."""
    return remembered(at=START - timedelta(minutes=minutes))


@pytest.mark.parametrize(
    ("issued", "ago", "told"),
    [
        (599, 0, {"clock_seconds": 599, "setting": "saml.skew_seconds"}),
        (-599, 0, {"clock_seconds": -599, "setting": "saml.skew_seconds"}),
        (-599, 5, {"clock_seconds": -299, "setting": "saml.skew_seconds"}),
        (-599, 20, {"waited_seconds": 599, "allowed_seconds": 360}),
    ],
    ids=["ahead", "behind", "behind by less than the user took", "waited"],
)
def test_a_clock_that_differs_is_told_from_a_user_who_waited(
    issued: int, ago: float, told: Told
) -> None:
    recipe = spoilt(put(RESPONSE, "IssueInstant", instant(issued)))
    measured = refused(recipe, "issue_instant", asked=asked(ago))
    assert told.items() <= measured.items()
    assert measured["element"] == "Response IssueInstant"


@pytest.mark.parametrize(("ahead", "line"), [(90, 90), (180, 180), (181, None)])
def test_a_clock_comes_with_the_line_that_bridges_it_where_there_is_one(
    ahead: int, line: int | None
) -> None:
    recipe = spoilt(put(RESPONSE, "IssueInstant", instant(ahead)))
    measured = refused(recipe, "issue_instant")
    assert measured.get("line") == (None if line is None else f"skew_seconds: {line}")
    if line is not None:
        assert finish(replace(recipe, settings={"skew_seconds": line})).subject


def test_an_answer_that_came_after_its_end_says_how_long_after() -> None:
    over = spoilt(put(CONFIRMATION_DATA, "NotOnOrAfter", instant(-90)))
    told = {"late_seconds": 90, "allowed_seconds": 60, "setting": "saml.skew_seconds"}
    assert told.items() <= refused(over, "expired").items()
    early = spoilt(put(CONDITIONS, "NotBefore", instant(90)))
    assert refused(early, "not_yet_valid")["clock_seconds"] == 90


def test_a_login_that_is_older_than_was_asked_says_how_old_it_is() -> None:
    old = spoilt(put(AUTHN, "AuthnInstant", instant(-900)))
    measured = refused(old, "authn_instant", asked=remembered(max_age="600"))
    assert (measured["age_seconds"], measured["allowed_seconds"]) == (900, 660)
    ahead = refused(spoilt(put(AUTHN, "AuthnInstant", instant(90))), "authn_instant")
    assert ahead["clock_seconds"] == 90
