"""An empty database with every table."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Engine

from broker.tables import TABLES
from state.db import Base
from state.engine import make_engine


def make_database(directory: Path) -> Engine:
    """A SQLite file in this directory."""
    assert TABLES
    engine = make_engine(f"sqlite:///{directory}/sluis.db")
    Base.metadata.create_all(engine)
    return engine
