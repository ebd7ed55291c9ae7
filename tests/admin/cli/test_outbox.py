"""An operator sees what was not delivered, and offers it again without seeing what it says."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from admin.operations.jobs import purge
from broker import settings
from broker.process import Process
from broker.start import start
from sandbox.prepare import Demo
from state import audit, outbox, outbox_queries
from state.adapters.failures import explained
from state.audit import EventTag
from state.clock import utc_now
from state.outbox import DeliveryFailed, Message, OutboxRow
from tests.admin.cli.conftest import Sluis
from tests.clocks import FakeClock
from tests.deliveries import deliver_due

MESSAGE = Message("mail", "m.jansen@example.nl", "Machtiging verleend", "Beste,", "7K3QX9AB")


class Down:
    def send(self, message_id: str, message: Message) -> None:
        raise DeliveryFailed("recipient_refused", permanent=True)


class Up:
    def __init__(self) -> None:
        self.sent: list[tuple[str, Message]] = []

    def send(self, message_id: str, message: Message) -> None:
        self.sent.append((message_id, message))


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock(utc_now())


@pytest.fixture
def process(demo: Demo, initialised: None, clock: FakeClock) -> Process:
    return start(settings.load(demo.config, {}), clock)


def _put(process: Process) -> str:
    with process.sessions() as session:
        message_id = outbox.enqueue(session, process.sealer, MESSAGE, process.clock())
        session.commit()
    return message_id


def _given_up(process: Process) -> str:
    message_id = _put(process)
    deliver_due(process.sessions, process.sealer, Down(), process.clock)
    return message_id


def _tags(sessions: sessionmaker[Session]) -> list[EventTag]:
    tags = (EventTag.MESSAGE_GIVEN_UP, EventTag.MESSAGE_RETRIED)
    with sessions() as session:
        return [event.tag for event in audit.recent(session, tags=tags)]


def test_the_list_tells_the_state_and_nothing_of_the_person(process: Process, sluis: Sluis) -> None:
    given_up, waiting = _given_up(process), _put(process)
    everything = sluis("outbox", "list").output
    assert given_up in everything and waiting in everything
    assert "recipient_refused" in everything
    for state, listed in (("waiting", [waiting]), ("given-up", [given_up]), ("sent", [])):
        answer = sluis("outbox", "list", "--state", state, "--json").output
        assert [one["id"] for one in json.loads(answer)] == listed
        everything += answer
    assert "jansen" not in everything and "Machtiging" not in everything
    assert sluis("outbox", "list", "--state", "sent").output == "No messages.\n"


def test_a_reference_is_no_reason(process: Process, sluis: Sluis) -> None:
    failed = _given_up(process)
    deliver_due(process.sessions, process.sealer, Up(), process.clock)
    sent = _put(process)
    deliver_due(process.sessions, process.sealer, Up(), process.clock)
    head, *lines = sluis("outbox", "list").output.splitlines()
    rows = {line.split()[0]: line[head.index("Reference") :].split() for line in lines}
    _, _, says = explained("recipient_refused").partition(": ")
    assert rows == {sent: ["7K3Q-X9AB"], failed: ["7K3Q-X9AB", "recipient_refused:", *says.split()]}
    assert "At (UTC)" in head and head.endswith("Reason")


@pytest.mark.parametrize("everything", [True, False])
def test_what_was_given_up_is_sent_after_all(
    process: Process, sluis: Sluis, clock: FakeClock, everything: bool
) -> None:
    message_id, adapter = _given_up(process), Up()
    answer = sluis("outbox", "retry", "--all-given-up" if everything else message_id)
    assert (answer.exit_code, answer.output) == (0, "1 message(s) will be sent again.\n")
    clock.advance(60)
    assert deliver_due(process.sessions, process.sealer, adapter, clock) == 1
    assert adapter.sent == [(message_id, MESSAGE)]
    assert _tags(process.sessions) == [EventTag.MESSAGE_RETRIED, EventTag.MESSAGE_GIVEN_UP]
    assert sluis("outbox", "retry", message_id).exit_code == 1


def test_after_a_week_the_content_is_gone(process: Process, sluis: Sluis, clock: FakeClock) -> None:
    message_id = _given_up(process)
    clock.advance((outbox_queries.KEPT - timedelta(minutes=1)).total_seconds())
    purge(process)
    assert _kept(process)
    clock.advance(120)
    purge(process)
    assert not _kept(process)
    assert "(content is gone)" in sluis("outbox", "list").output
    assert sluis("outbox", "retry", message_id).exit_code == 1
    assert sluis("outbox", "retry", "--all-given-up").output.startswith("0 ")


def _kept(process: Process) -> bool:
    with process.sessions() as session:
        return session.scalars(select(OutboxRow)).one().sealed is not None


@pytest.mark.parametrize("arguments", [(), ("01abc", "--all-given-up")])
def test_one_message_or_all_of_them(
    process: Process, sluis: Sluis, arguments: tuple[str, ...]
) -> None:
    message_id = _given_up(process)
    assert sluis("outbox", "retry", *arguments).exit_code == 2
    assert sluis("outbox", "retry", "unknown").exit_code == 1
    assert sluis("outbox", "retry", message_id).exit_code == 0
