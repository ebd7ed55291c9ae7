"""Messages that were given up are offered again."""

from __future__ import annotations

from sqlalchemy import update
from sqlalchemy.orm import Session

from admin.actor import Actor
from admin.operations import outbox
from state import audit
from state.audit import EventTag
from state.db import writing
from state.outbox import Message, OutboxRow, enqueue
from state.outbox_queries import listed
from tests.clocks import START
from tests.keys_for_tests import make_sealer


def retry(session: Session, message_id: str | None = None) -> tuple[str, ...]:
    with writing(session):
        return outbox.retry(session, message_id, actor=Actor.operator("robin"), now=START)


def test_what_was_given_up_waits_again_and_is_audited_one_by_one(session: Session) -> None:
    with writing(session):
        for _ in range(3):
            enqueue(session, make_sealer(), Message("mail", "a@x.example", "x", "y"), START)
    assert retry(session) == ()  # what waits is left alone
    with writing(session):
        session.execute(update(OutboxRow).values(given_up_at=START, due_at=None, attempts=9))
    one, *others = (message.id for message in listed(session, "given-up"))
    assert retry(session, one) == (one,)
    assert retry(session, one) == ()
    assert set(retry(session)) == set(others)
    assert [message.attempts for message in listed(session, "waiting")] == [0, 0, 0]
    events = audit.recent(session, tags=[EventTag.MESSAGE_RETRIED])
    assert {event.details["message"] for event in events} == {one, *others}
    assert {event.person_id for event in events} == {"robin"}
