"""A factor of a means of Sluis lifts to the level of that means, so its owner shows that level
before one is added.
"""

from __future__ import annotations

import pyotp
import pytest

from assurance.factors import BoundBy
from sandbox.browser import Browser, Page
from sandbox.prepare import password
from tests.broker.account_logins import user_name
from tests.broker.portal import set_clock
from tests.journeys.at_mijn import (
    AGAIN,
    BASE,
    CODE,
    LIST,
    arrive,
    factors_of,
    give_app_code,
    strip_factors,
)
from tests.journeys.test_own_factors import add_app, seed_of, seed_of_page
from tests.world import World


@pytest.fixture
def world(own_world: World) -> World:
    set_clock(own_world)
    return own_world


EVA = """\
kind: Person
id: eva
name: Eva Maas
email: eva@voorbeeld.example
account: {user_name: eva.maas, level: EH3}
keeps: [totp]
identities:
  - {provider: veerhuis, subject: vh-fatima-31aa08}
"""


def test_F_12_a_makelaar_at_eh2_plus_gives_no_factor_to_a_means_of_eh3(world: World) -> None:
    """With the password such a factor would make EH3 of a login that was never more than EH2+."""
    world.apply(EVA, "eva.yaml")
    before = [factor.id for factor in factors_of(world, "eva")]
    browser = arrive(world, "fatima", "Veerhuis")  # who is Eva here
    page = browser.open(f"{BASE}/app")
    assert page.heading == AGAIN and seed_of_page(page) is None
    page = browser.click("Log opnieuw in")
    assert "/login/" in page.url and seed_of_page(page) is None
    assert [factor.id for factor in factors_of(world, "eva")] == before
    strip_factors(world, "eva")
    browser = arrive(world, "fatima", "Veerhuis")
    add_app(world, browser)
    (added,) = factors_of(world, "eva")
    assert added.bound_by is BoundBy.SELF  # it lifts nothing


def test_F_12_a_means_of_eh3_adds_a_factor_after_password_and_code(world: World) -> None:
    browser = world.browser()
    browser.open(BASE)
    _give_password(world, browser)
    assert browser.page is not None and browser.page.heading == LIST
    assert browser.open(f"{BASE}/app").heading == AGAIN  # the password alone is not enough
    browser.click("Log opnieuw in")
    assert _give_password(world, browser).heading == CODE
    give_app_code(world, browser, "eva")  # back at the page that was asked
    browser.fill("code", pyotp.TOTP(seed_of(browser)).at(world.clock()))
    page = browser.click("Voeg de app toe")
    assert "Het inlogmiddel is toegevoegd" in page.text
    assert "Telt mee voor EH3" in page.text and "Telt mee voor EH2+" not in page.text
    assert factors_of(world, "eva")[-1].bound_by is BoundBy.SESSION


def _give_password(world: World, browser: Browser, person: str = "eva") -> Page:
    browser.press("method", "account")
    browser.fill("name", user_name(person))
    browser.fill("password", password(world.demo, person))
    return browser.click("Log in")


def test_an_account_with_an_address_alone_is_told_what_it_lacks_and_no_administrator(
    world: World,
) -> None:
    browser = world.browser()
    browser.open(BASE)
    page = _give_password(world, browser, "daan")
    assert page.heading == "Uw niveau is te laag voor deze dienst"
    assert "U logde in met een e-mailaccount. Dat heeft geen niveau." in page.text
    for wrong in ("EMAIL", "beheerder", "Dat gebeurt bij de makelaar", "Hulp van"):
        assert wrong not in page.text, wrong
