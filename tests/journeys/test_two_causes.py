"""Two things were taken away at once: what must be mended first is told, and the other one beside
it, so that nobody mends one and is surprised.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, Final

import pytest

from state import trace_search
from state.trace import TraceRecord, show_reference
from state.trace_search import Wanted
from tests.broker.portal import set_clock
from tests.journeys import lowering
from tests.journeys.lowering import makelaar, of_people, service
from tests.journeys.running import (
    Begin,
    Instances,
    a_code,
    a_token,
    an_artifact,
    make_instances,
)
from tests.journeys.spoiled import at_desk
from tests.operators import OperatorRole, at_console, make_operator
from tests.world import ADDRESSES

Lower = Callable[[Instances], Any]
PAUSED: Final[Lower] = makelaar(state="paused")
EH4: Final[Lower] = service(level="EH4")
BLOCKED: Final[Lower] = of_people(lowering.block)
REVOKED: Final[Lower] = of_people(lowering.revoke_mandates)
SUSPENDED: Final[Lower] = of_people(lowering.suspend)
LOWER: Final[Lower] = makelaar(level_ceiling="EH2")

# Both that were lowered; what is told, and what beside it.
PAIRS: Final[dict[str, tuple[Lower, Lower, str, str]]] = {
    "makelaar paused, mandate revoked": (PAUSED, REVOKED, "provider_not_live", "mandate_ended"),
    "makelaar paused, level too low": (PAUSED, EH4, "service_asks_more", "provider_not_live"),
    "level lowered, mandate revoked": (LOWER, REVOKED, "level_lowered", "mandate_ended"),
    "makelaar paused, person blocked": (
        PAUSED,
        BLOCKED,  # which ends all that runs
        "login_ended",
        "provider_not_live, account_blocked",
    ),
    "level too low, mandate revoked": (EH4, REVOKED, "service_asks_more", "mandate_ended"),
}
ONE: Final[dict[str, tuple[Lower, str]]] = {
    "makelaar paused": (PAUSED, "provider_not_live"),
    "level too low": (EH4, "service_asks_more"),
    "level lowered": (LOWER, "level_lowered"),
}
WAITING: Final = (a_token, a_code, an_artifact)


@pytest.fixture(scope="module")
def instances(tmp_path_factory: pytest.TempPathFactory) -> Instances:
    return make_instances(tmp_path_factory.mktemp("two"))


@pytest.fixture
def at(instances: Instances) -> Iterator[Instances]:
    set_clock(instances.world)
    instances.holder.refresh()
    yield instances
    instances.world.wire.applications[ADDRESSES.broker.partition("//")[2]] = instances.here


def last_trace(at: Instances) -> TraceRecord:
    with at.world.session() as session:
        return trace_search.newest(session, Wanted(outcome="not_begun"), limit=1)[0].record


@pytest.mark.parametrize("run", WAITING, ids=lambda run: run.__name__)
@pytest.mark.parametrize("pair", PAIRS)
def test_one_cause_is_told_and_the_other_is_not_denied(
    at: Instances, pair: str, run: Begin
) -> None:
    first, second, told, also = PAIRS[pair]
    go_on = run(at)
    with first(at), second(at):
        at.a_minute_later()
        at.world.clock.advance(1)
        assert not go_on()
    found = last_trace(at)
    assert (found.cause, found.measured["also"]) == (told, also)


@pytest.mark.parametrize("run", WAITING, ids=lambda run: run.__name__)
@pytest.mark.parametrize("lowered", ONE)
def test_where_one_thing_is_wrong_nothing_is_told_beside_it(
    at: Instances, lowered: str, run: Begin
) -> None:
    lower, told = ONE[lowered]
    go_on = run(at)
    with lower(at):
        at.a_minute_later()
        at.world.clock.advance(1)
        assert not go_on()
    found = last_trace(at)
    assert found.cause == told and "also" not in found.measured


@pytest.mark.parametrize("run", [a_token, an_artifact], ids=lambda run: run.__name__)
@pytest.mark.parametrize(
    ("lower", "told"), [(REVOKED, "mandate_ended"), (SUSPENDED, "organisation_suspended")]
)
def test_a_mandate_that_ended_and_an_organisation_that_did_are_told_apart(
    at: Instances, lower: Lower, told: str, run: Begin
) -> None:
    go_on = run(at)
    with lower(at):
        at.a_minute_later()
        at.world.clock.advance(1)
        assert not go_on()
    assert last_trace(at).cause == told


def test_the_operator_reads_both(at: Instances) -> None:
    go_on = a_token(at)
    with BLOCKED(at), PAUSED(at):
        at.a_minute_later()
        at.world.clock.advance(1)
        assert not go_on()
    robin = make_operator(at.world, "robin", OperatorRole.HELPDESK)
    at.holder.refresh()
    browser = at_console(at.world, robin.person_id)
    page = at_desk(browser, show_reference(last_trace(at).reference))
    assert "De makelaar is op pauze gezet" in page.text
    assert "Ook in de weg" in page.text
    assert "De gebruiker is geblokkeerd sinds deze login begon." in page.text
