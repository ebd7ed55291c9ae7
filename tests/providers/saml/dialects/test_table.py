"""The tables of dialects: each whole, none at odds with what a record may say, and what they know
of the names of people.
"""

from __future__ import annotations

from typing import Any, Final, get_args

import pytest

from assurance import acr
from assurance.levels import AssuranceLevel
from providers.saml.dialects.etd import ETD, UNNAMED
from providers.saml.dialects.table import (
    DIALECTS,
    dialect_named,
    dialect_of_attribute,
    dialect_of_words,
)
from providers.saml.presets import PRESETS
from providers.saml_settings import SamlSettings
from tests.providers.saml.edits import CLASS_REF, NAME_ID, STATEMENT, add, drop, put, text
from tests.providers.saml.maker import ENTITY_ID, finish, record_of, spoilt

L = AssuranceLevel
TRANSIENT: Final = "urn:oasis:names:tc:SAML:2.0:nameid-format:transient"
EIDAS: Final = "http://eidas.europa.eu/attributes/naturalperson/"
CLAIMS: Final = "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/"


def test_every_dialect_is_offered_and_every_preset_has_one() -> None:
    offered = SamlSettings.model_fields["dialect"].annotation
    words = {word for part in get_args(offered) for word in get_args(part)}
    assert words == set(DIALECTS)
    assert all(preset["dialect"] in DIALECTS for preset in PRESETS.values())
    assert dialect_named(None) is UNNAMED


@pytest.mark.parametrize("name", DIALECTS)
def test_what_a_dialect_fills_in_are_settings(name: str) -> None:
    settings = SamlSettings.model_validate({"entity_id": ENTITY_ID, "dialect": name})
    for field, value in DIALECTS[name].settings.items():
        assert getattr(settings, field) == value
    own = SamlSettings.model_validate(
        {"entity_id": ENTITY_ID, "dialect": name, "subject": "nameid", "extensions": "service"}
    )
    assert (own.subject, own.extensions) == ("nameid", "service")


def test_a_record_without_dialect_is_as_it_always_was() -> None:
    plain = SamlSettings(entity_id=ENTITY_ID)
    assert plain.speaks is UNNAMED
    assert not (UNNAMED.sealed or UNNAMED.keeps_advice or UNNAMED.settings)


@pytest.mark.parametrize(
    ("settings", "vocabularies"),
    [
        ({}, ("etd", "eidas")),
        ({"authn_context_names": "digid"}, ("etd", "eidas", "digid")),
        ({"preset": "eherkenning"}, ("etd", "eidas")),
        ({"preset": "digid"}, ("digid", "eidas")),
        ({"preset": "eidas"}, ("eidas",)),
        ({"preset": "okta"}, ("etd",)),
        ({"preset": "okta", "authn_context_names": "eidas"}, ("eidas",)),
    ],
)
def test_whose_words_for_a_level_are_believed(
    settings: dict[str, Any], vocabularies: tuple[str, ...]
) -> None:
    assert record_of(**settings).level_vocabularies == vocabularies


@pytest.mark.parametrize(
    ("value", "vocabularies", "level"),
    [
        (L.EH3.loa, ("etd",), L.EH3),
        (L.EH3.loa, ("eidas",), None),
        (L.EH3.loa.upper(), ("etd",), None),
        (L.EH4.digid, ("digid", "eidas"), L.EH4),
        (L.EH4.digid, ("etd", "eidas"), None),
        ("http://eID.logius.nl/LoA/basic", ("eidas",), L.EH2),
        ("http://eidas.europa.eu/NotNotified/LoA/high", ("eidas",), None),
        ("EH3", ("etd", "eidas", "digid"), None),
        ("urn:sluis:loa:email", ("etd",), None),
        ("", ("etd", "eidas", "digid"), None),
    ],
)
def test_words_are_compared_sign_by_sign_in_their_own_vocabulary(
    value: str, vocabularies: tuple[str, ...], level: L | None
) -> None:
    assert acr.level_of(value, None, vocabularies) is level


@pytest.mark.parametrize(
    ("value", "dialect"),
    [
        (L.EH3.loa, "etd"),
        (L.EH3.eidas, "eidas"),
        (L.EH3.digid, "st-saml"),
    ],
)
def test_whose_word_a_word_is(value: str, dialect: str) -> None:
    vocabulary = acr.vocabulary_of(value)
    assert vocabulary is not None
    assert dialect_of_words(vocabulary) == dialect
    assert acr.vocabulary_of("urn:x") is None


def test_whose_name_an_attribute_is() -> None:
    assert dialect_of_attribute(ETD.legal[0]) == "etd"
    assert dialect_of_attribute("urn:nl-eid-gdi:1.0:LegalSubjectID") == "st-saml"
    assert dialect_of_attribute("urn:x") is None


def named(first: str, family: str, **settings: Any) -> Any:
    def attribute(name: str, value: str) -> Any:
        return add(
            STATEMENT,
            f'<saml:Attribute Name="{name}"><saml:AttributeValue>{value}</saml:AttributeValue>'
            "</saml:Attribute>",
        )

    edits = [
        drop(f"{STATEMENT}/saml:Attribute"),
        attribute(first, "Robin"),
        attribute(family, "de Wit"),
        text(CLASS_REF, "urn:x:level"),
        put(NAME_ID, "NameQualifier", ENTITY_ID),
    ]
    settings = {
        "levels": {"urn:x:level": "EH3"},
        "require_signed": "both",
        "require_encrypted_assertion": False,
        "subject": "nameid",
        "response_binding": "post",
        **settings,
    }
    return finish(spoilt(*edits, settings=settings)).attributes.get("display_name")


@pytest.mark.parametrize(
    ("preset", "first", "family"),
    [
        ("eidas", f"{EIDAS}CurrentGivenName", f"{EIDAS}CurrentFamilyName"),
        ("entra", f"{CLAIMS}givenname", f"{CLAIMS}surname"),
        ("adfs", f"{CLAIMS}givenname", f"{CLAIMS}surname"),
        ("shibboleth", "urn:oid:2.5.4.42", "urn:oid:2.5.4.4"),
        ("keycloak", "urn:oid:2.5.4.42", "urn:oid:2.5.4.4"),
        ("eherkenning", ETD.first_names[0], ETD.family_names[0]),
    ],
)
def test_what_a_product_calls_the_names_of_people(preset: str, first: str, family: str) -> None:
    """eIDAS Attribute Profile; the claims of Entra ID and AD FS; X.520 as eduPerson has it."""
    assert named(first, family, preset=preset) == ("Robin de Wit",)
    assert named("urn:x:first", "urn:x:family", preset=preset) is None
