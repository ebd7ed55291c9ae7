"""Somebody who administers several companies works in one at a time, and always sees in which."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from admin.organisation_console import access
from directory.consoles import BEHEER
from directory.organisations import Organisation
from directory.people import Membership, Role
from sandbox.browser import Browser, Page
from state import audit
from state.audit import EventTag
from state.db import writing
from tests.operators import at_console, later
from tests.world import ADDRESSES, World

HERE = f"{ADDRESSES.broker}/beheer"
BAKERY, OFFICE, GARDEN = "90001201", "90001542", "90001639"


def organisation(world: World, kvk: str) -> str:
    with world.session() as session:
        return session.scalars(select(Organisation.id).where(Organisation.kvk == kvk)).one()


def switch(world: World, browser: Browser, kvk: str) -> Page:
    """Choose it in the header of the page that is shown."""
    return browser.press("bedrijf", organisation(world, kvk))


def header(page: Page) -> str:
    return " ".join(page.tree.find(".//header").text_content().split())


def place(page: Page) -> str:
    """Where the header says that one is."""
    found = page.tree.xpath("//header//summary//*[contains(@class, 'sluis-orgname')]")
    return " ".join(found[0].text_content().split()) if found else header(page)


def test_the_header_always_says_where_one_is(own_world: World) -> None:
    world = own_world
    sanne = at_console(world, "sanne", BEHEER)
    page = sanne.open(HERE)
    first = place(page)
    assert "KvK 9000 1542" in first and page.heading == "Te doen"
    for path in ("/gebruikers", "/machtigingen", "/mijn", "/profiel"):
        assert place(sanne.open(HERE + path)).startswith(first[:20]), path


def test_a_switch_changes_every_list_and_is_audited(own_world: World) -> None:
    world = own_world
    sanne = at_console(world, "sanne", BEHEER)
    sanne.open(f"{HERE}/gebruikers")
    assert "Mo Yilmaz" in sanne.page.text and "Jan de Vries" not in sanne.page.text
    page = switch(world, sanne, BAKERY)
    assert "Bakkerij De Korenmolen" in place(page)
    for path in ("/gebruikers", "/machtigingen"):
        page = sanne.open(HERE + path)
        assert "Jan de Vries" in page.text and "Mo Yilmaz" not in page.text
    with world.session() as session:
        (event,) = audit.recent(session, tags=[EventTag.PARTY_SWITCHED])
    assert (event.person_id, event.client_id) == ("sanne", BEHEER.client_id)
    assert event.organisation_id == organisation(world, BAKERY)
    assert event.details == {"from": organisation(world, OFFICE)}


def test_two_browsers_are_each_in_their_own_company(own_world: World) -> None:
    world = own_world
    one, other = (at_console(world, "sanne", BEHEER) for _ in range(2))
    assert place(one.open(HERE)) == place(other.open(HERE))
    switch(world, one, GARDEN)
    assert "Groenrijk" in place(one.open(HERE)) and "Yilmaz" in place(other.open(HERE))
    third = at_console(world, "sanne", BEHEER)
    assert "Groenrijk" in place(third.open(HERE)), "a next session begins where the last one was"


def test_what_belongs_to_another_own_company_is_said_with_the_way_there(own_world: World) -> None:
    world = own_world
    sanne = at_console(world, "sanne", BEHEER)
    sanne.open(HERE)
    switch(world, sanne, GARDEN)
    page = sanne.open(f"{HERE}/machtigingen")
    address = page.tree.xpath("//a[contains(@href, '/machtiging/')]/@href")[0]
    sanne.open(HERE)
    switch(world, sanne, BAKERY)
    page = sanne.open(f"{ADDRESSES.broker}{address}")
    assert (page.status, page.heading) == (404, "Dit hoort bij een ander bedrijf")
    page = sanne.click("Ga naar Hoveniersbedrijf Groenrijk")
    assert page.url.endswith(address) and page.status == 200


def test_a_company_of_others_cannot_be_chosen(own_world: World) -> None:
    world = own_world
    jan = at_console(world, "jan", BEHEER)
    page = jan.open(HERE)
    assert page.heading == "Mijn machtigingen" and "Bakkerij De Korenmolen" in header(page)
    token = next(f.fields["csrf_token"] for f in page.forms if "csrf_token" in f.fields)
    garden = organisation(world, GARDEN)
    answer = jan.post(f"{HERE}/bedrijf", [("csrf_token", token), ("bedrijf", garden)])
    assert answer.status == 404
    assert "Bakkerij De Korenmolen" in header(jan.open(HERE))
    with world.session() as session:
        assert audit.recent(session, tags=[EventTag.PARTY_SWITCHED]) == []


@pytest.mark.parametrize("path", ["https://elders.example/", "//elders.example", "/beheer/../mijn"])
def test_a_switch_leads_nowhere_else(own_world: World, path: str) -> None:
    world = own_world
    sanne = at_console(world, "sanne", BEHEER)
    page = sanne.open(HERE)
    token = next(f.fields["csrf_token"] for f in page.forms if "csrf_token" in f.fields)
    bakery = organisation(world, BAKERY)
    fields = [("csrf_token", token or ""), ("bedrijf", bakery), ("naar", path)]
    assert sanne.post(f"{HERE}/bedrijf", fields).url == HERE


def test_a_regular_user_sees_the_own_mandates_and_nothing_of_others(own_world: World) -> None:
    jan = at_console(own_world, "jan", BEHEER)
    page = jan.open(HERE)
    assert "Algemene bevoegdheid" in page.text and "EH3" in page.text
    assert "Wijzig" not in page.text and "Trek in" not in page.text
    links = {" ".join(a.text_content().split()) for a in page.tree.xpath("//nav//a")}
    assert links == {"Mijn machtigingen"}
    assert jan.open(f"{HERE}/gebruikers").status == 403
    with own_world.session() as session:
        (event,) = audit.recent(session, tags=[EventTag.ACCESS_DENIED])
    assert (event.person_id, event.reason) == ("jan", "role")


def test_the_role_is_that_of_the_company_one_is_in(own_world: World) -> None:
    world = own_world
    with world.session() as session, writing(session):
        row = session.scalars(
            select(Membership).where(
                Membership.person_id == "sanne",
                Membership.organisation_id == organisation(world, GARDEN),
            )
        ).one()
        row.role = Role.MEMBER
    sanne = at_console(world, "sanne", BEHEER)
    sanne.open(HERE)
    page = switch(world, sanne, GARDEN)
    assert page.heading == "Mijn machtigingen"
    assert sanne.open(f"{HERE}/machtigingen").status == 403
    switch(world, sanne, BAKERY)
    assert sanne.open(f"{HERE}/machtigingen").status == 200


def test_the_own_level_is_that_of_the_company(own_world: World) -> None:
    """Registered at EH2 for the garden firm: nothing above it is given there."""
    world = own_world
    text = (world.demo.registrations / "40-people.yaml").read_text(encoding="utf-8")
    sannes = next(part for part in text.split("---") if "id: sanne" in part)
    world.apply(
        sannes.replace(
            '{kvk: "90001639", role: administrator}',
            '{kvk: "90001639", role: administrator, level: EH2}',
        )
    )
    sanne = at_console(world, "sanne", BEHEER)
    page = sanne.open(f"{HERE}/profiel")
    row = next(r for r in page.tree.xpath("//tbody/tr") if "Groenrijk" in r.text_content())
    assert "EH2" in row.text_content() and "EH2+" not in row.text_content()
    switch(world, sanne, GARDEN)
    sanne.open(f"{HERE}/machtigingen")
    page = sanne.click("Geef machtigingen")
    assert "hoger niveau dan waarmee u bent ingelogd" in page.text
    box = page.tree.xpath("//label[contains(., 'Lozing melden')]//input")[0]
    assert box.get("disabled") is not None


def test_who_loses_a_company_is_in_another_one_at_once(own_world: World) -> None:
    world = own_world
    sanne = at_console(world, "sanne", BEHEER)
    sanne.open(HERE)
    switch(world, sanne, BAKERY)
    with world.session() as session, writing(session):
        session.get_one(Organisation, organisation(world, BAKERY)).suspended_at = world.clock()
    page = sanne.open(f"{HERE}/gebruikers")
    assert "Jan de Vries" not in page.text and "Bakkerij" not in header(page)


def test_every_view_names_its_role(own_world: World) -> None:
    """Only the way out is open to whoever is not in the console."""
    views = {
        name: view for name, view in own_world.app.view_functions.items() if name[:8] == "console."
    }
    without = {name for name, view in views.items() if access.role_of(view) is None}
    assert without == {"console.log_out", "console.logged_out"}


def test_a_session_that_ends_loses_no_company(own_world: World) -> None:
    world = own_world
    sanne = at_console(world, "sanne", BEHEER)
    sanne.open(HERE)
    switch(world, sanne, GARDEN)
    with later(world, minutes=11):
        assert "Groenrijk" in place(sanne.open(HERE))
