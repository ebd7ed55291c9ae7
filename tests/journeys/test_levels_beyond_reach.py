"""A level that no makelaar can give is told to the portal at once, with or without pages."""

from __future__ import annotations

import re
from typing import Any

import pytest
import yaml

from broker.texts import reasons
from broker.texts.reasons import Fixer
from sandbox.portal.clients import BODEM, IDEEEN
from state import trace
from state.trace import parse_reference
from tests.broker.answers import goes_on, tells_portal
from tests.broker.changes import change_makelaar
from tests.broker.portal import Portal, make_portal_world, scope_of
from tests.world import World

HIGH = "http://eidas.europa.eu/LoA/high"
ESSENTIAL = f'{{"id_token":{{"acr":{{"essential":true,"value":"{HIGH}"}}}}}}'
UNMET = "unmet_authentication_requirements"


@pytest.fixture
def portal(tmp_path_factory: pytest.TempPathFactory) -> Portal:
    """Its services admit makelaars up to EH3, until a test says otherwise."""
    world = make_portal_world(tmp_path_factory.mktemp("world"))
    for service in (BODEM, IDEEEN):
        change(world, service.uuid, makelaars=["zekerweg", "brugwacht"])
    return Portal(world)


def change(world: World, service: str, **changes: Any) -> None:
    document = world.runtime.configuration.services[service].model_dump(mode="json")
    world.apply(yaml.safe_dump({"kind": "Service", **document, **changes}))


@pytest.mark.parametrize("prompt", [None, "none", "login", "select_account"])
@pytest.mark.parametrize("wish", [{"acr_values": HIGH}, {"claims": ESSENTIAL}])
def test_O_25_a_level_above_every_makelaar_is_refused_at_once(
    portal: Portal, wish: dict[str, str], prompt: str | None
) -> None:
    asked = portal.request(scope=scope_of(BODEM), prompt=prompt, **wish)
    description = tells_portal(portal.ask(asked), UNMET)
    found = re.search(r"[0-9A-Z]{4}-[0-9A-Z]{4}", description)
    assert found is not None
    with portal.world.session() as session:
        record = trace.find(session, parse_reference(found[0]) or "")
    assert record is not None and record.cause == "level_above_all"
    told = next(step.measured for step in record.steps if step.is_bad)
    assert (told["asked"], told["highest"]) == ("EH4", "EH3")
    explained = reasons.find(record.cause)
    assert explained is not None and explained.fixer is Fixer.OPERATOR


def test_a_level_that_somebody_can_reach_is_asked(portal: Portal) -> None:
    for level in ("substantial", "low"):
        wish = f"http://eidas.europa.eu/LoA/{level}"
        goes_on(portal.ask(portal.request(scope=scope_of(BODEM), acr_values=wish)))
    change(portal.world, BODEM.uuid, makelaars=["zekerweg", "polderpoort"])
    goes_on(portal.ask(portal.request(scope=scope_of(BODEM), acr_values=HIGH)))


def test_a_makelaar_that_is_paused_comes_back(portal: Portal) -> None:
    change(portal.world, BODEM.uuid, makelaars=["zekerweg", "polderpoort"])
    change_makelaar(portal.world, "polderpoort", state="paused")
    goes_on(portal.ask(portal.request(scope=scope_of(BODEM), acr_values=HIGH)))


def test_where_an_account_would_do_people_choose(portal: Portal) -> None:
    """An e-mail account is a way to log in, but never to a level that is asked."""
    goes_on(portal.ask(portal.request(scope=scope_of(IDEEEN))))
    asked = portal.request(scope=scope_of(IDEEEN), acr_values=HIGH)
    tells_portal(portal.ask(asked), UNMET)
