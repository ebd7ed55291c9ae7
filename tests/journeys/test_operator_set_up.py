"""The first operator: from the link that a command prints to a way in, and what else may happen to
that link.
"""

from __future__ import annotations

import re
from datetime import timedelta

import pyotp
import pytest
from click.testing import CliRunner
from sqlalchemy import select

from admin.cli import main
from admin.operators.set_up_links import SetUpLink
from assurance.factors import BoundBy, Factor, FactorKind
from directory.people import Person
from providers import accounts, password_check
from providers.accounts import Account, Right
from sandbox.browser import Browser, Page
from state import audit
from state.audit import EventTag
from tests.operators import HERE, PASSWORD
from tests.world import World

CHOICE = "Waarmee wilt u straks inloggen?"
SEED = re.compile(r"(?:[A-Z2-7]{4} ){7}[A-Z2-7]{4}")
CODE = re.compile(r"\b[0-9a-z]{4}(?:-[0-9a-z]{4}){3}\b")


def command(world: World, *arguments: str) -> str:
    done = CliRunner().invoke(main, ["--config", str(world.demo.config), "operator", *arguments])
    assert done.exit_code == 0, done.output
    return done.output


@pytest.fixture
def link(own_world: World) -> str:
    robin = ("--name", "Robin Kuiper", "--email", "robin@voorbeeld.example", "--role", "helpdesk")
    return command(own_world, "create", *robin).split()[-1]


def choose(browser: Browser, link: str, password: str = PASSWORD) -> Page:
    """The password, and where that will do, an app."""
    page = choose_password(browser, link, password)
    return browser.click("Een app met codes") if page.heading == CHOICE else page


def choose_password(browser: Browser, link: str, password: str = PASSWORD) -> Page:
    browser.open(link)
    browser.fill("password", password)
    browser.fill("again", password)
    return browser.click("Bewaar het wachtwoord")


def seed_on(page: Page) -> str:
    found = SEED.search(page.text)
    assert found is not None, page.text
    return found.group().replace(" ", "")


def connect(world: World, browser: Browser, page: Page) -> Page:
    browser.fill("code", pyotp.TOTP(seed_on(page)).at(world.clock()))
    return browser.click("Koppel de app")


def shown_codes(page: Page) -> set[str]:
    return {text for text in page.tree.xpath("//ul/li/text()") if CODE.fullmatch(text)}


def factors_of_robin(world: World) -> list[Factor]:
    with world.session() as session:
        query = select(Factor).join(Account, Account.person_id == Factor.person_id)
        robins = query.where(Account.user_name == "robin", Factor.ended_at.is_(None))
        return list(session.scalars(robins))


def test_a_link_becomes_a_way_in(own_world: World, link: str) -> None:
    world, browser = own_world, own_world.browser()
    page = browser.open(link)
    assert page.heading == "Kies een wachtwoord"
    assert "12 tekens of meer" in page.text  # the rules stand there beforehand
    assert page.forms[-1].fields["username"] == "robin"

    page = choose(browser, link)
    assert page.heading == "Koppel een app met codes"
    assert page.tree.xpath("//svg[contains(@class, 'sluis-qr')]//path/@d")
    page = connect(world, browser, page)
    assert page.heading == "Bewaar uw herstelcodes"
    codes = {
        item.text_content()
        for item in page.tree.xpath("//ul/li")
        if CODE.match(item.text_content())
    }
    assert len(codes) == 10
    assert all(code in browser.open(f"{HERE}/instellen").text for code in codes)  # a reload
    page = browser.click("Ik heb de codes bewaard")
    assert page.heading == "U kunt nu inloggen"
    after = browser.open(f"{HERE}/instellen")
    assert after.status == 404
    assert not any(code in after.text for code in codes)

    with world.session() as session:
        account = accounts.named(session, "robin")
        assert account is not None
        right = password_check.verify(session, name="robin", password=PASSWORD, now=world.clock())
        assert isinstance(right, Right)
        assert account.level.label == "EH3"
        factors = factors_of_robin(world)
        assert {f.kind for f in factors} == {FactorKind.TOTP, FactorKind.RECOVERY_CODES}
        assert {f.bound_by for f in factors} == {BoundBy.ADMINISTRATOR}
        assert session.get_one(Person, account.person_id).display_name == "Robin Kuiper"
        for tag in (EventTag.OPERATOR_ADDED, EventTag.FACTOR_ADDED, EventTag.OPERATOR_SET_UP):
            assert audit.recent(session, tags=[tag])


def log_in(world: World, browser: Browser, seed: str) -> Page:
    """At the console, with what was set up."""
    browser.open(HERE)
    browser.fill("name", "robin")
    browser.fill("password", PASSWORD)
    browser.click("Log in")
    browser.fill("code", pyotp.TOTP(seed).at(world.clock()))
    return browser.click("Ga verder")


