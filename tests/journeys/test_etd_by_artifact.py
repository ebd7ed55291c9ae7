"""Waterpoort as the demo has it: the dialect of eHerkenning, encrypted identifiers, every answer by
artifact. Nothing is set for these tests.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final
from urllib.parse import parse_qsl, urlsplit

import pytest
from lxml import etree
from sqlalchemy import text

from sandbox.browser import Page
from sandbox.makelaar.etd import pseudonym
from sandbox.makelaar.saml_response import SAML, SAMLP
from sandbox.wire import Answer
from tests.journeys.spoiled import spoiled
from tests.providers.saml.in_world import ACS, BODEM, CONSENT, IN, rejections
from tests.world import ADDRESSES, World

GROENRIJK: Final = "90001639"
HANNA: Final = "wp-hanna-3b95e0"  # as the makelaar knows her inside
OURS: Final = f"{ADDRESSES.broker}/saml/metadata"
FORM: Final = {"Content-Type": "application/x-www-form-urlencoded"}


def shown(world: World, person: str) -> Page:
    """The portal's page after a login at Waterpoort."""
    return world.walk(BODEM, "Waterpoort", person, browser=world.browser()).run()


def test_who_is_registered_by_a_pseudonym_of_eherkenning_is_recognised(world: World) -> None:
    """Jan acts for an organisation by our own register; Waterpoort names nobody but him."""
    page = shown(world, "jan")
    assert page.heading == IN, page.text
    assert "jan" in known(world)
    with world.session() as session:
        last = text("SELECT person_id FROM login_history ORDER BY at DESC LIMIT 1")
        assert session.execute(last).scalar() == "jan"


def test_a_mandate_that_comes_encrypted_by_artifact_reaches_the_portal(world: World) -> None:
    page = shown(world, "hanna")
    assert page.heading == IN, page.text
    assert GROENRIJK in page.text


def test_identifiers_travel_encrypted_and_only_in_what_is_fetched(world: World) -> None:
    fetched: list[bytes] = []

    def seen(answer: Answer) -> Answer:
        fetched.append(answer.body)
        return answer

    browser = world.browser()
    with spoiled(world, {"/waterpoort/artifact": seen}):
        page = world.walk(BODEM, "Waterpoort", "hanna", browser=browser).run()
    assert page.heading == IN, page.text
    (body,) = fetched
    answer = etree.fromstring(body).find(f".//{{{SAMLP}}}ArtifactResponse")
    assert answer is not None
    attributes = answer.findall(f".//{{{SAML}}}Attribute")
    sealed = {
        one.get("Name") for one in attributes if one.find(f".//{{{SAML}}}EncryptedID") is not None
    }
    assert sealed == {"urn:etoegang:core:ActingSubjectID", "urn:etoegang:core:LegalSubjectID"}
    name_id = answer.find(f".//{{{SAML}}}Subject/{{{SAML}}}NameID")
    assert name_id is not None and name_id.get("Format", "").endswith(":transient")
    hidden = (GROENRIJK, pseudonym(HANNA, OURS))
    for word in hidden:
        assert word.encode() not in body
    for url in browser.visited:
        assert not any(word in url for word in hidden)
        names = {name for name, _ in parse_qsl(urlsplit(url).query)}
        assert "SAMLResponse" not in names
        assert not url.startswith(ACS) or names == {"SAMLart", "RelayState"}


@pytest.fixture
def in_the_clear(world: World) -> Iterator[World]:
    """The same makelaar without encryption."""
    config = f"{ADDRESSES.makelaars}/waterpoort/config"
    world.wire.request("POST", config, "dialect=clear", FORM)
    yield world
    world.wire.request("POST", config, "dialect=", FORM)  # as its profile has it


def test_a_makelaar_of_this_dialect_in_the_clear_is_refused(in_the_clear: World) -> None:
    assert shown(in_the_clear, "hanna").heading not in (IN, CONSENT)
    assert [row.reason for row in rejections(in_the_clear)] == ["identifier_clear"]


@pytest.mark.parametrize("person", ["jan", "hanna"])
def test_a_second_login_is_of_the_same_person(world: World, person: str) -> None:
    """By the acting subject: the name of the session is another one each time."""
    assert shown(world, person).heading == IN
    before = known(world)
    assert shown(world, person).heading == IN
    assert known(world) == before


def known(world: World) -> set[str]:
    """The people who are known by a name at Waterpoort."""
    query = text("SELECT person_id FROM external_identity WHERE provider_id = 'waterpoort'")
    with world.session() as session:
        return {row[0] for row in session.execute(query)}
