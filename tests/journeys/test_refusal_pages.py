"""Pages that refuse: the title says so, the sentence says what ended and when, the makelaar has its
name, and whoever can mend it gets what is needed.
"""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pytest

from assurance.levels import AssuranceLevel
from consent.authority import (
    Authority,
    AuthorityKind,
    AuthorityRefusal,
    Party,
    PartyIdType,
    RefusalReason,
)
from consent.options import Options
from sandbox.browser import Page
from state.trace import Trace
from tests.broker import changes
from tests.world import World

BODEM = "Meldportaal Bodem"
LOZING = "Lozing melden"


def title(page: Page) -> str:
    return str(page.tree.findtext(".//title"))


def mail_in(page: Page) -> dict[str, str]:
    (link,) = page.tree.cssselect("a[href^='mailto:?']")
    return {name: value for name, (value,) in parse_qs(urlsplit(link.get("href")).query).items()}


@pytest.mark.parametrize(
    ("service", "makelaar", "person", "heading"),
    [
        (BODEM, "Polderpoort", "els", "U mag nog niet inloggen bij Meldportaal Bodem"),
        (LOZING, "Veerhuis", "fatima", "U mag nog niet inloggen bij Lozing melden"),
        (LOZING, "Veerhuis", "piet", "Uw niveau is te laag voor deze dienst"),
        (LOZING, "Veerhuis", "bas", "Uw inlogmiddel is niet actief"),
        (BODEM, "Brugwacht", "ali", "Uw inlogmiddel is geblokkeerd"),
    ],
)
def test_the_title_of_a_page_that_refuses_begins_with_that(
    world: World, service: str, makelaar: str, person: str, heading: str
) -> None:
    page = world.walk(service, makelaar, person).run()
    assert (page.status, page.heading) == (403, heading)
    assert title(page).startswith("Fout: ")
    assert makelaar in str(
        page.tree.cssselect(".sluis-lock__main, .sluis-lock__context")[0].text_content()
    )


def test_what_ended_is_said_in_one_sentence_with_whose_it_was(world: World) -> None:
    page = world.walk(BODEM, "Polderpoort", "els").run()
    day = page.text.partition("stopte op ")[2].partition(".")[0]
    assert f"Uw machtiging voor Bakkerij De Korenmolen B.V. stopte op {day}." in page.text
    assert day.endswith("2026")


def test_the_details_for_the_administrator_can_be_mailed_and_printed(world: World) -> None:
    page = world.walk(LOZING, "Veerhuis", "fatima").run()
    mail = mail_in(page)
    assert "Lozing melden" in mail["subject"]
    for part in ("EH2+", "955e37c2-b10f-42aa-828f-babfddc46bbe", "00000004000000002000"):
        assert part in mail["body"]
    assert "Fatima Bouzid" in mail["body"]
    (place,) = page.tree.cssselect("[data-print]")
    assert place.get("hidden") is not None  # the script shows it; without one the browser prints
    assert page.tree.cssselect("script[src*='print.js']")


def test_who_was_unblocked_meanwhile_goes_on_from_the_page(own_world: World) -> None:
    world = own_world
    browser = world.browser()
    page = world.walk(BODEM, "Brugwacht", "wim", browser=browser).run()
    changes.block(world, "Wim Jacobs")
    page = world.walk(BODEM, "Brugwacht", "wim", browser=browser).run()
    assert page.heading == "Uw inlogmiddel is geblokkeerd"
    changes.unblock(world, "Wim Jacobs")
    assert browser.click("Probeer het opnieuw").status == 200


def test_who_got_a_mandate_meanwhile_goes_on_from_the_page(own_world: World) -> None:
    world = own_world
    browser = world.browser()
    assert world.walk(BODEM, "Polderpoort", "els", browser=browser).run().status == 403
    browser.click("Stuur verzoek naar mijn beheerder")
    changes.let_mandates_expire(world, 3600)
    assert browser.click("Probeer het opnieuw").heading == "Deze gegevens geven wij door"


@pytest.mark.parametrize(("fault", "status"), [("bad_signature", 400), ("wrong_audience", 400)])
def test_a_page_about_the_answer_of_a_makelaar_names_it(
    world: World, fault: str, status: int
) -> None:
    page = world.walk(BODEM, "Polderpoort", "jan", fault=fault).run()
    assert page.status == status
    assert "Uw makelaar is Polderpoort." in page.text
    assert "andere makelaar" in page.text and "opnieuw" in page.text
    assert title(page).startswith("Fout: ")


def test_a_page_that_is_about_no_makelaar_names_none(world: World) -> None:
    page = world.browser().open(f"{world.demo.addresses.broker}/bestaat-niet")
    assert page.status == 404 and "Uw makelaar is" not in page.text


def test_who_has_a_mandate_and_too_low_a_login_is_not_sent_for_another_mandate(
    own_world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As a makelaar may say it: one chain mandate, and a login below the level of chains."""
    chain = Authority(
        Party(PartyIdType.KVK, "90001201", "De Korenmolen"),
        AuthorityKind.CHAIN,
        AssuranceLevel.EH3,
        "urn:x",
        intermediary=Party(PartyIdType.KVK, "90001542", "Yilmaz"),
    )
    refused = AuthorityRefusal(RefusalReason.LOGIN_LEVEL, chain)
    monkeypatch.setattr("broker.journey.context.options", lambda *_: Options((), (refused,)))
    browser = own_world.browser()
    page = own_world.walk(BODEM, "Polderpoort", "els", browser=browser).run()
    assert page.status == 403
    begins = "Uw machtiging voor De Korenmolen via Yilmaz kunt u nu niet gebruiken"
    assert begins in page.text and "Stuur verzoek" not in page.text
    with own_world.session() as session:
        (kept,) = session.query(Trace).filter_by(outcome="refused").all()
    assert kept.reason == "login_below_mandate"
    assert browser.click("Log in met een ander inlogmiddel").heading == "Wie is uw makelaar?"
