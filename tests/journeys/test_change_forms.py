"""What an administrator cannot do is asked with a form; an operator answers it."""

from __future__ import annotations

from admin.operators.roles import OperatorRole
from directory.consoles import BEHEER
from tests.journeys.beheer import HERE, enter, send
from tests.operators import HERE as OPERATOR
from tests.operators import at_console, make_operator
from tests.world import World


def test_a_form_is_sent_taken_up_and_answered(own_world: World) -> None:
    world = own_world
    sanne = at_console(world, "sanne", BEHEER)
    enter(world, sanne)
    sanne.open(f"{HERE}/formulieren")
    sanne.click("Ander KvK-nummer")
    address = f"{HERE}/formulieren/nieuw/kvk-nummer"
    page = send(sanne, address, ("vraag", ""))
    assert page.status == 422 and "Schrijf wat u vraagt" in page.text
    page = send(sanne, address, ("vraag", "Wij fuseren met 90001639."))
    assert "Het formulier is verstuurd" in page.text and "Ontvangen" in page.text
    mine = page.url.partition("?")[0]
    helpdesk = make_operator(world, "helga", OperatorRole.HELPDESK)
    helga = at_console(world, helpdesk.person_id)
    page = helga.open(f"{OPERATOR}/formulieren")
    assert "Bakkerij De Korenmolen" in page.text and "fuseren" not in page.text
    page = helga.click("Bekijk het formulier van Bakkerij De Korenmolen B.V.")
    assert "Wij fuseren met 90001639." in page.text
    page = helga.press("besluit", "oppakken")
    assert "In behandeling" in page.text
    fields = (("besluit", "gedaan"), ("antwoord", "Uw gegevens staan nu onder het andere nummer."))
    page = send(helga, page.url, *fields)
    assert "Over het formulier is beslist" in page.text
    page = sanne.open(mine)
    assert "Afgehandeld" in page.text and "staan nu onder het andere nummer" in page.text
