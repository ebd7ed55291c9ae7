"""An operator sees that a makelaar published a new key that nobody vouches for, calls the makelaar,
and takes the key or not; what came is seen at logins.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from typing import Final

import pytest
import yaml
from flask import Flask, Response

from admin.operator_console.metadata_pages import key_of, name_of
from admin.operators.roles import OperatorRole
from admin.registrations import metadata_sources
from sandbox import prepare
from sandbox.browser import Browser, Page
from sandbox.keys import new_pair
from state import audit
from state.audit import EventTag
from tests.journeys.test_metadata_rolls import HOST, Rolling, registered
from tests.operators import HERE, at_console, later, make_operator
from tests.world import World

PARTY: Final = f"{HERE}/metadata/makelaar/polderpoort"
BECAUSE: Final = "Gebeld met de beheerder van Polderpoort, vingerafdruk vergeleken"
NUMBERS: Final = iter(range(1000))


@pytest.fixture
def rolling(own_world: World, monkeypatch: pytest.MonkeyPatch) -> Iterator[Rolling]:
    """Polderpoort publishes its metadata, and the registration names nobody who signs them."""
    world = own_world
    there = next(m for m in prepare.makelaars(world.demo) if m.profile.name == "Polderpoort")
    party = Rolling(world, there.pair, new_pair("next"))
    app = Flask("metadata")

    @app.get("/metadata")
    def metadata() -> Response:
        return Response(party.document, 503 if party.is_down else 200)

    world.wire.applications[HOST] = app
    monkeypatch.setattr(metadata_sources, "outgoing_client", lambda _: world.process.outgoing)
    party.publish(party.first)
    document = registered(world)
    saml = {
        "entity_id": document["saml"]["entity_id"],
        "metadata_url": f"https://{HOST}/metadata",
    }
    world.apply(yaml.safe_dump({**document, "saml": saml}))
    yield party


def desk(world: World, role: OperatorRole = OperatorRole.CONFIGURATOR) -> Browser:
    somebody = make_operator(world, f"robin{next(NUMBERS)}", role)
    return at_console(world, somebody.person_id)


def states(page: Page) -> dict[str, str]:
    return {
        row.xpath("string(th/a)"): " ".join(row.xpath("string(td[2])").split())
        for row in page.tree.xpath("//tbody/tr")
    }


def events(world: World, tag: EventTag) -> list[audit.AuditEvent]:
    with world.session() as session:
        return audit.recent(session, tags=(tag,))


def test_a_new_key_is_looked_at_compared_and_taken(rolling: Rolling) -> None:
    world = rolling.world
    rolling.publish(rolling.first, rolling.second)
    browser = desk(world)
    page = browser.open(f"{HERE}/metadata")
    assert states(page)["Polderpoort"] == "In orde"
    page = browser.click("Polderpoort")
    assert page.url == PARTY
    page = browser.click("Kijk nu")
    assert "Wat het adres zei: wacht op goedkeuring." in page.text
    (asked,) = events(world, EventTag.METADATA_LOOK_ASKED)
    assert asked.person_id and asked.provider_id == "polderpoort"
    assert not rolling.answered(rolling.begun(), rolling.second)
    assert "Metadata van 1 partij wachten op goedkeuring" in browser.open(HERE).text
    assert states(browser.click("Bekijk wat wacht")) == {"Polderpoort": "Wacht op goedkeuring"}
    browser.open(PARTY)
    page = browser.click("Beslis over deze wijziging")
    shown = page.tree.xpath("//section[@aria-labelledby='verschil']//tbody/tr")
    assert {row.xpath("normalize-space(td[1])") for row in shown} == {"Nieuw"}
    assert any(len(row.xpath("string(td[2]//code)")) == 64 for row in shown)  # SHA-256
    page = browser.press("besluit", "approve")
    assert page.status == 422 and "Schrijf een reden" in page.text
    browser.fill("reden", BECAUSE)
    page = browser.press("besluit", "approve")
    assert "De wijziging is overgenomen" in page.text
    assert "wachten op goedkeuring" not in browser.open(HERE).text
    world.process.holder.refresh()
    assert rolling.answered(rolling.begun(), rolling.second)
    assert rolling.answered(rolling.begun(), rolling.first)
    (event,) = events(world, EventTag.METADATA_APPROVED)
    assert event.person_id == asked.person_id
    assert (event.details["by"], event.details["because"]) == ("operator", BECAUSE)


def test_a_key_that_was_not_announced_is_rejected_and_can_be_reconsidered(
    rolling: Rolling,
) -> None:
    world = rolling.world
    rolling.publish(rolling.second)
    browser = desk(world)
    browser.open(PARTY)
    browser.click("Kijk nu")
    page = browser.click("Beslis over deze wijziging")
    assert "Weg" in page.text and "Nieuw" in page.text
    browser.fill("reden", "Polderpoort weet van niets")
    page = browser.press("besluit", "reject")
    assert "De wijziging is afgewezen" in page.text and "Afgewezen wijziging" in page.text
    page = browser.click("Kijk nu")
    assert "Wat het adres zei: door een operator afgewezen." in page.text
    assert states(browser.open(f"{HERE}/metadata"))["Polderpoort"] == "Wijziging afgewezen"
    assert rolling.answered(rolling.begun(), rolling.first)
    assert not rolling.answered(rolling.begun(), rolling.second)
    browser.open(PARTY)
    page = browser.click("Laat weer wachten")
    assert "De wijziging wacht weer op een besluit" in page.text
    page = browser.click("Beslis over deze wijziging")
    browser.fill("reden", BECAUSE)
    browser.press("besluit", "approve")
    world.process.holder.refresh()
    assert rolling.answered(rolling.begun(), rolling.second)
    tags = (EventTag.METADATA_REJECTED, EventTag.METADATA_RECONSIDERED)
    assert [len(events(world, tag)) for tag in tags] == [1, 1]


@pytest.mark.parametrize("decision", ["approve", "reject"])
def test_what_changed_since_it_was_shown_is_not_decided(rolling: Rolling, decision: str) -> None:
    world = rolling.world
    rolling.publish(rolling.second)
    browser = desk(world)
    browser.open(PARTY)
    browser.click("Kijk nu")
    browser.click("Beslis over deze wijziging")
    rolling.publish(new_pair("thief"))
    assert rolling.look() == "waits"
    browser.fill("reden", BECAUSE)
    page = browser.press("besluit", decision)
    assert "Er is intussen iets veranderd" in page.text
    assert not events(world, EventTag.METADATA_APPROVED)
    assert not events(world, EventTag.METADATA_REJECTED)
    browser.click("Beslis over deze wijziging")  # it is there to be decided


def test_two_operators_decide_once(rolling: Rolling) -> None:
    rolling.publish(rolling.second)
    first, second = desk(rolling.world), desk(rolling.world)
    first.open(PARTY)
    first.click("Kijk nu")
    for browser in (first, second):
        browser.open(f"{PARTY}/besluit")
        browser.fill("reden", BECAUSE)
    first.press("besluit", "reject")
    assert "Er is intussen iets veranderd" in second.press("besluit", "approve").text
    assert not events(rolling.world, EventTag.METADATA_APPROVED)


def test_a_decision_asks_a_login_of_this_moment_and_reading_does_not(rolling: Rolling) -> None:
    rolling.publish(rolling.second)
    browser = desk(rolling.world)
    browser.open(PARTY)
    browser.click("Kijk nu")
    with later(rolling.world, minutes=11):
        assert browser.open(PARTY).status == 200
        page = browser.click("Beslis over deze wijziging")
        assert "langer dan 10 minuten geleden" in page.text


@pytest.mark.parametrize("role", [OperatorRole.VIEWER, OperatorRole.AUDITOR])
def test_who_may_only_look_sees_what_waits_and_no_button(
    rolling: Rolling, role: OperatorRole
) -> None:
    rolling.publish(rolling.second)
    rolling.look()
    page = desk(rolling.world, role).open(PARTY)
    assert "Een inrichter beslist hierover." in page.text
    assert not page.tree.xpath("//form[contains(@action, '/metadata/')]")


def test_an_address_that_fails_says_since_when_and_what_to_do(rolling: Rolling) -> None:
    rolling.is_down = True
    browser = desk(rolling.world)
    browser.open(PARTY)
    page = browser.click("Kijk nu")
    assert "Kijken mislukt" in page.text and "Vraag de partij of het adres klopt" in page.text
    assert states(browser.open(f"{HERE}/metadata?stand=fails")) == {"Polderpoort": "Kijken mislukt"}
    rolling.is_down = False
    browser.open(PARTY)
    assert "Kijken mislukt" not in browser.click("Kijk nu").text


def test_the_list_is_taken_along(rolling: Rolling) -> None:
    browser = desk(rolling.world, OperatorRole.AUDITOR)
    browser.open(f"{HERE}/metadata?soort=makelaar&zoek=polderpoort")
    page = browser.click("Download csv")
    head, *rows = csv.reader(io.StringIO(page.answer.body.decode("utf-8-sig")), delimiter=";")
    assert head[:3] == ["Naam", "Soort", "Kenmerk"]
    assert [row[:5] for row in rows] == [
        ["Polderpoort", "makelaar", "polderpoort", f"https://{HOST}/metadata", "well"]
    ]
    (event,) = events(rolling.world, EventTag.EXPORT_MADE)
    assert event.details["kind"] == "metadata"


def test_a_party_that_is_none_is_not_found(own_world: World) -> None:
    browser = desk(own_world)
    for path in (
        "makelaar/niets",
        "baas/polderpoort",
        "makelaar/~AA",
        "makelaar/~%00",
        "portaal/~",
    ):
        assert browser.open(f"{HERE}/metadata/{path}").status == 404, path


def test_a_party_without_an_address_is_not_looked_at(own_world: World) -> None:
    browser = desk(own_world)
    page = browser.open(PARTY)  # its registration holds its metadata
    assert "De registratie zelf" in page.text and "Kijk nu" not in page.text
    token = page.tree.xpath("string(//input[@name='csrf_token']/@value)")
    assert browser.post(f"{PARTY}/kijk", [("csrf_token", token)]).url == PARTY
    assert not events(own_world, EventTag.METADATA_LOOK_ASKED)


@pytest.mark.parametrize(
    "name", ["polderpoort", "https://portal.example/saml", "urn:x:y", "a/../b", "..", "é"]
)
def test_every_name_of_a_party_has_an_address_of_its_own(name: str) -> None:
    key = key_of(name)
    assert "/" not in key and key.isascii() and key not in ("", ".", "..")
    assert name_of(key) == name
