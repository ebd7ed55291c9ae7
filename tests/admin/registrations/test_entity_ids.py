"""No two makelaars share an entityID: an answer would not say which of them gave it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.orm import Session

from admin.registrations.documents import DocumentsRefused
from admin.registrations.pruning import Prune
from broker.settings import Settings
from tests.admin.registrations.documents import applied
from tests.providers.saml.maker import certificate, metadata_of


def makelaar(name: str, entity_id: str = "https://m.example/saml") -> dict[str, Any]:
    metadata = metadata_of(certificate(), entity_id=entity_id).decode()
    return {
        "kind": "IdentityProvider",
        "id": name,
        "name": name,
        "level_ceiling": "EH3",
        "saml": {"entity_id": entity_id, "metadata": metadata},
    }


def test_two_in_the_files_are_refused(session: Session, settings: Settings, tmp_path: Path) -> None:
    with pytest.raises(DocumentsRefused) as refused:
        applied(session, settings, tmp_path, makelaar("een"), makelaar("twee"))
    (line,) = refused.value.lines
    assert "saml.entity_id: the makelaar een has it as well" in line
    other = makelaar("twee", "https://m.example/saml/")
    assert applied(session, settings, tmp_path, makelaar("een"), other)


def test_one_beside_another_that_stands_is_refused(
    session: Session, settings: Settings, tmp_path: Path
) -> None:
    applied(session, settings, tmp_path, makelaar("een"))
    assert applied(session, settings, tmp_path, makelaar("een"))  # itself again
    with pytest.raises(DocumentsRefused) as refused:
        applied(session, settings, tmp_path, makelaar("twee"))
    assert "the makelaar een has it as well" in refused.value.lines[0]


def test_another_name_for_the_same_makelaar_takes_the_place_of_the_old_one(
    session: Session, settings: Settings, tmp_path: Path
) -> None:
    applied(session, settings, tmp_path, makelaar("een"))
    pruned = Prune(of_files=True, also_used=True)
    assert applied(session, settings, tmp_path, makelaar("twee"), prune=pruned)
    assert applied(session, settings, tmp_path, makelaar("twee"))
