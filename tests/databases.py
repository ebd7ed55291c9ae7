"""An empty database with every table: made once, then copied."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

import pytest
from sqlalchemy import Connection, Engine, make_url, text

from admin.tables import TABLES
from state.db import Base
from state.engine import engine_at, make_engine
from tests.leftovers import folder
from tests.servers import run_outside

BOTH = ("sqlite", pytest.param("postgresql", marks=pytest.mark.postgres))  # params of a fixture

_SHAPE: Final = text(
    "SELECT c.oid, c.relnatts, a.changed FROM pg_class c JOIN (SELECT attrelid,"
    " max(xmin::text::bigint) AS changed FROM pg_attribute GROUP BY attrelid) a"
    " ON a.attrelid = c.oid WHERE c.relnamespace = 'public'::regnamespace ORDER BY c.oid"
)
_EMPTY: Final = text(
    "; ".join(f'DELETE FROM "{table.name}"' for table in reversed(Base.metadata.sorted_tables))
    + "; SELECT setval(oid::regclass, 1, false) FROM pg_class"  # numbers start at one again
    + " WHERE relkind = 'S' AND relnamespace = 'public'::regnamespace"
)


def make_database(directory: Path) -> Engine:
    """A SQLite file in this directory."""
    file = directory / "sluis.db"
    shutil.copy(_file(), file)
    return make_engine(f"sqlite:///{file}")


@contextmanager
def database(request: pytest.FixtureRequest, directory: Path) -> Iterator[Engine]:
    """That of the parameter: a file in this directory, or one in the PostgreSQL of this run."""
    if request.param == "postgresql":
        server, _, _ = request.getfixturevalue("postgresql_url").rpartition("/")
        with _shared(server).lent() as engine:
            yield engine
    else:
        engine = make_database(directory)
        yield engine
        engine.dispose()


@cache
def _file() -> Path:
    assert TABLES
    directory = folder()
    with engine_at(f"sqlite:///{directory}/sluis.db") as engine:
        Base.metadata.create_all(engine)
    return directory / "sluis.db"


@dataclass
class _Shared:
    """A database of this process: emptied after a test, made anew when the test changed it."""

    url: str
    shape: Sequence[object] = ()

    @contextmanager
    def lent(self) -> Iterator[Engine]:
        if not self.shape:
            self._make()
        with engine_at(self.url) as engine:
            yield engine
            with engine.begin() as connection:
                if _shape(connection) == self.shape:
                    connection.execute(_EMPTY)
                    return
        self.shape = ()

    def _make(self) -> None:
        assert TABLES
        name = make_url(self.url).database
        run_outside(self.url, f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        run_outside(self.url, f"CREATE DATABASE {name}")
        with engine_at(self.url) as engine:
            Base.metadata.create_all(engine)
            with engine.connect() as connection:
                self.shape = _shape(connection)


@cache
def _shared(server: str) -> _Shared:
    return _Shared(f"{server}/shared")


def _shape(connection: Connection) -> Sequence[object]:
    """Differs after any change of a table, also when it was changed back."""
    return connection.execute(_SHAPE).all()
