"""The pages that add a login method let people go as easily as they let them on."""

from __future__ import annotations

import pyotp
import pytest

from assurance import second_factor
from assurance.factors import MOST_OF_A_KIND, BoundBy, FactorKind
from state.db import writing
from tests.broker.portal import set_clock
from tests.journeys.at_mijn import BASE, LIST, arrive, factors_of, roos_at_eh2_plus
from tests.journeys.test_own_factors import add_app, stock_device, try_device
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


def test_a_person_has_ten_apps_at_most(world: World) -> None:
    browser = roos_at_eh2_plus(world)
    there = len(factors_of(world, "roos", FactorKind.TOTP))
    with world.session() as sql, writing(sql):
        for number in range(there, MOST_OF_A_KIND - 1):
            second_factor.bind_totp(
                sql,
                world.process.sealer,
                person_id="roos",
                seed=pyotp.random_base32(),
                label=str(number),
                bound_by=BoundBy.SESSION,
                now=world.clock(),
            )
    add_app(world, browser)  # the tenth
    assert len(factors_of(world, "roos", FactorKind.TOTP)) == MOST_OF_A_KIND
    token = browser.open(BASE).forms[0].fields["csrf_token"]
    page = browser.post(f"{BASE}/app", [("csrf_token", token), ("code", "123456")])
    assert (page.status, "U heeft al tien apps" in page.text) == (422, True)
    assert len(factors_of(world, "roos", FactorKind.TOTP)) == MOST_OF_A_KIND
    assert "U heeft al tien apps" in browser.open(f"{BASE}/app").text
    assert browser.click("Ga naar Mijn inlogmiddelen").heading == LIST


def test_a_device_that_is_refused_leads_to_its_field(world: World) -> None:
    """The same for a number that nobody has and a code that is wrong."""
    stock_device(world, "VB-7", pyotp.random_base32())
    browser = arrive(world, "jan", "Polderpoort")
    for serial in ("VB-8", "VB-7"):
        page = try_device(browser, serial, "000000")
        assert page.status == 422
        assert page.tree.xpath("//*[@role='alert']//a/@href") == ["#serial"]
        (field,) = page.tree.xpath("//input[@aria-invalid='true']")
        assert field.get("id") == "serial" and field.get("value") == serial
        assert "serial-fout" in field.get("aria-describedby").split()
