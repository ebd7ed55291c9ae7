"""A passkey in the set-up of an operator, and in the login that follows."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from sqlalchemy import select

from admin.operators.set_up_links import SetUpLink
from assurance import passkeys
from assurance.factors import BoundBy, FactorKind, Passkey
from sandbox.browser import Browser, Page
from state import audit
from state.audit import EventTag
from tests.authenticator import PRESENT, Authenticator
from tests.journeys.at_mijn import options_of, send_assertion
from tests.journeys.test_operator_set_up import (
    CHOICE,
    choose_password,
    command,
    factors_of_robin,
    shown_codes,
)
from tests.operators import HERE, PASSWORD
from tests.world import ADDRESSES, World

MAKE = "Maak een passkey"
ASKED = "Gebruik uw passkey"


@pytest.fixture
def link(own_world: World) -> str:
    robin = ("--name", "Robin Kuiper", "--email", "robin@voorbeeld.example", "--role", "helpdesk")
    return command(own_world, "create", *robin).split()[-1]


@pytest.fixture
def device() -> Authenticator:
    return Authenticator(ADDRESSES.broker)


def at_passkey(browser: Browser, link: str) -> Page:
    assert choose_password(browser, link).heading == CHOICE
    page = browser.click("Een passkey")
    assert page.heading == MAKE
    return page


def set_up(browser: Browser, link: str, device: Authenticator) -> Page:
    page = at_passkey(browser, link)
    assert send_assertion(browser, device.create(options_of(page))).heading == (
        "Bewaar uw herstelcodes"
    )
    return browser.click("Ik heb de codes bewaard")


def at_question(world: World) -> Browser:
    """At the console, a little later: the command gave the role by the real time."""
    world.clock.now += timedelta(seconds=60)
    world.process.holder.refresh()
    browser = world.browser()
    browser.open(HERE)
    browser.fill("name", "robin")
    browser.fill("password", PASSWORD)
    assert browser.click("Log in").heading == ASKED
    return browser


def question(browser: Browser) -> str:
    assert browser.page is not None
    return options_of(browser.page)


def test_a_passkey_is_a_way_in_at_the_level_of_the_console(
    own_world: World, link: str, device: Authenticator
) -> None:
    page = set_up(own_world.browser(), link, device)
    assert page.heading == "U kunt nu inloggen"
    assert "passkey" in page.text and "code" not in page.text
    factors = factors_of_robin(own_world)
    assert {f.kind for f in factors} == {FactorKind.PASSKEY, FactorKind.RECOVERY_CODES}
    assert {f.bound_by for f in factors} == {BoundBy.ADMINISTRATOR}

    browser = at_question(own_world)
    page = send_assertion(browser, device.get(question(browser)))
    assert (page.status, page.heading) == (200, "Overzicht")
    with own_world.session() as session:
        (login,) = audit.recent(session, tags=[EventTag.LOGIN_SUCCEEDED])
        tags = [EventTag.FACTOR_ADDED]
        (added,) = audit.recent(session, tags=tags, person_id=login.person_id)
    assert login.level is not None and login.level.label == "EH3"
    assert added.details["kind"] == "passkey"


def test_what_is_asked_says_who_and_that_the_user_must_be_verified(
    own_world: World, link: str
) -> None:
    asked = json.loads(options_of(at_passkey(own_world.browser(), link)))
    assert asked["authenticatorSelection"]["userVerification"] == "required"
    assert asked["user"]["name"] == "robin"
    assert "robin" not in asked["user"]["id"]


@pytest.mark.parametrize(
    "changes",
    [
        {"flags": PRESENT},
        {"origin": "https://sluis.example.evil"},
        {"rp_id": "evil.example"},
        {"challenge": "AAAA"},
        {"type": "webauthn.get"},
    ],
    ids=["user not verified", "origin", "other host", "other challenge", "other ceremony"],
)
def test_F_08_a_bad_answer_makes_no_operator_and_a_good_one_does(
    own_world: World, link: str, device: Authenticator, changes: dict[str, object]
) -> None:
    browser = own_world.browser()
    page = at_passkey(browser, link)
    page = send_assertion(browser, device.create(options_of(page), **changes))
    assert (page.status, page.heading) == (422, MAKE)
    assert "De passkey is niet toegevoegd" in page.text
    assert factors_of_robin(own_world) == []
    assert shown_codes(send_assertion(browser, device.create(options_of(page))))


def test_F_08_a_challenge_is_for_one_answer_of_this_link(
    own_world: World, link: str, device: Authenticator
) -> None:
    browser, other = own_world.browser(), own_world.browser()
    first = device.create(options_of(at_passkey(browser, link)))
    page = send_assertion(browser, device.create(options_of(browser.page), flags=PRESENT))  # type: ignore[arg-type]
    assert send_assertion(browser, first).status == 422  # its challenge went with the wrong answer
    robin = ("--name", "Kim Nieuw", "--email", "kim@voorbeeld.example", "--role", "viewer")
    at_passkey(other, command(own_world, "create", *robin).split()[-1])
    page = browser.open(f"{HERE}/instellen/passkey")
    good = device.create(options_of(page))
    assert send_assertion(other, good).status == 422  # the challenge of another link
    assert send_assertion(browser, good).heading == "Bewaar uw herstelcodes"


def test_F_08_the_passkey_of_another_operator_is_not_bound_again(
    own_world: World, link: str, device: Authenticator
) -> None:
    set_up(own_world.browser(), link, device)
    kim = ("--name", "Kim Nieuw", "--email", "kim@voorbeeld.example", "--role", "viewer")
    browser = own_world.browser()
    page = at_passkey(browser, command(own_world, "create", *kim).split()[-1])
    page = send_assertion(browser, device.create(options_of(page)))
    assert (page.status, "Deze passkey is al in gebruik" in page.text) == (422, True)
    fresh = Authenticator(ADDRESSES.broker)
    assert shown_codes(send_assertion(browser, fresh.create(options_of(page))))


def test_without_the_browser_of_the_link_no_passkey_is_asked(own_world: World, link: str) -> None:
    at_passkey(own_world.browser(), link)
    thief = own_world.browser()
    assert thief.open(f"{HERE}/instellen/passkey").status == 404
    token = thief.open(ADDRESSES.broker + "/inloggegevens-vergeten").forms[0].fields["csrf_token"]
    page = thief.post(f"{HERE}/instellen/passkey", [("csrf_token", token), ("assertion", "{}")])
    assert (page.status, factors_of_robin(own_world)) == (404, [])


def test_who_set_up_one_factor_sets_up_no_second_one(
    own_world: World, link: str, device: Authenticator
) -> None:
    """Two tabs: the second one ends at the codes, and nothing is bound."""
    browser = own_world.browser()
    page = at_passkey(browser, link)
    send_assertion(browser, device.create(options_of(page)))
    assert browser.open(f"{HERE}/instellen/passkey").heading == "Bewaar uw herstelcodes"
    with own_world.session() as session:
        link_id = session.scalars(select(SetUpLink.id)).one()
    own_world.process.store.put(f"operator-passkey:{link_id}", b"x", 60)
    token = browser.open(f"{HERE}/instellen").forms[-1].fields["csrf_token"]
    fields = [("csrf_token", token), ("assertion", "{}")]
    assert browser.post(f"{HERE}/instellen/passkey", fields).heading == "Bewaar uw herstelcodes"
    assert len(factors_of_robin(own_world)) == 2


def test_F_08_the_console_wants_the_passkey_of_this_operator(
    own_world: World, link: str, device: Authenticator
) -> None:
    set_up(own_world.browser(), link, device)
    browser = at_question(own_world)
    stranger = Authenticator(ADDRESSES.broker, user=device.user)
    for answer in (
        stranger.get(question(browser)),
        device.get(question(browser), flags=PRESENT),
    ):
        page = send_assertion(browser, answer)
        assert (page.status, page.heading) == (422, ASKED)
    assert send_assertion(browser, device.get(question(browser))).heading == "Overzicht"


def test_recovery_codes_open_the_console_when_the_passkey_is_lost(
    own_world: World, link: str, device: Authenticator
) -> None:
    browser = own_world.browser()
    page = at_passkey(browser, link)
    code = min(shown_codes(send_assertion(browser, device.create(options_of(page)))))
    browser.click("Ik heb de codes bewaard")
    browser = at_question(own_world)
    browser.click("Gebruik een herstelcode")
    browser.fill("code", code)
    assert browser.click("Ga verder").heading == "Overzicht"


def test_recovery_ends_the_passkey(own_world: World, link: str, device: Authenticator) -> None:
    set_up(own_world.browser(), link, device)
    again = command(own_world, "recover", "robin").split()[-1]
    with own_world.session() as session:
        robin = session.scalars(select(SetUpLink.person_id)).first() or ""
        assert passkeys.of_person(session, robin) == {}
        assert session.scalars(select(Passkey.factor_id)).all()  # kept as history
    fresh = Authenticator(ADDRESSES.broker)
    assert set_up(own_world.browser(), again, fresh).heading == "U kunt nu inloggen"
