"""What ``sluis serve`` becomes, and what it tells that program."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pytest

from admin.cli import serving
from tests.admin.cli.conftest import Sluis

ARENAS = "MALLOC_ARENA_MAX"


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> list[Mapping[str, str]]:
    """The environment of each program that it became."""
    found: list[Mapping[str, str]] = []

    def become(_file: str, _command: Sequence[str], environment: Mapping[str, str]) -> None:
        found.append(environment)

    monkeypatch.setattr(serving.os, "execve", become)
    monkeypatch.setattr(serving.stopping, "hold", lambda: None)
    monkeypatch.setattr(serving.listening, "comes_free", lambda _bind: True)
    return found


def test_threads_of_a_server_share_their_memory(
    sluis: Sluis, registered: None, told: list[Mapping[str, str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(ARENAS, raising=False)
    sluis("serve")
    assert [one[ARENAS] for one in told] == ["1"]


def test_what_the_operator_says_of_it_counts(
    sluis: Sluis, registered: None, told: list[Mapping[str, str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(ARENAS, "4")
    sluis("serve")
    assert [one[ARENAS] for one in told] == ["4"]
