"""A session ends with everything that portals hold because of it, and who can hear it is told."""

from __future__ import annotations

import pytest
from sqlalchemy.orm import Session

from assurance import session_lifetime
from broker.protocols import downstreams
from broker.sso import grants, logout
from broker.sso.logout import LogoutNotifier, LogoutOutcome
from broker.sso.session import session_limits
from directory.people import Person
from directory.services import OidcClient
from state import audit
from state.audit import EventTag
from state.db import writing
from tests.broker.facts import OTHER_UUID, PORTAL, a_runtime, some_settings
from tests.broker.sso.conftest import SESSION_ID, Holds
from tests.clocks import START
from tests.deliveries import waiting_in
from tests.keys_for_tests import make_sealer

HEARS = PORTAL.model_copy(
    update={"client_id": "hears", "backchannel_logout_uri": "https://hears.example/logout"}
)
PORTALS = {portal.client_id: portal for portal in (PORTAL, HEARS)}


def ended(session: Session, portals: dict[str, OidcClient] | None = None) -> LogoutOutcome:
    sealer = make_sealer()
    known = PORTALS if portals is None else portals
    notifier = LogoutNotifier(sealer, downstreams(some_settings(), sealer), known, START)
    with writing(session):
        return logout.end_and_tell(session, notifier, SESSION_ID, "logged_out", "ABCD1234")


def test_portals_that_can_hear_it_are_told_and_the_user_hears_of_the_others(
    session: Session, holds: Holds
) -> None:
    holds("here")
    holds("there", "hears")
    outcome = ended(session)
    assert [one.client_id for one in outcome.notified] == ["hears"]
    assert [one.client_id for one in outcome.not_notified] == [PORTAL.client_id]
    (message,) = waiting_in(session, make_sealer())
    assert (message.channel, message.recipient) == ("logout", "hears")
    assert message.reference == "ABCD1234"
    assert "roos" not in message.text and SESSION_ID not in message.text


def test_what_portals_hold_ends_whether_or_not_they_hear_it(session: Session, holds: Holds) -> None:
    for name, client in (("here", PORTAL.client_id), ("there", "hears"), ("gone", "withdrawn")):
        holds(name, client)
    holds("console", "sluis-mijn", session_id=None)
    assert len(ended(session).not_notified) == 2  # a portal that left is no longer known
    live = [name for name in ("here", "there", "gone") if grants.live(session, name, START)]
    assert live == []
    assert grants.live(session, "console", START) == "roos"  # of no session of the browser


def test_a_portal_with_two_services_is_told_once(session: Session, holds: Holds) -> None:
    holds("one", "hears")
    holds("two", "hears", OTHER_UUID)
    assert len(ended(session).notified) == 2
    assert len(waiting_in(session, make_sealer())) == 1


def test_a_session_ends_once(session: Session, holds: Holds) -> None:
    holds("there", "hears")
    ended(session)
    assert ended(session) == LogoutOutcome()
    assert len(waiting_in(session, make_sealer())) == 1
    (event,) = audit.recent(session, tags=[EventTag.SESSION_ENDED])
    assert (event.person_id, event.reason) == ("roos", "logged_out")
    assert event.details == {"session": SESSION_ID, "told": 1}


@pytest.mark.parametrize("mine", [True, False])
def test_who_is_out_everywhere_is_out_of_every_session_and_nobody_else_is(
    session: Session, holds: Holds, mine: bool
) -> None:
    holds("here")
    rt = a_runtime(session)
    with writing(session):
        session.add(Person(id="mo", display_name="Mo", created_at=START))
        session.flush()
        session_lifetime.start(
            session,
            rt.sealer,
            identifier="1" * 26,
            person_id="roos" if mine else "mo",
            group=None,
            facts=b"{}",
            limits=session_limits(rt),
            now=START,
        )
        found = logout.end_everywhere(session, rt, "roos", "blocked")
    assert set(found) == {SESSION_ID, *(["1" * 26] if mine else [])}
    assert session_lifetime.standing(session, "roos", START) == []
    assert list(session_lifetime.standing(session, "mo", START)) == ([] if mine else ["1" * 26])
