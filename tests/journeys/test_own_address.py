"""Another e-mail address: a code from there, a message to the old one, and a login of now."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import select

from broker.account import own_address
from directory.origin import Origin
from directory.people import Person
from providers.accounts import Account
from sandbox.browser import Browser, Page
from state import audit
from state.audit import EventTag
from state.db import writing
from tests.journeys.at_mijn import AGAIN, arrive
from tests.operators import later
from tests.world import ADDRESSES, World

HERE = f"{ADDRESSES.broker}/mijn"
NEW, TAKEN = "nieuw@voorbeeld.example", "bezet@voorbeeld.example"


def address(world: World, person: str = "jan") -> str | None:
    with world.session() as session:
        return session.get_one(Person, person).email


@pytest.fixture
def jan(own_world: World) -> Browser:
    """Whom no document keeps."""
    with own_world.session() as session, writing(session):
        session.get_one(Person, "jan").origin = Origin.SCREEN
    browser = arrive(own_world, "jan", "Polderpoort")
    browser.click("Mijn gegevens")
    browser.click("Wijzig uw e-mailadres")
    return browser


def ask(browser: Browser, email: str = NEW) -> Page:
    browser.open(f"{HERE}/e-mail")
    browser.fill("email", email)
    return browser.click("Stuur een code")


def mails_to(world: World, recipient: str) -> list[str]:
    return [mail["text"] for mail in world.deliver_mail() if mail["recipient"] == recipient]


def code(world: World) -> str:
    found = re.search(r"\b([0-9]{6})\b", mails_to(world, NEW)[-1])
    assert found is not None
    return found[1]


def give(browser: Browser, digits: str) -> Page:
    browser.fill("code", digits)
    return browser.click("Wijzig mijn e-mailadres")


def test_a_code_from_the_new_address_changes_it_and_the_old_one_is_told(
    own_world: World, jan: Browser
) -> None:
    old = address(own_world)
    page = ask(jan)
    assert page.heading == "Vul de code uit de e-mail in" and address(own_world) == old
    page = give(jan, code(own_world))
    assert "Uw e-mailadres is gewijzigd" in page.text and NEW in page.text
    assert address(own_world) == NEW
    assert any("is gewijzigd" in text for text in mails_to(own_world, str(old)))
    with own_world.session() as session:
        (event,) = audit.recent(session, tags=[EventTag.ADDRESS_CHANGED])
    assert event.details == {"person": "jan"} and NEW not in str(event)


def test_a_wrong_code_changes_nothing_and_three_use_it_up(own_world: World, jan: Browser) -> None:
    ask(jan)
    right = code(own_world)
    for wrong in ("000000", "", right[:5]):
        assert give(jan, wrong).status == 422
    page = give(jan, right)
    assert page.status == 422 and address(own_world) != NEW


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ("geen adres", "Dit is geen e-mailadres."),
        ("", "Dit is geen e-mailadres."),
        ("JAN@voorbeeld.example", "Dit is al uw adres."),
    ],
)
def test_what_is_no_new_address_gets_no_code(
    own_world: World, jan: Browser, given: str, said: str
) -> None:
    before = len(own_world.deliver_mail())
    page = ask(jan, given)
    assert page.status == 422 and said in page.text
    assert len(own_world.deliver_mail()) == before


def test_strangers_get_no_more_than_a_few_codes(own_world: World, jan: Browser) -> None:
    for _ in range(3):
        assert ask(jan).heading == "Vul de code uit de e-mail in"
    page = ask(jan)
    assert page.status == 422 and "Wij kunnen nu geen code sturen" in page.text


def test_F_07_an_old_session_logs_in_again_first(own_world: World, jan: Browser) -> None:
    with later(own_world, minutes=11):
        assert jan.open(f"{HERE}/e-mail").heading == AGAIN


def test_what_an_organisation_keeps_is_changed_there(own_world: World) -> None:
    browser = arrive(own_world, "jan", "Polderpoort")
    page = browser.open(f"{HERE}/e-mail")
    assert "Uw organisatie legt uw e-mailadres vast" in page.text and not page.tree.xpath(
        "//input[@name='email']"
    )


def two_accounts(world: World) -> None:
    """Jan has one, and somebody else one with the address that is taken."""
    old = address(world)
    with world.session() as session, writing(session):
        taken = session.scalars(select(Account)).first()
        assert taken is not None
        taken.email = TAKEN
        account = Account(
            person_id="jan",
            user_name="jan.eigen",
            email=old,
            level=taken.level,
            password_hash="",
            created_at=world.clock(),
        )
        session.add(account)


def code_for_taken(world: World, browser: Browser) -> str:
    ask(browser, TAKEN)
    (text,) = mails_to(world, TAKEN)
    found = re.search(r"\b([0-9]{6})\b", text)
    assert found is not None
    return found[1]


def test_an_address_that_somebody_else_took_at_this_moment_is_taken(
    own_world: World, jan: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    two_accounts(own_world)
    # Both looked whether it was free before either of them wrote.
    monkeypatch.setattr(own_address, "_demand_free", lambda *_: None)
    old = address(own_world)
    page = give(jan, code_for_taken(own_world, jan))
    assert page.status == 422 and "Met dit adres logt al een ander account in." in page.text
    assert address(own_world) == old


def test_who_logs_in_with_the_address_logs_in_with_the_new_one(
    own_world: World, jan: Browser
) -> None:
    two_accounts(own_world)
    page = give(jan, code_for_taken(own_world, jan))
    assert page.status == 422 and "Met dit adres logt al een ander account in." in page.text
    ask(jan)
    give(jan, code(own_world))
    with own_world.session() as session:
        query = select(Account.email).where(Account.person_id == "jan")
        assert session.scalars(query).one() == NEW
