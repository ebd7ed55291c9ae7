"""Finding the person whose factors must go: nobody is named, nothing can be leafed through."""

from __future__ import annotations

import pytest

from state import audit
from state.audit import AuditEvent, EventTag
from state.db import writing
from tests.attacks.reset_desk import (
    NUMBERS,
    RESETS,
    address_of,
    events,
    operator,
    search,
    token,
    victim,
)
from tests.operators import at_console
from tests.world import World, make_world


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    return make_world(tmp_path_factory.mktemp("world"))


def test_a_search_names_nobody_in_an_address_or_on_a_page(world: World) -> None:
    anna, roos = operator(world), victim(world, "roos.willems@gemeente.example")
    page = search(at_console(world, anna.person_id), " Roos.Willems@Gemeente.example ")
    assert page.heading == "Vraag herstel aan"
    for hidden in ("Willems", "gemeente", "roos.willems", roos, "Van Roos"):
        assert hidden not in page.text and hidden not in page.url
    assert "R••• W•••" in page.text and "r•••@g•••.example" in page.text
    (looked,) = events(world, EventTag.PERSON_LOOKED_UP, roos)
    assert (looked.person_id, looked.outcome) == (anna.person_id, "found")
    assert looked.details["by"] == "address"


def test_what_one_operator_found_is_not_there_for_another(world: World) -> None:
    roos = victim(world)
    page = search(at_console(world, operator(world).person_id), address_of(world, roos))
    other = at_console(world, operator(world).person_id).open(page.url)
    assert "De aanvraag stond te lang open" in other.text


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "Vul in op wie u zoekt"),
        ("x" * 255, "Vul in op wie u zoekt"),
        ("a\x00b", "Vul in op wie u zoekt"),
        ("roos", "Wij vonden niemand"),  # no user name, and no part of one
        ("%", "Wij vonden niemand"),
        ("@", "Wij vonden niemand"),
        ("0000-0000", "Wij vonden niemand"),
    ],
)
def test_a_search_that_finds_nobody_says_what_to_do(world: World, text: str, told: str) -> None:
    browser = at_console(world, operator(world).person_id)
    fields = [("csrf_token", token(browser.open(RESETS))), ("who", text)]
    page = browser.post(f"{RESETS}/zoek", fields)
    assert (page.status, told in page.text) == (422, True), page.text


def test_an_address_of_two_people_shows_neither(world: World) -> None:
    shared = f"samen{next(NUMBERS)}@voorbeeld.example"
    for _ in range(2):
        victim(world, shared)
    page = search(at_console(world, operator(world).person_id), shared)
    assert (page.status, "meer dan één persoon" in page.text) == (422, True)


def test_the_code_of_an_error_page_finds_who_logged_in(world: World) -> None:
    roos = victim(world)
    locked = AuditEvent(EventTag.FACTOR_LOCKED, world.clock(), "7QM4RXTA", person_id=roos)
    reader = operator(world)
    taken = AuditEvent(EventTag.EXPORT_MADE, world.clock(), "7QM4RXTA", person_id=reader.person_id)
    with world.session() as session, writing(session):
        audit.record(session, locked)
        audit.record(session, taken)  # who read the trace is not who logged in
    page = search(at_console(world, reader.person_id), "7qm4-rxta")
    assert "R••• W•••" in page.text
    (looked,) = events(world, EventTag.PERSON_LOOKED_UP, roos)
    assert looked.details["by"] == "reference"


def test_searching_is_limited_per_operator(world: World) -> None:
    anna = operator(world)
    browser = at_console(world, anna.person_id)
    for _ in range(30):
        assert "Wij vonden niemand" in search(browser, "niemand").text
    assert "U zocht te vaak" in search(browser, "niemand").text
    assert "Wij vonden niemand" in search(at_console(world, operator(world).person_id), "x9").text
