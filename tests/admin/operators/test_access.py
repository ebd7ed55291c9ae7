"""An operator's access: the same for the command and the console, and the audit tells who."""

from __future__ import annotations

import pytest
from sqlalchemy.orm import Session

from admin.actor import COMMAND_LINE, Actor
from admin.operators import access, roles
from admin.operators.access import Invitation, NoSuchOperator
from admin.operators.roles import OperatorRole
from state import audit
from state.audit import EventTag
from state.db import writing
from tests.clocks import START

ROBIN = Actor.operator("robin")


def made(session: Session, actor: Actor = COMMAND_LINE) -> Invitation:
    with writing(session):
        return access.create(
            session,
            name="Kim Bos",
            email="kim@x.example",
            user_name="kim",
            roles=[OperatorRole.VIEWER],
            actor=actor,
            now=START,
        )


@pytest.mark.parametrize(("actor", "who"), [(COMMAND_LINE, None), (ROBIN, "robin")])
def test_each_step_is_audited_with_who_took_it(
    session: Session, actor: Actor, who: str | None
) -> None:
    kim = made(session, actor).person_id
    with writing(session):
        assert access.recover(session, "Kim", actor=actor, now=START).person_id == kim
    with writing(session):
        assert access.end(session, "kim", actor=actor, now=START) == kim
    tags = (EventTag.OPERATOR_ADDED, EventTag.OPERATOR_RECOVERED, EventTag.OPERATOR_ENDED)
    events = audit.recent(session, tags=tags)
    assert [(event.tag, event.person_id) for event in reversed(events)] == [
        (tag, who) for tag in tags
    ]
    assert roles.roles_of(session, kim, START) == frozenset()


def test_what_an_operator_held_ends_with_it(session: Session) -> None:
    made(session)
    with writing(session):
        access.recover(session, "kim", actor=COMMAND_LINE, now=START)
    with writing(session):
        access.end(session, "kim", actor=COMMAND_LINE, now=START)
    ended = audit.recent(session, tags=[EventTag.SESSION_ENDED])
    assert [event.reason for event in ended] == ["operator_ended", "recovered"]
    with pytest.raises(NoSuchOperator), writing(session):
        access.end(session, "kim", actor=COMMAND_LINE, now=START)
