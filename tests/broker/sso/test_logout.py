"""A session ends with everything that portals hold because of it, and who can hear it is told."""

from __future__ import annotations

import pytest
from sqlalchemy.orm import Session

from assurance import session_lifetime
from broker.protocols import downstreams
from broker.sso import grants, logout
from broker.sso.logout import LoggedOutEverywhere, LogoutNotifier, LogoutOutcome
from broker.sso.session import session_limits
from directory.consoles import CONSOLES
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


def all_of_roos(session: Session, keep: tuple[str, ...] = ()) -> LoggedOutEverywhere:
    sealer = make_sealer()
    notifier = LogoutNotifier(sealer, downstreams(some_settings(), sealer), PORTALS, START)
    with writing(session):
        return logout.end_all_of(session, notifier, "roos", "blocked", keep=keep)


def test_everywhere_is_portals_and_consoles_alike(session: Session, holds: Holds) -> None:
    holds("here")
    holds("there", "hears")
    for console in CONSOLES:
        holds(console.client_id, console.client_id, console.service.uuid, session_id=None)
    done = all_of_roos(session)
    names = {console.client_id for console in CONSOLES}
    assert (done.sessions, set(done.consoles)) == ((SESSION_ID,), names)
    assert {one.client_id for one in done.outcome.notified} == {"hears", *names}
    assert [one.client_id for one in done.outcome.not_notified] == [PORTAL.client_id]
    assert not any(grants.live(session, one, START) for one in ("here", "there", *names))
    events = audit.recent(session, tags=[EventTag.SESSION_ENDED])
    assert {(one.person_id, one.reason) for one in events} == {("roos", "blocked")}
    assert {one.client_id for one in events} == {None, *names}
    assert all_of_roos(session) == LoggedOutEverywhere((), (), LogoutOutcome())


@pytest.mark.parametrize("keep", [SESSION_ID, "sluis-mijn"])
def test_what_is_kept_goes_on(session: Session, holds: Holds, keep: str) -> None:
    holds("there", "hears")
    for name in ("sluis-mijn", "sluis-beheer"):
        holds(name, name, session_id=None)
    done = all_of_roos(session, (keep,))
    is_session = keep == SESSION_ID
    assert done.sessions == (() if is_session else (SESSION_ID,))
    assert set(done.consoles) == {"sluis-mijn", "sluis-beheer"} - {keep}
    assert (grants.live(session, "there", START) is not None) is is_session
    assert (grants.live(session, "sluis-mijn", START) is not None) is not is_session
    assert len(waiting_in(session, make_sealer())) == (0 if is_session else 1)


@pytest.mark.parametrize(
    ("ids", "client_id", "left"),
    [
        ((), None, {"mine", "beheer", "here"}),
        (("mine",), None, {"beheer", "here"}),
        (("mine", "beheer", "here"), None, {"here"}),  # a portal is no console
        (("mine", "beheer"), "sluis-beheer", {"mine", "here"}),
        (("unknown",), None, {"mine", "beheer", "here"}),
    ],
)
def test_these_sessions_at_consoles_end_and_no_others(
    session: Session, holds: Holds, ids: tuple[str, ...], client_id: str | None, left: set[str]
) -> None:
    holds("here")
    holds("mine", "sluis-mijn", session_id=None)
    holds("beheer", "sluis-beheer", session_id=None)
    with writing(session):
        done = logout.end_consoles(session, START, ids, "replaced", client_id=client_id)
    live = {one for one in ("mine", "beheer", "here") if grants.live(session, one, START)}
    assert live == left
    assert len(done.notified) == 3 - len(left)
    assert len(audit.recent(session)) == 3 - len(left)


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
