"""Sent to the makelaar: what it is asked, and what happens when it does not answer."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import pytest

from assurance.levels import AssuranceLevel
from broker.journey.dispatch import Leave, Show, StepOutcome, Turn
from broker.journey.login import MAX_DEPARTURES
from broker.journey.steps import authenticate
from broker.monitoring import metrics
from providers.interface import (
    AuthenticationRequest,
    Callback,
    Departure,
    Identity,
    ProviderUnavailable,
    Remembered,
)
from providers.trouble import Side, Trouble
from tests.broker.facts import (
    LOGIN,
    a_configuration,
    a_login,
    a_makelaar,
    a_page,
    a_runtime,
    a_service,
    a_turn,
    asking,
)

L = AssuranceLevel


@dataclass
class Adapter:
    """A makelaar that remembers what it was asked."""

    is_down: bool = False
    why: ProviderUnavailable = field(default_factory=lambda: ProviderUnavailable("no answer"))
    asked: list[AuthenticationRequest] = field(default_factory=list)

    def begin(self, ask: AuthenticationRequest, now: datetime) -> Departure:
        if self.is_down:
            raise self.why
        self.asked.append(ask)
        return Departure("https://polder.example/", Remembered("polder", "id", now, ask.level))

    def finish(self, remembered: Remembered, callback: Callback) -> Identity:
        raise NotImplementedError


def turn(adapter: Adapter, *, service: dict[str, Any] | None = None, **login: Any) -> Turn:
    record = a_makelaar(ceiling=L.EH3, local_factor_lifts=True)
    configuration = a_configuration([a_service(**(service or {}))], [record], {record.id: adapter})
    return a_turn(
        a_runtime(configuration=configuration), a_login(**{"provider_id": "polder", **login})
    )


def entered(found: Turn) -> StepOutcome:
    with a_page():
        return authenticate.enter(found)


@pytest.mark.parametrize(
    ("level", "service", "insists", "asked"),
    [
        (L.EH3, {}, False, L.EH3),
        (L.EH2, {}, False, L.EH2),
        (L.EH2_PLUS, {}, False, L.EH2),  # a factor of ours does the rest
        (L.EH2_PLUS, {}, True, L.EH2_PLUS),  # the user chose that the makelaar gives it
        (L.EH2_PLUS, {"local_second_factor": False}, False, L.EH2_PLUS),
    ],
)
def test_the_makelaar_is_asked_no_less_than_what_must_come_of_it(
    level: AssuranceLevel, service: dict[str, Any], insists: bool, asked: AssuranceLevel
) -> None:
    adapter = Adapter()
    entered(turn(adapter, service=service, request=asking(level=level), insists=insists))
    assert [one.level for one in adapter.asked] == [asked]


def test_what_the_portal_asks_of_the_login_the_makelaar_is_asked() -> None:
    adapter = Adapter()
    request = asking(force_authn=True, max_age=60, login_hint="roos")
    entered(turn(adapter, request=request))
    (ask,) = adapter.asked
    assert (ask.force_authn, ask.max_age, ask.login_hint) == (True, 60, "roos")
    assert (ask.service_name, ask.locale) == ("Vergunningen", "nl")


def test_every_departure_has_a_number_and_the_last_few_are_remembered() -> None:
    found = turn(Adapter())
    for number in range(1, MAX_DEPARTURES + 2):
        outcome = entered(found)
        assert isinstance(outcome, Leave) and outcome.party == "Polder"
        assert outcome.login.departures == number
        found = turn(Adapter(), sent=outcome.login.sent, departures=number)
    numbers = [sent.number for sent in outcome.login.sent]
    assert numbers == [2, 3, 4]


def test_the_answer_is_found_by_the_login_and_the_number_of_its_departure() -> None:
    adapter = Adapter()
    entered(turn(adapter))
    assert adapter.asked[0].relay_state == f"{LOGIN.id}.1"


def test_a_makelaar_that_does_not_answer_is_tried_again_by_who_wants_that() -> None:
    down = turn(Adapter(is_down=True))
    outcome = entered(down)
    assert isinstance(outcome, Show) and outcome.login is not None
    assert (outcome.status, outcome.stopped) == (503, authenticate.UNAVAILABLE)
    assert outcome.login.trouble is Trouble.UNAVAILABLE and outcome.login.departures == 0
    adapter = Adapter()
    again = turn(adapter, trouble=Trouble.UNAVAILABLE)
    assert isinstance(entered(again), Show) and adapter.asked == []  # a reload asks nothing
    with a_page():
        left = authenticate.answer(again)
    assert isinstance(left, Leave) and left.login.trouble is None


@pytest.mark.parametrize("trouble", Trouble)
def test_what_is_for_us_to_mend_is_not_told_of_the_makelaar(trouble: Trouble) -> None:
    metrics.IDP_UP.labels("polder").set(1)
    count = metrics.IDP_TROUBLES.labels("polder", trouble.value, "here")._value
    before = count.get()
    found = {"seen": "x", "setting": "oidc.issuer"}
    why = ProviderUnavailable("address", trouble, measured=found)
    outcome = entered(turn(Adapter(is_down=True, why=why)))
    assert isinstance(outcome, Show) and outcome.login is not None
    assert outcome.login.trouble is trouble and outcome.page.side is trouble.side
    assert outcome.stopped is not None and outcome.stopped.reason == trouble.value
    assert outcome.found == found
    is_up = metrics.IDP_UP.labels("polder")._value.get()
    assert is_up == (0 if trouble.side is Side.THEIRS else 1)
    assert count.get() == before + 1
    again = entered(turn(Adapter(), trouble=trouble))
    assert isinstance(again, Show) and again.page.side is trouble.side


def test_a_makelaar_that_is_left_alone_says_for_how_long() -> None:
    why = ProviderUnavailable("left alone", retry_after=20)
    outcome = entered(turn(Adapter(is_down=True, why=why)))
    assert isinstance(outcome, Show) and outcome.login is not None
    assert outcome.retry_after == 20 and outcome.page.is_theirs
    until = outcome.login.trouble_until
    assert until is not None
    for later, left in ((0, 20), (5.5, 15), (20, None)):
        reload = turn(
            Adapter(),
            trouble=Trouble.UNAVAILABLE,
            trouble_until=until - timedelta(seconds=later),
        )
        shown = entered(reload)
        assert isinstance(shown, Show) and shown.retry_after == left
    with a_page():
        left_for = authenticate.answer(
            turn(Adapter(), trouble=Trouble.UNAVAILABLE, trouble_until=until)
        )
    assert isinstance(left_for, Leave) and left_for.login.trouble_until is None
