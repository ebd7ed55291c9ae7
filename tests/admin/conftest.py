"""An empty database with every table."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from broker.tables import TABLES
from state.db import Base
from state.engine import make_engine


@pytest.fixture
def session(tmp_path: Path) -> Iterator[Session]:
    assert TABLES
    engine = make_engine(f"sqlite:///{tmp_path}/sluis.db")
    Base.metadata.create_all(engine)
    with Session(engine, expire_on_commit=False) as made:
        yield made
    engine.dispose()
