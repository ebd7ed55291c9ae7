"""Applying: all or nothing, and the audit tells who did it."""

from __future__ import annotations

from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.orm import Session

from admin.registrations.documents import DocumentsRefused
from broker.settings import Settings
from directory.people import Person
from state import audit
from state.audit import EventTag
from state.registrations import Kind, all_registrations
from tests.admin.registrations.documents import (
    HELP_DESK,
    MAKELAAR,
    PERSON,
    PORTAL,
    SERVICE,
    UUID,
    applied,
    outcomes,
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


def _kept_before_there_was(session: Session, kind: Kind, *path: str) -> dict[str, Any]:
    """What the last version kept: without this field. What lies there afterwards."""
    row = next(one for one in all_registrations(session) if one.kind is kind)
    document = deepcopy(dict(row.document))
    inside = document
    for name in path[:-1]:
        inside = inside[name]
    del inside[path[-1]]
    row.document = document
    session.commit()
    return document


@pytest.mark.parametrize(
    ("kind", "document", "path"),
    [
        (Kind.CLIENT, PORTAL, ("require_pushed_authorization_requests",)),
        (Kind.IDENTITY_PROVIDER, MAKELAAR, ("oidc", "response_mode")),
    ],
)
def test_a_field_that_a_version_brings_changes_no_document_that_does_not_say_it(
    session: Session,
    settings: Settings,
    tmp_path: Path,
    kind: Kind,
    document: dict[str, Any],
    path: tuple[str, ...],
) -> None:
    """Processes of the version before, which may still run, read what they kept."""
    applied(session, settings, tmp_path, SERVICE, document)
    before = _kept_before_there_was(session, kind, *path)
    again = applied(session, settings, tmp_path, SERVICE, document)
    assert (document["kind"], "unchanged") in again
    assert next(dict(row.document) for row in all_registrations(session) if row.kind is kind) == (
        before
    )


def test_of_a_document_that_changes_what_a_version_brings_is_not_told(
    session: Session, settings: Settings, tmp_path: Path
) -> None:
    outcomes(session, settings, tmp_path, SERVICE, PORTAL)
    _kept_before_there_was(session, Kind.CLIENT, "require_pushed_authorization_requests")
    other = {**PORTAL, "require_pkce": False}
    found = outcomes(session, settings, tmp_path, SERVICE, other)
    changed = [one for one in found if one.word == "changed"]
    assert [[difference.field for difference in one.differences] for one in changed] == [
        ["require_pkce"]
    ]


def test_what_no_version_reads_any_more_is_written_anew(
    session: Session, settings: Settings, tmp_path: Path
) -> None:
    applied(session, settings, tmp_path, SERVICE, HELP_DESK)
    row = next(one for one in all_registrations(session) if one.kind is Kind.HELP_DESK)
    whole = dict(row.document)
    row.document = {**whole, "of_another_version": True}
    session.commit()
    assert ("HelpDesk", "changed") in applied(session, settings, tmp_path, SERVICE, HELP_DESK)
    assert dict(row.document) == whole
