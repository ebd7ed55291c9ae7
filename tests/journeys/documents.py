"""Scans of identity documents in journeys: the steps around them."""

from __future__ import annotations

from sqlalchemy import select

from admin.operators.roles import OperatorRole
from assurance.identity_documents import IdentityDocumentFile
from directory.consoles import BEHEER
from sandbox.browser import Browser, Page
from sandbox.wire import Answer
from tests import scans
from tests.clocks import in_years
from tests.journeys.beheer import HERE, enter, send, token
from tests.journeys.test_means import ADDRESS, request_of
from tests.operators import HERE as OPERATOR
from tests.operators import at_console, make_operator
from tests.world import World

STEP = "identiteitsbewijs"
NUMBERS = iter(range(1000))
VALID = in_years(3)  # the last day of a passport
File = tuple[str, str, bytes]
NAME = "../../etc/cron.d/x\r\nX-Evil: 1.pdf"


def begin(world: World, name: str = "Noa Smit", level: str = "EH2+") -> tuple[Browser, str]:
    """Up to the step; the address of the draft."""
    sanne = at_console(world, "sanne", BEHEER)
    enter(world, sanne)
    sanne.open(f"{HERE}/gebruikers/toevoegen")
    draft = send(sanne, f"{HERE}/gebruikers/toevoegen").url.rpartition("/")[0]
    email = f"{name.split()[0].lower()}{next(NUMBERS)}@voorbeeld.example"
    send(sanne, f"{draft}/niveau", ("niveau", level), ("rol", "member"))
    send(sanne, f"{draft}/persoon", ("naam", name), ("email", email))
    return sanne, draft


def bring(browser: Browser, draft: str, *files: File, **fields: str) -> Page:
    """The form of the step; a passport that is valid, unless told otherwise."""
    assert browser.page is not None
    values = {"soort": "passport", "geldig": VALID.isoformat(), **fields}
    sent = [("csrf_token", token(browser.page)), *values.items()]
    return browser.bring_files(f"{draft}/{STEP}", sent, list(files) or [("voorkant", "", b"")])


def finish(browser: Browser, draft: str) -> Page:
    send(browser, f"{draft}/aflevering", ("adres", ADDRESS), ("factor", "totp"))
    send(browser, f"{draft}/bedrijven")
    return browser.click("Verstuur de aanvraag")


def asked(world: World, name: str) -> str:
    """The address of a request with a passport, at the operator's."""
    sanne, draft = begin(world, name)
    bring(sanne, draft, ("voorkant", "paspoort.pdf", scans.pdf()))
    finish(sanne, draft)
    return f"{OPERATOR}/aanvragen/{request_of(world, name)}"


def fetched(world: World, browser: Browser, address: str) -> Answer:
    """A download, which is no page."""
    cookies = "; ".join(f"{name}={value}" for name, value in browser.cookies(address).items())
    return world.wire.request("GET", address, headers={"Cookie": cookies})


def link_to(browser: Browser, address: str) -> str:
    """That of the scan on the page of the request."""
    found = browser.open(address).tree.xpath(f"//a[contains(@href, '/{STEP}/')]/@href")
    return OPERATOR.removesuffix("/operator") + str(found[0])


def helpdesk(world: World) -> Browser:
    one = make_operator(world, f"kijkt{next(NUMBERS)}", OperatorRole.HELPDESK)
    return at_console(world, one.person_id)


def rows(world: World) -> int:
    with world.session() as session:
        return len(session.scalars(select(IdentityDocumentFile.id)).all())
