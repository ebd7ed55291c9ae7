"""The postbus and the makelaars read as the broker does: Dutch time, both languages."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest

from sandbox.moments import day, moment, second
from tests.world import ADDRESSES, World

WINTER = datetime(2026, 11, 22, 8, 41, 5, tzinfo=UTC)
SUMMER = datetime(2026, 7, 1, 22, 30, tzinfo=UTC)


def test_times_are_those_of_the_netherlands() -> None:
    assert moment(WINTER, "nl") == "22 november 2026, 09.41 uur"
    assert moment(WINTER, "en") == "22 November 2026, 09:41"
    assert second(WINTER, "nl") == "22 november 2026, 09.41.05 uur"
    assert moment(SUMMER, "nl") == "2 juli 2026, 00.30 uur"
    assert day(SUMMER, "en") == "2 July 2026"


@pytest.mark.parametrize(
    ("language", "heading", "now"),
    [("nl", "Post van Sluis", "uur"), ("en", "Post from Sluis", "20")],
)
def test_post_says_when_in_dutch_time(world: World, language: str, heading: str, now: str) -> None:
    walk = world.walk("Lozing melden", "Veerhuis", "fatima")
    walk.run()
    if "Stuur verzoek" in walk.browser.page.text:
        walk.browser.click("Stuur verzoek naar mijn beheerder")
    world.deliver_mail()
    page = world.browser(language).open(f"{ADDRESSES.postbus}/")
    assert page.heading == heading and "UTC" not in page.text
    assert "sanne@voorbeeld.example" in page.text and now in page.text


def test_a_mail_is_shown_as_text_and_as_its_html(world: World) -> None:
    walk = world.walk("Lozing melden", "Veerhuis", "fatima")
    walk.run()
    if "Stuur verzoek" in walk.browser.page.text:
        walk.browser.click("Stuur verzoek naar mijn beheerder")
    world.deliver_mail()
    page = world.browser().open(f"{ADDRESSES.postbus}/")
    address = re.search(r'sandbox loading="lazy" src="(/mails/[^"]+)"', page.answer.body.decode())
    assert address is not None
    mail = world.browser().open(f"{ADDRESSES.postbus}{address[1]}")
    assert mail.heading.startswith("Verzoek: machtiging voor")
    policy = mail.answer.header("Content-Security-Policy") or ""
    assert "default-src 'none'" in policy and "sandbox;" in policy
    gone = world.browser().open(f"{ADDRESSES.postbus}/mails/onbekend")
    assert gone.status == 404


def test_a_makelaar_asks_again_in_another_language(world: World) -> None:
    browser = world.browser()
    browser.open(f"{ADDRESSES.portal}/")
    browser.click("Meldportaal Bodem")
    assert browser.click("Polderpoort").heading == "Log in bij Polderpoort"
    page = browser.click("English")
    assert page.heading == "Log in at Polderpoort" and "password and app" in page.text
    assert "U bent" not in page.text
    assert browser.press("person", "jan").url.startswith(ADDRESSES.broker)
