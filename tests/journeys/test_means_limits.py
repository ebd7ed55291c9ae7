"""One organisation asks only so many means and letters in a day; another one is not hindered."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from admin.means import pace
from assurance.means_letters import MeansLetter
from assurance.means_requests import MeansRequest
from directory.consoles import BEHEER
from state.limits import Limit
from tests.journeys.beheer import GARDEN, HERE, enter, send
from tests.journeys.test_means import ADDRESS, approve, ask, begin, codes, person
from tests.operators import at_console, later
from tests.world import World


def number(world: World, model: type[MeansRequest] | type[MeansLetter]) -> int:
    with world.session() as session:
        return session.scalar(select(func.count()).select_from(model)) or 0


def test_a_company_asks_only_so_many_means_in_a_day(
    own_world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = own_world
    monkeypatch.setattr(pace, "REQUESTS", Limit(pace.REQUESTS.name, 1, 86400))
    _, page = ask(world, name="Noa Smit")
    assert "De aanvraag is verstuurd" in page.text
    _, page = ask(world, name="Bob Kok")
    assert page.status == 429 and "Probeer het morgen opnieuw" in page.text
    assert number(world, MeansRequest) == 1
    sanne = at_console(world, "sanne", BEHEER)
    enter(world, sanne, GARDEN)
    sanne.open(f"{HERE}/gebruikers/toevoegen")
    draft = send(sanne, f"{HERE}/gebruikers/toevoegen").url.rpartition("/")[0]
    send(sanne, f"{draft}/niveau", ("niveau", "EH2"), ("rol", "member"))
    send(sanne, f"{draft}/persoon", ("naam", "Bob Kok"), ("email", "bob@voorbeeld.example"))
    send(sanne, f"{draft}/aflevering", ("adres", ADDRESS), ("factor", ""), ("mobiel", ""))
    send(sanne, f"{draft}/bedrijven")
    assert "De aanvraag is verstuurd" in sanne.click("Verstuur de aanvraag").text
    with later(world, hours=25):
        _, page = ask(world, name="Eva Mol")
        assert "De aanvraag is verstuurd" in page.text


def test_a_company_asks_only_so_many_letters_in_a_day(
    own_world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = own_world
    monkeypatch.setattr(pace, "LETTERS", Limit(pace.LETTERS.name, 1, 86400))
    for name in ("Noa Smit", "Bob Kok"):
        ask(world, level="EH2", factor="", name=name)
        approve(world, name)
    sent = number(world, MeansLetter)
    assert sent == 2, "what operators approve is not counted"
    with later(world, days=31):
        sanne = at_console(world, "sanne", BEHEER)
        enter(world, sanne)
        sanne.open(f"{HERE}/gebruikers/{person(world, 'Noa Smit')}")
        assert "Er is een nieuwe brief onderweg" in sanne.click("Stuur een nieuwe brief").text
        sanne.open(f"{HERE}/gebruikers/{person(world, 'Bob Kok')}")
        assert "Er is geen nieuwe brief verstuurd" in sanne.click("Stuur een nieuwe brief").text
        assert number(world, MeansLetter) == sent + 1


def test_a_change_counts_as_a_request(own_world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    world = own_world
    sanne, _ = ask(world, level="EH2", factor="", name="Noa Smit")
    approve(world, "Noa Smit")
    begin(world, *codes(world, "Noa Smit"), "noa.smit")
    page = sanne.open(f"{HERE}/gebruikers/{person(world, 'Noa Smit')}/wijzigen")
    monkeypatch.setattr(pace, "REQUESTS", Limit(pace.REQUESTS.name, 1, 86400))
    page = send(sanne, page.url, ("niveau", "EH2"), ("rol", "administrator"))
    assert page.status == 429 and "De wijziging is niet verstuurd" in page.text
    assert number(world, MeansRequest) == 1
