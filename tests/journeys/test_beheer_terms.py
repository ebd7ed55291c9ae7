"""At ``/beheer`` an administrator sees what ends by itself, and extends the role of a colleague."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select

from consent.mandates import Mandate
from directory.consoles import BEHEER
from directory.people import Membership, Role
from state.db import writing
from tests.journeys.beheer import BAKERY, HERE, LOZING, enter, organisation, rows
from tests.operators import at_console, make_person
from tests.world import World


def test_what_ends_by_itself_is_in_to_do_with_the_way_on(own_world: World) -> None:
    world = own_world
    bakery, now = organisation(world, BAKERY), world.clock()
    colleague = make_person(world, "Bram Molenaar")
    with world.session() as session, writing(session):
        session.add(
            Membership(
                person_id=colleague,
                organisation_id=bakery,
                role=Role.ADMINISTRATOR,
                since=now - timedelta(days=5 * 365 - 30),
            )
        )
        fatima = Mandate(
            person_id="fatima",
            organisation_id=bakery,
            service_uuid=LOZING,
            level=session.scalars(select(Mandate.level).limit(1)).one(),
            valid_from=now - timedelta(days=700),
            valid_until=now + timedelta(days=600),
            granted_by="sanne",
        )
        session.add(fatima)
    sanne = at_console(world, "sanne", BEHEER)
    page = enter(world, sanne)
    shown = [row for row in rows(page) if "Bram" in row or "Al lang niet gebruikt" in row]
    assert len(shown) == 2 and "Rol van beheerder" in " ".join(shown), shown
    page = sanne.open(f"{HERE}/gebruikers/{colleague}/rol")
    assert "Beheerder tot en met" in page.text
    page = sanne.click("Verleng de rol")
    assert "De rol is verlengd" in page.text and "in het laatste half jaar" in page.text
    assert "Bram" not in " ".join(rows(sanne.open(HERE)))


def test_whose_role_ended_is_a_user_again_at_once(own_world: World) -> None:
    world = own_world
    sanne = at_console(world, "sanne", BEHEER)
    assert enter(world, sanne).heading == "Te doen"
    with world.session() as session, writing(session):
        for place in session.scalars(select(Membership).where(Membership.person_id == "sanne")):
            place.since = world.clock() - timedelta(days=6 * 365)
    assert sanne.open(HERE).heading == "Mijn machtigingen"
    assert sanne.open(f"{HERE}/gebruikers").status == 403
