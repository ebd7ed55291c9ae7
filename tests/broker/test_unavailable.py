"""A part that is away is said so, with when to come back; it is never an unexplained error."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy.exc import InternalError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from state.ephemeral import StoreUnavailable
from tests.world import make_world

AWAY = (
    OperationalError("SELECT", None, Exception("gone")),
    InternalError("INSERT", None, Exception("read-only")),
    PoolTimeout("no connection left"),
    StoreUnavailable("down"),
)


@pytest.mark.parametrize("error", AWAY, ids=lambda error: type(error).__name__)
def test_X_05_what_is_away_is_a_503_with_a_time_and_a_reference(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    world = make_world(tmp_path)

    def fail(*_: object, **__: object) -> None:
        raise error

    client = world.app.test_client()
    url = f"{world.demo.addresses.broker}/login/{'a' * 26}"
    assert client.get(url).status_code == 410  # while everything is there
    monkeypatch.setattr(type(world.parts.store), "get", fail)
    answer = client.get(url)
    assert answer.status_code == 503
    assert int(answer.headers["Retry-After"]) > 0
    assert "Wat kunt u nu doen?" in answer.text
