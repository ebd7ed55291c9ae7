"""Pruning: what stands in no file leaves, unless others need it or people use it."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from admin.registrations.documents import DocumentsRefused
from admin.registrations.pruning import Prune, StillUsed
from broker.settings import Settings
from consent.register import Consent
from state import audit
from state.audit import EventTag
from state.db import writing
from state.registrations import Kind, all_registrations
from tests.admin.registrations.documents import (
    HELP_DESK,
    PERSON,
    PORTAL,
    SERVICE,
    UUID,
    applied,
)
from tests.clocks import START


def test_what_people_use_leaves_only_when_that_is_said(
    session: Session, settings: Settings, tmp_path: Path
) -> None:
    applied(session, settings, tmp_path, SERVICE, PORTAL, HELP_DESK, PERSON)
    with writing(session):
        session.add(
            Consent(
                person_id="roos",
                client_id="portaal",
                service_uuid=UUID,
                shown="x",
                given_at=START,
            )
        )
    prune = Prune(of_files=True, kinds=frozenset({Kind.CLIENT}))
    with pytest.raises(StillUsed):
        applied(session, settings, tmp_path, SERVICE, prune=prune)
    gone = Prune(of_files=True, kinds=frozenset({Kind.CLIENT}), also_used=True)
    assert applied(session, settings, tmp_path, SERVICE, prune=gone)[-1] == ("Client", "removed")
    (event,) = audit.recent(session, tags=[EventTag.REGISTRATION_REMOVED])
    assert (event.person_id, event.client_id) == ("robin", "portaal")
    assert event.details == {"kind": "Client", "name": "portaal", "grants": 0, "consents": 1}
    assert {row.kind for row in all_registrations(session)} == {Kind.SERVICE, Kind.HELP_DESK}


def test_what_another_registration_names_does_not_leave(
    session: Session, settings: Settings, tmp_path: Path
) -> None:
    applied(session, settings, tmp_path, SERVICE, PORTAL, HELP_DESK)
    prune = Prune(of_files=False, kinds=frozenset({Kind.SERVICE}), also_used=True)
    with pytest.raises(DocumentsRefused) as refused:
        applied(session, settings, tmp_path, HELP_DESK, prune=prune)
    assert refused.value.lines == [
        f"Client portaal (registered): services: Service {UUID} would be removed"
    ]
