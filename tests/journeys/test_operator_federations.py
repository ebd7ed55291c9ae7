"""An operator sees how it stands with a federation, and lets its list be looked at now."""

from __future__ import annotations

from pathlib import Path

import pytest

from admin.operator_console import metadata
from admin.operator_console.metadata_pages import key_of, name_of
from admin.operators.roles import OperatorRole
from sandbox.browser import Browser
from state.registrations import Kind
from tests.journeys.federated import Federated, make_federated
from tests.operators import HERE, at_console, make_operator
from tests.providers.saml.aggregates import NOORD, ZUID


@pytest.fixture
def federated(tmp_path: Path) -> Federated:
    return make_federated(tmp_path)


def desk(federated: Federated) -> Browser:
    robin = make_operator(federated.world, "robin", OperatorRole.CONFIGURATOR)
    return at_console(federated.world, robin.person_id)


def test_a_federation_without_a_list_asks_for_an_operator_and_one_with_a_list_says_how_many(
    federated: Federated,
) -> None:
    browser = desk(federated)
    page = browser.open(f"{HERE}/metadata?soort=federatie")
    assert "Noordzee" in page.text and "Kijken mislukt" in page.text
    page = browser.click("Noordzee")
    assert page.heading == "Metadata van Noordzee"
    assert "Er geldt nog geen lijst van deze federatie." in page.text
    federated.publish(NOORD, ZUID)
    page = browser.open(f"{HERE}/metadata/federatie/noordzee")
    assert "Makelaars in de lijst" in page.text and "Er geldt nog geen" not in page.text
    facts = page.tree.xpath("//dt[.='Makelaars in de lijst']/following-sibling::dd")
    assert [one.text_content().strip() for one in facts] == ["2"]


def test_an_operator_lets_the_list_be_looked_at_now(federated: Federated) -> None:
    federated.publish(NOORD)
    browser = desk(federated)
    browser.open(f"{HERE}/metadata/federatie/noordzee")
    page = browser.click("Kijk nu")
    assert "Er is net gekeken" in page.text


def test_one_list_is_read_at_a_time_for_pages(federated: Federated) -> None:
    """Each takes minutes and much memory: who asks again and again takes no thread from logins."""
    federated.publish(NOORD)
    browser = desk(federated)
    browser.open(f"{HERE}/metadata/federatie/noordzee")
    with metadata._alone(Kind.FEDERATION) as may_look:
        assert may_look
        page = browser.click("Kijk nu")
    assert "Er is niet gekeken" in page.text and "Er is net gekeken" not in page.text
    assert "Er is net gekeken" in browser.click("Kijk nu").text


@pytest.mark.parametrize("name", ["\0", "portaal\0", "a\tb", "\u202e"])
def test_a_name_that_no_party_can_have_leads_nowhere(name: str) -> None:
    assert name_of(key_of(name)) is None
    for good in ("urn:x/y", "https://portaal.example/é", "a b"):
        assert name_of(key_of(good)) == good
