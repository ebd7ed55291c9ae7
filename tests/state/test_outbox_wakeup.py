from __future__ import annotations

import pytest
from sqlalchemy.orm import Session, sessionmaker

from state import outbox, outbox_wakeup
from state.db import writing
from state.outbox import Message
from tests.clocks import FakeClock
from tests.keys_for_tests import make_sealer

MESSAGE = Message("sms", "+31612345678", "", "Uw code: 123456")


def test_it_rings_at_the_commit_and_not_before(
    sessions: sessionmaker[Session], clock: FakeClock
) -> None:
    ear = outbox_wakeup.subscribe()
    with sessions() as session, writing(session):
        outbox.enqueue(session, make_sealer(), MESSAGE, clock())
        session.flush()
        assert not ear.is_set()
    assert ear.is_set()


def test_it_does_not_ring_for_what_was_rolled_back(
    sessions: sessionmaker[Session], clock: FakeClock
) -> None:
    ear = outbox_wakeup.subscribe()
    with sessions() as session:
        with pytest.raises(RuntimeError), writing(session):
            outbox.enqueue(session, make_sealer(), MESSAGE, clock())
            raise RuntimeError
        with writing(session):
            pass
    assert not ear.is_set()


def test_every_ear_hears_it(sessions: sessionmaker[Session], clock: FakeClock) -> None:
    ears = [outbox_wakeup.subscribe(), outbox_wakeup.subscribe()]
    with sessions() as session, writing(session):
        outbox.enqueue(session, make_sealer(), MESSAGE, clock())
    assert all(ear.is_set() for ear in ears)
