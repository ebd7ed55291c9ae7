"""The registration of a federation: what it must hold, what may name it, and what may not be."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

import pytest
from sqlalchemy.orm import Session

from admin.registrations.documents import DocumentsRefused
from admin.registrations.pruning import Prune
from broker.settings import Settings
from keys.certificates import to_pem
from providers.federation_members import member_id
from state import party_metadata
from state.registrations import Kind
from tests.admin.registrations.documents import MAKELAAR, PORTAL, SERVICE, UUID, outcomes
from tests.clocks import START
from tests.providers.saml.aggregates import NOORD, SIGNER
from tests.providers.saml.maker import certificate

SAML: Final[dict[str, Any]] = {
    "aggregate_url": "https://federation.example/list.xml",
    "metadata_signing_certificate": to_pem(certificate(SIGNER)),
}
FEDERATION: Final[dict[str, Any]] = {
    "kind": "Federation",
    "id": "noordzee",
    "name": "Noordzee",
    "services": "all",
    "level_ceiling": "EH2",
    "saml": SAML,
}
MEMBER: Final = member_id("noordzee", NOORD.entity_id)


def without(field: str) -> dict[str, Any]:
    return {name: value for name, value in SAML.items() if name != field}


REFUSED: Final[tuple[tuple[dict[str, Any], str], ...]] = (
    ({"saml": without("aggregate_url")}, "saml.aggregate_url: neither an address nor a file"),
    ({"saml": {**SAML, "aggregate_url": "http://federation.example/x"}}, "saml.aggregate_url"),
    ({"saml": {**SAML, "aggregate_file": "list.xml"}}, "saml.aggregate_file: it is no whole path"),
    ({"saml": without("metadata_signing_certificate")}, "nobody is named who signs the list"),
    (
        {"saml": {**SAML, "metadata_signing_certificate": "-----"}},
        "cannot be read as a certificate",
    ),
    ({"saml": {**SAML, "metadata_url": "https://x.example"}}, "metadata_url: unknown field"),
    ({"saml": {**SAML, "subject": "attribute"}}, "saml.subject_attribute: subject is attribute"),
    ({"saml": {**SAML, "scopes": ["x.example"]}}, "scopes: unknown field"),
    ({"speaks_for": "register"}, "speaks_for: unknown field"),
    ({"level_ceiling": "EH1"}, "level_ceiling"),
    ({"levels": {"": "EH2"}}, "levels: an empty word"),
    ({"services": ["22222222-2222-4333-8444-555555555555"]}, "services: there is no Service"),
    ({"id": "n" * 40}, "id"),
    ({"id": "Noordzee"}, "id"),
)


@pytest.mark.parametrize(("changes", "told"), REFUSED)
def test_what_could_not_work_or_would_do_harm_is_refused(
    session: Session, settings: Settings, tmp_path: Path, changes: dict[str, Any], told: str
) -> None:
    with pytest.raises(DocumentsRefused) as refused:
        outcomes(session, settings, tmp_path, {**FEDERATION, **changes})
    assert told in "\n".join(refused.value.lines)


def test_it_is_written_and_its_list_is_due(
    session: Session, settings: Settings, tmp_path: Path
) -> None:
    (made,) = outcomes(session, settings, tmp_path, FEDERATION)
    assert made.word == "created"
    row = party_metadata.row_of(session, Kind.FEDERATION, "noordzee")
    assert row is not None and row.due_at == START
    (again,) = outcomes(session, settings, tmp_path, FEDERATION)
    assert again.word == "unchanged"


def test_its_certificate_may_stand_in_a_file(
    session: Session, settings: Settings, tmp_path: Path
) -> None:
    (tmp_path / "signer.pem").write_text(to_pem(certificate(SIGNER)))
    saml = {
        **without("metadata_signing_certificate"),
        "metadata_signing_certificate_file": "signer.pem",
    }
    (made,) = outcomes(session, settings, tmp_path, {**FEDERATION, "saml": saml})
    assert made.word == "created"


@pytest.mark.parametrize("name", ["noordzee", MEMBER])
def test_a_service_names_a_federation_or_one_of_its_makelaars(
    session: Session, settings: Settings, tmp_path: Path, name: str
) -> None:
    service = {**SERVICE, "makelaars": [name]}
    with pytest.raises(DocumentsRefused):
        outcomes(session, settings, tmp_path, service)
    outcomes(session, settings, tmp_path, FEDERATION, service)
    with pytest.raises(DocumentsRefused) as refused:
        outcomes(
            session,
            settings,
            tmp_path,
            service,
            prune=Prune(of_files=False, kinds=frozenset({Kind.FEDERATION})),
        )
    assert "would be removed" in str(refused.value.lines)


def test_an_announcement_names_a_makelaar_and_no_federation(
    session: Session, settings: Settings, tmp_path: Path
) -> None:
    announcement = {
        "kind": "Announcement",
        "name": "storing",
        "title": {"nl": "Storing"},
        "text": {"nl": "Er is een storing."},
        "makelaar": "noordzee",
    }
    with pytest.raises(DocumentsRefused):
        outcomes(session, settings, tmp_path, FEDERATION, announcement)


def test_a_federation_and_a_makelaar_have_no_id_in_common(
    session: Session, settings: Settings, tmp_path: Path
) -> None:
    outcomes(session, settings, tmp_path, MAKELAAR)
    with pytest.raises(DocumentsRefused) as refused:
        outcomes(session, settings, tmp_path, {**FEDERATION, "id": MAKELAAR["id"]})
    assert "the IdentityProvider" in str(refused.value.lines)


def test_a_makelaar_takes_no_id_of_a_federation(
    session: Session, settings: Settings, tmp_path: Path
) -> None:
    outcomes(session, settings, tmp_path, FEDERATION)
    with pytest.raises(DocumentsRefused) as refused:
        outcomes(session, settings, tmp_path, {**MAKELAAR, "id": "noordzee"})
    assert "the Federation noordzee has it too" in str(refused.value.lines)


def test_what_leaves_with_it_is_counted(
    session: Session, settings: Settings, tmp_path: Path
) -> None:
    outcomes(session, settings, tmp_path, FEDERATION, SERVICE, PORTAL)
    (gone,) = [
        one
        for one in outcomes(
            session,
            settings,
            tmp_path,
            SERVICE,
            PORTAL,
            prune=Prune(of_files=False, kinds=frozenset({Kind.FEDERATION})),
        )
        if one.kind == "Federation"
    ]
    assert (gone.name, gone.word) == ("noordzee", "removed")
    assert SERVICE["uuid"] == UUID
    assert party_metadata.row_of(session, Kind.FEDERATION, "noordzee") is None
