"""SQLite that does not wait for the disk. A database of a test need not outlive a power cut, and
the wait is the longest part of a commit; what a killed process leaves behind is the same.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import Engine, event

import state.engine
from state.db import prepare_sqlite


@contextmanager
def unflushed() -> Iterator[None]:
    """Inside this block, for engines of this process; servers that a test starts are as they are
    in production.
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(state.engine, "prepare_sqlite", _prepare)
        yield


@contextmanager
def flushed() -> Iterator[None]:
    """Inside this block as in production."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(state.engine, "prepare_sqlite", prepare_sqlite)
        yield


def _prepare(engine: Engine) -> None:
    prepare_sqlite(engine)

    @event.listens_for(engine, "connect")
    def _on_connect(connection: Any, _record: Any) -> None:
        connection.execute("PRAGMA synchronous=OFF").close()
