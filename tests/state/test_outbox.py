from __future__ import annotations

import dataclasses
from dataclasses import dataclass, field
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from keys.sealing import Sealer
from state import audit, outbox
from state.audit import EventTag
from state.db import writing
from state.outbox import MOST_ATTEMPTS, DeliveryFailed, Message, OutboxRow
from tests.clocks import FakeClock
from tests.deliveries import deliver_due
from tests.keys_for_tests import make_sealer

MESSAGE = Message("mail", "m.jansen@example.nl", "Machtiging verleend", "Beste,\n…", "7K3QX9AB")


@dataclass
class Recorder:
    """An adapter that remembers, and fails as told."""

    fails: list[DeliveryFailed] = field(default_factory=list)
    sent: list[tuple[str, Message]] = field(default_factory=list)

    def send(self, message_id: str, message: Message) -> None:
        self.sent.append((message_id, message))
        if self.fails:
            raise self.fails.pop(0)


def put(sessions: sessionmaker[Session], clock: FakeClock) -> str:
    with sessions() as session:
        message_id = outbox.enqueue(session, make_sealer(), MESSAGE, clock())
        session.commit()
    return message_id


def kept(sessions: sessionmaker[Session]) -> OutboxRow:
    with sessions() as session:
        return session.scalars(select(OutboxRow)).one()


def deliver(sessions: sessionmaker[Session], adapter: Recorder, clock: FakeClock) -> int:
    return deliver_due(sessions, make_sealer(), adapter, clock)


def test_a_message_is_sent_once_and_then_blanked(
    sessions: sessionmaker[Session], clock: FakeClock
) -> None:
    message_id, adapter = put(sessions, clock), Recorder()
    assert deliver(sessions, adapter, clock) == 1
    assert adapter.sent == [(message_id, MESSAGE)]
    row = kept(sessions)
    assert (row.sealed, row.due_at, row.sent_at, row.attempts) == (None, None, clock(), 1)
    assert deliver(sessions, adapter, clock) == 0
    assert len(adapter.sent) == 1


def test_content_is_sealed_while_it_waits(
    sessions: sessionmaker[Session], clock: FakeClock
) -> None:
    put(sessions, clock)
    sealed = kept(sessions).sealed
    assert sealed is not None
    assert b"jansen" not in sealed and b"Machtiging" not in sealed


def test_a_message_falls_with_its_transaction(
    sessions: sessionmaker[Session], clock: FakeClock
) -> None:
    with sessions() as session:
        outbox.enqueue(session, make_sealer(), MESSAGE, clock())
        session.rollback()
    assert deliver(sessions, Recorder(), clock) == 0


def test_what_fails_is_tried_again_later_and_later(
    sessions: sessionmaker[Session], clock: FakeClock
) -> None:
    message_id = put(sessions, clock)
    adapter = Recorder(fails=[DeliveryFailed("smtp_down"), DeliveryFailed("smtp_down")])
    assert deliver(sessions, adapter, clock) == 0
    assert deliver(sessions, adapter, clock) == 0
    assert len(adapter.sent) == 1, "not at once"
    clock.advance(60)
    assert deliver(sessions, adapter, clock) == 0
    clock.advance(60)
    assert deliver(sessions, adapter, clock) == 0
    assert len(adapter.sent) == 2, "the pause doubles"
    clock.advance(60)
    assert deliver(sessions, adapter, clock) == 1
    assert [sent for sent, _ in adapter.sent] == [message_id] * 3
    assert kept(sessions).reason is None


def test_a_message_is_given_up_in_the_end(
    sessions: sessionmaker[Session], clock: FakeClock
) -> None:
    put(sessions, clock)
    adapter = Recorder(fails=[DeliveryFailed("smtp_down")] * MOST_ATTEMPTS)
    for _ in range(MOST_ATTEMPTS):
        assert deliver(sessions, adapter, clock) == 0
        clock.advance(3600)
    row = kept(sessions)
    assert (row.attempts, row.due_at) == (MOST_ATTEMPTS, None)
    assert row.sealed is not None, "kept, for an operator to offer it again"
    assert row.given_up_at is not None and row.reason == "smtp_down"


def test_what_cannot_be_delivered_is_not_tried_again(
    sessions: sessionmaker[Session], clock: FakeClock
) -> None:
    put(sessions, clock)
    adapter = Recorder(fails=[DeliveryFailed("recipient_refused", permanent=True)])
    assert deliver(sessions, adapter, clock) == 0
    assert kept(sessions).given_up_at == clock()


def test_a_message_whose_worker_died_is_offered_again(
    sessions: sessionmaker[Session], clock: FakeClock
) -> None:
    message_id = put(sessions, clock)

    class Killed(BaseException):
        pass

    class Dies(Recorder):
        def send(self, message_id: str, message: Message) -> None:
            raise Killed

    with pytest.raises(Killed):
        deliver(sessions, Dies(), clock)
    other = Recorder()
    assert deliver(sessions, other, clock) == 0, "claimed"
    clock.advance(outbox.CLAIM.total_seconds())
    assert deliver(sessions, other, clock) == 1
    assert other.sent == [(message_id, MESSAGE)]


