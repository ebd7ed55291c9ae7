"""Logging in with an account of the demo, as tests do it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import select
from sqlalchemy.orm import Session

from providers import accounts, name_pauses
from providers.accounts import Account
from sandbox import prepare
from sandbox.browser import Browser, Page
from sandbox.people import PEOPLE
from sandbox.portal.clients import IDEEEN, PortalService
from state.db import writing
from tests.broker.portal import Portal, scope_of
from tests.world import World

METHOD = "Hoe wilt u inloggen?"
PASSWORD = "Log in met uw account"
PROVIDER = "Wie is uw makelaar?"
REPLACE = "Kies een eigen wachtwoord"
NEW = "een lantaarn onder water"


def user_name(person: str) -> str:
    found = next(p for p in PEOPLE if p.key == person)
    assert found.account is not None
    return found.account.user_name


def at_password(
    portal: Portal,
    service: PortalService = IDEEEN,
    browser: Browser | None = None,
    **changes: str | None,
) -> Browser:
    """A browser at the page that asks the password of an account."""
    browser = browser or portal.world.browser()
    page = browser.open(portal.url(scope=scope_of(service), **changes))
    if page.heading in (METHOD, PROVIDER):
        page = browser.press("method", "account")
    assert page.heading == PASSWORD, page.text
    return browser


def give(browser: Browser, name: str, password: str) -> Page:
    browser.fill("name", name)
    browser.fill("password", password)
    return browser.click("Log in")


def log_in(
    portal: Portal,
    person: str,
    service: PortalService = IDEEEN,
    browser: Browser | None = None,
    **changes: str | None,
) -> Page:
    """The page after name and password."""
    browser = at_password(portal, service, browser, **changes)
    return give(browser, user_name(person), prepare.password(portal.world.demo, person))


def choose_new(browser: Browser, password: str, again: str | None = None) -> Page:
    browser.fill("password", password)
    browser.fill("again", password if again is None else again)
    return browser.click("Bewaar mijn wachtwoord")


@contextmanager
def account_of(world: World, person: str) -> Iterator[tuple[Session, Account]]:
    """The account, to be changed."""
    with world.session() as session, writing(session):
        yield session, session.scalars(select(Account).where(Account.person_id == person)).one()


def reset(world: World, person: str) -> None:
    """The password of the demo again, no pause."""
    with account_of(world, person) as (session, account):
        text = prepare.password(world.demo, person)
        accounts.set_password(session, account, text, world.clock(), temporary=False)
        name = account.user_name
    name_pauses.forget(world.process.store, name)


def give_temporary(world: World, person: str, password: str) -> None:
    with account_of(world, person) as (session, account):
        accounts.set_password(session, account, password, world.clock(), temporary=True)
