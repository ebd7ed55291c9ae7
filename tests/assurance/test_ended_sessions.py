"""The cookie of a session says whose browser it is, also when the session ended."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from assurance import ended_sessions, session_lifetime
from assurance.session_lifetime import SessionLimits
from directory.people import Person
from state.db import writing
from tests.clocks import START
from tests.keys_for_tests import make_sealer

LIMITS = SessionLimits(idle=timedelta(minutes=30), absolute=timedelta(hours=8))
ID = "1" * 26


@pytest.fixture
def session(engine: Engine) -> Iterator[Session]:
    with Session(engine) as found:
        yield found


@pytest.fixture
def cookie(session: Session) -> str:
    with writing(session):
        session.add(Person(id="roos", display_name="Roos", created_at=START))
        session.flush()
        return session_lifetime.start(
            session,
            make_sealer(),
            identifier=ID,
            person_id="roos",
            group=None,
            facts=b"{}",
            limits=LIMITS,
            now=START,
        )


@pytest.mark.parametrize("ended", [False, True])
def test_the_browser_of_a_session_is_known(session: Session, cookie: str, ended: bool) -> None:
    if ended:
        with writing(session):
            assert session_lifetime.end(session, ID, "logged_out", START)
    assert ended_sessions.shown_by(session, cookie) == ID


@pytest.mark.parametrize(
    "shown", ["", "nonsense", f"{ID}.{'A' * 43}", f"{'2' * 26}.{'A' * 43}", f"{ID}."]
)
def test_nothing_else_is_a_browser_of_a_session(session: Session, cookie: str, shown: str) -> None:
    assert cookie
    assert ended_sessions.shown_by(session, shown) is None
