"""The audit as a whole: verified, taken along, and its last checkpoint."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from admin.actor import COMMAND_LINE, Actor
from admin.audit import chain, inspection, verification
from admin.audit.export import Period
from state import audit
from state.audit import AuditEvent, EventTag
from state.db import reading_alone, writing
from tests.admin.audit.chain import Chain
from tests.clocks import START
from tests.keys_for_tests import make_keyring, make_sealer


def sealed(session: Session) -> str:
    with writing(session):
        audit.record(session, AuditEvent(EventTag.CONSENT_GIVEN, START, person_id="roos"))
    chain.seal(session, make_sealer(), make_keyring(), START)
    checkpoint = inspection.last_checkpoint(session)
    assert checkpoint is not None
    return checkpoint


def test_a_chain_is_verified_also_beside_a_checkpoint_that_was_kept(session: Session) -> None:
    assert inspection.last_checkpoint(session) is None
    checkpoint = sealed(session)
    report = inspection.verify(session, make_sealer(), checkpoint)
    assert report.is_whole and (report.batches, report.rows) == (1, 1)
    assert not inspection.verify(session, make_sealer(), "x.y.z").is_whole


def test_an_export_is_audited_before_its_first_line(session: Session) -> None:
    sealed(session)
    actor = Actor.operator("robin")
    lines = inspection.export(session, Period(since=START), "jsonl", actor=actor, now=START)
    (made,) = audit.recent(session, tags=[EventTag.EXPORT_MADE])
    assert made.person_id == "robin"
    assert made.details == {
        "kind": "audit",
        "format": "jsonl",
        "since": START.isoformat(),
        "until": None,
    }
    written = [json.loads(line) for line in lines]
    assert "consent.given" in json.dumps(written) and len(written) == 3  # and its checkpoint


@pytest.fixture(params=["as a command", "as a process"])
def reader(request: pytest.FixtureRequest, engine: Engine) -> Iterator[Session]:
    bind = engine if request.param == "as a command" else reading_alone(engine)
    with Session(bind, expire_on_commit=False) as session:
        yield session


def test_what_is_sealed_while_it_is_taken_along_stands_in_it_once(
    chain: Chain, reader: Session
) -> None:
    chain.record(2)
    period = Period()
    lines = inspection.export(reader, period, "jsonl", actor=COMMAND_LINE, now=chain.clock())
    first = next(lines)
    assert chain.seal() == 3  # the export itself among them
    ids = [found["id"] for line in (first, *lines) if "id" in (found := json.loads(line))]
    assert len(ids) == len(set(ids)) == 9 + 3


def test_what_is_sealed_while_it_is_verified_is_counted_once(
    chain: Chain, reader: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    chain.record(2)
    tail = verification._tail

    def later(*given: Any) -> None:
        chain.seal()
        tail(*given)

    monkeypatch.setattr(verification, "_tail", later)
    report = inspection.verify(reader, make_sealer())
    assert report.is_whole and (report.rows, report.unsealed) == (9, 2)
