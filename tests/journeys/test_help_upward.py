"""Whoever is below the level is told what would help: a code of Sluis, the makelaar once more, or
what to ask for and where.
"""

from __future__ import annotations

import pyotp
import pytest
from sqlalchemy import update

from assurance.factors import BoundBy, Factor
from sandbox.browser import Browser, Page
from sandbox.portal.clients import LOZING
from sandbox.prepare import totp_secret
from tests.broker.changes import change_makelaar, give_totp
from tests.broker.portal import ISSUER, Portal, make_portal_world, scope_of, set_clock
from tests.journeys.at_mijn import CODE, LIST, fresh, strip_factors
from tests.world import World

CONSENT = "Deze gegevens geven wij door"
TOO_LOW = "Uw niveau is te laag voor deze dienst"
MAKELAAR = "Log in bij Brugwacht"
HIGHER = "Log in met EH2+ bij Brugwacht"
USE_FACTOR = "Gebruik uw tweede controle"
NO_FACTOR = "U heeft bij ons nog geen tweede controle"
WAITS = "die telt nog niet mee: hij wacht op de code uit een brief"
OTHER_KIND = "die telt bij deze dienst niet mee"


@pytest.fixture
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    world = make_portal_world(tmp_path_factory.mktemp("world"))
    set_clock(world)
    return world


@pytest.fixture
def portal(world: World) -> Portal:
    return Portal(world)


def start(portal: Portal, person: str) -> Browser:
    """This person came back from Brugwacht with EH2, and EH2+ is needed."""
    browser = portal.at_makelaar("brugwacht", None, scope=scope_of(LOZING), prompt="consent")
    browser.press("person", person)
    return browser


def give_code(world: World, browser: Browser, person: str) -> Page:
    fresh(world)
    browser.fill("code", pyotp.TOTP(totp_secret(world.demo, person)).at(world.clock()))
    return browser.click("Ga verder")


def ask_for_makelaar(browser: Browser) -> Page:
    """The request of a button that is not there."""
    form = next(f for f in page_of(browser).forms if f.action.endswith("/step-up"))
    token = [(n, v) for n, v in form.form_values() if n == "csrf_token"]
    return browser.post(ISSUER + form.action, [*token, ("use", "makelaar")])


def page_of(browser: Browser) -> Page:
    assert browser.page is not None
    return browser.page


def test_instead_of_a_code_the_makelaar_may_give_the_level(world: World, portal: Portal) -> None:
    give_totp(world, "wim", pyotp.random_base32())
    browser = start(portal, "wim")
    assert page_of(browser).heading == CODE
    page = browser.click(HIGHER)
    assert page.heading == MAKELAAR and "EH2+" in page.text
    assert browser.press("person", "wim").heading == CONSENT
    claims = portal.claims(
        portal.tokens(portal.heard(browser.press("agree", "yes"))["code"])["id_token"]
    )
    assert claims["assurance"]["second_factor"] == "upstream"


def test_who_comes_back_without_the_level_may_still_use_the_code(
    world: World, portal: Portal
) -> None:
    browser = start(portal, "roos")
    assert browser.click(HIGHER).heading == MAKELAAR
    page = browser.press("person", "roos")
    assert (page.status, page.heading) == (403, TOO_LOW)
    assert "U heeft bij ons een tweede controle." in page.text and NO_FACTOR not in page.text
    assert browser.click(USE_FACTOR).heading == MAKELAAR
    assert browser.press("person", "roos").heading == CODE
    assert give_code(world, browser, "roos").heading == CONSENT
    claims = portal.claims(
        portal.tokens(portal.heard(browser.press("agree", "yes"))["code"])["id_token"]
    )
    assert claims["assurance"]["second_factor"] == "local"


def test_F_14_nobody_else_comes_back_from_the_makelaar(portal: Portal) -> None:
    browser = start(portal, "roos")
    browser.click(HIGHER)
    assert portal.heard(browser.press("person", "ali"))["error"] == "access_denied"
    browser = start(portal, "roos")
    browser.click(HIGHER)
    assert browser.press("person", "roos").heading == TOO_LOW
    browser.click(USE_FACTOR)
    assert portal.heard(browser.press("person", "ali"))["error"] == "access_denied"


def test_nobody_goes_round_for_ever(portal: Portal) -> None:
    """Three times at the makelaar in one login, whichever way was taken."""
    browser = start(portal, "roos")
    browser.click(HIGHER)
    browser.press("person", "roos")
    browser.click(USE_FACTOR)
    page = browser.press("person", "roos")
    assert page.heading == CODE and HIGHER not in page.text
    assert ask_for_makelaar(browser).heading == CODE


def test_a_makelaar_that_cannot_give_more_is_not_offered(world: World, portal: Portal) -> None:
    change_makelaar(world, "brugwacht", level_ceiling="EH2")
    browser = start(portal, "roos")
    page = page_of(browser)
    assert page.heading == CODE and HIGHER not in page.text
    assert ask_for_makelaar(browser).heading == CODE  # still here
    assert give_code(world, browser, "roos").heading == CONSENT


@pytest.mark.parametrize("ceiling", ["EH2", "EH3"])
def test_who_has_no_factor_is_told_to_ask_for_one(
    world: World, portal: Portal, ceiling: str
) -> None:
    change_makelaar(world, "brugwacht", level_ceiling=ceiling)
    strip_factors(world, "roos")
    page = too_low(portal)
    assert NO_FACTOR in page.text
    assert USE_FACTOR not in page.text and WAITS not in page.text and OTHER_KIND not in page.text


@pytest.mark.parametrize("ceiling", ["EH2", "EH3"])
def test_who_has_one_that_waits_for_its_letter_is_told_so(
    world: World, portal: Portal, ceiling: str
) -> None:
    change_makelaar(world, "brugwacht", level_ceiling=ceiling)
    with world.session() as session, session.begin():
        waits = update(Factor).where(Factor.person_id == "roos")
        session.execute(waits.values(bound_by=BoundBy.SELF))
    page = too_low(portal)
    assert WAITS in page.text
    assert NO_FACTOR not in page.text and OTHER_KIND not in page.text


@pytest.mark.parametrize("ceiling", ["EH2", "EH3"])
def test_who_has_one_of_another_kind_is_told_which_kinds_count(
    world: World, portal: Portal, ceiling: str
) -> None:
    change_makelaar(world, "brugwacht", level_ceiling=ceiling)
    text = (world.demo.registrations / "20-services.yaml").read_text()
    document = next(part for part in text.split("---\n") if "Lozing melden" in part)
    world.apply(document + "second_factors: [passkey, otp_device]\n")
    page = too_low(portal)
    assert OTHER_KIND in page.text
    kinds = {str(item.text_content()) for item in page.tree.iter("li")}
    assert {"een passkey", "een apparaat met codes"} <= kinds and "een app met codes" not in kinds
    assert NO_FACTOR not in page.text and WAITS not in page.text
    link = next(a for a in page.tree.iter("a") if a.text_content() == LIST)
    assert link.get("href") == "/mijn/inlogmiddelen"


def too_low(portal: Portal) -> Page:
    """Roos before the page; where her makelaar may give more, it was asked first."""
    browser = start(portal, "roos")
    if page_of(browser).heading == MAKELAAR:
        browser.press("person", "roos")
    page = page_of(browser)
    assert (page.status, page.heading) == (403, TOO_LOW)
    return page
