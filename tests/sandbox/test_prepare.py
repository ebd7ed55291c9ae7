"""What a demo is prepared with."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from broker import settings as configuration
from directory import dates
from sandbox.prepare import prepare, this_day
from tests.world import ADDRESSES


def test_software_of_ones_own_may_be_called_over_http(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CALLS", "127.0.0.1:8080, localhost:8443")
    settings = configuration.load(prepare(tmp_path / "demo", ADDRESSES).config, {})
    assert settings.development.loopback[-2:] == ("127.0.0.1:8080", "localhost:8443")


@pytest.fixture
def live_in(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str], None]]:
    def there(zone: str) -> None:
        monkeypatch.setenv("TZ", zone)
        time.tzset()

    yield there
    monkeypatch.undo()
    time.tzset()


def test_a_day_is_that_of_the_netherlands_wherever_the_machine_is(
    live_in: Callable[[str], None],
) -> None:
    """At any hour it is another day in one of these two; a mandate until yesterday has ended."""
    for zone in ("<+14>-14", "<-12>12"):
        live_in(zone)
        before, found, after = datetime.now(UTC), this_day(), datetime.now(UTC)
        assert dates.day_of(before) <= found <= dates.day_of(after)
