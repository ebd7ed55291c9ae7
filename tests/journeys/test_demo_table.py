"""What the table of the demo promises is what its pages show."""

from __future__ import annotations

from tests.world import World


def test_sanne_chooses_from_five(world: World) -> None:
    page = world.walk("Meldportaal Bodem", "Polderpoort", "sanne").run()
    assert page.heading == "Namens wie logt u in?"
    assert len([b for b in page.tree.findall(".//button") if b.get("name") == "choice"]) == 5


def test_liv_sees_when_her_mandate_ends(world: World) -> None:
    page = world.walk("Bodemkaart inzien", "Zekerweg", "liv").run()
    assert page.heading == "Namens wie logt u in?"
    assert "Hoveniersbedrijf Groenrijk" in page.text
    assert "Stopt binnenkort: tot en met " in page.text


def test_the_pages_that_the_portal_refers_to_are_there(world: World) -> None:
    browser = world.browser()
    portal = world.demo.addresses.portal
    for path, heading in (("/hulp", "Hulp bij inloggen"), ("/privacy", "Privacy")):
        page = browser.open(f"{portal}{path}")
        assert (page.status, page.heading) == (200, heading)
    icon = world.wire.request("GET", f"{portal}/favicon.ico")
    assert icon.status == 200 and icon.body.startswith(b"<svg")


def test_the_ideas_box_says_that_an_email_account_will_do(world: World) -> None:
    page = world.browser().open(f"{world.demo.addresses.portal}/")
    assert "EH2, of een account met alleen een e-mailadres" in page.text
