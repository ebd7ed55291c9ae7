"""The worker: delivery begins at once, a provider that does not answer holds up no other channel,
and what was claimed is settled before the end.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from weakref import WeakSet

import pytest
from sqlalchemy import select

from admin.operations import worker
from admin.operations.worker import LANES, Worker
from broker.monitoring import draining
from broker.process import Process
from state import outbox_wakeup
from state.db import writing
from state.outbox import CHANNELS, Adapter, Channel, Message, OutboxRow, enqueue
from tests.world import make_world

Working = Callable[[Adapter], AbstractContextManager[Worker]]
TO = "a"
SOON = 60.0  # seconds, on a machine that others use as well; more than any test needs


class Provider:
    """Remembers what the test put; some channels hang until they are let go. What the jobs of the
    worker write to people of the demo goes by.
    """

    def __init__(self, *slow: Channel) -> None:
        self.slow = slow
        self.began, self.let_go = threading.Event(), threading.Event()
        self.sent: list[Channel] = []
        self.hanging = 0

    def send(self, message_id: str, message: Message) -> None:
        if message.recipient != TO:
            return
        self.began.set()
        if message.channel in self.slow:
            self.hanging += 1
            assert self.let_go.wait(2 * SOON)
        self.sent.append(message.channel)

    def sent_in(self, channel: Channel) -> int:
        return self.sent.count(channel)


@pytest.fixture
def process(tmp_path: Path) -> Process:
    return make_world(tmp_path).process


@pytest.fixture
def working(process: Process, monkeypatch: pytest.MonkeyPatch) -> Working:
    """A worker that delivers with this adapter, and ends with the block."""

    @contextmanager
    def run(adapter: Adapter) -> Iterator[Worker]:
        monkeypatch.setattr(worker, "adapter_of", lambda _: adapter)
        running = worker.start_worker(process)
        try:
            yield running
        finally:
            if isinstance(adapter, Provider):
                adapter.let_go.set()
            assert running.end(SOON)

    return run


def test_X_16_a_slow_provider_holds_up_no_other_channel(process: Process, working: Working) -> None:
    provider = Provider("mail")
    with working(provider):
        for _ in range(LANES["mail"]):
            _put(process, "mail")
        _wait(lambda: provider.hanging == LANES["mail"])
        others = [channel for channel in CHANNELS if channel != "mail"]
        for channel in others:
            _put(process, channel)
        _wait(lambda: all(provider.sent_in(channel) for channel in others))
        assert provider.sent_in("mail") == 0
        provider.let_go.set()
        _wait(lambda: provider.sent_in("mail") == LANES["mail"])


def test_X_16_one_slow_number_holds_up_no_other_code(process: Process, working: Working) -> None:
    class FirstIsSlow(Provider):
        def send(self, message_id: str, message: Message) -> None:
            self.slow = ("sms",) if not self.hanging else ()
            super().send(message_id, message)

    provider = FirstIsSlow()
    with working(provider):
        _put(process, "sms")
        _wait(lambda: provider.hanging == 1)
        _put(process, "sms")
        _wait(lambda: provider.sent_in("sms") == 1)


def test_a_message_of_this_process_leaves_at_its_commit(
    process: Process, working: Working, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without looking: the commit alone wakes the worker."""
    monkeypatch.setattr(worker, "POLL_SECONDS", 100 * SOON)
    looked, look = threading.Event(), worker.due_channels

    def noted(*arguments: object) -> list[Channel]:
        try:
            return look(*arguments)  # type: ignore[arg-type]  # passed on as they came
        finally:
            looked.set()

    monkeypatch.setattr(worker, "due_channels", noted)
    provider = Provider()
    with working(provider):
        assert looked.wait(SOON)  # and found nothing
        for number in (1, 2, 3):
            _put(process, "sms")
            _wait(lambda number=number: len(provider.sent) == number)


def test_a_message_of_another_process_leaves_within_a_second(
    process: Process, working: Working, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not rung for: it is found when the worker looks, which it does more often."""
    assert worker.POLL_SECONDS < 1
    provider = Provider()
    with working(provider):
        monkeypatch.setattr(outbox_wakeup, "_waiting", WeakSet())  # what another process wakes
        _put(process, "sms")
        _wait(lambda: provider.sent_in("sms") == 1)


def test_what_waited_while_nobody_worked_is_sent(process: Process, working: Working) -> None:
    for _ in range(25):
        _put(process, "mail")
    provider = Provider()
    with working(provider):
        _wait(lambda: provider.sent_in("mail") == 25)


def test_the_worker_survives_a_database_that_is_away(
    process: Process, working: Working, monkeypatch: pytest.MonkeyPatch
) -> None:
    away, looked = threading.Event(), threading.Event()
    look = worker.due_channels

    def fails(*arguments: object) -> list[Channel]:
        looked.set()
        if away.is_set():
            raise OSError("away")
        return look(*arguments)  # type: ignore[arg-type]  # passed on as they came

    away.set()
    monkeypatch.setattr(worker, "due_channels", fails)
    provider = Provider()
    with working(provider):
        assert looked.wait(SOON)
        _put(process, "sms")
        away.clear()
        _wait(lambda: provider.sent_in("sms") == 1)


def test_X_14_what_was_claimed_is_settled_and_nothing_more_is_claimed(
    process: Process, working: Working
) -> None:
    provider = Provider("letter")
    with working(provider) as running:
        _put(process, "letter")
        _put(process, "letter")
        _wait(lambda: provider.hanging == 1)
        assert not running.end(0.2), "it is still in hand"
        provider.let_go.set()
        assert running.end(SOON)
    assert len(provider.sent) == 1
    with process.sessions() as session:
        # The jobs of a worker may have mail of their own.
        rows = session.scalars(select(OutboxRow).where(OutboxRow.channel == "letter")).all()
    assert sorted(row.attempts for row in rows) == [0, 1]
    assert [row.sent_at is not None for row in rows if row.attempts] == [True]


def test_X_14_an_instance_that_drains_claims_nothing_more(
    process: Process, working: Working
) -> None:
    provider = Provider()
    with draining.noticeable(), working(provider) as running:
        draining.begin()
        _wait(lambda: not any(thread.is_alive() for thread in running.threads))
        _put(process, "sms")
        assert provider.sent == [], "nobody is there to send it"


def _put(process: Process, channel: Channel) -> None:
    message = Message(channel, TO, "Hallo", "tekst")
    with process.sessions() as session, writing(session):
        enqueue(session, process.sealer, message, process.clock())


def _wait(done: Callable[[], bool]) -> None:
    end = time.monotonic() + SOON
    while not done():
        assert time.monotonic() < end
        time.sleep(0.02)
