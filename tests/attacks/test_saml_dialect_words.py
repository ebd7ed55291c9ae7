"""Words of a dialect that the record of a makelaar does not have (S-62, S-63, S-66)."""

from __future__ import annotations

from typing import Any

import pytest
from lxml import etree

from providers.interface import ProviderLevelUnknown, ProviderRefused
from tests.providers.saml.edits import ASSERTION, STATEMENT, add, at
from tests.providers.saml.etd import (
    BETWEEN,
    BRANCH,
    ETD,
    GDI,
    KVK,
    LEGAL,
    MIDDEN,
)
from tests.providers.saml.maker import Edit, Recipe, finish, spoilt

# Words of another dialect.


@pytest.mark.parametrize("preset", ["keycloak", "entra", "okta", "eidas"])
@pytest.mark.parametrize(
    ("name", "reason", "dialect"),
    [
        pytest.param(LEGAL, "legal_subject", "etd", id="S-66 for whom"),
        pytest.param(GDI + "LegalSubjectID", "legal_subject", "st-saml", id="S-66 as DigiD"),
        pytest.param(BETWEEN, "intermediary", "etd", id="S-66 through whom"),
        pytest.param(BRANCH, "branch", "etd", id="S-66 within which limits"),
    ],
)
def test_an_ordinary_makelaar_says_no_mandates_and_none_falls_away(
    preset: str, name: str, reason: str, dialect: str
) -> None:
    edit = add(
        STATEMENT,
        f'<saml:Attribute Name="{name}"><saml:AttributeValue><saml:NameID NameQualifier="{KVK}">'
        "90001201</saml:NameID></saml:AttributeValue></saml:Attribute>",
    )
    settings = {
        "preset": preset,
        "require_signed": "both",
        "require_encrypted_assertion": False,
        "subject": "nameid",
        "levels": {ETD + "core:assurance-class:loa3": "EH3"},
        "speaks_for": "register",
    }
    assert finish(Recipe(settings=settings)).subject
    with pytest.raises(ProviderRefused) as caught:
        finish(spoilt(edit, settings=settings))
    assert caught.value.reason == reason
    told = {"dialect": dialect, "setting": "saml.dialect", "line": f"dialect: {dialect}"}
    assert told.items() <= caught.value.measured.items()


@pytest.mark.parametrize(
    ("settings", "word", "dialect"),
    [
        ({}, MIDDEN, "st-saml"),
        (
            {"preset": "eherkenning", "response_binding": "post", "subject": "nameid"},
            MIDDEN,
            "st-saml",
        ),
        ({"preset": "okta"}, MIDDEN, "st-saml"),
        (
            {"preset": "digid", "response_binding": "post", "subject": "nameid"},
            ETD + "core:assurance-class:loa3",
            "etd",
        ),
        ({"preset": "keycloak"}, "http://eidas.europa.eu/LoA/high", "eidas"),
        ({"dialect": "eidas", "subject": "nameid"}, MIDDEN, "st-saml"),
    ],
)
def test_S_63_a_level_in_the_words_of_another_dialect_is_not_believed(
    settings: dict[str, Any], word: str, dialect: str
) -> None:
    def levelled(value: str) -> Edit:
        path = f"{ASSERTION}/saml:AuthnStatement/saml:AuthnContext/saml:AuthnContextClassRef"

        def edit(root: etree._Element) -> None:
            at(root, path).text = value

        return edit

    with_both = {**settings, "require_signed": "both"}
    mapped = {**with_both, "levels": {word: "EH3"}}
    assert finish(spoilt(levelled(word), settings=mapped)).subject
    with pytest.raises(ProviderLevelUnknown) as caught:
        finish(spoilt(levelled(word), settings=with_both))
    told = {"word": word, "dialect": dialect, "line": f"dialect: {dialect}"}
    assert told.items() <= caught.value.measured.items()


@pytest.mark.parametrize(
    "word", ["HTTP://EIDAS.EUROPA.EU/LOA/HIGH", "URN:ETOEGANG:CORE:ASSURANCE-CLASS:LOA4", "EH4"]
)
def test_S_62_levels_are_compared_sign_by_sign(word: str) -> None:
    path = f"{ASSERTION}/saml:AuthnStatement/saml:AuthnContext/saml:AuthnContextClassRef"

    def edit(root: etree._Element) -> None:
        at(root, path).text = word

    with pytest.raises(ProviderLevelUnknown):
        finish(spoilt(edit))
