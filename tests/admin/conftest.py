"""An empty database with every table."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from tests.databases import make_database


@pytest.fixture
def session(tmp_path: Path) -> Iterator[Session]:
    engine = make_database(tmp_path)
    with Session(engine, expire_on_commit=False) as made:
        yield made
    engine.dispose()
