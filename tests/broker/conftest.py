"""An empty database with every table, and somebody in it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from directory.people import Person
from state.db import writing
from tests.clocks import START
from tests.databases import make_database


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
