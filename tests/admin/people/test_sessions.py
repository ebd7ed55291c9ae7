"""What runs of people, ended by an operator: of whom it was named, and audited."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from admin.actor import COMMAND_LINE, Actor
from admin.people import sessions
from admin.people.sessions import EndedSessions, NoSuchMakelaar, NoSuchSession, SessionChoice
from assurance import session_lifetime
from broker.console.downstream import idle_key
from broker.downstream import NewGrant
from broker.process import Process
from broker.sso import grants
from broker.sso.session import session_limits
from directory.consoles import MINE
from directory.people import NoSuchPerson, Person
from providers.login_facts import LoginFacts, stored
from state import audit
from state.audit import EventTag
from state.db import writing
from tests.broker.facts import (
    IDENTITY,
    PORTAL,
    UUID,
    a_configuration,
    a_makelaar,
    a_process,
    a_runtime,
)
from tests.clocks import START

HOUR = timedelta(hours=1)


@pytest.fixture
def process(session: Session, roos: Person) -> Process:
    """Roos and Mo each have a session of a browser, with a portal, and one at /mijn: Roos through
    Polder, Mo through Zeker.
    """
    makelaars = [a_makelaar("polder"), a_makelaar("zeker"), a_makelaar("unused")]
    rt = a_runtime(session, a_configuration(makelaars=makelaars))
    with writing(session) as sql:
        sql.add(Person(id="mo", display_name="Mo", created_at=START))
        sql.add(Person(id="idle", display_name="Bas", created_at=START))
        sql.flush()
        for person_id, makelaar in (("roos", "polder"), ("mo", "zeker")):
            identity = replace(IDENTITY, provider_id=makelaar)
            session_lifetime.start(
                sql,
                rt.sealer,
                identifier=f"s-{person_id}",
                person_id=person_id,
                group=None,
                facts=stored(LoginFacts(identity, UUID, None)),
                limits=session_limits(rt),
                now=START,
            )
            at_portal = NewGrant(
                f"p-{person_id}", PORTAL.client_id, person_id, UUID, START + HOUR, f"s-{person_id}"
            )
            grants.insert(sql, at_portal, START, provider_id=makelaar)
            inside = NewGrant(
                f"c-{person_id}", MINE.client_id, person_id, MINE.service.uuid, START + HOUR
            )
            grants.insert(sql, inside, START, provider_id=makelaar)
            rt.store.put(idle_key(f"c-{person_id}"), b"1", 900)
    return a_process(rt)


def listed(session: Session, process: Process, wanted: SessionChoice) -> set[str]:
    return {one.id for one in sessions.listed(session, process, wanted)}


def ended(
    session: Session,
    process: Process,
    wanted: SessionChoice,
    actor: Actor = COMMAND_LINE,
    because: str = "",
) -> EndedSessions:
    with writing(session):
        return sessions.end(session, process, wanted, actor=actor, because=because)


def live(session: Session) -> set[str]:
    names = [f"{kind}-{person}" for kind in "pc" for person in ("roos", "mo")]
    return {one for one in names if grants.live(session, one, START) is not None}


CHOICES = [
    (SessionChoice(person_id="roos"), {"s-roos", "c-roos"}),
    (SessionChoice(provider_id="zeker"), {"s-mo", "c-mo"}),
    (SessionChoice(session_id="s-roos"), {"s-roos"}),
    (SessionChoice(session_id="c-mo"), {"c-mo"}),
    (SessionChoice(person_id="idle"), set()),
    (SessionChoice(provider_id="unused"), set()),
    (SessionChoice(provider_id="sluis"), set()),  # accounts of our own
]


@pytest.mark.parametrize(("wanted", "found"), CHOICES)
def test_what_is_listed_is_what_ends(
    session: Session, process: Process, wanted: SessionChoice, found: set[str]
) -> None:
    everything = listed(session, process, SessionChoice())
    assert everything == {"s-roos", "c-roos", "s-mo", "c-mo"}
    assert listed(session, process, wanted) == found
    done = ended(session, process, wanted)
    assert done.browsers + done.consoles == len(found)
    assert listed(session, process, SessionChoice()) == everything - found
    held = {one.replace("s-", "p-") for one in found}  # a portal goes with the session
    assert live(session) == {"p-roos", "c-roos", "p-mo", "c-mo"} - held


def test_the_audit_tells_who_asked_it_and_for_whom(session: Session, process: Process) -> None:
    wanted, robin = SessionChoice(person_id="roos"), Actor.operator("robin")
    done = ended(session, process, wanted, robin, because="Telefoon gestolen")
    assert done == EndedSessions(1, 1, (), (PORTAL.client_id,))
    summary, *each = audit.recent(session, tags=[EventTag.SESSION_ENDED])
    assert (summary.person_id, summary.reason) == ("robin", "ended_by_operator")
    assert summary.details == {
        "person": "roos",
        "sessions": 1,
        "consoles": 1,
        "by": "operator",
        "because": "Telefoon gestolen",
    }
    assert {(one.person_id, one.reason) for one in each} == {("roos", "ended_by_operator")}
    assert len(each) == 2
    ended(session, process, SessionChoice(provider_id="zeker"))
    summary = audit.recent(session, tags=[EventTag.SESSION_ENDED])[0]
    assert (summary.person_id, summary.provider_id) == (None, "zeker")
    assert summary.details == {"sessions": 1, "consoles": 1, "grants": 0, "by": "command_line"}


def test_of_a_person_also_what_hangs_on_no_session_ends(session: Session, process: Process) -> None:
    with writing(session) as sql:
        left = NewGrant("left", PORTAL.client_id, "roos", UUID, START + HOUR)
        grants.insert(sql, left, START)
    ended(session, process, SessionChoice(person_id="roos"))
    assert grants.live(session, "left", START) is None
    assert live(session) == {"p-mo", "c-mo"}


def test_of_a_makelaar_what_hangs_on_no_session_of_it_ends_as_well(
    session: Session, process: Process
) -> None:
    """A session that rose at another makelaar, a console that nobody used for long, a login that
    left no session.
    """
    with writing(session) as sql:
        for name, makelaar, session_id in (
            ("risen", "zeker", "s-roos"),
            ("alone", "zeker", None),
            ("others", "polder", None),
        ):
            left = NewGrant(name, PORTAL.client_id, "roos", UUID, START + HOUR, session_id)
            grants.insert(sql, left, START, provider_id=makelaar)
        unused = NewGrant("unused", MINE.client_id, "mo", MINE.service.uuid, START + HOUR)
        grants.insert(sql, unused, START, provider_id="zeker")
    done = ended(session, process, SessionChoice(provider_id="zeker"))
    assert (done.browsers, done.consoles, done.grants) == (1, 1, 3)
    assert live(session) == {"p-roos", "c-roos"}
    names = ("risen", "alone", "unused", "others")
    standing = [one for one in names if grants.live(session, one, START) is not None]
    assert standing == ["others"]
    summary = audit.recent(session, tags=[EventTag.SESSION_ENDED])[0]
    assert summary.details["grants"] == 3
    assert ended(session, process, SessionChoice(provider_id="zeker")).grants == 0


@pytest.mark.parametrize(
    ("wanted", "refusal"),
    [
        (SessionChoice(person_id="nobody"), NoSuchPerson),
        (SessionChoice(provider_id="nobody"), NoSuchMakelaar),
        (SessionChoice(session_id="nobody"), NoSuchSession),
        (SessionChoice(session_id="p-roos"), NoSuchSession),  # what a portal holds is no session
    ],
)
def test_what_is_not_known_is_refused_and_nothing_ends(
    session: Session, process: Process, wanted: SessionChoice, refusal: type[Exception]
) -> None:
    with pytest.raises(refusal):
        listed(session, process, wanted)
    with pytest.raises(refusal):
        ended(session, process, wanted)
    assert len(live(session)) == 4


def test_nobody_ends_everybodys_sessions_by_leaving_the_choice_out(
    session: Session, process: Process
) -> None:
    with pytest.raises(ValueError, match="everybody"):
        ended(session, process, SessionChoice())
    assert len(live(session)) == 4


def test_no_more_than_asked_are_listed(session: Session, process: Process) -> None:
    assert len(sessions.listed(session, process, SessionChoice(), most=3)) == 3
