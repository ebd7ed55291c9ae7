"""Registering a portal that speaks SAML: what it must hold, and what stands beside it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml
from sqlalchemy.orm import Session

from admin.registrations import rules
from admin.registrations.documents import DocumentsRefused
from admin.registrations.export import export
from admin.registrations.kinds import KINDS
from admin.registrations.reading import read
from admin.registrations.schema import schema
from broker.configuration import registered
from broker.settings import Settings
from directory.saml_portals import SamlServiceProvider
from directory.services import OidcClient
from state.registrations import Kind, Registration
from tests.admin.registrations.documents import PORTAL, ROBIN, SERVICE, UUID, applied
from tests.broker.saml.portals import ENTITY, acs, certificate, key_descriptor, metadata
from tests.clocks import START
from tests.keys_for_tests import make_sealer

SIGNS = key_descriptor(certificate("portal"))
PAST = 'validUntil="2020-01-01T00:00:00Z"'


def a_document(**changes: Any) -> dict[str, Any]:
    section = {"metadata": metadata(), "entity_id": ENTITY, **changes.pop("saml", {})}
    return {
        "kind": "Client",
        "client_id": "waterkaart",
        "name": {"nl": "Waterkaart", "en": "Water map"},
        "services": [UUID],
        "saml": section,
        **changes,
    }


def fields_refused(settings: Settings, **changes: Any) -> set[str]:
    document = {k: v for k, v in a_document(**changes).items() if k != "kind"}
    model = KINDS["Client"].model_of(document).model_validate(document)
    found = rules.breaches("Client", model, rules.calls_of(settings))
    assert all(one.what and one.instead for one in found)
    return {one.field for one in found if not one.warns}


def keys(*descriptors: str, role: str = "") -> dict[str, Any]:
    return {"metadata": metadata(keys="".join(descriptors), role=role)}


def encrypting(certificate_text: str, wish: str = "when_possible") -> dict[str, Any]:
    sealing = key_descriptor(certificate_text, "encryption")
    return {**keys(SIGNS, sealing), "encrypt_assertion": wish}


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"saml": {"metadata": None}}, "saml.metadata_file"),
        ({"saml": {"metadata": "<x/>"}}, "saml.metadata"),
        ({"saml": {"entity_id": "urn:other"}}, "saml.metadata"),
        ({"saml": {"entity_id": f"{ENTITY} "}}, "saml.entity_id"),
        ({"saml": {"metadata": metadata(entity=PAST)}}, "saml.metadata"),
        pytest.param(
            {"saml": {"metadata": metadata(addresses=acs("javascript:alert(1)", 0))}},
            "saml.metadata",
            id="I-02 a script as address",
        ),
        ({"saml": keys(role='AuthnRequestsSigned="true"')}, "saml.metadata"),
        ({"saml": {**keys(), "require_signed_requests": True}}, "saml.metadata"),
        pytest.param(
            {"saml": encrypting(certificate("weak", bits=1024))}, "saml.metadata", id="I-14 short"
        ),
        pytest.param(
            {"saml": encrypting(certificate("portal", begins=-10, days=5))},
            "saml.metadata",
            id="I-14 expired",
        ),
        pytest.param({"saml": encrypting(certificate("ec-portal"))}, "saml.metadata", id="I-14 EC"),
        ({"saml": {**keys(SIGNS), "encrypt_assertion": "always"}}, "saml.metadata"),
        ({"claims": [{"name": "bsn", "purpose": {"nl": "x", "en": "x"}}]}, "claims.0.name"),
        ({"home_url": "http://x.example"}, "home_url"),
    ],
)  # fmt: skip
def test_what_can_never_work_is_refused(
    settings: Settings, changes: dict[str, Any], field: str
) -> None:
    assert fields_refused(settings) == set()
    assert field in fields_refused(settings, **changes)


@pytest.mark.parametrize(
    "saml",
    [
        keys(),
        encrypting(certificate("portal")),
        encrypting(certificate("portal"), "always"),
        {**keys(SIGNS), "encrypt_assertion": "when_possible"},
        {"metadata": metadata(role='AuthnRequestsSigned="true"')},
    ],
)
def test_what_works_is_taken(settings: Settings, saml: dict[str, Any]) -> None:
    assert fields_refused(settings, saml=saml) == set()


@pytest.mark.parametrize(
    ("days", "more", "is_told"),
    [
        (2, {}, True),  # python3-saml, left to itself
        (29, {}, True),
        (31, {}, False),
        (2, {"metadata_url": "https://waterkaart.example/saml"}, False),  # read again before
    ],
)
def test_metadata_that_end_soon_are_told(
    settings: Settings, days: int, more: dict[str, Any], is_told: bool
) -> None:
    until = datetime.now(UTC) + timedelta(days=days)
    saml = {"metadata": metadata(entity=f'validUntil="{until:%Y-%m-%dT%H:%M:%SZ}"'), **more}
    document = {k: v for k, v in a_document(saml=saml).items() if k != "kind"}
    model = KINDS["Client"].model_of(document).model_validate(document)
    told = [one for one in rules.breaches("Client", model, rules.calls_of(settings)) if one.warns]
    assert [one.field for one in told] == (["saml.metadata"] if is_told else [])
    assert all(f"{until:%Y-%m-%d}" in one.what for one in told)
    assert fields_refused(settings, saml=saml) == set()


def apply(
    session: Session, settings: Settings, folder: Path, *documents: dict[str, Any], **more: Any
) -> list[str]:
    """The mistakes; nothing where it was applied."""
    try:
        applied(session, settings, folder, SERVICE, *documents, **more)
    except DocumentsRefused as refused:
        return refused.lines
    return []


def test_a_file_may_name_the_metadata(session: Session, settings: Settings, tmp_path: Path) -> None:
    (tmp_path / "portaal.xml").write_text(metadata(entity_id="waterkaart"), encoding="utf-8")
    document = a_document()
    document["saml"] = {"metadata_file": "portaal.xml"}
    assert apply(session, settings, tmp_path, document) == []
    row = session.get_one(Registration, (Kind.CLIENT, "waterkaart"))
    portal = registered(row)
    assert isinstance(portal, SamlServiceProvider)
    assert portal.entity_id == "waterkaart" and portal.protocol == "saml"


def test_an_export_is_read_again(session: Session, settings: Settings, tmp_path: Path) -> None:
    assert (
        apply(session, settings, tmp_path, a_document(saml={"services_by_index": {3: UUID}})) == []
    )
    text = export(session, make_sealer(), ["Client"], actor=ROBIN, now=START)
    file = tmp_path / "again" / "export.yaml"
    file.parent.mkdir()
    file.write_text(text, encoding="utf-8")
    (entry,) = read(file)
    assert isinstance(entry.model, SamlServiceProvider)
    assert entry.model.saml.services_by_index == {3: UUID}
    assert yaml.safe_load(text)["saml"]["entity_id"] == ENTITY


def test_two_portals_have_two_entity_ids(
    session: Session, settings: Settings, tmp_path: Path
) -> None:
    twin = a_document(client_id="tweeling")
    (line,) = apply(session, settings, tmp_path, a_document(), twin)
    assert "that of Client waterkaart already" in line
    assert apply(session, settings, tmp_path, a_document()) == []
    (line,) = apply(session, settings, tmp_path, twin)
    assert "that of Client waterkaart already" in line
    assert apply(session, settings, tmp_path, a_document(), PORTAL) == []  # it may be applied again


def test_a_number_leads_to_a_service_of_this_portal(
    session: Session, settings: Settings, tmp_path: Path
) -> None:
    other = "99999999-2222-4333-8444-555555555555"
    (line,) = apply(session, settings, tmp_path, a_document(saml={"services_by_index": {1: other}}))
    assert f"saml.services_by_index.1: there is no Service {other} in services" in line


def test_a_field_of_the_other_protocol_is_unknown(
    session: Session, settings: Settings, tmp_path: Path
) -> None:
    both = a_document(redirect_uris=["https://x.example/"])
    (line,) = apply(session, settings, tmp_path, both)
    assert "redirect_uris: unknown field" in line
    (line,) = apply(session, settings, tmp_path, a_document(saml={"metadata_fil": "x"}))
    assert "saml.metadata_fil: unknown field; did you mean metadata_file?" in line


def test_who_moves_to_saml_keeps_the_people_where_that_is_said(
    session: Session, settings: Settings, tmp_path: Path
) -> None:
    assert apply(session, settings, tmp_path, PORTAL) == []
    moved = a_document(client_id="portaal")
    (line,) = apply(session, settings, tmp_path, moved)
    assert "everybody would get another sub at portaal" in line
    kept = a_document(client_id="portaal", sector_identifier="portaal.example")
    assert apply(session, settings, tmp_path, kept) == []
    row = session.get_one(Registration, (Kind.CLIENT, "portaal"))
    assert isinstance(registered(row), SamlServiceProvider)
    assert apply(session, settings, tmp_path, PORTAL) == []  # and back
    session.refresh(row)
    assert isinstance(registered(row), OidcClient)


def test_every_field_says_what_it_is_for() -> None:
    for model in (SamlServiceProvider, type(None)):
        fields = getattr(model, "model_fields", {})
        assert all(
            fields[name].description for name in fields if name in ("acr", "sector_identifier")
        )
    section = SamlServiceProvider.model_fields["saml"].annotation
    assert section is not None
    assert all(one.description for one in section.model_fields.values())
    assert '"SamlServiceProvider"' in schema() and '"metadata_file"' in schema()
