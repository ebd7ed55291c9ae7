"""Whom an assertion is about (S-69, S-70)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from providers.interface import ProviderRefused
from tests.clocks import START
from tests.providers.saml.edits import (
    NAME_ID,
    SUBJECT,
    attribute,
    drop,
    put,
    text,
)
from tests.providers.saml.maker import (
    ENTITY_ID,
    SP,
    Edit,
    Recipe,
    finish,
    record_of,
    spoilt,
)
from tests.providers.saml.maker import SUBJECT as PERSON
from tests.providers.saml.verdicts import refused


@pytest.mark.parametrize(
    ("edit", "reason"),
    [
        pytest.param(drop(NAME_ID), "subject", id="S-69 missing"),
        pytest.param(drop(SUBJECT), "subject", id="S-69 no subject"),
        pytest.param(text(NAME_ID, ""), "subject", id="S-69 empty"),
        pytest.param(text(NAME_ID, "  "), "subject", id="S-69 spaces"),
        pytest.param(text(NAME_ID, "x" * 257), "subject", id="S-69 too long"),
        pytest.param(
            put(NAME_ID, "Format", "urn:oasis:names:tc:SAML:2.0:nameid-format:transient"),
            "subject",
            id="S-69 transient",
        ),
        pytest.param(
            put(NAME_ID, "Format", " urn:oasis:names:tc:SAML:2.0:nameid-format:transient\n"),
            "subject",
            id="S-69 transient with white space",
        ),
        pytest.param(
            put(NAME_ID, "SPNameQualifier", "https://other.example"),
            "subject",
            id="S-69 for another party",
        ),
    ],
)
def test_a_person_has_a_lasting_name_that_is_for_us(edit: Edit, reason: str) -> None:
    refused(spoilt(edit), reason)


@pytest.mark.parametrize("around", [" {} ", "\n\t\t{}\n", "{}\r\n"])
def test_S_69_white_space_makes_nobody_else(around: str) -> None:
    assert finish(spoilt(text(NAME_ID, around.format(PERSON)))).subject == PERSON
    qualified = put(NAME_ID, "NameQualifier", around.format(ENTITY_ID))
    assert finish(spoilt(qualified)).subject == PERSON
    number = attribute("urn:x:person", around.format("number-7"))
    assert finish(spoilt(number, settings=BY_ATTRIBUTE)).subject == "number-7"


@pytest.mark.parametrize(
    "value",
    [
        "person  1",
        "person\n1",
        "person\u00a01",
        "person-1\u200b",
        "\u202eperson-1",
        "person-1\ufeff",
    ],
)
def test_S_69_nor_do_signs_that_are_not_seen(value: str) -> None:
    refused(spoilt(text(NAME_ID, value)), "subject")
    refused(spoilt(put(NAME_ID, "NameQualifier", value.replace("\n", "  "))), "subject")
    with pytest.raises(ProviderRefused, match="subject"):
        finish(spoilt(attribute("urn:x:person", value), settings=BY_ATTRIBUTE))


def test_S_69_a_qualifier_has_an_end() -> None:
    assert finish(spoilt(put(NAME_ID, "NameQualifier", "x" * 1024))).subject.endswith(PERSON)
    refused(spoilt(put(NAME_ID, "NameQualifier", "x" * 1025)), "subject")


def test_S_69_what_qualifiers_mean() -> None:
    ours = [put(NAME_ID, "NameQualifier", ENTITY_ID), put(NAME_ID, "SPNameQualifier", SP)]
    assert finish(spoilt(*ours)).subject == PERSON
    other = finish(spoilt(put(NAME_ID, "NameQualifier", "https://other.example"))).subject
    assert other not in (PERSON, "")
    assert PERSON in other


BY_ATTRIBUTE = {"subject": "attribute", "subject_attribute": "urn:x:person"}


def test_S_69_the_key_may_be_an_attribute() -> None:
    transient = put(NAME_ID, "Format", "urn:oasis:names:tc:SAML:2.0:nameid-format:transient")
    good = spoilt(transient, attribute("urn:x:person", "number-7"), settings=BY_ATTRIBUTE)
    assert finish(good).subject == "number-7"
    for edits in (
        [],
        [attribute("urn:x:person", "")],
        [attribute("urn:x:person", "x" * 257)],
        [attribute("urn:x:person", "a", "b")],
    ):
        with pytest.raises(ProviderRefused) as caught:
            finish(spoilt(*edits, settings=BY_ATTRIBUTE))
        assert caught.value.reason in ("subject", "attribute_values")


def test_S_70_a_name_belongs_to_its_makelaar() -> None:
    one, other = (finish(Recipe(settings={"id": slug})) for slug in ("polderpoort", "veerhuis"))
    assert one.subject == other.subject
    assert (one.provider_id, one.subject) != (other.provider_id, other.subject)
    assert record_of().id == one.provider_id


def test_names_that_are_shown_are_short_and_whole() -> None:
    family = attribute("urn:etoegang:1.9:attribute:FamilyName", "x" * 500)
    (shown,) = finish(spoilt(family)).attributes["display_name"]
    assert len(shown) == 200
    odd = attribute("urn:etoegang:1.9:attribute:FamilyName", "\u202e de\n\tWit\u200f ")
    assert finish(spoilt(odd)).attributes == {"display_name": ("Robin de Wit",)}
    no_first = [drop("saml:Assertion/saml:AttributeStatement/saml:Attribute"), family]
    assert finish(spoilt(*no_first)).attributes["display_name"][0].startswith("x")


def test_an_identity_keeps_what_must_be_seen_once() -> None:
    identity = finish(Recipe())
    assert len(set(identity.replay_keys)) == 2
    assert identity.replay_until == START + timedelta(seconds=120 + 60)
