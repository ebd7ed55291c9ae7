"""A first administrator asks for an account and a group: after a code by mail, with a temporary
password; it gives no level and no company.
"""

from __future__ import annotations

import itertools
import re

import pytest
from sqlalchemy import select, update

from admin.operators.roles import OperatorRole
from assurance.levels import AssuranceLevel
from consent.mandates import Mandate
from directory import groups
from directory.consoles import BEHEER, OPERATOR
from directory.groups import AccountRequest
from directory.organisations import Organisation
from directory.people import Membership, Role
from providers import accounts
from sandbox.browser import Browser, Page
from state.db import writing
from tests.broker.account_logins import choose_new, give
from tests.journeys.beheer import BAKERY, HERE, enter, rows
from tests.journeys.joining import code_of, mails
from tests.operators import at_console, make_operator
from tests.world import ADDRESSES, World, make_world

ASK = f"{ADDRESSES.broker}/toegang/aanvragen"
CODE = "Vul de code uit de e-mail in"
NAMES = "Kies korte namen"
NEW = "90009999"
PASSWORD = "een lantaarn onder water"
NUMBERS = itertools.count()


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    return make_world(tmp_path_factory.mktemp("world"), joining={"account_requests": True})


@pytest.fixture
def email(world: World) -> str:
    """Of nobody yet; a day later, so that no limit of another test is felt."""
    world.clock.advance(86401)
    world.process.holder.refresh()
    return f"aart{next(NUMBERS)}@nieuw.example"


def to_code(world: World, email: str, kvk: str = NEW, browser: Browser | None = None) -> Browser:
    browser = browser or world.browser()
    browser.open(ASK)
    browser.fill("kvk", kvk)
    assert browser.click("Ga verder").heading == "Uw gegevens"
    browser.fill("organisatie", "Molenaar Nieuw B.V.")
    browser.fill("naam", "Aart Molenaar")
    browser.fill("email", email)
    browser.click("Stuur mij een code")
    return browser


def to_names(world: World, email: str, kvk: str = NEW) -> Browser:
    browser = to_code(world, email, kvk)
    browser.fill("code", code_of(world, email))
    assert browser.click("Ga verder").heading == NAMES
    return browser


def name_it(browser: Browser, group: str, user: str) -> Page:
    browser.fill("groepsnaam", group)
    browser.fill("gebruikersnaam", user)
    return browser.click("Maak het account")


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("", "Vul de 8 cijfers van het KvK-nummer in"),
        ("9000120", "Vul de 8 cijfers van het KvK-nummer in"),
        ("0000 1234 5678", "Dit is een vestigingsnummer"),
        ("123456782", "Dit zijn 9 cijfers, zoals een RSIN"),
    ],
)
def test_another_number_than_that_of_the_kvk_is_called_by_its_name(
    world: World, typed: str, sentence: str
) -> None:
    browser = world.browser()
    browser.open(f"{ADDRESSES.broker}/toegang/aanvragen")
    browser.fill("kvk", typed)
    page = browser.click("Ga verder")
    assert page.status == 422 and sentence in page.text
    browser.fill("kvk", "KvK 9000.9999")
    assert browser.click("Ga verder").status == 200


def test_a_first_administrator_gets_an_account_and_a_group(world: World, email: str) -> None:
    browser = to_names(world, email)
    assert name_it(browser, "nieuw", "aart").heading == "Kijk in uw e-mail"
    (mail,) = [one for one in mails(world, email) if "tijdelijke" in one["subject"]]
    temporary = re.findall(r"wachtwoord: (\S+)", mail["text"])[0]
    home = world.browser()
    home.open(f"{ADDRESSES.broker}/toegang")
    home.press("method", "account")
    assert give(home, "aart", temporary).heading == "Kies een eigen wachtwoord"
    page = choose_new(home, PASSWORD)
    assert page.heading == "Waar u bij hoort", page.text
    assert "Groep Molenaar Nieuw B.V." in page.text and "Nog geen" in page.text
    with world.session() as session:
        account = accounts.named(session, "aart")
        assert account is not None and account.level is AssuranceLevel.EMAIL
        held = select(Mandate.id).where(Mandate.person_id == account.person_id)
        assert session.scalars(held).all() == []
        (place,) = groups.of_person(session, account.person_id)
        assert groups.companies(session, place.group_id) == []


