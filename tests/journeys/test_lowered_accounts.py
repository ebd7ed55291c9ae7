"""An account of ours is lowered while its person is in the middle of things: password, app, level,
day of its end. One table: what was lowered, and what runs that may not go on.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

import pyotp
import pytest
from sqlalchemy import select
from sqlalchemy.orm import object_session

from assurance.factors import Factor
from assurance.levels import AssuranceLevel
from directory.people import Person
from providers.accounts import Account
from sandbox.browser import Browser, Page
from sandbox.portal.clients import VERGUNNING
from sandbox.prepare import password, totp_secret
from state.db import writing
from tests.broker.account_logins import user_name
from tests.broker.portal import Portal, make_portal_world, scope_of, set_clock
from tests.journeys.at_mijn import BASE, CODE, fresh
from tests.world import ADDRESSES, World

Tried = Callable[[], bool]
Begin = Callable[[Portal], Tried]
Lower = Callable[[World, Account, Person], None]


def at_code(portal: Portal) -> Browser:
    """Eva, who gave her password."""
    browser = portal.world.browser()
    browser.open(portal.url(scope=scope_of(VERGUNNING)))
    browser.press("method", "account")
    browser.fill("name", user_name("eva"))
    browser.fill("password", password(portal.world.demo, "eva"))
    assert browser.click("Log in").heading == CODE
    return browser


def with_code(world: World, browser: Browser) -> Page:
    fresh(world)
    browser.fill("code", pyotp.TOTP(totp_secret(world.demo, "eva")).at(world.clock()))
    page = browser.click("Ga verder")
    for name, value in (("choice", "self"), ("agree", "yes")):
        if f'value="{value}"' in page.answer.body.decode():
            page = browser.press(name, value)
    return page


def a_code_of(portal: Portal) -> str:
    return portal.heard(with_code(portal.world, at_code(portal)))["code"]


def a_login(portal: Portal) -> Tried:
    browser = at_code(portal)

    def go_on() -> bool:
        return "code=" in with_code(portal.world, browser).url

    return go_on


def a_token(portal: Portal) -> Tried:
    token = portal.tokens(a_code_of(portal))["access_token"]
    return lambda: portal.userinfo(token).status == 200


def at_mijn(portal: Portal) -> Tried:
    browser = portal.world.browser()
    browser.open(BASE)
    browser.press("method", "account")
    browser.fill("name", user_name("eva"))
    browser.fill("password", password(portal.world.demo, "eva"))
    browser.click("Log in")

    def is_in() -> bool:
        page = browser.open(BASE)
        return page.status == 200 and page.url.startswith(f"{ADDRESSES.broker}/mijn")

    assert is_in()
    return is_in


RUNS: Final = (a_login, a_token, at_mijn)


def nothing(_world: World, _account: Account, _person: Person) -> None:
    """The twin."""


def other_password(world: World, account: Account, _: Person) -> None:
    account.password_changed_at = world.clock()


def ended(world: World, account: Account, _: Person) -> None:
    account.ended_at = world.clock()


def day_of_its_end(world: World, account: Account, _: Person) -> None:
    """It was said before, and no job wrote it down yet."""
    account.ends_at = world.clock()


def day_of_its_end_ahead(world: World, account: Account, _: Person) -> None:
    account.ends_at = world.clock.now.replace(year=world.clock.now.year + 1)


def level(to: AssuranceLevel) -> Lower:
    def lower(_world: World, account: Account, _: Person) -> None:
        account.level = to

    lower.__name__ = f"level {to.label}"
    return lower


def for_one_provider(_world: World, account: Account, _: Person) -> None:
    account.provider_oin = "00000004000000009000"


def app_ended(world: World, account: Account, person: Person) -> None:
    session = object_session(account)
    assert session is not None
    for one in session.scalars(select(Factor).where(Factor.person_id == person.id)):
        one.ended_at = world.clock()


def blocked(world: World, _account: Account, person: Person) -> None:
    person.blocked_at = world.clock()


def other_address(_world: World, _account: Account, person: Person) -> None:
    person.email = "anders@voorbeeld.example"


EVERYTHING: Final = frozenset(RUNS)
LOWERED: Final[dict[Lower, frozenset[Begin]]] = {
    nothing: frozenset(),
    day_of_its_end_ahead: frozenset(),
    other_address: frozenset(),
    other_password: EVERYTHING,
    ended: EVERYTHING,
    day_of_its_end: EVERYTHING,
    level(AssuranceLevel.EH2_PLUS): frozenset({a_login, a_token}),
    level(AssuranceLevel.EMAIL): EVERYTHING,
    for_one_provider: frozenset({a_login, a_token}),
    app_ended: frozenset({a_login, a_token}),
    blocked: EVERYTHING,
}


@contextmanager
def lowered(world: World, lower: Lower) -> Iterator[None]:
    """Put back afterwards."""
    columns = ("level", "provider_oin", "password_changed_at", "ends_at", "ended_at")
    with world.session() as session:
        account = session.scalars(select(Account).where(Account.person_id == "eva")).one()
        person = session.get_one(Person, "eva")
        factors = session.scalars(select(Factor).where(Factor.person_id == "eva")).all()
        of_account = {name: getattr(account, name) for name in columns}
        of_person = person.email, person.blocked_at
        of_factors = {one: one.ended_at for one in factors}
        with writing(session):
            lower(world, account, person)
        yield
        with writing(session):
            for name, value in of_account.items():
                setattr(account, name, value)
            person.email, person.blocked_at = of_person
            for one, value in of_factors.items():
                one.ended_at = value


@pytest.fixture(scope="module", params=RUNS, ids=lambda run: run.__name__)
def running(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> tuple[World, Begin]:
    """A world for each: nobody logs in to one account as often as this table."""
    return make_portal_world(tmp_path_factory.mktemp("accounts")), request.param


@pytest.mark.parametrize("lower", LOWERED, ids=lambda lower: lower.__name__)
def test_what_an_account_opened_is_worth_what_the_account_is_now(
    running: tuple[World, Begin], lower: Lower
) -> None:
    world, run = running
    set_clock(world)
    go_on = run(Portal(world))
    world.clock.advance(1)
    with lowered(world, lower):
        world.clock.advance(1)
        assert go_on() is (run not in LOWERED[lower])
