"""Something is taken away while a login stands at one of its steps: nothing is given, and the trace
and the page name what was taken, whatever the step, the protocol and the way it was taken.

One table: what is taken, and why each step says that it cannot go on. All twelve logins of a row
stand at their steps while one thing is taken away, once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

import pytest

from broker.texts import reasons
from state import trace_search
from state.registrations import Kind
from state.trace_search import Wanted
from tests.broker.portal import set_clock
from tests.journeys import stores
from tests.journeys import taking_away as taking
from tests.journeys.beheer import BAKERY, GARDEN, OFFICE
from tests.journeys.midway import (
    BY_CHAIN,
    BY_GROUP,
    CLIENT,
    HIGH,
    MAKELAAR,
    OWN,
    STEPS,
    Told,
    make_midway,
)
from tests.journeys.running import Instances
from tests.journeys.taking_away import Take

NOT_BEGUN: Final = ("in a pushed request", "at the choice of a makelaar")
IN_A_SESSION: Final = ("in a session",)
ASKED_AGAIN: Final = (*NOT_BEGUN, "at the makelaar", "at the second factor")
PROVED: Final = (
    "at the choice of a mandate",
    "at the consent",
    "at the consent of a SAML login",
)
HOLDS: Final = ("between code and token", "at userinfo", "in an artifact")
ENDS_GRANTS: Final = dict.fromkeys(HOLDS, "login_ended")
CHOOSES: Final = "Namens wie logt u in?"
WHICH: Final = "Wie is uw makelaar?"


@dataclass(frozen=True)
class Row:
    """``why``: the reason of every step that ``others`` do not name. A heading in place of a reason
    is a page that offers what there still is. ``beside``: what is told beside an ended login.
    """

    take: Take
    why: str
    others: Mapping[str, str]
    choice: str = OWN
    beside: str = ""


def steps(names: tuple[str, ...], told: str) -> dict[str, str]:
    return dict.fromkeys(names, told)


_CHOICE: Final = {
    **steps(ASKED_AGAIN, CHOOSES),
    "at the choice of a mandate": CHOOSES,
    "at a step-up of a session": CHOOSES,
    "in a session": CHOOSES,
}
TAKEN: Final[dict[str, Row]] = {
    "nothing": Row(lambda _: None, "", {}),
    "nothing of the group": Row(lambda _: None, "", {}, BY_GROUP),
    "nothing of the chain": Row(lambda _: None, "", {}, BY_CHAIN),
    "makelaar paused": Row(
        taking.of_makelaar(state="paused"),
        "provider_not_live",
        steps((*NOT_BEGUN, *IN_A_SESSION), WHICH),
    ),
    "makelaar withdrawn": Row(
        taking.withdrawn((Kind.IDENTITY_PROVIDER, MAKELAAR)),
        "provider_not_live",
        {**steps((*NOT_BEGUN, *IN_A_SESSION), WHICH), **ENDS_GRANTS},
        beside="provider_not_live",
    ),
    "no factor lifts the makelaar": Row(
        taking.of_makelaar(local_factor_lifts=False),
        "level_too_low",
        {**steps(HOLDS, "level_lowered")},
    ),
    "no factor counts at the service": Row(
        taking.of_service(local_second_factor=False),
        "level_too_low",
        {**steps(HOLDS, "level_lowered")},
    ),
    "the service asks EH4": Row(
        taking.of_service(level="EH4"),
        "level_unreachable",
        {
            **steps(("in a pushed request", *IN_A_SESSION), WHICH),
            **steps(HOLDS, "service_asks_more"),
        },
    ),
    "service withdrawn": Row(
        taking.withdrawn((Kind.SERVICE, HIGH.uuid)),
        "page_service_gone",
        {
            **steps(("in a pushed request", *IN_A_SESSION), "portal_request"),
            "at the makelaar": "service_gone",
            **ENDS_GRANTS,
        },
        beside="service_gone",
    ),
    "portals withdrawn": Row(
        taking.withdrawn((Kind.CLIENT, "by-basic"), (Kind.CLIENT, "waterkaart")),
        "page_portal_gone",
        {
            **steps(("in a pushed request", *IN_A_SESSION), "portal_unknown"),
            "between code and token": "client_unknown",
            "at userinfo": "portal_gone",
            "in an artifact": "saml_portal_unknown",
        },
    ),
    "service not offered": Row(
        taking.not_offered,
        "service_not_offered",
        steps(("in a pushed request", *IN_A_SESSION), "portal_request"),
    ),
    "person blocked": Row(taking.blocked, "means_blocked", ENDS_GRANTS, beside="account_blocked"),
    "means ended": Row(
        taking.means_ended,
        "means_not_activated",
        ENDS_GRANTS,
        beside="means_not_activated",
    ),
    "identity of somebody else": Row(
        taking.identity_of_somebody_else,
        "identity_moved",
        {
            **steps((*NOT_BEGUN, "at the makelaar", *IN_A_SESSION), "level_too_low"),
            **ENDS_GRANTS,
        },
        beside="identity_moved",
    ),
    "factors reset": Row(
        taking.factors_reset,
        "level_too_low",
        {**steps(PROVED, "factor_ended"), **ENDS_GRANTS},
        beside="level_lowered",
    ),
    "mandate revoked": Row(
        taking.revoked(BAKERY),
        "mandate_ended",
        {**_CHOICE, **ENDS_GRANTS},
        beside="mandate_ended",
    ),
    "organisation ended": Row(taking.suspended(BAKERY), "organisation_suspended", _CHOICE),
    "out of the group": Row(
        taking.out_of_the_group,
        "mandate_ended",
        {**_CHOICE, **ENDS_GRANTS},
        BY_GROUP,
        "mandate_ended",
    ),
    "company of the group ended": Row(
        taking.suspended(GARDEN), "organisation_suspended", _CHOICE, BY_GROUP
    ),
    "chain revoked": Row(
        taking.chain_revoked,
        "mandate_ended",
        {**_CHOICE, **ENDS_GRANTS},
        BY_CHAIN,
        "mandate_ended",
    ),
    "client of the chain ended": Row(
        taking.suspended(CLIENT), "organisation_suspended", _CHOICE, BY_CHAIN
    ),
    "intermediary ended": Row(
        taking.suspended(OFFICE), "organisation_suspended", _CHOICE, BY_CHAIN
    ),
    "mandate within the intermediary": Row(
        taking.revoked(OFFICE),
        "mandate_ended",
        {**_CHOICE, **ENDS_GRANTS},
        BY_CHAIN,
        "mandate_ended",
    ),
}


@dataclass(frozen=True)
class Ended:
    """What was said of a login at one step."""

    told: Told
    cause: str | None
    also: str


@pytest.fixture(scope="module", params=stores.EACH)
def store(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module", params=TAKEN)
def taken(
    request: pytest.FixtureRequest, store: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[str, dict[str, Ended]]]:
    """The row, and how each step ended after it was taken."""
    row = TAKEN[request.param]
    at = make_midway(tmp_path_factory.mktemp("midway"), stores.settings_of(store))
    try:
        set_clock(at.world)
        going = {step: begin(at, row.choice) for step, begin in STEPS.items()}
        at.world.clock.advance(1)
        row.take(at)
        at.a_minute_later()
        yield request.param, {step: _ended(at, go_on) for step, go_on in going.items()}
    finally:
        stores.let_go(at)


def _ended(at: Instances, go_on: Callable[[], Told]) -> Ended:
    at.world.clock.advance(1)
    since = at.world.clock()
    told = go_on()
    with at.world.session() as session:
        found = [
            one.record
            for outcome in (None, "not_begun")
            for one in trace_search.newest(session, Wanted(outcome=outcome, since=since), limit=5)
        ]
    bad = [one for one in found if one.outcome != "success"]
    assert len(bad) <= 1, [one.cause for one in bad]
    also = str(bad[0].measured.get("also", "")) if bad else ""
    return Ended(told, bad[0].cause if bad else None, also)


@pytest.mark.parametrize("step", STEPS)
def test_nothing_is_given_and_the_true_cause_is_told(
    taken: tuple[str, dict[str, Ended]], step: str
) -> None:
    name, all_of = taken
    row, ended = TAKEN[name], all_of[step]
    expected = row.others.get(step, row.why)
    if not row.why:
        assert ended.told.given and ended.cause is None
        return
    assert not ended.told.given
    if expected in (CHOOSES, WHICH):
        assert ended.told.page is not None and ended.told.page.heading == expected
        return
    assert ended.cause == expected
    assert ended.also == (row.beside if expected == "login_ended" else "")
    assert reasons.find(ended.cause) is not None
