"""Dialects of makelaars, and services as the Dutch schemes know them: what does not go together is
refused when it is registered.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.orm import Session

from admin.registrations.documents import DocumentsRefused
from broker.settings import Settings
from tests.admin.registrations.documents import SERVICE, UUID, applied
from tests.admin.registrations.test_makelaar_rules import SAML, makelaar, refused

OTHER = {**SERVICE, "uuid": UUID.replace("1", "2"), "service_id": "urn:x:meldingen"}
OIN = "00000003999988880000"
INDEX = "attribute_consuming_service_index"


@pytest.mark.parametrize(
    "saml",
    [
        {"dialect": "etd"},
        {"dialect": "st-saml"},
        {"dialect": "st-saml", "authn_context_names": "eidas"},
        {"dialect": "st-saml", "extensions": "audience"},
        {"dialect": "eidas"},
        {"dialect": "saml2int", "authn_context_names": "digid"},
        {"preset": "eherkenning", "allow_clear_identifiers": True},
        {"preset": "digid"},
        {"dialect": "etd", "our_entity_id": f"urn:etoegang:DV:{OIN}:entities:9001"},
        {"dialect": "st-saml", "our_entity_id": f"urn:nl-eid-gdi:1.0:DV:{OIN}:entities:0001"},
        {"our_entity_id": "https://login.example/anders"},
    ],
)
def test_a_dialect_and_what_goes_with_it(settings: Settings, saml: dict[str, Any]) -> None:
    fields = makelaar(saml={**SAML, **saml})
    assert refused("IdentityProvider", fields, settings) == set()


@pytest.mark.parametrize(
    ("saml", "field"),
    [
        ({"dialect": "etd", "authn_context_names": "digid"}, "saml.authn_context_names"),
        ({"preset": "digid", "authn_context_names": "etd"}, "saml.authn_context_names"),
        ({"dialect": "eidas", "authn_context_names": "etd"}, "saml.authn_context_names"),
        ({"dialect": "etd", "our_entity_id": "https://login.example"}, "saml.our_entity_id"),
        ({"our_entity_id": "urn:x: y"}, "saml.our_entity_id"),
        ({"dialect": "saml2int", "subject": "acting"}, "saml.subject"),
        ({"preset": "eidas", "subject": "acting"}, "saml.subject"),
        (
            {"preset": "digid", "extensions": "audience", INDEX: 3},
            "saml.extensions",
        ),
    ],
)
def test_what_does_not_go_with_a_dialect(
    settings: Settings, saml: dict[str, Any], field: str
) -> None:
    fields = makelaar(saml={**SAML, **saml})
    assert refused("IdentityProvider", fields, settings) == {field}


@pytest.mark.parametrize(
    ("level", "field"),
    [("EH2+", {"catalogue_level"}), ("EH3", set()), ("EH4", set())],
)
def test_a_service_is_listed_at_its_own_level_or_higher(
    settings: Settings, level: str, field: set[str]
) -> None:
    fields = {k: v for k, v in SERVICE.items() if k != "kind"}
    assert refused("Service", {**fields, "catalogue_level": level}, settings) == field


def test_two_services_have_two_indexes(
    session: Session, settings: Settings, tmp_path: Path
) -> None:
    applied(session, settings, tmp_path, {**SERVICE, INDEX: 1}, {**OTHER, INDEX: 2})
    applied(session, settings, tmp_path, SERVICE, OTHER)  # none is none twice
    applied(session, settings, tmp_path, {**SERVICE, INDEX: 1})
    for documents in ([{**OTHER, INDEX: 1}], [{**SERVICE, INDEX: 5}, {**OTHER, INDEX: 5}]):
        with pytest.raises(DocumentsRefused) as caught:
            applied(session, settings, tmp_path, *documents)
        assert "give each service another number" in "".join(caught.value.lines)
