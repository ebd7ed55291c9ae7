"""An intermediary that asks a client for chain mandates: what both click, in few words."""

from __future__ import annotations

import re
from typing import Final

from sqlalchemy import select

from consent import chains
from consent.chain_requests import ChainRequest
from consent.chains import ChainMandate
from directory.consoles import BEHEER
from directory.organisations import Organisation
from sandbox.browser import Browser, Page
from tests.journeys.beheer import HERE, OFFICE, enter, organisation, send
from tests.operators import at_console
from tests.world import ADDRESSES, World

LINK: Final = f"{ADDRESSES.broker}/toegang/ketenmachtiging"
VANDIJK: Final = "90001747"  # in the trade register, and nobody registered it here
SERVICE, BODEM = "Meldportaal Bodem", "7f1e6c1a-90b4-4d0e-9b52-3c1f0a77d2e4"
GRONDWATER: Final = "34b69f52-4f2f-4b6d-accc-50c15aef38b9"
DECIDE: Final = "Mag Administratiekantoor Yilmaz B.V. handelen namens Boekhouding Van Dijk?"
CODE: Final = "Vul de code uit de e-mail in"
EMAIL: Final = "directie@vandijk.example"
GONE: Final = "Wat u met deze link gaf, geldt niet meer"


def at_office(world: World, person: str = "sanne", kvk: str = OFFICE) -> Browser:
    """Who administers the intermediary, there."""
    browser = at_console(world, person, BEHEER)
    enter(world, browser, kvk)
    return browser


def find_client(browser: Browser, kvk: str = VANDIJK, email: str = EMAIL) -> Page:
    """At the first step, with who was found."""
    browser.open(f"{HERE}/klantverzoeken")
    browser.click("Vraag een klant")
    browser.fill("kvk", kvk)
    browser.fill("email", email)
    return browser.click("Zoek dit bedrijf")


def ask(
    browser: Browser,
    kvk: str = VANDIJK,
    email: str = EMAIL,
    *services: str,
    message: str = "",
) -> Page:
    """All steps, to what came of it."""
    page = find_client(browser, kvk, email)
    draft = page.url.rpartition("/")[0]
    wanted = [("dienst", one) for one in services or (BODEM,)]
    page = send(
        browser, f"{draft}/diensten", *wanted, ("jaren", "1"), ("until", ""), ("bericht", message)
    )
    if page.heading != "Controleer het verzoek":
        return page
    return browser.click("Verstuur het verzoek")


def mails(world: World, email: str = EMAIL) -> list[dict[str, str]]:
    return [mail for mail in world.deliver_mail() if mail["recipient"] == email]


def links(world: World, email: str = EMAIL) -> list[str]:
    """Oldest first, those that take back left out."""
    found = [re.findall(rf"{re.escape(LINK)}/[\w-]+\s", one["text"]) for one in mails(world, email)]
    return [url.strip() for urls in found for url in urls]


def revocation_links(world: World, email: str = EMAIL) -> list[str]:
    found = [
        re.findall(rf"{re.escape(LINK)}/intrekken/\S+", one["text"]) for one in mails(world, email)
    ]
    return [url for urls in found for url in urls]


def code_of(world: World, email: str = EMAIL) -> str:
    found = [re.search(r"code is (\d{6})", one["text"]) for one in mails(world, email)]
    return [one[1] for one in found if one][-1]


def at_code(world: World, email: str = EMAIL) -> Browser:
    """The client has opened the link and gone on."""
    browser = world.browser()
    browser.open(links(world, email)[-1])
    assert browser.click("Ga verder").heading == CODE
    return browser


def at_decision(world: World, email: str = EMAIL) -> Browser:
    """The client proved to read the mail."""
    browser = at_code(world, email)
    browser.fill("code", code_of(world, email))
    browser.click("Ga verder")
    return browser


def agree(browser: Browser, name: str = "Dirk van Dijk") -> Page:
    """Say yes."""
    browser.fill("naam", name)
    browser.fill("mag", "ja")
    return browser.click("Ga akkoord")


def client_id(world: World, kvk: str = VANDIJK) -> str | None:
    with world.session() as session:
        return session.scalars(select(Organisation.id).where(Organisation.kvk == kvk)).first()


def standing(world: World, kvk: str = VANDIJK) -> list[ChainMandate]:
    """What the office may do for this client."""
    found = client_id(world, kvk)
    if found is None:
        return []
    with world.session() as session:
        return chains.of_client(
            session, found, world.clock(), intermediary_id=organisation(world, OFFICE)
        )


def requests_of(world: World) -> list[ChainRequest]:
    """Every row, the oldest first; those of one moment in no order."""
    with world.session() as session:
        return list(session.scalars(select(ChainRequest).order_by(ChainRequest.asked_at)))


def log_in(world: World, client: str = "Van Dijk") -> str:
    """What Mo of the office sees in the end, at the service."""
    walk = world.walk(SERVICE, "Zekerweg", "mo", on_behalf_of=client)
    try:
        return walk.run().heading
    except Exception as error:
        return str(error)
