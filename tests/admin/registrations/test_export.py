"""Export: registrations as apply reads them, and nobody in it."""

from __future__ import annotations

from pathlib import Path

import yaml
from sqlalchemy.orm import Session

from admin.registrations.export import export
from broker.settings import Settings
from tests.admin.registrations.documents import PERSON, PORTAL, SERVICE, applied


def test_what_is_exported_is_what_applies(
    session: Session, settings: Settings, tmp_path: Path
) -> None:
    assert export(session) == "# Nothing is registered.\n"
    applied(session, settings, tmp_path, SERVICE, PORTAL, PERSON)
    text = export(session)
    assert "roos" not in text
    session.rollback()
    documents = list(yaml.safe_load_all(text))
    assert [document["kind"] for document in documents] == ["Client", "Service"]
    assert applied(session, settings, tmp_path, *documents) == [
        ("Service", "unchanged"),
        ("Client", "unchanged"),
    ]
