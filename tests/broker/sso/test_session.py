"""The session of a browser: what its row holds, and whose cookie finds it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from assurance import session_lifetime
from assurance.accepted_factor import AcceptedFactor
from broker.sso.session import current_session, made_at, session_limits
from broker.web.cookies import SESSION
from directory.people import Person
from providers.login_facts import LoginFacts, read, stored
from state.db import writing
from tests.broker.facts import IDENTITY, UUID, a_request, a_runtime, some_settings
from tests.clocks import START

FACTS = LoginFacts(IDENTITY, UUID, AcceptedFactor("the-factor", "totp", START))


def test_what_a_session_knows_comes_back_as_it_was() -> None:
    assert read(stored(FACTS)) == FACTS
    assert made_at(stored(FACTS)) == "polder"


@pytest.mark.parametrize("facts", [b"", b"{}", b"no json", stored(FACTS)[:-9]])
def test_what_another_version_wrote_asks_for_a_new_login(facts: bytes) -> None:
    assert read(facts) is None and made_at(facts) is None


def test_a_session_lives_as_long_as_the_installation_says() -> None:
    rt = a_runtime(settings=some_settings(sessions={"idle_minutes": 20, "hours": 3}))
    limits = session_limits(rt)
    assert (limits.idle, limits.absolute) == (timedelta(minutes=20), timedelta(hours=3))


def test_without_a_cookie_nothing_is_read() -> None:
    rt = a_runtime()  # reading would fail: it has no database
    assert current_session(rt, a_request(), START) is None
    assert current_session(rt, a_request({SESSION: ""}), START) is None


def test_a_cookie_finds_its_session_until_it_was_idle_too_long(
    session: Session, roos: Person
) -> None:
    rt = a_runtime(session)
    with writing(session):
        cookie = session_lifetime.start(
            session,
            rt.sealer,
            identifier="0" * 26,
            person_id=roos.id,
            group="bouw",
            facts=stored(FACTS),
            limits=session_limits(rt),
            now=START,
        )
    request, idle = a_request({SESSION: cookie}), session_limits(rt).idle
    found = current_session(rt, request, START + idle - timedelta(seconds=1))
    assert found is not None
    assert (found.id, found.person_id, read(found.facts)) == ("0" * 26, roos.id, FACTS)
    assert current_session(rt, request, START + idle) is None
    assert current_session(rt, a_request({SESSION: "0" * 26 + "." + "a" * 43}), START) is None
