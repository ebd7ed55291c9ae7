"""A story from the first click to the last: an administrator takes a mandate back, brings in a
colleague at another of her companies, and the colleague gets as far as the portal.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Final

import pytest
from playwright.sync_api import Browser, FilePayload, expect

from directory.dates import day_of
from sandbox.operator import INES, ROBIN, make_operator
from sandbox.portal.clients import BODEM
from tests import scans
from tests.browser.operator_scenes import enter
from tests.browser.stories import AGREE, NEXT, enter_beheer, work_at
from tests.browser.visitor import Visitor, visiting
from tests.browser.walker import Walker
from tests.running_demo import RunningDemo

pytestmark = pytest.mark.browser

BAKERY, GARDEN = "9000 1201", "9000 1639"
NAME, EMAIL = "Lotte Vos", "lotte@groenrijk.example"
HOME: Final = ("Laan 44", "0000 BB Voorbeeldstad")
USER_NAME, PASSWORD = "lotte.vos", "een lantaarn boven de kwekerij"


def test_a_colleague_is_brought_in_and_logs_in_at_the_portal(
    running: RunningDemo, chromium: Browser
) -> None:
    with (
        visiting(running, chromium) as sanne,
        visiting(running, chromium, is_checked=True) as lotte,
    ):
        enter_beheer(sanne, "sanne", BAKERY)
        _withdraw(sanne, "Kim de Boer")
        work_at(sanne, GARDEN)
        _ask_a_means(sanne)
        _approve(running, chromium)
        seed = _activate(lotte)
        _log_in(lotte, seed)
        _is_refused_and_asks(lotte)
        _give(sanne)
        _log_in(lotte, seed)
        lotte.click(AGREE)
        assert lotte.is_in, lotte.heading
        expect(lotte.page.locator("dd[data-fact=company]")).to_contain_text("Groenrijk")
        assert sanne.complaints == lotte.complaints == []
        assert lotte.checked >= 8, "the pages of the activation and the login are looked at"


def _withdraw(sanne: Visitor, person: str) -> None:
    """The mandate of somebody; it can be undone for a moment."""
    sanne.go("/beheer/machtigingen")
    row = f"tr:has-text('{person}')"
    sanne.click(f"{row} form[action*='/intrekken'] button")
    expect(sanne.page.locator(row)).to_contain_text("Maak ongedaan")


def _ask_a_means(sanne: Visitor) -> None:
    """For somebody new, here."""
    sanne.go("/beheer/gebruikers")
    sanne.click("a[href$='/toevoegen']")
    sanne.click("form[action$='/toevoegen'] button")
    sanne.page.check("input[name=niveau][value=EH3]")
    sanne.page.check("input[name=rol][value=member]")
    sanne.click(f"form:has([name=niveau]) {NEXT}")
    sanne.page.fill("#naam", NAME)
    sanne.page.fill("#email", EMAIL)
    sanne.click(f"form:has(#naam) {NEXT}")
    _bring_a_document(sanne)
    sanne.page.fill("#adres", "\n".join(HOME))
    sanne.page.check("input[name=factor][value=totp]")
    sanne.click(f"form:has(#adres) {NEXT}")
    sanne.click(f"form:has(#bedrijven) {NEXT}")
    sanne.click(f"form[action$='/controle'] {NEXT}")
    expect(sanne.page.locator("main")).to_contain_text("Wachten op goedkeuring")


def _bring_a_document(sanne: Visitor) -> None:
    """A scan of the passport, which this installation asks."""
    sanne.page.check("input[name=soort][value=passport]")
    sanne.page.fill("#geldig", f"{datetime.now(UTC).year + 3}-05-31")
    scan = FilePayload(name="paspoort.png", mimeType="image/png", buffer=scans.png())
    sanne.page.set_input_files("input[type=file] >> nth=0", scan)
    sanne.click(f"form:has(#geldig) {NEXT}")


def _approve(running: RunningDemo, chromium: Browser) -> None:
    """Robin saw who Lotte is, Ines approves."""
    make_operator(running.demo, running.parties, INES.user_name, INES.name, INES.role)
    with _at_request(running, chromium, ROBIN.user_name) as robin:
        robin.page.check("input[name=proof][value=in_person]")
        robin.page.fill("#kenmerk", "BALIE-42")
        robin.page.fill("#dag", f"{day_of(datetime.now(UTC))}")
        robin.click("form[action$='/identificatie'] button")
        expect(robin.page.locator("form[action$='/goedkeuren']")).to_have_count(0)
    with _at_request(running, chromium, INES.user_name) as ines:
        ines.click("form[action$='/goedkeuren'] button")
        expect(ines.page.locator(".utrecht-alert--ok")).to_be_visible()


@contextmanager
def _at_request(running: RunningDemo, chromium: Browser, user_name: str) -> Iterator[Visitor]:
    """An operator at the request for Lotte."""
    walker = Walker(running, "nl")
    enter(walker, "/aanvragen", user_name)
    with visiting(running, chromium) as operator:
        operator.take_cookies_of(walker)
        operator.go("/operator/aanvragen?zoek=Lotte")
        operator.click("td a[href*='/aanvragen/']")
        yield operator
        assert operator.complaints == []


def _activate(lotte: Visitor) -> str:
    """With what the post brought; the key of the app."""
    letter = lotte.running.mailed(", ".join(HOME), r"(?<=code uit deze brief: )\S+")
    mail = lotte.running.mailed(EMAIL, r"(?<=code uit deze e-mail: )\S+")
    lotte.go("/activeren")
    lotte.page.fill("#code", letter)
    lotte.click("form:has(#code) button")
    lotte.page.fill("#code", mail)
    lotte.click(f"form:has(#code) {NEXT}")
    lotte.page.fill("[name=username]", USER_NAME)
    lotte.page.fill("[name=password]", PASSWORD)
    lotte.page.fill("[name=again]", PASSWORD)
    lotte.click(f"form:has([name=again]) {NEXT}")
    seed = (lotte.page.text_content("#sleutel") or "").replace(" ", "")
    lotte.page.fill("#code", lotte.running.code_with(seed))
    lotte.click(f"form:has(#code) {NEXT}")
    assert lotte.heading == "Uw inlogmiddel is actief"
    return seed


def _log_in(lotte: Visitor, seed: str) -> None:
    """With the own means, up to the first question after the code."""
    lotte.running.forget_codes()  # that of this half minute was given for another page
    lotte.ask(BODEM.name)
    lotte.press("method", "account")
    lotte.page.fill("input[name=name]", USER_NAME)
    lotte.page.fill("input[name=password]", PASSWORD)
    lotte.click("form:has(input[name=password]) button[class*=primary]")
    lotte.give_code(lotte.running.code_with(seed))


def _is_refused_and_asks(lotte: Visitor) -> None:
    assert lotte.heading == f"U mag nog niet inloggen bij {BODEM.name}"
    lotte.page.fill("#bericht", "Ik meld morgen het onderzoek aan de Laan.")
    lotte.click("form[action$='/mandate']:has(#bericht) button")
    assert lotte.heading == "Uw verzoek is verstuurd"


def _give(sanne: Visitor) -> None:
    """What was asked, by the wizard that the request fills in: the day and the check are left."""
    sanne.go("/beheer")
    sanne.click(f"tr:has-text('{NAME}') form:has([name=verzoek]) button")
    sanne.click(f"form:has(#until) {NEXT}")
    sanne.click(f"form:has([name=gezien-plan]) {NEXT}")
    assert sanne.heading == "1 machtiging is vastgelegd"
