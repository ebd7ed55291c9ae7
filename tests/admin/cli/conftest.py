"""An operator at a fresh installation."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy.orm import Session

from admin.cli import main
from broker import settings
from sandbox.prepare import Demo
from state.engine import make_engine
from tests.installed import copy_applied, copy_initialised, copy_prepared
from tests.world import ADDRESSES

Sluis = Callable[..., Result]


@pytest.fixture
def demo(tmp_path: Path) -> Demo:
    return copy_prepared(tmp_path / "demo", ADDRESSES)


@pytest.fixture
def initialised(demo: Demo) -> None:
    """After ``sluis init``."""
    copy_initialised(demo)


@pytest.fixture
def registered(demo: Demo) -> None:
    """After ``sluis apply`` of the whole demo."""
    copy_applied(demo)


@pytest.fixture
def session(demo: Demo, initialised: None) -> Session:
    """A database session of the test's own."""
    return Session(make_engine(settings.load(demo.config, {}).database.url))


@pytest.fixture
def sluis(demo: Demo) -> Sluis:
    """Run a command with this installation's settings."""

    def run(*arguments: str) -> Result:
        return CliRunner().invoke(main, ["--config", str(demo.config), *arguments])

    return run
