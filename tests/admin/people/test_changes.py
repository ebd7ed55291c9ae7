"""What follows when the register says something else about a person."""

from __future__ import annotations

from sqlalchemy.orm import Session

from admin.actor import Actor
from admin.people import changes
from broker.sso.logout import LogoutNotifier
from broker.texts.outside_request import texts
from directory.people import Person
from state import audit
from state.audit import EventTag
from state.db import writing
from state.outbox_queries import listed
from tests.clocks import START
from tests.keys_for_tests import make_sealer


def test_who_is_blocked_and_moves_stands_in_the_audit_with_who_did_it(
    session: Session, roos: Person
) -> None:
    notifier = LogoutNotifier(make_sealer(), {}, {}, START)
    with texts(), writing(session):
        before = changes.standing(session, roos.id, START)
        row = session.get_one(Person, roos.id)
        row.blocked_at, row.email = START, "other@x.example"
        session.flush()
        changes.follow(
            session,
            notifier,
            "https://sluis.example",
            roos.id,
            before,
            actor=Actor.operator("robin"),
        )
    events = audit.recent(session)
    assert {event.tag for event in events} == {EventTag.PERSON_BLOCKED, EventTag.ADDRESS_CHANGED}
    assert {event.person_id for event in events} == {"robin"}
    assert all(event.details["person"] == roos.id for event in events)
    assert [message.channel for message in listed(session)] == ["mail"]  # to the old address


def test_nothing_follows_where_nothing_changed(session: Session, roos: Person) -> None:
    before = changes.standing(session, roos.id, START)
    with texts(), writing(session):
        changes.follow(
            session,
            LogoutNotifier(make_sealer(), {}, {}, START),
            "https://sluis.example",
            roos.id,
            before,
            actor=Actor.operator("robin"),
        )
    assert audit.recent(session) == [] and listed(session) == []
    assert changes.standing(session, "nobody", START) == changes.Standing()
