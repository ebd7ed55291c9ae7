"""Applying: all or nothing, and the audit tells who did it."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from admin.registrations.documents import DocumentsRefused
from broker.settings import Settings
from directory.people import Person
from state import audit
from state.audit import EventTag
from state.registrations import all_registrations
from tests.admin.registrations.documents import (
    HELP_DESK,
    PERSON,
    PORTAL,
    SERVICE,
    UUID,
    applied,
)


def test_documents_are_written_in_the_order_of_their_kinds_and_audited(
    session: Session, settings: Settings, tmp_path: Path
) -> None:
    found = applied(session, settings, tmp_path, PERSON, HELP_DESK, PORTAL, SERVICE)
    kinds = ["Service", "Client", "HelpDesk", "Person"]
    assert found == [(kind, "created") for kind in kinds]
    again = applied(session, settings, tmp_path, PERSON, HELP_DESK, PORTAL, SERVICE)
    assert {word for _, word in again} == {"unchanged"}
    events = audit.recent(session, tags=[EventTag.REGISTRATION_CHANGED])
    assert {event.person_id for event in events} == {"robin"}
    assert [event.details for event in reversed(events)] == [
        {"kind": "Service", "name": UUID},
        {"kind": "Client", "name": "portaal"},
        {"kind": "HelpDesk", "name": "site"},
        {"kind": "Person", "name": None, "person": "roos"},
    ]


def test_a_dry_run_and_a_mistake_change_nothing(
    session: Session, settings: Settings, tmp_path: Path
) -> None:
    assert applied(session, settings, tmp_path, SERVICE, PERSON, dry_run=True) == [
        ("Service", "created"),
        ("Person", "created"),
    ]
    with pytest.raises(DocumentsRefused) as refused:
        applied(session, settings, tmp_path, PORTAL, PERSON)
    assert [line.partition(": ")[2] for line in refused.value.lines] == [
        f"services: there is no Service {UUID}"
    ]
    session.rollback()
    assert all_registrations(session) == [] and session.get(Person, "roos") is None
    assert audit.recent(session) == []
