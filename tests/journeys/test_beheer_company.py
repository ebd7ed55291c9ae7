"""At ``/beheer`` an administrator reads what is known of the company and settles its invoices."""

from __future__ import annotations

from admin.actor import COMMAND_LINE
from admin.organisations import records
from directory.consoles import BEHEER
from tests.journeys.beheer import BAKERY, HERE, enter, send
from tests.operators import at_console
from tests.world import World


def test_facts_have_their_source_and_invoices_are_settled(own_world: World) -> None:
    world = own_world
    sanne = at_console(world, "sanne", BEHEER)
    enter(world, sanne)
    page = sanne.click("Instellingen")
    assert page.heading == "Instellingen" and "nog niet met het Handelsregister" in page.text
    with world.session() as session:
        records.refresh(session, world.process, BAKERY, actor=COMMAND_LINE)
    page = sanne.open(f"{HERE}/instellingen")
    assert "Molenweg 1" in page.text and "uittreksel van het Handelsregister" in page.text
    assert "9000 1201" in page.text and "De Korenmolen, winkel" in page.text
    page = sanne.click("Facturatie")
    assert "Bankoverschrijving" in page.text and "Per post" in page.text
    page = sanne.open(f"{HERE}/instellingen/facturatie/automatische-incasso")
    assert "Vul eerst een rekeningnummer in" in page.text
    address = f"{HERE}/instellingen/facturatie/rekeningnummer"
    sanne.open(address)
    page = send(sanne, address, ("waarde", "NL91 ABNA 0417 1643 01"))
    assert page.status == 422 and "Dit is geen rekeningnummer" in page.text
    page = send(sanne, address, ("waarde", "NL91 ABNA 0417 1643 00"))
    assert "De facturatie is gewijzigd" in page.text and "•••• 4300" in page.text
    assert "0417" not in page.text
    switch = f"{HERE}/instellingen/facturatie/automatische-incasso"
    sanne.open(switch)
    page = send(sanne, switch)
    assert "Automatische incasso" in page.text and "Bankoverschrijving" not in page.text
