"""What an operator still holds, ends: at every instance at once, and the audit tells why."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from admin.operators.sessions import end_all
from assurance import session_lifetime
from assurance.session_lifetime import SessionLimits
from broker.downstream import NewGrant
from broker.sso import grants
from directory.consoles import OPERATOR
from directory.people import Person
from state import audit
from state.db import writing
from state.outbox_queries import listed
from tests.clocks import START
from tests.keys_for_tests import make_sealer

HOUR = timedelta(hours=1)


@pytest.fixture(autouse=True)
def at_work(session: Session, roos: Person) -> None:
    """Roos and Kim are each in the console, and have a session of their browser."""
    with writing(session):
        session.add(Person(id="kim", display_name="Kim Bos", created_at=START))
        session.flush()
        for number, person_id in enumerate((roos.id, "kim")):
            session_lifetime.start(
                session,
                make_sealer(),
                identifier=str(number) * 26,
                person_id=person_id,
                group=None,
                facts=b"{}",
                limits=SessionLimits(HOUR, HOUR),
                now=START,
            )
            held = NewGrant(person_id, OPERATOR.client_id, person_id, "service", START + HOUR)
            grants.insert(session, held, START)


def test_one_operator_is_out_of_everything_and_the_others_are_not(session: Session) -> None:
    with writing(session):
        end_all(session, "kim", "operator_ended", START)
    assert grants.live(session, "kim", START) is None
    assert session_lifetime.standing(session, "kim", START) == []
    assert grants.live(session, "roos", START) == "roos"
    assert len(session_lifetime.standing(session, "roos", START)) == 1


def test_the_audit_tells_why_and_how_much_and_no_portal_is_told(session: Session) -> None:
    with writing(session):
        end_all(session, "kim", "recovered", START)
        end_all(session, "kim", "recovered", START)
    again, first = audit.recent(session)
    assert (first.reason, first.details) == ("recovered", {"operator": "kim", "grants": 1})
    assert again.details == {"operator": "kim", "grants": 0}
    assert listed(session) == []
