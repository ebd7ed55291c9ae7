"""With a makelaar or with an account here: what a service offers, and what that must reach."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from assurance.levels import AssuranceLevel
from broker.journey import login_methods
from broker.journey.login_methods import LoginMethod
from tests.broker.facts import IDENTITY, a_service, asking

L = AssuranceLevel
MAKELAAR, ACCOUNT = LoginMethod.MAKELAAR, LoginMethod.ACCOUNT
EMAIL: dict[str, Any] = {"email_accounts": True}
MEANS: dict[str, Any] = {"own_means": True}
ONLY: dict[str, Any] = {"makelaars": ()}
ASKED = asking(minimum=L.EH2)  # the portal itself asks a level
HIGH = asking(level=L.EH4)  # no means of Sluis is issued at it


@pytest.mark.parametrize(
    ("service", "request_", "offered"),
    [
        ({}, asking(), (MAKELAAR,)),
        (EMAIL, asking(), (MAKELAAR, ACCOUNT)),
        (EMAIL, ASKED, (MAKELAAR,)),
        (MEANS, asking(), (MAKELAAR, ACCOUNT)),
        (MEANS, ASKED, (MAKELAAR, ACCOUNT)),
        (MEANS, HIGH, (MAKELAAR,)),
        ({**EMAIL, **ONLY}, asking(), (ACCOUNT,)),
        ({**MEANS, **ONLY}, asking(), (ACCOUNT,)),
        # Nobody could come at all: then the page of makelaars says so.
        (ONLY, asking(), (MAKELAAR,)),
        ({**EMAIL, **ONLY}, ASKED, (MAKELAAR,)),
        ({**MEANS, **ONLY}, HIGH, (MAKELAAR,)),
    ],
)
def test_a_service_offers_its_methods_and_always_one(
    service: dict[str, Any], request_: Any, offered: tuple[LoginMethod, ...]
) -> None:
    assert login_methods.offered(a_service(**service), request_) == offered


@pytest.mark.parametrize(
    ("service", "request_", "chosen", "method"),
    [
        ({}, asking(), None, MAKELAAR),
        ({**MEANS, **ONLY}, asking(), None, ACCOUNT),
        (EMAIL, asking(), None, None),
        (EMAIL, asking(), ACCOUNT, ACCOUNT),
        (EMAIL, asking(), MAKELAAR, MAKELAAR),
        # A means of Sluis alone is a link on the page of makelaars, no question before it.
        (MEANS, asking(), None, MAKELAAR),
        (MEANS, asking(), ACCOUNT, ACCOUNT),
        # What is not offered cannot be chosen.
        ({}, asking(), ACCOUNT, MAKELAAR),
        (EMAIL, ASKED, ACCOUNT, MAKELAAR),
        ({**EMAIL, **ONLY}, asking(), MAKELAAR, ACCOUNT),
    ],
)
def test_the_method_is_asked_only_where_people_choose(
    service: dict[str, Any],
    request_: Any,
    chosen: LoginMethod | None,
    method: LoginMethod | None,
) -> None:
    assert login_methods.method_of(a_service(**service), request_, chosen) is method


@pytest.mark.parametrize(
    ("service", "request_", "own_means", "fits"),
    [
        (EMAIL, asking(), None, True),
        (EMAIL, ASKED, None, False),
        (MEANS, asking(), None, False),
        (MEANS, asking(), L.EH3, True),
        (MEANS, HIGH, L.EH3, False),
        (EMAIL, asking(), L.EH3, True),
        ({}, asking(), L.EH3, False),
    ],
)
def test_an_account_of_a_kind_that_is_not_offered_brings_no_earlier_login(
    service: dict[str, Any], request_: Any, own_means: AssuranceLevel | None, fits: bool
) -> None:
    identity = replace(IDENTITY, own_means=own_means)
    assert login_methods.account_fits(a_service(**service), request_, identity) is fits


@pytest.mark.parametrize(
    ("service", "request_", "method", "own_means", "needed"),
    [
        (EMAIL, asking(), ACCOUNT, None, L.EMAIL),
        (EMAIL, asking(), ACCOUNT, L.EH3, L.EH3),
        (EMAIL, asking(), MAKELAAR, None, L.EH3),
        (EMAIL, asking(), None, None, L.EH3),
        (EMAIL, ASKED, ACCOUNT, None, L.EH3),
        (MEANS, asking(), ACCOUNT, None, L.EH3),
        ({**MEANS, "level": "EH2"}, asking(level=L.EH2_PLUS), ACCOUNT, L.EH3, L.EH2_PLUS),
        (MEANS, asking(level=L.EH2_PLUS), ACCOUNT, L.EH3, L.EH3),  # the service asks more since
    ],
)
def test_an_email_account_is_enough_only_by_its_own_method(
    service: dict[str, Any],
    request_: Any,
    method: LoginMethod | None,
    own_means: AssuranceLevel | None,
    needed: AssuranceLevel,
) -> None:
    identity = replace(IDENTITY, own_means=own_means)
    assert login_methods.needed(a_service(**service), request_, method, identity) is needed


def test_before_anybody_is_known_an_account_must_reach_what_an_email_account_does() -> None:
    assert login_methods.needed(a_service(**EMAIL), asking(), ACCOUNT, None) is L.EMAIL
    assert login_methods.needed(a_service(**MEANS), asking(), ACCOUNT, None) is L.EH3