def test_who_is_set_up_logs_in_with_password_and_code(own_world: World, link: str) -> None:
    browser = own_world.browser()
    page = choose(browser, link)
    seed = seed_on(page)
    connect(own_world, browser, page)
    browser.click("Ik heb de codes bewaard")
    own_world.clock.now += timedelta(seconds=60)  # the next code
    own_world.process.holder.refresh()
    page = log_in(own_world, browser, seed)
    assert (page.status, page.heading) == (200, "Overzicht")
    assert "Robin Kuiper (helpdesk)" in page.tree.xpath("string(//header)")
    assert browser.open(f"{HERE}/inlogspoor").heading == "Inlogspoor"
    assert browser.click("Log uit").heading == "U bent uitgelogd"
    assert browser.open(HERE).heading == "Log in met uw account"


def test_a_makelaar_is_no_way_into_this_console(own_world: World) -> None:
    page = own_world.browser().open(HERE)
    buttons = {b.get("name") for form in page.forms for b in form.iter("button")}
    assert page.heading == "Log in met uw account"
    assert not buttons & {"provider", "method"}


def test_the_code_of_the_set_up_is_used_up(own_world: World, link: str) -> None:
    browser = own_world.browser()
    connect(own_world, browser, choose(browser, link))
    factor = next(f for f in factors_of_robin(own_world) if f.kind is FactorKind.TOTP)
    assert abs(factor.last_step - int(own_world.clock().timestamp()) // 30) <= 1


def test_a_wrong_code_and_a_bad_password_are_asked_again(own_world: World, link: str) -> None:
    browser = own_world.browser()
    page = choose(browser, link, "kort")
    assert (page.status, page.heading) == (422, "Kies een wachtwoord")
    assert "Gebruik 12 tekens of meer" in page.text
    page = choose(browser, link)
    seed = seed_on(page)
    wrong = (int(pyotp.TOTP(seed).at(own_world.clock())) + 123_456) % 1_000_000
    browser.fill("code", f"{wrong:06}")
    page = browser.click("Koppel de app")
    assert (page.status, page.heading) == (422, "Koppel een app met codes")
    assert seed_on(page) == seed  # the app that scanned it need not scan again
    page = browser.click("English")
    assert (page.status, seed_on(page)) == (200, seed), "the same page in the other language"
    browser.click("Nederlands")
    assert connect(own_world, browser, page).heading == "Bewaar uw herstelcodes"


def test_who_went_away_goes_on_with_the_same_link_and_browser(own_world: World, link: str) -> None:
    browser = own_world.browser()
    seed = seed_on(choose(browser, link))
    browser.open(f"{HERE}/uitgelogd")
    assert browser.open(link).heading == CHOICE
    page = browser.click("Een app met codes")
    assert (page.heading, seed_on(page)) == ("Koppel een app met codes", seed)


def test_another_browser_with_a_used_link_is_told_what_to_do(own_world: World, link: str) -> None:
    choose(own_world.browser(), link)
    thief = own_world.browser()
    page = thief.open(link)
    assert (page.status, page.heading) == (410, "Deze link is gebruikt")
    assert "sluis operator recover" in page.text
    assert thief.open(f"{HERE}/instellen").status == 404


def test_a_mail_scanner_uses_nothing_up(own_world: World, link: str) -> None:
    for method in ("GET", "HEAD", "GET"):
        assert own_world.wire.request(method, link).status == 200
    assert choose(own_world.browser(), link).heading == "Koppel een app met codes"


def test_after_half_an_hour_the_link_and_what_it_began_are_over(
    own_world: World, link: str
) -> None:
    browser = own_world.browser()
    choose(browser, link)
    own_world.clock.now += timedelta(minutes=31)
    own_world.process.holder.refresh()
    page = browser.open(f"{HERE}/instellen")
    assert (page.status, page.heading) == (410, "Deze link is verlopen")
    page = own_world.browser().open(f"{HERE}/instellen/{'x' * 43}")
    assert (page.status, page.heading) == (404, "Deze link klopt niet")


def test_recovery_ends_what_was_set_up_before(own_world: World, link: str) -> None:
    browser = own_world.browser()
    connect(own_world, browser, choose(browser, link))
    again = command(own_world, "recover", "robin").split()[-1]
    assert browser.open(f"{HERE}/instellen").heading == "Deze link is gebruikt"
    with own_world.session() as session:
        right = password_check.verify(
            session, name="robin", password=PASSWORD, now=own_world.clock()
        )
        assert not isinstance(right, Right)
    assert factors_of_robin(own_world) == []
    fresh = own_world.browser()
    page = connect(own_world, fresh, choose(fresh, again, "een heel nieuwe zin erbij"))
    assert page.heading == "Bewaar uw herstelcodes"


def test_codes_that_were_not_seen_are_made_anew(own_world: World, link: str) -> None:
    browser = own_world.browser()
    page = connect(own_world, browser, choose(browser, link))
    before = shown_codes(page)
    with own_world.session() as session:
        for link_id in session.scalars(select(SetUpLink.id)):
            own_world.process.store.take(f"operator-codes:{link_id}")  # a store that forgot them
    page = browser.open(f"{HERE}/instellen")
    assert not shown_codes(page)
    after = shown_codes(browser.click("Maak nieuwe codes"))
    assert len(after) == len(before) == 10
    assert not before & after
