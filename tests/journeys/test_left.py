"""Who left a company is told so at the next login; its administrator sees it, and may give anew."""

from __future__ import annotations

import pytest

from directory.consoles import BEHEER
from sandbox.portal.clients import LOZING
from tests.broker.portal import set_clock
from tests.journeys.beheer import HERE, choose, enter
from tests.journeys.test_ended_rights import standing
from tests.journeys.test_person_changes import change
from tests.operators import at_console
from tests.world import World


@pytest.fixture
def world(own_world: World) -> World:
    set_clock(own_world)
    return own_world


def test_M_07_who_left_acts_no_more_until_somebody_gives_it_anew(world: World) -> None:
    assert world.walk(LOZING.name, "Polderpoort", "jan").run().heading == "U bent ingelogd"
    change(world, "jan", organisations=[])
    page = world.walk(LOZING.name, "Polderpoort", "jan").run()
    assert page.heading == f"U mag nog niet inloggen bij {LOZING.name}"
    assert "u hoort niet meer bij deze organisatie" in page.text
    sanne = at_console(world, "sanne", BEHEER)
    enter(world, sanne)
    page = sanne.open(f"{HERE}/gebruikers/jan")
    assert "Jan de Vries hoort niet meer bij uw bedrijf" in page.text
    today = world.clock().date().isoformat()
    page = sanne.open(f"{HERE}/mag-dit?wie=jan&dienst={LOZING.uuid}&dag={today}")
    assert "Wie de machtiging heeft, hoort niet meer bij deze organisatie" in page.text
    choose(sanne, ("jan",), (LOZING.uuid,))
    page = sanne.click("Leg 1 machtiging vast")
    assert page.heading == "1 machtiging is vastgelegd"
    page = world.walk(LOZING.name, "Polderpoort", "jan").run()
    assert page.heading == "U bent ingelogd" and standing(world, "jan")


def test_who_is_here_sees_nothing_of_it(world: World) -> None:
    sanne = at_console(world, "sanne", BEHEER)
    enter(world, sanne)
    assert "hoort niet meer bij" not in sanne.open(f"{HERE}/gebruikers/jan").text
