"""An empty database."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import Engine

from tests.databases import make_database


@pytest.fixture
def engine(tmp_path: Path) -> Engine:
    return make_database(tmp_path)
