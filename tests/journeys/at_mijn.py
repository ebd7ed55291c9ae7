"""What tests do at ``/mijn``."""

from __future__ import annotations

from datetime import timedelta

import pyotp
from sqlalchemy import select, update

from assurance.factors import Factor, FactorKind
from sandbox.browser import Browser, Page
from sandbox.prepare import totp_secret
from state.db import writing
from tests.world import ADDRESSES, World

BASE = f"{ADDRESSES.broker}/mijn/inlogmiddelen"
LIST = "Mijn inlogmiddelen"
AGAIN = "Log eerst opnieuw in"
CODE = "Vul de code uit uw app in"


def arrive(world: World, person: str, makelaar: str, browser: Browser | None = None) -> Browser:
    """Somebody at the list, logged in at the level that ``/mijn`` asks."""
    browser = browser or world.browser()
    page = browser.open(BASE)
    if page.heading == "Wie is uw makelaar?":
        page = browser.click(makelaar)
    if "person" in buttons(page):
        page = browser.press("person", person)
    assert page.heading == LIST, page.text
    return browser


def log_in_again(browser: Browser, person: str, makelaar: str) -> Page:
    """Answer the first factor of a login that was asked; the page after it."""
    assert browser.page is not None
    page = browser.page
    if page.heading == AGAIN:
        page = browser.click("Log opnieuw in")
    if page.heading == "Wie is uw makelaar?":
        page = browser.click(makelaar)
    return browser.press("person", person)


def give_app_code(world: World, browser: Browser, person: str = "roos") -> Page:
    """The code that the app shows now, never used before."""
    fresh(world)
    browser.fill("code", pyotp.TOTP(totp_secret(world.demo, person)).at(world.clock()))
    return browser.click("Ga verder")


def roos_at_eh2_plus(world: World) -> Browser:
    """Roos, who proved her app just now."""
    browser = arrive(world, "roos", "Brugwacht")
    browser.open(f"{BASE}/hoger")
    assert log_in_again(browser, "roos", "Brugwacht").heading == CODE
    assert give_app_code(world, browser).heading == LIST
    return browser


def fresh(world: World) -> None:
    """As if no code was used yet."""
    with world.session() as session, writing(session):
        session.execute(update(Factor).values(last_step=0, failures=0, locked_until=None))


def factors_of(world: World, person: str, kind: FactorKind | None = None) -> list[Factor]:
    """The factors that this person has now, the oldest first."""
    with world.session() as session:
        query = select(Factor).where(Factor.person_id == person, Factor.ended_at.is_(None))
        found = session.scalars(query.order_by(Factor.bound_at, Factor.id))
        return [f for f in found if kind is None or f.kind is kind]


def strip_factors(world: World, person: str) -> None:
    """Every factor of this person ended yesterday."""
    with world.session() as session, writing(session):
        ended = world.clock() - timedelta(days=1)
        session.execute(update(Factor).where(Factor.person_id == person).values(ended_at=ended))


def buttons(page: Page) -> set[str | None]:
    return {b.get("name") for form in page.forms for b in form.iter("button")}


def options_of(page: Page) -> str:
    """What the page asks of a passkey."""
    form = page.tree.get_element_by_id("passkey")
    return str(form.get("data-options"))


def send_assertion(browser: Browser, answer: str) -> Page:
    """What the script of the page does with the answer of the device."""
    assert browser.page is not None
    form = browser.page.tree.get_element_by_id("passkey")
    fields = [(n, v) for n, v in form.form_values() if n != "assertion"]
    address = ADDRESSES.broker + str(form.get("action"))
    return browser.post(address, [*fields, ("assertion", answer)])