def test_no_message_is_claimed_twice(sessions: sessionmaker[Session], clock: FakeClock) -> None:
    put(sessions, clock)

    class Meanwhile(Recorder):
        def send(self, message_id: str, message: Message) -> None:
            super().send(message_id, message)
            assert deliver(sessions, other, clock) == 0

    adapter, other = Meanwhile(), Recorder()
    assert deliver(sessions, adapter, clock) == 1
    assert other.sent == []


def test_at_most_so_many_are_sent_at_a_time(
    sessions: sessionmaker[Session], clock: FakeClock
) -> None:
    for _ in range(3):
        put(sessions, clock)
    adapter = Recorder()
    assert deliver_due(sessions, make_sealer(), adapter, clock, limit=2) == 2
    assert deliver_due(sessions, make_sealer(), adapter, clock, limit=2) == 1


def test_content_under_another_master_key_waits_for_who_has_it(
    sessions: sessionmaker[Session], clock: FakeClock
) -> None:
    put(sessions, clock)
    assert deliver_due(sessions, Sealer(b"2" * 32), Recorder(), clock) == 0
    row = kept(sessions)
    assert (row.reason, row.given_up_at) == ("wrong_master_key", None)
    clock.advance(3600)
    assert deliver(sessions, Recorder(), clock) == 1


def test_content_that_was_changed_is_given_up(
    sessions: sessionmaker[Session], clock: FakeClock
) -> None:
    put(sessions, clock)
    with sessions() as session, writing(session):
        row = session.scalars(select(OutboxRow)).one()
        sealed = row.sealed or b""
        row.sealed = sealed[:-1] + bytes([sealed[-1] ^ 1])
    assert deliver(sessions, Recorder(), clock) == 0
    assert kept(sessions).reason == "seal_broken" and kept(sessions).given_up_at is not None


def test_what_comes_too_late_is_not_sent(sessions: sessionmaker[Session], clock: FakeClock) -> None:
    with sessions() as session:
        for minutes in (5, 10):
            until = clock() + timedelta(minutes=minutes)
            outbox.enqueue(session, make_sealer(), MESSAGE, clock(), until=until)
        session.commit()
    adapter = Recorder()
    clock.advance(300)
    assert deliver(sessions, adapter, clock) == 1
    assert len(adapter.sent) == 1, "the one that still makes sense"
    with sessions() as session:
        row = session.scalars(select(OutboxRow).where(OutboxRow.sent_at.is_(None))).one()
        assert (row.reason, row.given_up_at, row.sealed) == ("too_late", clock(), None)


def test_each_channel_can_be_delivered_by_itself(
    sessions: sessionmaker[Session], clock: FakeClock
) -> None:
    put(sessions, clock)
    adapter = Recorder()
    assert deliver_due(sessions, make_sealer(), adapter, clock, channels=("sms", "letter")) == 0
    assert adapter.sent == []
    assert deliver_due(sessions, make_sealer(), adapter, clock, channels=("mail",)) == 1


def test_X_16_a_provider_that_was_down_gets_each_message_once(
    sessions: sessionmaker[Session], clock: FakeClock
) -> None:
    message_id = put(sessions, clock)
    down = Recorder(fails=[DeliveryFailed("webhook_503")] * 2)
    assert deliver(sessions, down, clock) == 0
    clock.advance(60)
    assert deliver(sessions, down, clock) == 0
    row = kept(sessions)
    assert row.due_at is not None and row.sealed is not None, "queued"
    up = Recorder()
    clock.advance(120)
    assert deliver(sessions, up, clock) == 1
    for _ in range(3):
        clock.advance(3600)
        assert deliver(sessions, up, clock) == 0
    assert up.sent == [(message_id, MESSAGE)]
    assert audited(sessions) == []


def test_X_17_what_never_arrives_is_given_up_and_audited(
    sessions: sessionmaker[Session], clock: FakeClock
) -> None:
    message_id = put(sessions, clock)
    adapter = Recorder(fails=[DeliveryFailed("portal_503")] * MOST_ATTEMPTS)
    for attempt in range(1, MOST_ATTEMPTS + 1):
        assert audited(sessions) == []
        deliver(sessions, adapter, clock)
        assert kept(sessions).attempts == attempt
        clock.advance(3600)
    (event,) = audited(sessions)
    assert (event.reason, event.reference) == ("portal_503", MESSAGE.reference)
    assert event.details == {"message": message_id, "channel": "mail", "attempts": MOST_ATTEMPTS}
    assert deliver(sessions, adapter, clock) == 0
    assert len(adapter.sent) == MOST_ATTEMPTS


def audited(sessions: sessionmaker[Session]) -> list[audit.AuditEvent]:
    with sessions() as session:
        return audit.recent(session, tags=(EventTag.MESSAGE_GIVEN_UP,))


@pytest.mark.parametrize(
    "change",
    [
        {"recipient": "a@example.nl\r\nBcc: b@example.nl"},
        {"subject": "Hallo\nBcc: b@example.nl"},
        {"subject": "Hallo\x00"},
    ],
)
def test_a_header_holds_no_line_break(change: dict[str, str]) -> None:
    assert dataclasses.replace(MESSAGE, subject="Hallo é") is not None
    with pytest.raises(ValueError, match="one line"):
        dataclasses.replace(MESSAGE, **change)  # type: ignore[arg-type]


def test_a_message_does_not_tell_itself_in_logs() -> None:
    assert "jansen" not in repr(MESSAGE) and "Beste" not in repr(MESSAGE)
