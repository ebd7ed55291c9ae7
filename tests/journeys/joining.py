"""People who are invited: what they and the administrator click, in few words."""

from __future__ import annotations

import re

from sqlalchemy import select

from directory.consoles import BEHEER, JOINING
from directory.people import Membership
from sandbox.browser import Browser, Page
from tests.journeys.beheer import BAKERY, HERE, enter, organisation
from tests.operators import at_console
from tests.world import ADDRESSES, World

JOIN = f"{ADDRESSES.broker}/toegang/uitnodiging"
PASSWORD = "een lantaarn onder water"
CODE = "Vul de code uit de e-mail in"
WAY = "Aanvaard de uitnodiging"
DONE = "U hoort nu bij Bakkerij De Korenmolen B.V."


def invite(world: World, email: str, *, name: str = "", role: str = "member") -> Browser:
    """Sanne asks somebody in at the bakery; her browser at what came of it."""
    sanne = at_console(world, "sanne", BEHEER)
    enter(world, sanne)
    sanne.open(f"{HERE}/uitnodigen")
    sanne.fill("naam", name or name_of(email))
    sanne.fill("email", email)
    sanne.fill("rol", role)
    sanne.click("Stuur de uitnodiging")
    return sanne


def name_of(email: str) -> str:
    """Of who is invited there: told apart in the list."""
    return email.split("@")[0].capitalize()


def mails(world: World, email: str) -> list[dict[str, str]]:
    return [mail for mail in world.deliver_mail() if mail["recipient"] == email]


def links(world: World, email: str) -> list[str]:
    """Oldest first."""
    found = [re.findall(rf"{re.escape(JOIN)}/\S+", one["text"]) for one in mails(world, email)]
    return [url for urls in found for url in urls]


def code_of(world: World, email: str) -> str:
    found = [re.search(r"code is (\d{6})", one["text"]) for one in mails(world, email)]
    return [one[1] for one in found if one][-1]


def open_link(world: World, email: str, browser: Browser | None = None) -> Browser:
    """At the choice how to accept."""
    browser = browser or world.browser()
    page = browser.open(links(world, email)[-1])
    assert page.heading == "Uitnodiging voor Bakkerij De Korenmolen B.V.", page.text
    assert browser.click("Ga verder").heading == WAY
    return browser


def prove(world: World, browser: Browser, email: str, button: str) -> Page:
    """Ask the code that goes to the address, and type it."""
    assert browser.click(button).heading == CODE
    browser.fill("code", code_of(world, email))
    return browser.click("Ga verder")


def make_account(browser: Browser, user_name: str, password: str = PASSWORD) -> Page:
    browser.fill("gebruikersnaam", user_name)
    browser.fill("password", password)
    browser.fill("again", password)
    return browser.click("Maak het account en aanvaard")


def place(world: World, person_id: str, kvk: str = BAKERY) -> Membership | None:
    with world.session() as session:
        query = select(Membership).where(
            Membership.person_id == person_id,
            Membership.organisation_id == organisation(world, kvk),
        )
        return session.scalars(query).first()


def logged_in(world: World, person_id: str, email: str) -> Browser:
    """Somebody with a makelaar, logged in at ``/toegang`` and with the link open."""
    return open_link(world, email, at_console(world, person_id, JOINING))
