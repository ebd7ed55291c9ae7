"""With a makelaar or an account: who answers that without being asked."""

from __future__ import annotations

from typing import Any

import pytest

from broker.journey.dispatch import Advance, Show, StepOutcome, Turn
from broker.journey.login_methods import LoginMethod
from broker.journey.steps import choose_method
from tests.broker.facts import (
    a_configuration,
    a_login,
    a_makelaar,
    a_page,
    a_runtime,
    a_service,
    a_turn,
    asking,
)

MAKELAAR, ACCOUNT = LoginMethod.MAKELAAR, LoginMethod.ACCOUNT


def turn(form: dict[str, str] | None = None, *, accounts: bool = True, **login: Any) -> Turn:
    makelaars = [a_makelaar("polder"), a_makelaar("zekerweg"), a_makelaar("off", state="paused")]
    rt = a_runtime(configuration=a_configuration([a_service(email_accounts=accounts)], makelaars))
    return a_turn(rt, a_login(**login), form=form)


def method(outcome: StepOutcome) -> LoginMethod | None:
    return outcome.login.method if isinstance(outcome, Advance) else None


@pytest.mark.parametrize(
    ("request_", "taken"),
    [
        ({}, None),
        ({"provider_hint": "sluis"}, ACCOUNT),
        ({"provider_hint": "polder"}, MAKELAAR),
        ({"provider_hint": "nobody"}, None),
        ({"provider_hint": "off"}, None),
        ({"provider_hint": "sluis", "choose_again": True}, None),
        ({"provider_hint": "polder", "choose_again": True}, None),
    ],
)
def test_a_hint_of_the_portal_answers_it(
    request_: dict[str, Any], taken: LoginMethod | None
) -> None:
    with a_page():
        outcome = choose_method.enter(turn(request=asking(**request_)))
    assert method(outcome) is taken and isinstance(outcome, Show) is (taken is None)


@pytest.mark.parametrize(
    ("form", "accounts", "taken"),
    [
        ({"method": "account"}, True, ACCOUNT),
        ({"method": "makelaar"}, True, MAKELAAR),
        ({"method": "account"}, False, None),
        ({"method": "magic"}, True, None),
        ({}, True, None),
    ],
)
def test_only_what_is_offered_can_be_taken(
    form: dict[str, str], accounts: bool, taken: LoginMethod | None
) -> None:
    with a_page():
        outcome = choose_method.answer(turn(form, accounts=accounts))
    assert method(outcome) is taken
    assert taken is not None or (isinstance(outcome, Show) and outcome.status == 422)
