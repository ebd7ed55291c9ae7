"""docs/saml.md tells of everything that can go wrong over SAML, and of every product."""

from __future__ import annotations

import re

import pytest

from broker.saml import errors
from broker.saml.errors import OF_REFUSAL, OTHER_USER, WITHOUT_PAGES, RefusedRequest
from broker.texts.errors import ERRORS
from providers.saml.presets import PRESETS
from tests.architecture.reasons_said import said
from tests.architecture.source_tree import ROOT
from tools import saml_messages

PAGE = saml_messages.PAGE.read_text(encoding="utf-8")
FOR_DEVELOPERS = (ROOT / "docs/developers/saml.md").read_text(encoding="utf-8")


def test_the_tables_are_those_of_the_texts() -> None:
    assert saml_messages.written(PAGE) == PAGE, "run python -m tools.saml_messages"
    lagging = PAGE.replace("| `audience` |", "| `other` |")
    assert lagging != PAGE and saml_messages.written(lagging) == PAGE


def test_a_page_without_a_place_for_a_table_is_told() -> None:
    with pytest.raises(ValueError, match="no place for portals"):
        saml_messages.written(PAGE.replace("<!-- portals (", "<!-- portal ("))


def test_every_reason_that_is_said_over_saml_has_a_row() -> None:
    rows = set(re.findall(r"^\| `(\w+)` \|", PAGE, re.M))
    places = ("providers.saml", "keys.xml", "broker.saml", "providers.authority")
    # A word of OpenID Connect, and one of every address that is not there.
    inner = saml_messages.OF_PARTS | {"represents_malformed", "not_found"}
    missing = {
        one.reason
        for one in said()[0]
        if one.module.startswith(places) and one.reason not in rows | inner
    }
    assert not missing
    assert {str(reason) for reason in RefusedRequest} <= rows


def test_every_page_about_saml_stands_there_with_its_code() -> None:
    for key, text in ERRORS.items():
        if key.startswith("saml_"):
            assert f"| {text.code} |" in PAGE, key
            assert f"| {text.code} |" in FOR_DEVELOPERS, key
    assert "SLS-2104" in PAGE and "SLS-2106" in PAGE


def test_every_status_that_a_portal_hears_stands_on_the_page_for_developers() -> None:
    heard = {one.second for one in (*OF_REFUSAL.values(), OTHER_USER, WITHOUT_PAGES) if one.second}
    heard |= {
        value
        for name, value in vars(errors).items()
        if name.isupper() and isinstance(value, str) and name not in ("STATUS",)
    }
    for status in heard:
        assert status.rpartition(":")[2] in FOR_DEVELOPERS, status


def test_every_preset_has_a_recipe() -> None:
    headings = {re.sub(r"[^a-z]", "", one.lower()) for one in re.findall(r"^### (.+)$", PAGE, re.M)}
    names = {"entra": "entraid"}
    assert {names.get(preset, preset) for preset in PRESETS} <= headings
