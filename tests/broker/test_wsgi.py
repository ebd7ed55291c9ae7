"""What the web server loads."""

from __future__ import annotations

from types import SimpleNamespace
from unittest.mock import Mock

import pytest

from broker.wsgi import application
from keys.xml import schema


def test_a_server_prepares_before_it_has_threads(monkeypatch: pytest.MonkeyPatch) -> None:
    class Prepared(Exception):
        pass

    def prepare() -> None:
        raise Prepared

    def too_early(*_: object) -> None:
        raise AssertionError

    monkeypatch.setattr(schema, "prepare", prepare)
    monkeypatch.setattr("broker.wsgi.configure_logs", lambda _: None)
    for later in ("start", "keep_configuration_fresh", "keep_showing", "start_worker"):
        monkeypatch.setattr(f"broker.wsgi.{later}", too_early)
    monkeypatch.setattr("broker.wsgi.settings.load", lambda _: SimpleNamespace(log=Mock()))
    with pytest.raises(Prepared):
        application()