def test_the_operator_sees_who_asked_for_what(world: World, email: str) -> None:
    name_it(to_names(world, email), "gezien", "gezien.aart")
    with world.session() as session:
        (asked,) = [
            one for one in groups.account_requests(session, 10) if one.person.email == email
        ]
    assert (asked.kvk, asked.organisation_name) == (NEW, "Molenaar Nieuw B.V.")
    assert asked.group.short_name == "gezien"
    robin = make_operator(world, f"robin{next(NUMBERS)}", OperatorRole.HELPDESK)
    desk = at_console(world, robin.person_id, OPERATOR)
    page = desk.open(f"{ADDRESSES.broker}/operator/accounts")
    (row,) = [one for one in rows(page) if email in one]
    assert "Aart Molenaar" in row and "KvK 9000 9999" in row and "gezien" in row


def test_who_has_an_administrator_is_led_there(world: World, email: str) -> None:
    del email
    browser = world.browser()
    for kvk, shares in ((BAKERY, True), (BAKERY, False)):
        with world.session() as session, writing(session):
            changed = update(Organisation).where(Organisation.kvk == kvk)
            session.execute(changed.values(shares_administrators=shares))
        browser.open(ASK)
        browser.fill("kvk", "9000 1201")
        page = browser.click("Ga verder")
        assert page.heading == "Uw organisatie gebruikt dit al"
        assert ("Sanne Bakker" in page.text) is shares


def test_A_11_an_address_with_an_account_looks_the_same(world: World, email: str) -> None:
    known, unknown = "daan@voorbeeld.example", email
    pages = [to_code(world, one).page for one in (known, unknown)]
    shown = [one.text.replace(known, "").replace(unknown, "") for one in pages if one is not None]
    assert shown[0] == shown[1] and pages[0] is not None and pages[0].heading == CODE
    assert any("al een account" in one["subject"] for one in mails(world, known))
    assert not any("code is" in one["text"] for one in mails(world, known))


def test_a_wrong_code_and_a_name_of_others_make_nothing(world: World, email: str) -> None:
    browser = to_code(world, email)
    browser.fill("code", "1")
    assert "De code klopt niet" in browser.click("Ga verder").text
    assert browser.open(f"{ASK}/namen").heading == "Vraag een account aan"
    assert len(mails(world, email)) == 1  # so that the next code is the last one
    browser = to_names(world, email)
    assert "al van iemand" in name_it(browser, "molenaars", "daan.kuipers").text
    assert "2 tot 32" in name_it(browser, "x", "aart.goed").text
    assert "3 tot 64" in name_it(browser, "molenaars", "a").text
    with world.session() as session:
        query = select(AccountRequest).join(AccountRequest.group)
        assert not [one for one in session.scalars(query) if one.group.short_name == "molenaars"]
    assert name_it(browser, "molenaars", "aart.goed").heading == "Kijk in uw e-mail"
    again = to_names(world, f"ander.{email}")
    assert "al van een andere groep" in name_it(again, "Molenaars", "aart.ander").text
    with world.session() as session:
        assert accounts.named(session, "aart.ander") is None, "both or neither"


def test_the_administrator_of_the_company_brings_it_in(world: World, email: str) -> None:
    """What the first administrator said of it is a wish until then."""
    with world.session() as session, writing(session):
        session.execute(
            update(Organisation).where(Organisation.kvk == BAKERY).values(kvk="90008888")
        )
    name_it(to_names(world, email, BAKERY), "wens", "aart.wens")
    with world.session() as session, writing(session):
        session.execute(
            update(Organisation).where(Organisation.kvk == "90008888").values(kvk=BAKERY)
        )
    sanne = at_console(world, "sanne", BEHEER)
    enter(world, sanne)
    page = sanne.open(f"{HERE}/groepen")
    assert any("wens" in row and " 1 0 " in f" {row} " for row in rows(page))
    sanne.click("Bekijk Molenaar Nieuw B.V.")
    page = sanne.click("Breng in")
    assert "Het bedrijf zit nu in de groep" in page.text
    assert any("Aart Molenaar" in row and "1 bedrijf" in row for row in rows(page))


