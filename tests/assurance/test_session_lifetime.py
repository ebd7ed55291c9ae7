"""How a session lives, and what ends it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.orm import Session

from assurance import session_lifetime
from assurance.session_lifetime import Began, SessionLimits
from directory.people import Person
from keys.sealing import Sealer
from state.db import writing
from tests.clocks import START
from tests.databases import make_database

LIMITS = SessionLimits(idle=timedelta(minutes=30), absolute=timedelta(hours=8))


@pytest.fixture
def sql(tmp_path: Path) -> Iterator[Session]:
    with Session(make_database(tmp_path)) as session:
        with writing(session):
            session.add(Person(id="jan", display_name="Jan", created_at=START))
        yield session


SEALER = Sealer(bytes(32))


def _started(sql: Session) -> str:
    with writing(sql):
        return session_lifetime.start(
            sql,
            SEALER,
            identifier=session_lifetime.new_session_id(),
            person_id="jan",
            group="bodem",
            facts=b"facts",
            limits=LIMITS,
            now=START,
        )


def _find(sql: Session, cookie: str, minutes: float) -> session_lifetime.ActiveSession | None:
    now = START + timedelta(minutes=minutes)
    return session_lifetime.find(sql, SEALER, cookie, limits=LIMITS, now=now)


def test_a_session_is_found_by_its_cookie_alone(sql: Session) -> None:
    cookie = _started(sql)
    found = _find(sql, cookie, 1)
    assert found is not None
    assert (found.person_id, found.group, found.facts) == ("jan", "bodem", b"facts")
    identifier, _, secret = cookie.partition(".")
    for wrong in (identifier, f"{identifier}.{secret[:-1]}x", f"x.{secret}", cookie + " ", "", "."):
        assert _find(sql, wrong, 1) is None


def test_the_database_does_not_hold_the_cookie(sql: Session) -> None:
    cookie = _started(sql)
    row = sql.get_one(session_lifetime.BrowserSession, cookie[:26])
    assert cookie[27:] not in row.secret_hash
    assert b"facts" not in row.facts


def test_a_session_ends_when_it_is_not_used(sql: Session) -> None:
    cookie = _started(sql)
    assert _find(sql, cookie, 29) is not None
    assert _find(sql, cookie, 31) is None
    with writing(sql):
        now = START + timedelta(minutes=29)
        assert session_lifetime.use(sql, cookie[:26], limits=LIMITS, now=now)
    assert _find(sql, cookie, 31) is not None


def test_a_session_ends_however_much_it_is_used(sql: Session) -> None:
    cookie = _started(sql)
    for minutes in range(20, 8 * 60, 20):
        with writing(sql):
            now = START + timedelta(minutes=minutes)
            assert session_lifetime.use(sql, cookie[:26], limits=LIMITS, now=now)
    assert _find(sql, cookie, 8 * 60 - 1) is not None
    assert _find(sql, cookie, 8 * 60) is None


@pytest.mark.parametrize(("hours", "stands"), [(8, True), (9, True), (7, False), (1, False)])
def test_a_session_that_was_given_longer_than_sessions_last_now_serves_nobody(
    sql: Session, hours: int, stands: bool
) -> None:
    """The operator made sessions shorter, and began anew; who logs in again is in for so long."""
    cookie, now = _started(sql), START + timedelta(minutes=5)
    shorter = SessionLimits(LIMITS.idle, timedelta(hours=hours))
    found = session_lifetime.find(sql, SEALER, cookie, limits=shorter, now=now)
    assert (found is not None) is stands
    with writing(sql):
        used = session_lifetime.use(sql, cookie[:26], limits=shorter, now=now)
    assert (used is not None) is stands
    (one,) = session_lifetime.listed(sql, SEALER, limits=shorter, now=now)
    assert one.is_idle is not stands
    ends = START + timedelta(hours=8) - timedelta(minutes=1)
    assert session_lifetime.find(sql, SEALER, cookie, limits=shorter, now=ends) is None, "idle"


@pytest.mark.parametrize(("until", "lasts"), [(None, 20), (10, 10), (20, 20), (9999, 20)])
def test_a_makelaar_may_want_a_session_to_be_over_sooner(
    sql: Session, until: int | None, lasts: int
) -> None:
    end = START + timedelta(minutes=until) if until is not None else None
    limits = SessionLimits(timedelta(minutes=30), timedelta(minutes=20), until=end)
    with writing(sql):
        cookie = session_lifetime.start(
            sql,
            SEALER,
            identifier=session_lifetime.new_session_id(),
            person_id="jan",
            group=None,
            facts=b"facts",
            limits=limits,
            now=START,
        )
    assert _find(sql, cookie, lasts - 1) is not None
    assert _find(sql, cookie, lasts) is None


@pytest.mark.parametrize("began", [None, Began("bodem")])
@pytest.mark.parametrize(("until", "lasts"), [(None, 29), (5, 5), (9999, 29)])
def test_a_rise_may_make_a_session_end_sooner_and_never_later_than_it_may(
    sql: Session, began: Began | None, until: int | None, lasts: int
) -> None:
    end = START + timedelta(minutes=until) if until is not None else None
    identifier = _started(sql)[:26]
    limits = SessionLimits(timedelta(minutes=30), timedelta(hours=8), until=end)
    with writing(sql):
        cookie = session_lifetime.raise_to(
            sql, SEALER, identifier, facts=b"new", began=began, limits=limits, now=START
        )
    assert cookie is not None
    assert _find(sql, cookie, lasts - 1) is not None
    assert until != 5 or _find(sql, cookie, lasts) is None


@pytest.mark.parametrize(
    ("seconds", "stands"), [(-10, True), (-11, False), (-180, False), (-3600, False), (3600, False)]
)
def test_X_08_a_session_does_not_outlive_a_jump_of_the_clock(
    sql: Session, seconds: int, stands: bool
) -> None:
    """It was used a moment ago; then the clock is set. Back: nobody knows any more how long ago."""
    cookie = _started(sql)
    used = 25.0
    with writing(sql):
        now = START + timedelta(minutes=used)
        assert session_lifetime.use(sql, cookie[:26], limits=LIMITS, now=now)
    assert _find(sql, cookie, used) is not None
    assert (_find(sql, cookie, used + seconds / 60) is not None) is stands


def test_F_11_a_rise_gives_a_new_identifier(sql: Session) -> None:
    before = _started(sql)
    with writing(sql):
        after = session_lifetime.raise_to(
            sql, SEALER, before[:26], facts=b"more", began=None, limits=LIMITS, now=START
        )
    assert after is not None and after != before
    assert _find(sql, before, 1) is None
    found = _find(sql, after, 1)
    assert found is not None and (found.facts, found.group) == (b"more", "bodem")


def test_a_new_login_of_the_same_person_begins_the_time_anew(sql: Session) -> None:
    cookie = _started(sql)
    now = START + timedelta(minutes=25)
    with writing(sql):
        after = session_lifetime.raise_to(
            sql, SEALER, cookie[:26], facts=b"more", began=Began(None), limits=LIMITS, now=now
        )
    row = sql.get_one(session_lifetime.BrowserSession, cookie[:26])
    assert after is not None
    assert (row.group, row.expires_at) == (None, now + LIMITS.absolute)


def test_a_session_that_ended_is_neither_found_nor_used_nor_raised(sql: Session) -> None:
    cookie = _started(sql)
    with writing(sql):
        assert session_lifetime.end(sql, cookie[:26], "logged_out", START)
    with writing(sql):
        assert not session_lifetime.end(sql, cookie[:26], "logged_out", START)
        assert session_lifetime.use(sql, cookie[:26], limits=LIMITS, now=START) is None
        raised = session_lifetime.raise_to(
            sql, SEALER, cookie[:26], facts=b"", began=None, limits=LIMITS, now=START
        )
    assert raised is None
    assert _find(sql, cookie, 1) is None
    assert session_lifetime.standing(sql, "jan", START) == []


def test_the_standing_sessions_of_a_person(sql: Session) -> None:
    first, second = _started(sql), _started(sql)
    assert set(session_lifetime.standing(sql, "jan", START)) == {first[:26], second[:26]}
    assert session_lifetime.standing(sql, "jan", START + timedelta(hours=8)) == []


def test_who_looks_sees_what_was_not_ended_last_used_first(sql: Session) -> None:
    first, second, third = _started(sql), _started(sql), _started(sql)
    with writing(sql):
        session_lifetime.use(sql, second[:26], limits=LIMITS, now=START + timedelta(minutes=20))
        session_lifetime.end(sql, third[:26], "logged_out", START)

    def at(minutes: int, **wanted: Any) -> list[tuple[str, bool]]:
        now = START + timedelta(minutes=minutes)
        found = session_lifetime.listed(sql, SEALER, limits=LIMITS, now=now, **wanted)
        return [(one.id, one.is_idle) for one in found]

    assert at(25) == [(second[:26], False), (first[:26], False)]
    assert at(30) == [(second[:26], False), (first[:26], True)]
    assert at(25, person_id="jan", most=1) == [(second[:26], False)]
    assert at(25, person_id="mo") == []
    assert at(8 * 60) == []


def test_the_browser_is_kept_as_it_was_when_the_session_began(sql: Session) -> None:
    cookie = _started(sql)
    with writing(sql):
        session_lifetime.start(
            sql,
            SEALER,
            identifier=session_lifetime.new_session_id(),
            person_id="jan",
            group=None,
            facts=b"facts",
            limits=LIMITS,
            now=START + timedelta(minutes=1),
            browser="Firefox/Windows",
        )
    found = session_lifetime.listed(sql, SEALER, limits=LIMITS, now=START + timedelta(minutes=1))
    assert [one.browser for one in found] == ["Firefox/Windows", None]
    assert found[1].id == cookie[:26] and found[1].facts == b"facts"
