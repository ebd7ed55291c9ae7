"""An administrator asks whether somebody may open a service on a day, and gets the rule that says
no; what the page says is what a login does.
"""

from __future__ import annotations

from datetime import timedelta

import pytest

from directory import dates
from directory.consoles import BEHEER
from sandbox.browser import Browser, Page
from state import audit
from state.audit import EventTag
from tests.clocks import in_years
from tests.journeys.beheer import BODEM, GARDEN, HERE, LOZING, enter
from tests.operators import at_console
from tests.world import World

NEXT_YEAR = in_years(1)


@pytest.fixture
def sanne(own_world: World) -> Browser:
    browser = at_console(own_world, "sanne", BEHEER)
    enter(own_world, browser)
    return browser


def ask(browser: Browser, person: str, service: str, day: str) -> Page:
    browser.open(f"{HERE}/mag-dit")
    browser.fill("wie", person)
    browser.fill("dienst", service)
    browser.fill("dag", day)
    return browser.click("Kijk of dit mag")


@pytest.mark.parametrize(
    ("person", "makelaar", "service", "name", "says"),
    [
        ("roos", None, LOZING, "Lozing melden", "Ja, dit mag"),
        ("jan", "Polderpoort", BODEM, "Meldportaal Bodem", "Ja, dit mag"),
        ("fatima", "Veerhuis", LOZING, "Lozing melden", "Er is geen machtiging voor deze dienst"),
        ("els", "Polderpoort", BODEM, "Meldportaal Bodem", "De machtiging is verlopen"),
        ("fatima", None, BODEM, "Meldportaal Bodem", "De dienst vraagt EH3"),
    ],
)
def test_the_answer_is_what_a_login_does(
    own_world: World,
    sanne: Browser,
    person: str,
    makelaar: str | None,
    service: str,
    name: str,
    says: str,
) -> None:
    page = ask(sanne, person, service, dates.day_of(own_world.clock()).isoformat())
    assert page.status == 200 and says in page.text
    if makelaar is not None:
        heading = own_world.walk(name, makelaar, person).run().heading
        assert (heading == "U bent ingelogd") is says.startswith("Ja")


def test_no_leads_on_to_giving_it(own_world: World, sanne: Browser) -> None:
    ask(sanne, "fatima", LOZING, dates.day_of(own_world.clock()).isoformat())
    page = sanne.click("Geef een machtiging")
    assert page.heading == "Kies de einddatum", "service and user are filled in"


def test_a_mandate_that_ends_before_that_day_is_told(own_world: World) -> None:
    world = own_world
    sanne = at_console(world, "sanne", BEHEER)
    enter(world, sanne, GARDEN)
    today = dates.day_of(world.clock())
    assert "Ja, dit mag" in ask(sanne, "liv", BODEM, today.isoformat()).text
    page = ask(sanne, "liv", BODEM, (today + timedelta(days=60)).isoformat())
    assert "Nee, dit mag niet" in page.text and "De machtiging is verlopen" in page.text


@pytest.mark.parametrize(
    ("person", "service", "day", "wrong"),
    [
        ("", LOZING, NEXT_YEAR.isoformat(), "wie"),
        ("mo", LOZING, NEXT_YEAR.isoformat(), "wie"),  # of another company
        ("roos", "", NEXT_YEAR.isoformat(), "dienst"),
        ("roos", LOZING, "2020-01-01", "dag"),
        ("roos", LOZING, "morgen", "dag"),
    ],
    ids=["nobody", "of another company", "no service", "a day that was", "no day"],
)
def test_a_question_that_is_not_whole_is_asked_again(
    own_world: World, sanne: Browser, person: str, service: str, day: str, wrong: str
) -> None:
    page = sanne.open(f"{HERE}/mag-dit?wie={person}&dienst={service}&dag={day}")
    assert page.status == 422 and page.title.startswith("Fout:")
    assert page.tree.xpath("//*[@aria-invalid]/@id") == [wrong]
    assert page.tree.xpath(f"//a[@href='#{wrong}']") and "Mo Yilmaz" not in page.text


def test_asking_changes_nothing(own_world: World, sanne: Browser) -> None:
    ask(sanne, "jan", BODEM, dates.day_of(own_world.clock()).isoformat())
    with own_world.session() as session:
        assert audit.recent(session, tags=[EventTag.MANDATE_GRANTED]) == []
