"""A makelaar says something about the level that its registration does not know: the user hears
that it is not their fault, the operator which line is missing, and with that line it works.
"""

from __future__ import annotations

import re
from typing import Final

import pytest
import yaml

from admin.cli.tracing import explain_login
from admin.traces.explanation import explain
from sandbox.browser import Browser, Page
from sandbox.portal.clients import BODEM, BODEMKAART, GRONDWATER, LOZING, PortalService
from state import trace
from state.trace import TraceRecord, parse_reference
from tests.broker.changes import change_makelaar
from tests.broker.portal import Portal, make_portal_world, scope_of, set_clock
from tests.world import World

WORD: Final = "urn:voorbeeld:niveau:onbekend"  # what the fault of the demo says
FAULT: Final = "unknown_level"
LOA2: Final = "urn:etoegang:core:assurance-class:loa2"
UNMET: Final = "unmet_authentication_requirements"
CODE: Final = re.compile(r"[0-9A-Z]{4}-[0-9A-Z]{4}")
SAML, OIDC = ("Polderpoort", "polderpoort"), ("Zekerweg", "zekerweg")
both = pytest.mark.parametrize(("name", "makelaar"), [SAML, OIDC], ids=["SAML", "OIDC"])


@pytest.fixture
def portal(tmp_path_factory: pytest.TempPathFactory) -> Portal:
    world = make_portal_world(tmp_path_factory.mktemp("unknown"))
    set_clock(world)
    return Portal(world)


def at(portal: Portal, makelaar: str, service: PortalService = BODEM) -> Browser:
    return portal.at_makelaar(makelaar, scope=scope_of(service))


def to_the_portal(portal: Portal, browser: Browser) -> dict[str, str]:
    """Answer what is asked on the way: for oneself, and yes."""
    for name, value in (("choice", "self"), ("agree", "yes")):
        page = browser.page
        assert page is not None
        if page.tree.xpath(f"//button[@name='{name}'][@value='{value}']"):
            browser.press(name, value)
    assert browser.page is not None
    return portal.heard(browser.page)


def is_at_a_makelaar(page: Page) -> bool:
    return bool(page.tree.xpath("//select[@name='fault']"))


def say(browser: Browser, person: str = "jan", fault: str = FAULT) -> Page:
    """Log in there; the makelaar answers as its page was told."""
    page = browser.page
    assert page is not None
    browser.fill("fault", fault)
    return browser.press("person", person)


def not_understood(page: Page, name: str) -> str:
    """The page; the code on it."""
    assert (page.status, page.heading) == (403, f"Wij begrijpen het niveau van {name} niet")
    assert "Dat komt niet door u, en niet door uw inlogmiddel." in page.text
    for word in ("te laag", WORD, "levels", "registratie"):
        assert word not in page.text
    found = CODE.search(page.text)
    assert found is not None
    return found[0]


def kept(world: World, code: str) -> TraceRecord:
    with world.session() as session:
        found = trace.find(session, parse_reference(code) or "")
    assert found is not None
    return found


@both
def test_the_user_is_not_blamed_and_the_operator_reads_the_line_that_is_missing(
    portal: Portal, name: str, makelaar: str
) -> None:
    browser = at(portal, makelaar)
    code = not_understood(say(browser), name)
    record = kept(portal.world, code)
    assert (record.outcome, record.cause) == ("refused", "level_unknown")
    line = f'levels: {{"{WORD}": EH2}}'
    assert record.measured["word"] == WORD and record.measured["line"] == line
    assert [s.outcome for s in record.steps if s.step in ("answer", "signature", "conditions")] == [
        "accepted",
        "accepted",
        "accepted",
    ]
    told = "\n".join(explain_login(portal.world.process.settings, code, "nl") or [])
    assert WORD in told and line in told and "De operator van deze installatie" in told
    with portal.world.session() as session:
        found = explain(session, code, "en")
    assert found is not None and found.told is not None and line in found.told.remedy
    heard = portal.heard(browser.click("Ga terug naar"))
    assert heard["error"] == UNMET
    assert kept(portal.world, code).cause == "level_unknown"


@both
def test_with_the_line_added_the_same_answer_is_good(
    portal: Portal, name: str, makelaar: str
) -> None:
    change_makelaar(portal.world, makelaar, levels={LOA2: "EH2"})  # asked for by its first word
    code = not_understood(say(at(portal, makelaar, BODEMKAART)), name)
    line = str(kept(portal.world, code).measured["line"])
    change_makelaar(portal.world, makelaar, **yaml.safe_load(line))
    browser = at(portal, makelaar, BODEMKAART)
    say(browser)
    claims = portal.claims(portal.tokens(to_the_portal(portal, browser)["code"])["id_token"])
    assert claims["loa"] == LOA2


@both
def test_another_makelaar_that_gives_the_level_is_offered(
    portal: Portal, name: str, makelaar: str
) -> None:
    browser = at(portal, makelaar)
    page = say(browser)
    not_understood(page, name)
    other = OIDC[0] if name == SAML[0] else SAML[0]
    assert other in page.text
    assert "Wie is uw makelaar?" in browser.click("Log in met een ander inlogmiddel").heading


@both
def test_after_a_session_was_used_and_the_makelaar_is_asked_for_more(
    portal: Portal, name: str, makelaar: str
) -> None:
    """The session stands: only this login got no further."""
    browser = at(portal, makelaar, BODEMKAART)
    say(browser, fault="lower_level")
    assert "code" in to_the_portal(portal, browser)
    page = browser.open(portal.url(scope=scope_of(GRONDWATER), idp_hint=makelaar))
    assert is_at_a_makelaar(page), page.text
    not_understood(say(browser), name)
    page = browser.open(portal.url(scope=scope_of(BODEMKAART)))
    assert not is_at_a_makelaar(page), page.text
    assert "code" in to_the_portal(portal, browser)


def test_who_went_for_a_higher_level_may_use_a_factor_instead(portal: Portal) -> None:
    browser = portal.world.browser()
    browser.open(f"{portal.world.demo.addresses.portal}/")
    browser.click(LOZING.name)
    browser.click("Brugwacht")
    page = browser.press("person", "roos")
    assert page.tree.xpath("//button[@value='makelaar']"), page.text
    browser.press("use", "makelaar")
    code = not_understood(say(browser, "roos"), "Brugwacht")
    assert kept(portal.world, code).cause == "level_unknown"
    browser.press("use", "factor")
    page = browser.press("person", "roos")
    assert page.tree.xpath("//input[@id='code']"), page.text


@both
def test_a_word_that_the_registration_forgets_ends_what_rests_on_it(
    portal: Portal, name: str, makelaar: str
) -> None:
    """Also where it was reused from a session: the user logs in anew, and reads the same page."""
    change_makelaar(portal.world, makelaar, levels={WORD: "EH3"})
    browser = at(portal, makelaar, BODEMKAART)
    say(browser)
    assert "code" in to_the_portal(portal, browser)
    change_makelaar(portal.world, makelaar, levels={})
    page = browser.open(portal.url(scope=scope_of(BODEMKAART), idp_hint=makelaar))
    assert is_at_a_makelaar(page), page.text
    not_understood(say(browser), name)
