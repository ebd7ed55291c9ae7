"""An empty database with every table."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import Engine

from admin.tables import TABLES
from state.db import Base
from state.engine import make_engine

BOTH = ("sqlite", pytest.param("postgresql", marks=pytest.mark.postgres))  # params of a fixture


def make_database(directory: Path) -> Engine:
    """A SQLite file in this directory."""
    assert TABLES
    engine = make_engine(f"sqlite:///{directory}/sluis.db")
    Base.metadata.create_all(engine)
    return engine


@contextmanager
def database(request: pytest.FixtureRequest, directory: Path) -> Iterator[Engine]:
    """That of the parameter: a file in this directory, or the PostgreSQL of this run."""
    assert TABLES
    url = f"sqlite:///{directory}/sluis.db"
    if request.param == "postgresql":
        url = request.getfixturevalue("postgresql_url")
    engine = make_engine(url)
    Base.metadata.drop_all(engine)
    Base.metadata.create_all(engine)
    yield engine
    Base.metadata.drop_all(engine)
    engine.dispose()
