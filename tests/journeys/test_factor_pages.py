"""The pages that add a means of login let people go as easily as they let them on."""

from __future__ import annotations

import pytest

from tests.broker.portal import set_clock
from tests.journeys.at_mijn import BASE, LIST, arrive, factors_of
from tests.world import World


@pytest.fixture
def world(own_world: World) -> World:
    set_clock(own_world)
    return own_world


@pytest.mark.parametrize("way", ["app", "sms", "passkey", "apparaat", "herstelcodes"])
def test_who_cancels_is_back_at_the_list_and_has_nothing_more(world: World, way: str) -> None:
    browser = arrive(world, "jan", "Polderpoort")
    before = len(factors_of(world, "jan"))
    assert browser.open(f"{BASE}/{way}").heading != LIST
    assert browser.click("Annuleer").heading == LIST
    assert len(factors_of(world, "jan")) == before
