"""An earlier login of a browser, and somebody known who made it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy.orm import Session

from assurance import session_lifetime
from assurance.accepted_factor import AcceptedFactor
from assurance.session_reuse import Obstacle
from broker.journey import single_sign_on
from broker.journey.login import Login
from broker.runtime import Runtime
from broker.sso.session import session_limits
from broker.web.cookies import SESSION
from directory import people
from directory.services import Service
from providers.interface import Identity
from providers.login_facts import LoginFacts, stored
from state.db import writing
from tests.broker.facts import (
    IDENTITY,
    LOGIN,
    OTHER_UUID,
    a_configuration,
    a_context,
    a_makelaar,
    a_request,
    a_runtime,
)
from tests.clocks import START, FakeClock

SHARED: dict[str, Any] = {"session_group": "bouw", "accepts_sessions_of": ["bouw"]}
# At EH3 the makelaar asked a second factor, which a service lets count for a while.
REUSES: dict[str, Any] = {**SHARED, "second_factor_reuse_minutes": 60}
SESSION_ID = "0" * 26
PERIOD = timedelta(minutes=15)


def somebody_known(session: Session) -> str:
    """Somebody that the makelaar Polder knows as ``subject``; the id."""
    found = people.find_or_create(
        session,
        a_runtime().sealer,
        provider_id=IDENTITY.provider_id,
        subject=IDENTITY.subject,
        display_name="Roos Willems",
        email=None,
        now=START,
    )
    return found.person_id


def running(session: Session, clock: FakeClock, service: Service, **makelaar: Any) -> Runtime:
    configuration = a_configuration([service], [a_makelaar(**makelaar)])
    return a_runtime(session, configuration, clock=clock)


def logged_in(
    rt: Runtime,
    person_id: str,
    factor: AcceptedFactor | None = None,
    group: str | None = "bouw",
    identity: Identity = IDENTITY,
) -> str:
    """The cookie of a session that began at START."""
    with writing(rt.session) as sql:
        return session_lifetime.start(
            sql,
            rt.sealer,
            identifier=SESSION_ID,
            person_id=person_id,
            group=group,
            facts=stored(LoginFacts(identity, OTHER_UUID, factor)),
            limits=session_limits(rt),
            now=START,
        )


def judged(rt: Runtime, cookie: str, login: Login = LOGIN) -> tuple[Login, Obstacle | None]:
    """What becomes of this login in a browser with that session, and what stood in the way."""
    return single_sign_on.continued(rt, login, a_context(rt, login), a_request({SESSION: cookie}))


def asked(rt: Runtime, cookie: str, login: Login = LOGIN) -> Login:
    return judged(rt, cookie, login)[0]
