"""An empty database with every table, and an installation with keys where a test needs one."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from admin.installation import Installation
from broker import settings as configuration
from broker.process import Process
from broker.settings import Settings
from broker.start import start
from directory.people import Person
from state.db import writing
from tests.clocks import START, FakeClock
from tests.databases import make_database
from tests.installed import copy_new


@pytest.fixture
def session(tmp_path: Path) -> Iterator[Session]:
    engine = make_database(tmp_path)
    with Session(engine, expire_on_commit=False) as made:
        yield made
    engine.dispose()


@pytest.fixture
def roos(session: Session) -> Person:
    """Somebody who is known here."""
    with writing(session):
        person = Person(
            id="roos", display_name="Roos Willems", email="roos@x.example", created_at=START
        )
        session.add(person)
    return person


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return configuration.load(
        None,
        {
            "SLUIS__DATABASE__URL": f"sqlite:///{tmp_path}/installed.db",
            "SLUIS__KEYS__MASTER_KEY_FILE": str(tmp_path / "master.key"),
            "SLUIS__WEB__BASE_URL": "https://sluis.example",
        },
    )


@pytest.fixture
def process(settings: Settings) -> Iterator[Process]:
    """A process on an installation of its own."""
    copy_new(settings)
    made = start(settings, FakeClock())
    made.holder.refresh()
    yield made
    made.engine.dispose()


@pytest.fixture
def installation(process: Process) -> Installation:
    return Installation(process.settings, process.engine, START)
