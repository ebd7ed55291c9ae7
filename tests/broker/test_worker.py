"""The worker: a provider that does not answer holds up no other channel."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from broker import worker
from broker.start import Parts
from state.outbox import CHANNELS, Channel, Message, enqueue
from tests.world import make_world


class OneIsSlow:
    """Mail hangs until it is let go."""

    def __init__(self) -> None:
        self.mail_began, self.let_go, self.others = (
            threading.Event(),
            threading.Event(),
            threading.Event(),
        )
        self.sent: list[Channel] = []

    def send(self, message_id: str, message: Message) -> None:
        if message.channel == "mail":
            self.mail_began.set()
            assert self.let_go.wait(30)
        self.sent.append(message.channel)
        if {"sms", "letter", "logout"} <= set(self.sent):
            self.others.set()


@pytest.fixture
def parts(tmp_path: Path) -> Parts:
    return make_world(tmp_path).parts


def test_X_16_a_slow_provider_holds_up_no_other_channel(
    parts: Parts, monkeypatch: pytest.MonkeyPatch
) -> None:
    adapter = OneIsSlow()
    monkeypatch.setattr(worker, "adapter_of", lambda _: adapter)
    running = worker.start_worker(parts)
    try:
        _put(parts, "mail")
        assert adapter.mail_began.wait(15)
        for channel in CHANNELS:
            if channel != "mail":
                _put(parts, channel)
        assert adapter.others.wait(15)
        assert "mail" not in adapter.sent
    finally:
        adapter.let_go.set()
        assert running.end(10)


def _put(parts: Parts, channel: str) -> None:
    message = Message(channel, "a", "Hallo", "tekst")  # type: ignore[arg-type]  # one of CHANNELS
    with parts.sessions() as session:
        enqueue(session, parts.sealer, message, parts.clock())
        session.commit()
