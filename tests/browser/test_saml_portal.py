"""SAML from end to end in a real Chromium: a portal asks over SAML, a makelaar answers over SAML.
Every party is another site, so cookies and policies count as they do in the field.
"""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser

from sandbox.portal.clients import BODEMKAART, GRONDWATER, LOZING, PortalService
from sandbox.saml_portal.party import HOME
from tests.browser.checks import axe_violations, too_wide
from tests.browser.visitor import DESKTOP, PHONE, Visitor, visiting
from tests.running_demo import RunningDemo

pytestmark = pytest.mark.browser

SIZES = (pytest.param(DESKTOP, id="desktop"), pytest.param(PHONE, id="phone"))
HEADINGS = {"nl": "U bent ingelogd", "en": "You are logged in"}


def _ask(visitor: Visitor, service: PortalService) -> None:
    visitor.page.goto(visitor.running.addresses.portal + HOME)
    _is_well_made(visitor)
    visitor.click(f"a[href$='{service.uuid}']")
    visitor.leave_by_hand()


def _agree(visitor: Visitor) -> None:
    visitor.wait_for("button[name=agree][value=yes]")
    visitor.press("agree", "yes")
    visitor.leave_by_hand()


def _is_in(visitor: Visitor) -> None:
    visitor.wait_for("dl.summary")
    page, at = visitor.page, visitor.running.addresses.portal
    assert page.url.startswith(f"{at}{HOME}done/")
    assert visitor.heading == HEADINGS[visitor.language]
    who, for_whom, level = page.locator("dl.summary dd").all_text_contents()
    assert (who, level) == ("Jan de Vries", "EH3")
    assert "Korenmolen" in for_whom and "9000 1201" in for_whom
    _is_well_made(visitor)
    assert visitor.complaints == []


def _is_well_made(visitor: Visitor) -> None:
    if visitor.javascript:  # axe is a script
        assert axe_violations(visitor.page) == []
        assert too_wide(visitor.page) == []


@pytest.mark.parametrize("language", ["nl", "en"])
@pytest.mark.parametrize("size", SIZES)
def test_a_login_over_saml_on_both_sides(
    running: RunningDemo, looked_with: Browser, size: tuple[int, int], language: str
) -> None:
    with visiting(running, looked_with, language=language, size=size, is_checked=True) as visitor:
        _ask(visitor, GRONDWATER)
        visitor.choose("polderpoort")
        visitor.log_in_as("jan")
        _agree(visitor)
        _is_in(visitor)
        assert visitor.checked >= 2
        # The answer was a POST from another site; what the browser may see is asked after it.
        visitor.page.reload()
        _is_in(visitor)


OUT = {"nl": "U bent hier uitgelogd", "en": "You are logged out here"}
EVERYWHERE = {"nl": "overal waar u met deze login was", "en": "wherever you were with this login"}
TOLD = {"nl": "Sluis liet het ons weten", "en": "Sluis told us"}


def _log_in(visitor: Visitor) -> None:
    _ask(visitor, GRONDWATER)
    visitor.choose("polderpoort")
    visitor.log_in_as("jan")
    _agree(visitor)
    _is_in(visitor)


def _is_out(visitor: Visitor, says: dict[str, str]) -> None:
    assert visitor.heading == OUT[visitor.language]
    assert says[visitor.language] in visitor.page.inner_text("main")
    _is_well_made(visitor)


@pytest.mark.parametrize("language", ["nl", "en"])
@pytest.mark.parametrize("size", SIZES)
def test_logging_out_here_and_elsewhere(
    running: RunningDemo, looked_with: Browser, size: tuple[int, int], language: str
) -> None:
    with visiting(running, looked_with, language=language, size=size) as visitor:
        _log_in(visitor)
        visitor.click(f"a[href='{HOME}out']")
        visitor.page.wait_for_url(f"**{HOME}slo?*")
        _is_out(visitor, EVERYWHERE)
        _log_in(visitor)
        place = visitor.page.url
        visitor.page.goto(running.addresses.broker + "/uitloggen")
        visitor.click("main form button")
        done = {"nl": "U bent uitgelogd", "en": "You are logged out"}[language]
        visitor.page.get_by_role("heading", name=done, exact=True).wait_for()  # after the round
        visitor.page.goto(place)
        _is_out(visitor, TOLD)
        assert visitor.complaints == []


def test_a_login_over_saml_without_javascript(running: RunningDemo, chromium: Browser) -> None:
    with visiting(running, chromium, javascript=False) as visitor:
        _ask(visitor, LOZING)
        visitor.choose("polderpoort")
        visitor.log_in_as("jan")
        _agree(visitor)
        _is_in(visitor)


def test_a_second_portal_needs_no_makelaar_over_another_protocol(
    running: RunningDemo, chromium: Browser
) -> None:
    """One sign-on across protocols: first the portal over SAML, then one over OpenID Connect."""
    with visiting(running, chromium) as visitor:
        _ask(visitor, GRONDWATER)
        visitor.choose("polderpoort")
        visitor.log_in_as("jan")
        _agree(visitor)
        _is_in(visitor)
        visitor.ask(GRONDWATER.name)
        assert visitor.heading != "Wie is uw makelaar?"
        _agree(visitor)
        assert visitor.is_in, visitor.heading


def test_a_makelaar_with_the_habits_of_entra(running: RunningDemo, chromium: Browser) -> None:
    """Signed inside AES-CBC, for seventy minutes, with a class of its own for the level."""
    with visiting(running, chromium) as visitor:
        _ask(visitor, BODEMKAART)
        visitor.choose("wolkenhuis")
        visitor.log_in_as("jan")
        visitor.wait_for("button[name=choice]")
        visitor.click("button[name=choice]:has-text('Korenmolen')")
        visitor.wait_for("dl.summary")
        assert visitor.page.locator("dl.summary dd").last.text_content() == "EH2"
        assert visitor.complaints == []


@pytest.mark.parametrize(
    "fault", ["unsigned_assertion", "bad_signature", "wrong_key", "wrong_audience"]
)
def test_a_makelaar_with_the_habits_of_entra_is_believed_no_sooner(
    running: RunningDemo, chromium: Browser, fault: str
) -> None:
    with visiting(running, chromium) as visitor:
        _ask(visitor, BODEMKAART)
        visitor.choose("wolkenhuis")
        visitor.log_in_as("jan", fault)
        visitor.wait_for(".sluis-reference")
        assert "SLS-21" in (visitor.page.text_content(".sluis-reference") or "")
