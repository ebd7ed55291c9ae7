"""At ``/beheer``: what an administrator clicks, in as few words as a test wants."""

from __future__ import annotations

from typing import Final

from sqlalchemy import select

from broker.web.form_subject import FIELD
from consent.mandates import Mandate
from directory.organisations import Organisation
from sandbox.browser import Browser, Page
from tests.world import ADDRESSES, World

HERE: Final = f"{ADDRESSES.broker}/beheer"
BAKERY, OFFICE, GARDEN = "90001201", "90001542", "90001639"
LOZING: Final = "955e37c2-b10f-42aa-828f-babfddc46bbe"
BODEM: Final = "7f1e6c1a-90b4-4d0e-9b52-3c1f0a77d2e4"


def organisation(world: World, kvk: str) -> str:
    """The id of the one with this number."""
    with world.session() as session:
        return session.scalars(select(Organisation.id).where(Organisation.kvk == kvk)).one()


def enter(world: World, browser: Browser, kvk: str = BAKERY) -> Page:
    """The front page, in this company."""
    browser.open(HERE)
    return browser.press("bedrijf", organisation(world, kvk))


def token(page: Page) -> str:
    """That of the forms on this page."""
    return next(f.fields["csrf_token"] for f in page.forms if "csrf_token" in f.fields) or ""


def send(browser: Browser, address: str, *fields: tuple[str, str]) -> Page:
    """A form of the page that is shown, with these fields."""
    assert browser.page is not None
    held = [form.fields for form in browser.page.forms if FIELD in form.fields]
    about = [(FIELD, one[FIELD] or "") for one in held[:1]]
    return browser.post(address, [("csrf_token", token(browser.page)), *about, *fields])


def begin(browser: Browser, **fields: str) -> str:
    """Begin to give mandates; the address of the draft."""
    browser.open(HERE)
    page = send(browser, f"{HERE}/geven", *fields.items())
    return page.url.rpartition("/")[0]


def choose(
    browser: Browser,
    people: tuple[str, ...],
    services: tuple[str, ...] = (LOZING,),
    until: str = "",
    general: str = "",
) -> Page:
    """All steps up to the check; without a day the one that is proposed."""
    draft = begin(browser)
    wanted = [("dienst", one) for one in services]
    send(browser, f"{draft}/diensten", *wanted, ("algemeen", general))
    send(browser, f"{draft}/gebruikers", *[("gebruiker", one) for one in people])
    page = browser.page
    assert page is not None and page.url.endswith("/einddatum"), page.text
    if until:
        return send(browser, f"{draft}/einddatum", ("jaren", ""), ("until", until))
    return browser.click("Verder naar controleren")


def held(world: World, person_id: str, kvk: str = BAKERY) -> list[Mandate]:
    """What stands of this person at this company, the longest last."""
    with world.session() as session:
        query = select(Mandate).where(
            Mandate.person_id == person_id,
            Mandate.organisation_id == organisation(world, kvk),
            Mandate.revoked_at.is_(None),
            Mandate.valid_until > world.clock(),
        )
        return list(session.scalars(query.order_by(Mandate.valid_until)))


def rows(page: Page) -> list[str]:
    """The rows of the tables on a page, in words."""
    return [" ".join(" ".join(row.itertext()).split()) for row in page.tree.xpath("//tbody/tr")]
