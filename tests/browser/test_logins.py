"""People log in with a real Chromium; axe looks at every page of the broker on the way."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.account_scenes import IDEEEN
from tests.browser.scenes import BODEM, LOZING
from tests.browser.visitor import DESKTOP, PHONE, Visitor, visiting
from tests.running_demo import TEMPORARY, RunningDemo

pytestmark = pytest.mark.browser

SIZES = (pytest.param(DESKTOP, id="desktop"), pytest.param(PHONE, id="phone"))
LANGUAGES = ("nl", "en")
AGREE = "button[name=agree][value=yes]"


def _agree(visitor: Visitor) -> None:
    visitor.wait_for(AGREE)
    visitor.press("agree", "yes")


def _jan(visitor: Visitor) -> None:
    """SAML: a signed request by redirect, the answer by POST from another site."""
    visitor.ask(BODEM)
    visitor.choose("polderpoort")
    visitor.log_in_as("jan")
    _agree(visitor)


def _jan_by_artifact(visitor: Visitor) -> None:
    """SAML as eHerkenning does it: the request by POST, the answer by a reference in an address,
    the person by an encrypted pseudonym.
    """
    visitor.ask(BODEM)
    visitor.choose("waterpoort")
    visitor.log_in_as("jan")
    _agree(visitor)


def _hanna_of_etd(visitor: Visitor) -> None:
    """The same with a mandate, whose organisation comes encrypted too."""
    visitor.ask(BODEM)
    visitor.choose("waterpoort")
    visitor.log_in_as("hanna")
    _agree(visitor)


def _mo(visitor: Visitor) -> None:
    """OpenID Connect, on behalf of a client of his office."""
    visitor.ask(BODEM)
    visitor.choose("zekerweg")
    visitor.log_in_as("mo")
    visitor.wait_for("button[name=choice]")
    visitor.click("button[name=choice]:has-text('Korenmolen')")
    _agree(visitor)


def _roos(visitor: Visitor) -> None:
    """SAML with the request by POST and an encrypted answer, then a code of Sluis."""
    visitor.ask(LOZING)
    visitor.choose("brugwacht")
    visitor.log_in_as("roos")
    visitor.wait_for("#code")
    visitor.give_code(visitor.running.code_of("roos"))
    visitor.wait_for(f"{AGREE}, table")
    if visitor.is_at_broker:  # what the law asks is shown once
        _agree(visitor)


PEOPLE = (
    pytest.param(_jan, id="jan-saml"),
    pytest.param(_jan_by_artifact, id="jan-artifact"),
    pytest.param(_hanna_of_etd, id="hanna-etd"),
    pytest.param(_mo, id="mo-oidc"),
    pytest.param(_roos, id="roos-code"),
)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("log_in", PEOPLE)
def test_a_person_logs_in(
    running: RunningDemo, looked_with: Browser, log_in, size: tuple[int, int], language: str
) -> None:
    with visiting(running, looked_with, language=language, size=size, is_checked=True) as visitor:
        log_in(visitor)
        assert visitor.is_in, visitor.heading
        assert visitor.complaints == []
        assert visitor.checked >= 2


@pytest.mark.parametrize("log_in", PEOPLE)
def test_a_person_logs_in_without_javascript(
    running: RunningDemo, chromium: Browser, log_in
) -> None:
    with visiting(running, chromium, javascript=False) as visitor:
        log_in(visitor)
        assert visitor.is_in, visitor.heading
        assert visitor.complaints == []


def test_a_wrong_code_does_not_log_in_and_the_right_one_after_it_does(
    running: RunningDemo, chromium: Browser
) -> None:
    with visiting(running, chromium) as visitor:
        visitor.ask(LOZING)
        visitor.choose("brugwacht")
        visitor.log_in_as("roos")
        visitor.wait_for("#code")
        visitor.give_code(running.wrong_code_of("roos"))
        visitor.wait_for("#code-fout")
        assert visitor.page.title().startswith("Fout:")
        visitor.give_code(running.code_of("roos"))
        visitor.wait_for(f"{AGREE}, table")
        if visitor.is_at_broker:
            _agree(visitor)
        assert visitor.is_in


def test_who_cancels_comes_back_at_the_portal_as_nobody(
    running: RunningDemo, chromium: Browser
) -> None:
    with visiting(running, chromium) as visitor:
        visitor.ask(BODEM)
        visitor.click("form[action$='/cancel'] button")
        assert visitor.page.url.startswith(running.addresses.portal)
        assert visitor.heading == "U bent niet ingelogd"


def test_the_language_can_be_changed_on_the_way(running: RunningDemo, chromium: Browser) -> None:
    with visiting(running, chromium) as visitor:
        visitor.ask(BODEM)
        assert visitor.heading == "Wie is uw makelaar?"
        visitor.click("a[hreflang=en]")
        assert visitor.heading == "Who is your identity provider?"
        visitor.choose("polderpoort")
        visitor.log_in_as("jan")
        visitor.wait_for(AGREE)
        assert visitor.page.get_attribute("html", "lang") == "en"


def test_a_remembered_makelaar_is_not_asked_again(running: RunningDemo, chromium: Browser) -> None:
    with visiting(running, chromium) as visitor:
        visitor.ask(BODEM)
        visitor.page.check("input[name=remember]")
        visitor.choose("polderpoort")
        visitor.log_in_as("jan")
        _agree(visitor)
        assert visitor.is_in
        visitor.ask(BODEM)
        visitor.log_in_as("jan")
        _agree(visitor)
        assert visitor.is_in


def test_a_paused_makelaar_is_no_way_to_a_higher_level(
    running: RunningDemo, chromium: Browser
) -> None:
    with visiting(running, chromium) as visitor:
        visitor.ask(LOZING)
        visitor.choose("veerhuis")
        visitor.log_in_as("piet")
        visitor.wait_for("form[action$=step-up]")
        others = visitor.page.text_content("section[aria-labelledby=nu]") or ""
        assert "Polderpoort" in others
        assert "Stilwater" not in others


def test_the_button_for_another_sms_waits_as_long_as_the_text_says(
    running: RunningDemo, chromium: Browser
) -> None:
    with visiting(running, chromium) as visitor:
        visitor.page.clock.install()
        visitor.ask(LOZING)
        visitor.choose("brugwacht")
        visitor.log_in_as("yara")
        button = visitor.page.locator("form[data-wait] button[name=resend]")
        note = visitor.page.locator("form[data-wait] [data-note]")
        expect(button).to_be_disabled()
        visitor.page.clock.fast_forward(10_000)
        expect(note).to_contain_text(re.compile(r"over \d+ seconden"))
        visitor.page.clock.fast_forward(31_000)
        expect(button).to_be_enabled()
        expect(note).to_be_hidden()


def test_a_new_password_says_what_it_still_needs_while_it_is_typed(
    running: RunningDemo, chromium: Browser
) -> None:
    typing = (
        ("elf teken", "Nog 3 tekens nodig"),
        ("elf tekens ", "Nog 1 teken nodig"),
        ("twaalf 😀😀😀😀😀", "Lang genoeg"),
    )
    with visiting(running, chromium, is_checked=True) as visitor:
        visitor.ask(IDEEEN)
        visitor.press("method", "account")
        visitor.page.fill("#naam", "tess.vermeer")
        visitor.page.fill("#wachtwoord", TEMPORARY)
        visitor.click("form[action$='/password'] button[type=submit]")
        note = visitor.page.locator("[data-shortest]")
        expect(note).to_be_hidden()
        for typed, said in typing:
            visitor.page.fill("#nieuw", typed)
            expect(note).to_have_text(said)
        visitor.look()
        assert visitor.complaints == []
