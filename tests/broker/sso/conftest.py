"""Roos, with a session of her browser and what portals hold because of it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from assurance import session_lifetime
from broker.downstream import NewGrant
from broker.sso import grants
from broker.sso.session import session_limits
from directory.people import Person
from state.db import writing
from tests.broker.facts import PORTAL, UUID, a_runtime
from tests.clocks import START

SESSION_ID = "0" * 26
HOUR = timedelta(hours=1)
Holds = Callable[..., str]


@pytest.fixture
def browser_session(session: Session, roos: Person) -> str:
    """Its id."""
    rt = a_runtime(session)
    with writing(session):
        session_lifetime.start(
            session,
            rt.sealer,
            identifier=SESSION_ID,
            person_id=roos.id,
            group=None,
            facts=b"{}",
            limits=session_limits(rt),
            now=START,
        )
    return SESSION_ID


@pytest.fixture
def holds(session: Session, browser_session: str) -> Holds:
    """Gives a portal a grant of Roos, for an hour; its id."""

    def give(
        grant_id: str,
        client_id: str = PORTAL.client_id,
        service_uuid: str = UUID,
        session_id: str | None = browser_session,
        person_id: str = "roos",
    ) -> str:
        facts = NewGrant(grant_id, client_id, person_id, service_uuid, START + HOUR, session_id)
        with writing(session):
            grants.insert(session, facts, START)
        return grant_id

    return give
