"""How attempts follow each other: paces of channels, workers that overtake each other, doubles."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import timedelta

import pytest
from sqlalchemy import event, func, select
from sqlalchemy.orm import Session, sessionmaker

from state import outbox
from state.adapters.channels import ByChannel
from state.db import writing
from state.outbox import CHANNELS, PACES, Channel, DeliveryFailed, Message, OutboxRow
from tests.clocks import FakeClock
from tests.deliveries import deliver_due
from tests.keys_for_tests import make_sealer

MESSAGE = Message("sms", "+31612345678", "", "Uw code: 123456", "7K3QX9AB")
Sessions = sessionmaker[Session]


@dataclass
class Down:
    """Fails each time, and remembers when it was asked."""

    clock: FakeClock
    asked: list[float] = field(default_factory=list)

    def send(self, message_id: str, message: Message) -> None:
        self.asked.append(self.clock().timestamp())
        raise DeliveryFailed("webhook_503")


def put(
    sessions: Sessions, clock: FakeClock, channel: Channel = "sms", minutes: int | None = None
) -> str:
    until = clock() + timedelta(minutes=minutes) if minutes else None
    with sessions() as session, writing(session):
        message = replace(MESSAGE, channel=channel)
        return outbox.enqueue(session, make_sealer(), message, clock(), until=until)


def kept(sessions: Sessions) -> OutboxRow:
    with sessions() as session:
        return session.scalars(select(OutboxRow)).one()


def deliver(sessions: Sessions, adapter: outbox.Adapter, clock: FakeClock) -> int:
    return deliver_due(sessions, make_sealer(), adapter, clock)


def until_given_up(sessions: Sessions, adapter: Down, clock: FakeClock) -> list[float]:
    """Seconds between the attempts."""
    while (due := kept(sessions).due_at) is not None:
        clock.advance((due - clock()).total_seconds())
        deliver(sessions, adapter, clock)
    return [later - first for first, later in zip(adapter.asked, adapter.asked[1:], strict=False)]


@pytest.mark.parametrize("channel", CHANNELS)
def test_pauses_double_up_to_the_longest(
    sessions: Sessions, clock: FakeClock, channel: Channel
) -> None:
    put(sessions, clock, channel)
    pauses = until_given_up(sessions, Down(clock), clock)
    pace = PACES[channel]
    first, longest = pace.first.total_seconds(), pace.longest.total_seconds()
    assert pauses == [min(first * 2**each, longest) for each in range(pace.most_attempts - 1)]
    assert sum(pauses) >= 6 * 3600, "a provider may be down for hours"


def test_X_16_a_code_is_tried_often_while_it_is_worth_something(
    sessions: Sessions, clock: FakeClock
) -> None:
    put(sessions, clock, minutes=10)
    adapter = Down(clock)
    began = clock()
    until_given_up(sessions, adapter, clock)
    assert clock() - began < timedelta(minutes=10), "given up once the next attempt is too late"
    assert len(adapter.asked) >= 6
    row = kept(sessions)
    assert (row.reason, row.sealed) == ("webhook_503", None), "nothing to try again"


def test_X_16_who_was_overtaken_changes_nothing(sessions: Sessions, clock: FakeClock) -> None:
    """A worker that stood still for longer than its claim finds that another one has sent it."""
    put(sessions, clock)
    other: list[str] = []

    class Other:
        def send(self, message_id: str, message: Message) -> None:
            other.append(message_id)

    class StoodStill:
        def send(self, message_id: str, message: Message) -> None:
            clock.advance(PACES["sms"].claim.total_seconds())
            assert deliver(sessions, Other(), clock) == 1
            raise DeliveryFailed("webhook_timeout")

    assert deliver(sessions, StoodStill(), clock) == 0
    row = kept(sessions)
    assert row.sent_at is not None and row.due_at is None and row.reason is None
    assert len(other) == 1


def test_the_claim_of_who_tries_it_now_stands(sessions: Sessions, clock: FakeClock) -> None:
    put(sessions, clock)

    class SecondTry:
        def send(self, message_id: str, message: Message) -> None:
            raise DeliveryFailed("second", permanent=True)

    class Waits:
        def send(self, message_id: str, message: Message) -> None:
            clock.advance(PACES["sms"].claim.total_seconds())
            with sessions() as session:
                outbox._claim(session, clock(), ("sms",))
            raise DeliveryFailed("first", permanent=True)

    deliver(sessions, Waits(), clock)
    row = kept(sessions)
    assert (row.given_up_at, row.attempts, row.reason) == (None, 2, None)
    clock.advance(PACES["sms"].claim.total_seconds())
    deliver(sessions, SecondTry(), clock)
    assert kept(sessions).reason == "second"


@dataclass
class Forgetful:
    """Takes everything, and does not always say so; knows what it has."""

    lost_answers: int = 0
    has_them: list[str] = field(default_factory=list)
    asked: int = 0

    def send(self, message_id: str, message: Message) -> None:
        self.has_them.append(message_id)
        if self.lost_answers:
            self.lost_answers -= 1
            raise DeliveryFailed("notify_timeout")

    def has(self, message_id: str, message: Message) -> bool:
        self.asked += 1
        return message_id in self.has_them


@pytest.mark.parametrize("wrapped", [False, True], ids=["itself", "by channel"])
def test_X_16_no_double_though_the_answer_was_lost(
    sessions: Sessions, clock: FakeClock, wrapped: bool
) -> None:
    message_id, provider = put(sessions, clock), Forgetful(lost_answers=1)
    adapter = ByChannel({"sms": provider}) if wrapped else provider
    assert deliver(sessions, adapter, clock) == 0
    assert provider.asked == 0, "nobody asks before the first attempt"
    clock.advance(5)
    assert deliver(sessions, adapter, clock) == 1
    assert provider.has_them == [message_id]
    assert kept(sessions).sent_at is not None


def test_a_mistake_of_an_adapter_is_an_attempt_that_failed(
    sessions: Sessions, clock: FakeClock
) -> None:
    put(sessions, clock)

    class Mistaken:
        def send(self, message_id: str, message: Message) -> None:
            raise KeyError(message.recipient)

    assert deliver(sessions, Mistaken(), clock) == 0
    row = kept(sessions)
    assert (row.reason, row.attempts) == ("adapter_KeyError", 1)
    assert row.due_at == clock() + PACES["sms"].first


def test_content_that_nobody_understands_is_given_up(sessions: Sessions, clock: FakeClock) -> None:
    message_id, sealer = put(sessions, clock), make_sealer()
    with sessions() as session, writing(session):
        row = session.get_one(OutboxRow, message_id)
        row.sealed = sealer.seal(b"{}", f"outbox:{message_id}")
    assert deliver_due(sessions, sealer, Down(clock), clock) == 0
    assert kept(sessions).reason == "not_understood"


def test_what_waits_longest_goes_first(sessions: Sessions, clock: FakeClock) -> None:
    first = put(sessions, clock)
    clock.advance(1)
    put(sessions, clock)
    seen: list[str] = []

    class Remembers:
        def send(self, message_id: str, message: Message) -> None:
            seen.append(message_id)

    def one() -> int:
        return deliver_due(sessions, make_sealer(), Remembers(), clock, 1, ("sms",))

    assert one() == 1 and seen == [first]
    assert one() == 1 and one() == 0


def test_what_became_of_one_is_committed_with_the_claim_of_the_next(
    sessions: Sessions, clock: FakeClock
) -> None:
    """So many messages cost one transaction each, and one more."""
    for _ in range(5):
        put(sessions, clock)
    sent_before: list[int] = []

    class Looks:
        def send(self, _id: str, _message: Message) -> None:
            with sessions() as session:
                query = select(func.count()).where(OutboxRow.sent_at.is_not(None))
                sent_before.append(session.scalar(query) or 0)

    commits: list[object] = []
    engine = sessions.kw["bind"]

    def note(connection: object) -> None:
        commits.append(connection)

    event.listen(engine, "commit", note)
    try:
        assert deliver(sessions, Looks(), clock) == 5
    finally:
        event.remove(engine, "commit", note)
    assert sent_before == [0, 1, 2, 3, 4]
    assert len(commits) == 6


def test_who_is_told_to_stop_claims_nothing_more(sessions: Sessions, clock: FakeClock) -> None:
    put(sessions, clock)
    put(sessions, clock)
    asked = Down(clock)
    outbox.deliver_due(sessions, make_sealer(), asked, clock, ("sms",), goes_on=lambda: False)
    with sessions() as session:
        attempts = session.scalars(select(OutboxRow.attempts)).all()
    assert sorted(attempts) == [0, 1]
    outbox.deliver_due(sessions, make_sealer(), asked, clock, ("sms",))
    assert len(asked.asked) == 2


def test_the_channels_in_which_something_is_due(sessions: Sessions, clock: FakeClock) -> None:
    def due() -> list[Channel]:
        with sessions() as session:
            return outbox.due_channels(session, clock())

    assert due() == []
    put(sessions, clock, "letter")
    put(sessions, clock, "mail")
    assert due() == ["mail", "letter"]
    deliver(sessions, Down(clock), clock)
    assert due() == []
    clock.advance(60)
    assert due() == ["mail", "letter"]
