"""The makelaar that the user picks: one that can be had, and a fresh start there."""

from __future__ import annotations

import pytest

from assurance.levels import AssuranceLevel
from broker.journey.dispatch import Advance, Show
from broker.journey.login_methods import LoginMethod
from broker.journey.steps import choose_provider
from tests.broker.facts import (
    IDENTITY,
    a_configuration,
    a_login,
    a_makelaar,
    a_page,
    a_runtime,
    a_turn,
)

CONFIGURATION = a_configuration(
    makelaars=[
        a_makelaar("polder"),
        a_makelaar("off", state="paused"),
        a_makelaar("low", AssuranceLevel.EH2),
    ]
)


@pytest.mark.parametrize(
    ("form", "provider", "remember"),
    [
        ({"provider": "polder"}, "polder", None),
        ({"provider": "polder", "remember": "yes"}, "polder", "polder"),
        ({"provider": "off"}, None, None),
        ({"provider": "low"}, None, None),
        ({"provider": "nobody"}, None, None),
        ({"method": "account"}, None, None),
    ],
)
def test_a_makelaar_that_is_chosen_knows_nothing_of_an_earlier_one(
    form: dict[str, str], provider: str | None, remember: str | None
) -> None:
    login = a_login(identity=IDENTITY, too_low=True)
    found = a_turn(a_runtime(configuration=CONFIGURATION), login, form=form)
    with a_page():
        outcome = choose_provider.answer(found)
    if provider is None:
        assert isinstance(outcome, Show) and outcome.status == 422
        return
    assert isinstance(outcome, Advance)
    login = outcome.login
    assert (login.provider_id, login.method, outcome.remember) == (
        provider,
        LoginMethod.MAKELAAR,
        remember,
    )
    assert login.identity is None and not login.too_low
