"""The watch: one worker looks, and what goes wrong in it is a line in the log."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import timedelta

import pytest
from structlog.testing import capture_logs

from admin.operations import party_watch
from broker.process import Process


class _Rounds(threading.Event):
    """Stops after so many pauses; ``pauses`` are how long they would have been."""

    def __init__(self, most: int) -> None:
        super().__init__()
        self.most, self.pauses = most, list[float]()

    def wait(self, timeout: float | None = None) -> bool:
        self.pauses.append(timeout or 0)
        return len(self.pauses) > self.most


@pytest.fixture
def looks(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Process]]:
    seen: list[Process] = []
    monkeypatch.setattr(party_watch, "look", lambda process, calls: seen.append(process))
    yield seen


def test_of_two_workers_one_looks_each_quarter_of_an_hour(
    process: Process, looks: list[Process]
) -> None:
    first = _Rounds(2)
    party_watch.watch_until(first, process)
    assert len(looks) == 1  # the second round belongs to the same quarter of an hour
    assert first.pauses == [60, 900, 900]
    party_watch.watch_until(_Rounds(1), process)
    assert len(looks) == 1
    process.clock.advance(timedelta(minutes=15).total_seconds())  # type: ignore[attr-defined]
    party_watch.watch_until(_Rounds(1), process)
    assert len(looks) == 2


def test_what_goes_wrong_is_logged_and_tried_again(
    process: Process, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise OSError

    monkeypatch.setattr(party_watch, "look", broken)
    with capture_logs() as logs:
        party_watch.watch_until(_Rounds(2), process)
    assert [(one["event"], one["error"]) for one in logs] == [("parties.not_tried", "OSError")]


def test_an_installation_without_parties_has_no_troubles(process: Process) -> None:
    def nobody() -> None:
        raise AssertionError

    party_watch.look(process, nobody)  # type: ignore[arg-type]
    assert party_watch.troubles(process.store) == {}
