"""A story from the first click to the last: somebody at an office acts for a client, until the
client takes the chain mandate back.
"""

from __future__ import annotations

from typing import Final

import pytest
from playwright.sync_api import Browser, expect

from sandbox.portal.clients import SUBSIDIE
from tests.browser.stories import AGREE, NEXT, enter_beheer
from tests.browser.visitor import Visitor, visiting
from tests.running_demo import RunningDemo

pytestmark = pytest.mark.browser

OFFICE, GARDEN = "9000 1542", "9000 1639"
CLIENT: Final = "button[name=choice]:has-text('Groenrijk')"
NOT_NOW: Final = ".sluis-choice--off:has-text('Groenrijk')"


def test_somebody_acts_for_a_client_until_the_client_revokes_it(
    running: RunningDemo, chromium: Browser
) -> None:
    with (
        visiting(running, chromium) as sanne,
        visiting(running, chromium) as mo,
        visiting(running, chromium) as mo_elsewhere,
    ):
        _begin(mo)
        mo.click(AGREE)
        assert "Yilmaz" in _company(mo), "nobody gave anything yet: the own office alone"
        _give(sanne)
        _begin(mo)
        mo.click(CLIENT)
        mo.click(AGREE)
        assert "Groenrijk" in _company(mo)
        _begin(mo_elsewhere)
        _revoke(sanne)
        mo_elsewhere.click(CLIENT)  # it still stood on that page
        _is_refused(mo_elsewhere)
        _begin(mo, "?prompt=select_account")
        _is_refused(mo)
        assert sanne.complaints == mo.complaints == mo_elsewhere.complaints == []


def _begin(mo: Visitor, how: str = "") -> None:
    """Up to the first question after the makelaar."""
    portal = mo.running.addresses.portal
    mo.page.goto(f"{portal}/login/subsidieloket/{SUBSIDIE.uuid}{how}")
    mo.choose("zekerweg")
    mo.log_in_as("mo")


def _company(mo: Visitor) -> str:
    """For whom the portal says that this login is."""
    assert mo.is_in, mo.heading
    return mo.page.inner_text("dd[data-fact=company]")


def _is_refused(mo: Visitor) -> None:
    assert mo.heading == "Namens wie logt u in?"
    assert not mo.page.locator(CLIENT).count()
    expect(mo.page.locator(NOT_NOW)).to_contain_text("De machtiging is ingetrokken")


def _give(sanne: Visitor) -> None:
    """The client chooses the office by its number, the service and the time."""
    enter_beheer(sanne, "sanne", GARDEN)
    sanne.go("/beheer/ketenmachtigingen")
    sanne.click("form[action$='/ketenmachtiging'] button")
    sanne.page.fill("#kvk", OFFICE)
    sanne.click("form:has(#kvk) button")
    sanne.click("a[href$='/diensten']")
    sanne.page.check(f"input[value='{SUBSIDIE.uuid}']")
    sanne.click(f"form:has(#diensten) {NEXT}")
    sanne.click(f"form:has(#until) {NEXT}")
    sanne.click(f"form:has([name=gezien-plan]) {NEXT}")


def _revoke(sanne: Visitor) -> None:
    sanne.go("/beheer/ketenmachtigingen")
    sanne.click("th a[href*='/ketenmachtigingen/']")
    row = f"tr:has-text('{SUBSIDIE.name}')"
    sanne.click(f"{row} form[action*='/intrekken'] button")
    expect(sanne.page.locator(row)).to_contain_text("Ingetrokken")
