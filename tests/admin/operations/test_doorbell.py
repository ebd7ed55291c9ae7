"""The doorbell between processes of one instance."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Iterator
from weakref import WeakSet

import pytest
from sqlalchemy.orm import Session

from admin.operations import doorbell
from admin.operations.doorbell import Doorbell
from broker.process import Process
from state import outbox_wakeup
from state.db import writing
from state.outbox import Message, enqueue

SOON = 60.0


@pytest.fixture
def bell(monkeypatch: pytest.MonkeyPatch) -> Iterator[Doorbell]:
    monkeypatch.setattr(doorbell, "_there", None)
    monkeypatch.setattr(outbox_wakeup, "_waiting", WeakSet())
    doorbell.hang()
    found = doorbell.there()
    assert found is not None
    yield found
    os.close(found._rung_at)  # who listens ends, and closes nothing that others use


def test_a_commit_with_a_message_rings_and_others_do_not(bell: Doorbell, process: Process) -> None:
    rung = threading.Event()
    bell.hear(rung)
    doorbell.ring_at_commits()
    with process.sessions() as session, writing(session):
        pass
    with process.sessions() as session:
        _put(process, session)
        session.rollback()
    assert not rung.wait(0.3)
    with process.sessions() as session, writing(session):
        _put(process, session)
    assert rung.wait(SOON)


def test_where_nobody_listens_a_request_waits_for_nothing(bell: Doorbell) -> None:
    began = time.monotonic()
    for _ in range(100_000):  # more than a pipe holds
        bell.set()
    assert time.monotonic() - began < SOON
    rung = threading.Event()
    bell.hear(rung)
    assert rung.wait(SOON)


def test_without_a_doorbell_a_commit_rings_nowhere(
    process: Process, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(doorbell, "_there", None)
    monkeypatch.setattr(outbox_wakeup, "_waiting", WeakSet())
    doorbell.ring_at_commits()
    assert len(outbox_wakeup._waiting) == 0
    with process.sessions() as session, writing(session):
        _put(process, session)


def _put(process: Process, session: Session) -> None:
    enqueue(
        session,
        process.sealer,
        Message("mail", "a@voorbeeld.example", "x", "x"),
        process.clock(),
    )