def test_one_network_and_one_address_are_limited(world: World, email: str) -> None:
    for _ in range(3):
        assert to_code(world, email).page.heading == CODE  # type: ignore[union-attr]
    page = to_code(world, email).page
    assert page is not None and page.status == 429 and "Probeer het morgen" in page.text
    assert len(mails(world, email)) == 3


def test_where_it_is_off_there_is_no_such_page(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    folder = tmp_path_factory.mktemp("world")
    world = make_world(folder, joining={"account_requests": False})
    assert world.browser().open(ASK).status == 404
    assert world.wire.request("GET", f"{ASK}/namen").status == 404
    page = of_nobody_any_more(world)
    assert page.heading == "U bent geen beheerder" and "Vraag een account aan" not in page.text


def of_nobody_any_more(world: World) -> Page:
    """What somebody sees at /beheer whose organisation has no administrator by now."""
    made = make_operator(world, "nelis", OperatorRole.CONFIGURATOR)
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
    browser = at_console(world, made.person_id, BEHEER)
    with world.session() as session, writing(session):
        of_nelis = select(Membership).where(Membership.person_id == made.person_id)
        session.scalars(of_nelis).one().until = world.clock()
    return browser.open(HERE)


def test_who_is_no_administrator_reads_where_the_first_one_asks_an_account(world: World) -> None:
    page = of_nobody_any_more(world)
    assert page.heading == "U bent geen beheerder"
    assert "Heeft uw organisatie geen beheerder?" in page.text
    (link,) = page.tree.xpath("//a[normalize-space()='Vraag een account aan']/@href")
    assert link == "/toegang/aanvragen"


def test_a_slow_applicant_has_an_hour_for_each_page_and_gets_more(world: World, email: str) -> None:
    browser = to_names(world, email)
    for _ in range(12):
        world.clock.advance(3500)
        world.process.holder.refresh()
        assert browser.open(f"{ASK}/tijd").heading == "U heeft meer tijd"
    assert browser.open(f"{ASK}/namen").heading == NAMES
    world.clock.advance(3601)
    world.process.holder.refresh()
    assert browser.open(f"{ASK}/namen").heading != NAMES
    assert browser.open(f"{ASK}/tijd").heading != "U heeft meer tijd"


def test_a_request_ends_a_day_after_it_began(world: World, email: str) -> None:
    browser = to_names(world, email)
    assert "Geef mij meer tijd" in browser.open(f"{ASK}/namen").text
    for _ in range(24):
        world.clock.advance(3550)
        world.process.holder.refresh()
        assert browser.open(f"{ASK}/tijd").heading == "U heeft meer tijd"
    assert "Geef mij meer tijd" not in browser.open(f"{ASK}/namen").text  # 20 minutes are left
    world.clock.advance(86400 - 24 * 3550 - 10)
    world.process.holder.refresh()
    assert browser.open(f"{ASK}/namen").heading == NAMES
    world.clock.advance(15)
    world.process.holder.refresh()
    assert browser.open(f"{ASK}/namen").heading != NAMES
    assert browser.open(f"{ASK}/tijd").heading != "U heeft meer tijd"


def test_who_got_an_administrator_meanwhile_is_led_there(world: World, email: str) -> None:
    """The organisation is looked at again when the account is made, not at the first page alone."""
    browser = to_names(world, email)
    user = f"laat.{next(NUMBERS)}"
    with world.session() as session, writing(session):
        taken = update(Organisation).where(Organisation.kvk == BAKERY)
        session.execute(taken.values(kvk=NEW, shares_administrators=True))
    try:
        page = name_it(browser, "telaat", user)
    finally:
        with world.session() as session, writing(session):
            given_back = update(Organisation).where(Organisation.kvk == NEW)
            session.execute(given_back.values(kvk=BAKERY))
    assert page.heading == "Uw organisatie gebruikt dit al"
    assert "Sanne Bakker" in page.text
    with world.session() as session:
        assert accounts.named(session, user) is None
    assert not [one for one in mails(world, email) if "tijdelijke" in one["subject"]]
