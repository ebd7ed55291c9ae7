"""Operators who reset factors, and the people who lost them."""

from __future__ import annotations

from itertools import count

from sqlalchemy import select

from admin.factor_resets.requests import FactorReset
from admin.operators.roles import OperatorRole
from assurance import second_factor
from assurance.factors import BoundBy
from directory.people import Person
from sandbox.browser import Browser, Page
from state import audit
from state.audit import AuditEvent, EventTag
from state.db import writing
from tests.operators import HERE, TestOperator, make_operator, make_person
from tests.world import World

HELPDESK, CONFIGURATOR = OperatorRole.HELPDESK, OperatorRole.CONFIGURATOR
RESETS = f"{HERE}/herstel"
NUMBERS = count()


def operator(world: World, *roles: OperatorRole) -> TestOperator:
    return make_operator(world, f"balie{next(NUMBERS)}", *(roles or (HELPDESK,)))


def victim(world: World, email: str | None = None) -> str:
    """Somebody with an app, a phone number and recovery codes' worth of history."""
    number, now, sealer = next(NUMBERS), world.clock(), world.process.sealer
    person_id = make_person(world, "Roos Willems")
    with world.session() as session, writing(session):
        person = session.get_one(Person, person_id)
        person.email = email or f"roos{number}@voorbeeld.example"
        second_factor.bind_totp(
            session, sealer, person_id=person_id, seed="JBSWY3DPEHPK3PXP", label="Van Roos", now=now
        )
        second_factor.bind_sms(
            session,
            sealer,
            person_id=person_id,
            number=f"+316{number:08}",
            bound_by=BoundBy.ADMINISTRATOR,
            now=now,
        )
    return person_id


def address_of(world: World, person_id: str) -> str:
    with world.session() as session:
        return session.get_one(Person, person_id).email or ""


def search(browser: Browser, text: str) -> Page:
    browser.open(RESETS)
    browser.fill("who", text)
    return browser.click("Zoek")


def token(page: Page) -> str:
    return str(next(f.fields["csrf_token"] for f in page.forms if "csrf_token" in f.fields))


def send(
    browser: Browser, page: Page, *, factors: list[str], reason: str = "lost", proof: str = "remote"
) -> Page:
    """The form of the request, filled in."""
    fields = [("csrf_token", token(page)), ("reason", reason), ("proof", proof)]
    return browser.post(page.url, [*fields, *(("factor", one) for one in factors)])


def offered(page: Page) -> list[str]:
    return [str(box.get("value")) for box in page.tree.xpath("//input[@name='factor']")]


def asked(world: World, browser: Browser, person_id: str) -> str:
    """A request for everything of this person; its address."""
    page = search(browser, address_of(world, person_id))
    assert page.heading == "Vraag herstel aan", page.text
    page = send(browser, page, factors=offered(page))
    assert page.heading == "Herstel voor R••• W•••", page.text
    return page.url


def decide(browser: Browser, url: str, decision: str) -> Page:
    page = browser.open(url)
    return browser.post(url, [("csrf_token", token(page)), ("decision", decision)])


def request_of(world: World, person_id: str) -> FactorReset:
    with world.session() as session:
        query = select(FactorReset).where(FactorReset.person_id == person_id)
        return session.scalars(query).one()


def events(world: World, tag: EventTag, person_id: str) -> list[AuditEvent]:
    """Of this tag, about this person."""
    with world.session() as session:
        found = audit.recent(session, tags=[tag])
    return [one for one in found if one.details.get("person") == person_id]


def mailed(world: World, recipient: str) -> list[dict[str, str]]:
    return [one for one in world.deliver_mail() if one["recipient"] == recipient]
