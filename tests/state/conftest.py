"""Databases for the tests of what is kept."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session, sessionmaker

import keys.signing_key
import state.audit
import state.outbox
import state.stores
import state.trace
from tests.clocks import FakeClock
from tests.databases import BOTH, database
from tests.servers import postgresql_url, redis_url

__all__ = ["keys", "postgresql_url", "redis_url", "state"]


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture(params=BOTH)
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    """An empty database with every table that is known here."""
    with database(request, tmp_path) as made:
        yield made


@pytest.fixture
def sessions(engine: Engine) -> sessionmaker[Session]:
    return sessionmaker(engine, expire_on_commit=False)


@pytest.fixture
def session(sessions: sessionmaker[Session]) -> Iterator[Session]:
    with sessions() as session:
        yield session
