"""Databases for the tests of the audit chain, with every table of the product."""

from __future__ import annotations

import pytest
from sqlalchemy.orm import Session, sessionmaker

from admin.tables import TABLES
from tests.admin.audit.chain import Chain
from tests.clocks import FakeClock
from tests.state.conftest import clock, engine, postgresql_url, session, sessions

__all__ = ["TABLES", "clock", "engine", "postgresql_url", "session", "sessions"]


@pytest.fixture
def chain(sessions: sessionmaker[Session], clock: FakeClock) -> Chain:
    """Three batches of three events each."""
    made = Chain(sessions, clock)
    for _ in range(3):
        made.record(3)
        made.seal()
    return made
