"""Trust is lowered while people are in the middle of things: what was said stays, what it is worth
is judged at each use, so everything that runs obeys within a minute, at every instance.

One table: what was lowered, what runs, and whether that may go on.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, Final

import pytest

from sandbox.portal.clients import BODEMKAART, IDEEEN
from tests.broker.portal import scope_of, set_clock
from tests.journeys import lowering, stores
from tests.journeys.lowering import makelaar, of_people, portals, registered, service
from tests.journeys.running import (
    ETD,
    OF_A_PORTAL,
    RUNS,
    SERVICES,
    Begin,
    Instances,
    a_code,
    a_login_at_its_makelaar,
    a_session,
    a_token,
    an_artifact,
    at_mijn,
    make_instances,
)
from tests.world import ADDRESSES

ABOVE_EH2: Final = frozenset(RUNS) - {at_mijn}


@pytest.fixture(scope="module", params=stores.EACH)
def instances(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Instances]:
    made = make_instances(tmp_path_factory.mktemp("lowered"), stores.settings_of(request.param))
    yield made
    stores.let_go(made)


@pytest.fixture
def at(instances: Instances) -> Iterator[Instances]:
    """Everything as it was registered, here and there."""
    set_clock(instances.world)
    instances.holder.refresh()
    yield instances
    instances.world.wire.applications[ADDRESSES.broker.partition("//")[2]] = instances.here


# Who begins to choose afterwards, chooses what there is then.
AT_ITS_END: Final = OF_A_PORTAL - {a_session, a_login_at_its_makelaar}
LOWERED: Final[dict[str, tuple[Callable[[Instances], Any], frozenset[Begin]]]] = {
    "ceiling to EH2": (makelaar(level_ceiling="EH2"), ABOVE_EH2),
    "its word means less": (
        makelaar(levels={f"{ETD}loa3": "EH2", f"{ETD}loa4": "EH2"}),
        ABOVE_EH2,
    ),
    "makelaar paused": (makelaar(state="paused"), frozenset(RUNS)),
    "it serves another service": (makelaar(services=[BODEMKAART.uuid]), frozenset(RUNS)),
    "makelaar withdrawn": (lowering.withdrawn, frozenset(RUNS)),
    "portals withdrawn": (lowering.portals_withdrawn, OF_A_PORTAL),
    "services withdrawn": (lowering.services_withdrawn, OF_A_PORTAL),
    "consents withdrawn": (  # who is asked now was not asked before
        lowering.consents_withdrawn,
        frozenset({a_token, a_code, an_artifact}),
    ),
    "not at this service": (service(makelaars=["zekerweg"]), OF_A_PORTAL),
    "the service asks EH4": (service(level="EH4"), OF_A_PORTAL),
    "the service lets nobody in for himself": (service(mandate="required"), frozenset()),
    "the portals offer it no more": (
        portals(services=[IDEEEN.uuid], default_service=None),
        OF_A_PORTAL,
    ),
    "other addresses of the portals": (lowering.addresses_gone, OF_A_PORTAL - {a_token}),
    "its organisations suspended": (of_people(lowering.suspend), OF_A_PORTAL),
    "mandate over": (of_people(lowering.lapse_mandates), OF_A_PORTAL),
    "people blocked": (of_people(lowering.block), frozenset(RUNS)),
    "identity of somebody else": (of_people(lowering.move_identities), frozenset(RUNS)),
    "means not active": (of_people(lowering.end_means), frozenset(RUNS)),
    "mandate revoked": (of_people(lowering.revoke_mandates), OF_A_PORTAL),
    "mandate of a lower level": (of_people(lowering.lower_mandates), OF_A_PORTAL),
    "another number of its organisations": (of_people(lowering.renumber), AT_ITS_END),
    "its organisation went up in another": (
        of_people(lowering.merge),
        OF_A_PORTAL - {a_session},
    ),
    "the services take no sessions of others": (
        service(accepts_sessions_of=[]),
        frozenset({a_session}),
    ),
    "mandate for a branch": (
        of_people(lowering.narrow_mandates),  # who comes back gets the narrower one
        OF_A_PORTAL - {a_login_at_its_makelaar},
    ),
}


@pytest.mark.parametrize("run", RUNS, ids=lambda run: run.__name__)
def test_nothing_lowered_and_everything_goes_on(at: Instances, run: Begin) -> None:
    go_on = run(at)
    at.a_minute_later()
    assert go_on()


@pytest.mark.parametrize("run", RUNS, ids=lambda run: run.__name__)
@pytest.mark.parametrize("lowered", LOWERED)
def test_what_runs_obeys_at_the_other_instance_within_a_minute(
    at: Instances, lowered: str, run: Begin
) -> None:
    lower, stops = LOWERED[lowered]
    go_on = run(at)
    with lower(at):
        at.a_minute_later()
        assert go_on() is (run not in stops)


@pytest.mark.parametrize(
    ("reuse", "later", "loa", "amr"),
    [
        (0, 0, "loa2", None),  # asked EH2, and no second factor of before counts
        (60, 0, "loa3", ["mfa"]),  # EH4 was reached there, and is never said from a session
        (1, 120, "loa2", None),
    ],
)
def test_a_session_says_no_more_than_the_service_would_take_from_a_login_of_its_age(
    at: Instances, reuse: int, later: int, loa: str, amr: list[str] | None
) -> None:
    with registered(at, SERVICES, BODEMKAART.uuid, second_factor_reuse_minutes=reuse):
        browser = at.world.browser()
        at.portal.at_makelaar("polderpoort", browser, scope=scope_of(BODEMKAART))
        browser.press("person", "sanne")
        at.portal.heard(browser.press("choice", "self"))
        at.world.clock.advance(later)
        browser.open(at.portal.url(scope=scope_of(BODEMKAART)))
        answer = at.portal.heard(browser.press("choice", "self"))
        claims = at.portal.claims(at.portal.tokens(answer["code"])["id_token"])
    assert claims["loa"] == f"{ETD}{loa}"
    assert claims.get("amr") == amr
    assert claims["assurance"]["provider_level"] == f"{ETD}{loa}"
