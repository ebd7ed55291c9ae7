"""Scans of identity documents: who looks at them, and when they and their key go."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from admin.audit import retention
from admin.audit.chain import AuditBatch
from admin.means import decisions, identity_documents
from admin.means.identity_documents import (
    DocumentDraft,
    DocumentGone,
)
from assurance.identity_documents import (
    KEPT,
    OPEN,
    WAITS,
)
from assurance.levels import AssuranceLevel
from assurance.means_requests import MeansOutcome
from directory.people import Person
from keys.person_key import PersonKey
from state import audit
from state.audit import EventTag
from state.db import writing
from tests.admin.means.brought import (
    BACK,
    CARD,
    DAY,
    DRAFT,
    FILE,
    FRONT,
    PASSPORT,
    WHOLE,
    ask,
    bring,
    files,
)
from tests.admin.means.conftest import desk
from tests.clocks import START


def test_each_look_is_recorded(session: Session, places: str) -> None:
    bring(session, PASSPORT, WHOLE)
    request = ask(session)
    (one,) = files(session)
    for _ in range(2):
        with writing(session):
            found, content = identity_documents.look(session, desk(), request.id, one.id)
        assert (found.id, content) == (one.id, FILE.content)
    seen = list(audit.recent(session, tags=[EventTag.IDENTITY_DOCUMENT_SEEN]))
    assert len(seen) == 2
    assert (seen[0].person_id, seen[0].details["document"]) == ("otto", one.id)
    assert seen[0].details["person"] == DRAFT.person_id


def test_only_who_decides_looks(session: Session, places: str) -> None:
    """Not who has no such role, who asked it, or whom it is for; who identifies does."""
    bring(session, PASSPORT, WHOLE)
    request = ask(session, level=AssuranceLevel.EH3)
    (one,) = files(session)
    with writing(session):
        assert identity_documents.look(session, desk("petra"), request.id, one.id)
        decisions.identify(
            session, desk(), request.id, proof="in_person", reference="x", day="2026-11-01"
        )
        assert identity_documents.look(session, desk(), request.id, one.id), "who identified"
    for operator in (places, "jan", DRAFT.person_id):
        assert list(identity_documents.visible(session, request, operator, START)) == []
        with pytest.raises(DocumentGone):
            identity_documents.look(session, desk(operator), request.id, one.id)
    with writing(session):  # the same human under another account
        session.get_one(Person, "petra").email = "jan+2@voorbeeld.example"
    with pytest.raises(DocumentGone):
        identity_documents.look(session, desk("petra"), request.id, one.id)


def test_a_file_of_another_request_is_not_there(session: Session, places: str) -> None:
    bring(session, PASSPORT, WHOLE)
    ask(session)
    (one,) = files(session)
    second = DocumentDraft("e" * 26, "p" * 26)
    bring(session, PASSPORT, WHOLE, draft=second)
    other = ask(session, documents=second, name="Piet", email="piet@voorbeeld.example")
    for request_id, document_id in ((other.id, one.id), ("none", one.id), (other.id, "none")):
        with pytest.raises(DocumentGone):
            identity_documents.look(session, desk(), request_id, document_id)
    assert list(audit.recent(session, tags=[EventTag.IDENTITY_DOCUMENT_SEEN])) == []


def test_it_is_erased_thirty_days_after_the_decision(session: Session, places: str) -> None:
    bring(session, CARD, FRONT, BACK)
    request = ask(session)
    assert _erased(session, START + OPEN - timedelta(seconds=1)) == 0, "nobody decided yet"
    decided = START + OPEN - DAY
    with writing(session):
        decisions.refuse(session, desk(now=decided), request.id, "Onleesbaar")
    assert _erased(session, decided + KEPT - timedelta(seconds=1)) == 0
    (one, _) = files(session)
    with writing(session):
        late = desk(now=decided + KEPT - DAY)
        assert identity_documents.look(session, late, request.id, one.id), "for who objects"
    assert _erased(session, decided + KEPT) == 2
    assert files(session) == [] and _erased(session, decided + KEPT) == 0
    (event,) = audit.recent(session, tags=[EventTag.IDENTITY_DOCUMENT_ERASED])
    assert (event.details["files"], event.organisation_id) == (2, "bakery")
    with pytest.raises(DocumentGone):
        identity_documents.look(session, desk(), request.id, one.id)


def test_it_is_erased_where_nobody_decides(session: Session, places: str) -> None:
    bring(session, PASSPORT, WHOLE)
    ask(session)
    assert _erased(session, START + OPEN - timedelta(seconds=1)) == 0
    assert _erased(session, START + OPEN) == 1
    (event,) = audit.recent(session, tags=[EventTag.IDENTITY_DOCUMENT_ERASED])
    assert event.details["files"] == 1


def test_it_is_erased_at_once_where_the_request_is_withdrawn(session: Session, places: str) -> None:
    bring(session, PASSPORT, WHOLE)
    request = ask(session)
    assert _erased(session, START) == 0
    with writing(session):
        request.outcome, request.decided_at = MeansOutcome.WITHDRAWN, START
    assert _erased(session, START) == 1
    assert files(session) == []


def test_what_was_never_sent_is_erased_after_a_week(session: Session, places: str) -> None:
    bring(session, PASSPORT, WHOLE)
    assert _erased(session, START + WAITS - timedelta(seconds=1)) == 0
    assert _erased(session, START + WAITS) == 1
    assert list(audit.recent(session, tags=[EventTag.IDENTITY_DOCUMENT_ERASED])) == []


def test_its_key_stays_as_long_as_it_does(session: Session, places: str) -> None:
    """The audit names this person no more, or never did."""
    bring(session, PASSPORT, WHOLE)
    with writing(session):
        session.add(_gone_batch())
        retention.purge_keys(session)
    assert session.scalar(select(func.count()).select_from(PersonKey)) == 1
    _erased(session, START + WAITS)
    with writing(session):
        retention.purge_keys(session)
    assert session.scalar(select(func.count()).select_from(PersonKey)) == 0


def test_it_goes_with_its_key(session: Session, places: str) -> None:
    """A copy of the row from a back-up says nothing any more."""
    bring(session, PASSPORT, WHOLE)
    request = ask(session)
    (one,) = files(session)
    with writing(session):
        session.delete(session.get_one(PersonKey, DRAFT.person_id))
    with pytest.raises(DocumentGone):
        identity_documents.look(session, desk(), request.id, one.id)


def _gone_batch() -> AuditBatch:
    """A batch of which the events are thrown away."""
    text = "0" * 64
    return AuditBatch(
        number=9,
        first_id=1,
        last_id=1,
        count=1,
        root=text,
        previous=text,
        hash=text,
        sealed_at=START,
        checkpoint="x",
        anchor="x",
    )


def _erased(session: Session, now: datetime) -> int:
    with writing(session):
        return identity_documents.erase_due(session, now)
