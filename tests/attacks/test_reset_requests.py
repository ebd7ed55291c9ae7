"""Who asks for a reset of factors: complete, with the proof of the start, for whom it may."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from admin.factor_resets import requests
from admin.factor_resets.requests import FactorReset
from admin.operators import roles
from admin.operators.roles import OperatorRole
from assurance.levels import AssuranceLevel
from directory.people import Person
from state import audit
from state.audit import AuditEvent, EventTag
from state.db import writing
from tests.attacks.reset_desk import (
    CONFIGURATOR,
    HELPDESK,
    RESETS,
    address_of,
    asked,
    offered,
    operator,
    search,
    send,
    victim,
)
from tests.journeys.at_mijn import factors_of
from tests.operators import HERE, at_console, later
from tests.world import ADDRESSES, World, make_world


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    return make_world(tmp_path_factory.mktemp("world"))


def test_F_19_asking_asks_a_login_of_the_last_minutes_too(world: World) -> None:
    anna, roos = operator(world), victim(world)
    browser = at_console(world, anna.person_id)
    page = search(browser, address_of(world, roos))
    with later(world, minutes=9):
        browser.open(HERE)
    with later(world, minutes=11):
        after = send(browser, page, factors=offered(page))
        assert after.url.startswith(f"{ADDRESSES.broker}/login/")
    with world.session() as session:
        assert not session.scalars(select(FactorReset).where(FactorReset.person_id == roos)).all()


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"factors": []}, "Kies de inlogmiddelen die weg moeten"),
        ({"factors": ["x"]}, "Kies de inlogmiddelen die weg moeten"),
        ({"reason": ""}, "Kies waarom de inlogmiddelen weg moeten"),
        ({"reason": "because"}, "Kies waarom de inlogmiddelen weg moeten"),
        ({"proof": ""}, "Kies hoe de persoon is gecontroleerd"),
        ({"proof": "a good voice"}, "Kies hoe de persoon is gecontroleerd"),
    ],
)
def test_F_19_what_is_not_complete_is_not_asked(
    world: World, changes: dict[str, object], told: str
) -> None:
    anna, roos = operator(world), victim(world)
    browser = at_console(world, anna.person_id)
    page = search(browser, address_of(world, roos))
    good: dict[str, object] = {"factors": offered(page)}
    refused = send(browser, page, **{**good, **changes})  # type: ignore[arg-type]
    assert (refused.status, told in refused.text) == (422, True), refused.text
    assert send(browser, page, **good).heading == "Herstel voor R••• W•••"  # type: ignore[arg-type]


def test_F_19_a_factor_of_somebody_else_is_not_asked(world: World) -> None:
    anna, roos, other = operator(world), victim(world), victim(world)
    browser = at_console(world, anna.person_id)
    page = search(browser, address_of(world, roos))
    theirs = [f.id for f in factors_of(world, other)]
    assert send(browser, page, factors=theirs).status == 422
    assert send(browser, page, factors=[*offered(page), theirs[0]]).status == 422
    assert len(factors_of(world, other)) == 2


def test_F_19_a_means_of_eh3_asks_the_proof_of_eh3(world: World) -> None:
    """The word of an administrator is enough where factors give EH2+, and no further."""
    anna, roos, own = operator(world), victim(world), operator(world, CONFIGURATOR)
    with world.session() as session, writing(session):
        roles.end_roles(session, own.person_id, world.clock())  # an account of EH3 is left
        assert requests.gives(session, own.person_id) is AssuranceLevel.EH3
    browser = at_console(world, anna.person_id)
    page = search(browser, own.user_name)
    assert page.tree.xpath("//input[@name='proof']/@value") == ["in_person", "remote"]
    assert send(browser, page, factors=offered(page), proof="administrator").status == 422
    assert send(browser, page, factors=offered(page), proof="in_person").status == 200
    page = search(browser, address_of(world, roos))
    assert send(browser, page, factors=offered(page), proof="administrator").status == 200


def test_F_19_one_request_at_a_time(world: World) -> None:
    anna, bram, roos = operator(world), operator(world), victim(world)
    first = at_console(world, anna.person_id)
    second = at_console(world, bram.person_id)
    page = search(second, address_of(world, roos))
    asked(world, first, roos)
    refused = send(second, page, factors=offered(page))
    assert (refused.status, "Er is al een aanvraag" in refused.text) == (422, True)
    assert "Er is al een aanvraag" in search(second, address_of(world, roos)).text


def test_F_19_an_operator_is_recovered_at_the_machine_only(world: World) -> None:
    anna, other = operator(world), operator(world, CONFIGURATOR)
    browser = at_console(world, anna.person_id)
    page = search(browser, other.user_name)
    assert "Deze persoon is operator" in page.text and offered(page) == []
    (theirs,) = factors_of(world, other.person_id)
    assert send(browser, page, factors=[theirs.id]).status == 422
    assert "Deze persoon is operator" in search(browser, anna.user_name).text


def test_F_19_who_has_no_address_is_told_by_letter_and_the_operator_knows(world: World) -> None:
    anna, roos = operator(world), victim(world)
    locked = AuditEvent(EventTag.FACTOR_LOCKED, world.clock(), "AAAA2222", person_id=roos)
    with world.session() as session, writing(session):
        session.get_one(Person, roos).email = None
        audit.record(session, locked)
    page = search(at_console(world, anna.person_id), "AAAA-2222")
    assert "Stuur zelf een brief als de inlogmiddelen weg zijn" in page.text
    page = search(at_console(world, anna.person_id), address_of(world, victim(world)))
    assert "Stuur zelf een brief" not in page.text


def test_F_19_other_roles_get_a_page_that_says_so(world: World) -> None:
    for role in set(OperatorRole) - {HELPDESK, CONFIGURATOR}:
        browser = at_console(world, operator(world, role).person_id)
        page = browser.open(RESETS)
        assert (page.status, page.heading) == (403, "Dit hoort niet bij uw rol"), role
        assert "Herstel" not in page.tree.xpath("string(//nav)")


def test_a_form_that_was_refused_stays_where_it_is_in_the_other_language(world: World) -> None:
    browser = at_console(world, operator(world).person_id)
    page = search(browser, address_of(world, victim(world)))
    assert send(browser, page, factors=[]).status == 422
    after = browser.click("English")
    assert (after.status, after.url.partition("?")[0]) == (200, page.url)
    browser.click("Nederlands")
    assert search(browser, "niemand.hier").status == 422
    after = browser.click("English")
    assert (after.status, after.url.partition("?")[0]) == (200, RESETS)
    browser.click("Nederlands")
