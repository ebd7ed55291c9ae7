"""Sessions of the consoles: fixed beforehand, idle, too long, ended elsewhere, without a recent
login.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import select

from admin.operators import roles, sessions
from admin.operators.roles import OperatorRole
from broker.console.downstream import read_ticket
from directory.consoles import BEHEER, OPERATOR, Console
from directory.organisations import Organisation
from directory.people import Membership, Person, Role
from providers import accounts
from providers.accounts import Account
from sandbox.browser import Browser, Cookie
from state.db import writing
from tests.operators import HERE, at_console, later, make_operator
from tests.world import ADDRESSES, World, make_world

CONSOLES = pytest.mark.parametrize(
    ("console", "heading"),
    [(OPERATOR, "Overzicht"), (BEHEER, "Te doen")],
    ids=["operator", "beheer"],
)


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    return make_world(tmp_path_factory.mktemp("world"))


NUMBERS = iter(range(1000))


def somebody(world: World) -> str:
    """An operator who is an administrator of an organisation as well."""
    made = make_operator(world, f"iemand{next(NUMBERS)}", OperatorRole.CONFIGURATOR)
    with world.session() as session, writing(session):
        place = session.scalars(select(Organisation.id)).first()
        session.add(
            Membership(
                person_id=made.person_id,
                organisation_id=place,
                role=Role.ADMINISTRATOR,
                since=world.clock(),
            )
        )
    return made.person_id


def is_in(browser: Browser, console: Console, heading: str) -> bool:
    """True inside; False where a login is asked."""
    page = browser.open(ADDRESSES.broker + console.path)
    assert page.heading == heading or page.url.startswith(f"{ADDRESSES.broker}/login/"), page.text
    return page.heading == heading


@CONSOLES
def test_A_08_a_session_ends_after_a_quarter_of_an_hour_without_use(
    world: World, console: Console, heading: str
) -> None:
    browser = at_console(world, somebody(world), console)
    with later(world, minutes=14):
        assert is_in(browser, console, heading)  # a use: the quarter begins anew
    with later(world, minutes=28):
        assert is_in(browser, console, heading)
    with later(world, minutes=44):
        assert not is_in(browser, console, heading)


@CONSOLES
def test_A_08_a_session_ends_after_eight_hours_of_use(
    world: World, console: Console, heading: str
) -> None:
    browser = at_console(world, somebody(world), console)
    for minutes in range(10, 480, 10):
        with later(world, minutes=minutes):
            assert is_in(browser, console, heading), minutes
    with later(world, minutes=481):
        assert not is_in(browser, console, heading)


@CONSOLES
@pytest.mark.parametrize("value", ["x", "a" * 200, "fixed-by-somebody-else"])
def test_A_08_a_cookie_that_somebody_planted_opens_nothing(
    world: World, console: Console, heading: str, value: str
) -> None:
    browser = world.browser()
    browser._cookies["localhost"] = {console.cookie: Cookie(value, "lax", None)}
    assert not is_in(browser, console, heading)


def test_A_08_each_login_has_a_session_of_its_own(world: World) -> None:
    """There is no identifier before the login that could be fixed; each login makes a new one."""
    person_id = somebody(world)
    first, second = (at_console(world, person_id) for _ in range(2))
    values = [b.cookies(ADDRESSES.broker)[OPERATOR.cookie] for b in (first, second)]
    tickets = [read_ticket(world.process.sealer, OPERATOR, value) for value in values]
    assert len({ticket.grant_id for ticket in tickets if ticket}) == 2
    first.open(HERE)
    first.click("Log uit")
    thief = world.browser()
    thief._cookies["localhost"] = {OPERATOR.cookie: Cookie(values[0], "lax", None)}
    assert not is_in(thief, OPERATOR, "Overzicht")
    assert is_in(second, OPERATOR, "Overzicht")  # the other one is another session


def _block(world: World, person_id: str) -> None:
    with world.session() as session, writing(session):
        session.get_one(Person, person_id).blocked_at = world.clock()


def _change_password(world: World, person_id: str) -> None:
    with world.session() as session, writing(session):
        account = session.scalars(select(Account).where(Account.person_id == person_id)).one()
        now = world.clock() + timedelta(seconds=1)
        accounts.set_password(session, account, "een andere lange zin", now, temporary=False)


def _end_account(world: World, person_id: str) -> None:
    """As a registration file does it: nothing else of the person changes."""
    with world.session() as session, writing(session):
        account = session.scalars(select(Account).where(Account.person_id == person_id)).one()
        account.ended_at = world.clock() + timedelta(seconds=1)


def _end_all(world: World, person_id: str) -> None:
    with world.session() as session, writing(session):
        sessions.end_all(session, person_id, "test", world.clock())


@CONSOLES
@pytest.mark.parametrize(
    "change",
    [_block, _change_password, _end_account, _end_all],
    ids=["blocked", "password", "account", "ended"],
)
def test_A_08_A_16_a_session_ends_at_once_with_its_reason(
    world: World, console: Console, heading: str, change: Callable[[World, str], None]
) -> None:
    person_id = somebody(world)
    browser = at_console(world, person_id, console)
    assert is_in(browser, console, heading)
    change(world, person_id)
    assert not is_in(browser, console, heading)


def test_a_login_after_the_account_ended_is_another_means(world: World) -> None:
    """The good twin: at a makelaar."""
    person_id = somebody(world)
    _end_account(world, person_id)
    with later(world, seconds=2):
        assert is_in(at_console(world, person_id, BEHEER), BEHEER, "Te doen")


def test_A_08_without_the_role_the_session_opens_nothing(world: World) -> None:
    person_id = somebody(world)
    browser = at_console(world, person_id)
    assert is_in(browser, OPERATOR, "Overzicht")
    with world.session() as session, writing(session):
        roles.end_roles(session, person_id, world.clock())
    assert browser.open(HERE).heading == "U bent geen operator"


def test_A_08_an_organisation_that_let_somebody_go_shows_nothing(world: World) -> None:
    person_id = somebody(world)
    browser = at_console(world, person_id, BEHEER)
    with world.session() as session, writing(session):
        query = select(Membership).where(Membership.person_id == person_id)
        session.scalars(query).one().until = world.clock()
    assert browser.open(f"{ADDRESSES.broker}/beheer").heading == "U bent geen beheerder"


def test_A_08_a_page_that_follows_keeps_no_session_alive(world: World) -> None:
    browser = at_console(world, somebody(world))
    for minutes in range(1, 15):
        with later(world, minutes=minutes):
            assert browser.open(f"{HERE}/inlogspoor/lijst").status == 200
    with later(world, minutes=16):
        assert browser.open(f"{HERE}/inlogspoor/lijst").status == 401
        assert not is_in(browser, OPERATOR, "Overzicht")


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_A_08_ending_an_operator_asks_a_login_of_the_last_minutes(
    world: World, method: str
) -> None:
    other = make_operator(world, f"ander{next(NUMBERS)}", OperatorRole.VIEWER)
    browser = at_console(world, somebody(world))
    url = f"{HERE}/operators/{other.person_id}/beeindigen"
    page = browser.open(url)
    assert page.heading == f"De toegang van {other.user_name.capitalize()} Kuiper beëindigen?"
    token = next(f.fields["csrf_token"] for f in page.forms if "csrf_token" in f.fields)
    with later(world, minutes=9):
        assert browser.open(HERE).status == 200
    with later(world, minutes=11):
        fields = [("csrf_token", token)]
        page = browser.open(url) if method == "GET" else browser.post(url, fields)
        assert page.url.startswith(f"{ADDRESSES.broker}/login/")
    with world.session() as session:
        assert roles.roles_of(session, other.person_id, world.clock())
    browser.open(url)  # within the ten minutes: the good twin
    page = browser.click("Beëindig de toegang")
    assert "De toegang is beëindigd" in page.text
    with world.session() as session:
        assert not roles.roles_of(session, other.person_id, world.clock())


def test_an_operator_cannot_end_the_own_access(world: World) -> None:
    person_id = somebody(world)
    page = at_console(world, person_id).open(f"{HERE}/operators/{person_id}/beeindigen")
    assert page.status == 404
