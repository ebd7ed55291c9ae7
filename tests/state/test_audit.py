from __future__ import annotations

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from assurance.levels import AssuranceLevel
from state import audit
from state.audit import AuditChanged, AuditEvent, AuditRow, EventTag
from tests.clocks import START

LOGIN = AuditEvent(
    tag=EventTag.LOGIN_SUCCEEDED,
    at=START,
    reference="7K3QX9AB",
    person_id="person",
    client_id="portaal",
    service_uuid="0f8fad5b-d9cb-469f-a165-70867728950e",
    provider_id="makelaar",
    organisation_id="organisation",
    outcome="success",
    level=AssuranceLevel.EH2_PLUS,
    details={"second_factor": "local", "branches": 2},
)
KEY = AuditEvent(tag=EventTag.KEY_CREATED, at=START)


def test_an_event_is_kept_as_it_was(session: Session) -> None:
    audit.record(session, LOGIN)
    session.commit()
    session.expunge_all()
    assert audit.recent(session) == [LOGIN]


def test_events_are_found_newest_first(session: Session) -> None:
    for event in (LOGIN, KEY):
        audit.record(session, event)
        session.commit()
    assert audit.recent(session) == [KEY, LOGIN]
    assert audit.recent(session, limit=1) == [KEY]
    assert audit.recent(session, tags=[EventTag.LOGIN_SUCCEEDED]) == [LOGIN]
    assert audit.recent(session, person_id="person", organisation_id="organisation") == [LOGIN]
    assert audit.recent(session, reference="7K3QX9AB") == [LOGIN]
    assert audit.recent(session, person_id="somebody else") == []


def test_an_event_falls_with_its_transaction(session: Session) -> None:
    audit.record(session, LOGIN)
    session.flush()
    session.rollback()
    assert audit.recent(session) == []


def test_an_event_is_never_changed_or_deleted(session: Session) -> None:
    audit.record(session, LOGIN)
    session.commit()
    row = session.scalars(select(AuditRow)).one()
    row.outcome = "refused"
    with pytest.raises(AuditChanged):
        session.commit()
    session.rollback()
    session.delete(row)
    with pytest.raises(AuditChanged):
        session.commit()
    session.rollback()
    assert audit.recent(session) == [LOGIN]


def test_tags_are_unique_and_fit() -> None:
    values = [tag.value for tag in EventTag]
    assert len(set(values)) == len(values)
    assert max(map(len, values)) <= 40
