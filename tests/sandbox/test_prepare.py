"""What a demo is prepared with."""

from __future__ import annotations

from pathlib import Path

import pytest

from broker import settings as configuration
from sandbox.prepare import prepare
from tests.world import ADDRESSES


def test_software_of_ones_own_may_be_called_over_http(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CALLS", "127.0.0.1:8080, localhost:8443")
    settings = configuration.load(prepare(tmp_path / "demo", ADDRESSES).config, {})
    assert settings.development.loopback[-2:] == ("127.0.0.1:8080", "localhost:8443")
