"""When an earlier login may answer, and how a session lives and ends."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from admin.tables import TABLES
from assurance import sessions
from assurance.levels import AssuranceLevel
from assurance.sessions import Began, Earlier, SessionLimits, SessionRequest, may_continue
from directory.people import Person
from keys.sealing import Sealer
from state import migrate
from state.db import writing
from state.engine import make_engine
from tests.clocks import START

L = AssuranceLevel
LIMITS = SessionLimits(idle=timedelta(minutes=30), absolute=timedelta(hours=8))
EARLIER = Earlier(group="bodem", level=L.EH3, authenticated_at=START)
WISH = SessionRequest(
    service_uuid="s",
    accepts=frozenset({"bodem"}),
    needed=L.EH3,
    force_authn=False,
    max_age=None,
    second_factor_reuse=timedelta(minutes=60),
)
LATER = START + timedelta(minutes=10)


def test_an_earlier_login_may_answer() -> None:
    assert may_continue(EARLIER, WISH, LATER)


@pytest.mark.parametrize(
    ("earlier", "wish"),
    [
        (EARLIER, replace(WISH, accepts=frozenset())),
        (EARLIER, replace(WISH, accepts=frozenset({"water"}))),
        (replace(EARLIER, group=None), WISH),
        (EARLIER, replace(WISH, force_authn=True)),
        (EARLIER, replace(WISH, max_age=599)),
        (EARLIER, replace(WISH, max_age=0)),
        (replace(EARLIER, level=L.EH4), replace(WISH, needed=L.EH4)),
        (EARLIER, replace(WISH, second_factor_reuse=timedelta(minutes=9))),
        (EARLIER, replace(WISH, second_factor_reuse=timedelta(0))),
        (replace(EARLIER, asserted_for="another"), WISH),
    ],
)
def test_an_earlier_login_may_not_answer(earlier: Earlier, wish: SessionRequest) -> None:
    assert not may_continue(earlier, wish, LATER)


@pytest.mark.parametrize(
    "wish", [replace(WISH, max_age=0), replace(WISH, second_factor_reuse=timedelta(0))]
)
def test_a_limit_of_zero_holds_where_the_makelaars_clock_is_ahead(wish: SessionRequest) -> None:
    assert not may_continue(EARLIER, wish, START - timedelta(seconds=5))


@pytest.mark.parametrize(
    ("earlier", "wish"),
    [
        (EARLIER, replace(WISH, max_age=600)),
        (EARLIER, replace(WISH, needed=L.EH2, second_factor_reuse=timedelta(0))),
        # Only the missing part is asked afterwards: a code, or more of the makelaar.
        (
            replace(EARLIER, level=L.EH2),
            replace(WISH, needed=L.EH2_PLUS, second_factor_reuse=timedelta(0)),
        ),
        (replace(EARLIER, asserted_for="s"), WISH),
    ],
)
def test_an_earlier_login_still_answers(earlier: Earlier, wish: SessionRequest) -> None:
    assert may_continue(earlier, wish, LATER)


@pytest.fixture
def sql(tmp_path: Path) -> Iterator[Session]:
    assert TABLES
    engine = make_engine(f"sqlite:///{tmp_path / 'sessions.db'}")
    migrate.upgrade(engine)
    with Session(engine) as session:
        with writing(session):
            session.add(Person(id="jan", display_name="Jan", created_at=START))
        yield session


SEALER = Sealer(bytes(32))


def _started(sql: Session) -> str:
    with writing(sql):
        return sessions.start(
            sql,
            SEALER,
            identifier=sessions.new_session_id(),
            person_id="jan",
            group="bodem",
            facts=b"facts",
            limits=LIMITS,
            now=START,
        )


def _find(sql: Session, cookie: str, minutes: float) -> sessions.ActiveSession | None:
    now = START + timedelta(minutes=minutes)
    return sessions.find(sql, SEALER, cookie, limits=LIMITS, now=now)


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
    row = sql.get_one(sessions.BrowserSession, cookie[:26])
    assert cookie[27:] not in row.secret_hash
    assert b"facts" not in row.facts


def test_a_session_ends_when_it_is_not_used(sql: Session) -> None:
    cookie = _started(sql)
    assert _find(sql, cookie, 29) is not None
    assert _find(sql, cookie, 31) is None
    with writing(sql):
        now = START + timedelta(minutes=29)
        assert sessions.use(sql, cookie[:26], limits=LIMITS, now=now)
    assert _find(sql, cookie, 31) is not None


def test_a_session_ends_however_much_it_is_used(sql: Session) -> None:
    cookie = _started(sql)
    for minutes in range(20, 8 * 60, 20):
        with writing(sql):
            now = START + timedelta(minutes=minutes)
            assert sessions.use(sql, cookie[:26], limits=LIMITS, now=now)
    assert _find(sql, cookie, 8 * 60 - 1) is not None
    assert _find(sql, cookie, 8 * 60) is None


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
        assert sessions.use(sql, cookie[:26], limits=LIMITS, now=now)
    assert _find(sql, cookie, used) is not None
    assert (_find(sql, cookie, used + seconds / 60) is not None) is stands


def test_F_11_a_rise_gives_a_new_identifier(sql: Session) -> None:
    before = _started(sql)
    with writing(sql):
        after = sessions.raise_to(
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
        after = sessions.raise_to(
            sql, SEALER, cookie[:26], facts=b"more", began=Began(None), limits=LIMITS, now=now
        )
    row = sql.get_one(sessions.BrowserSession, cookie[:26])
    assert after is not None
    assert (row.group, row.expires_at) == (None, now + LIMITS.absolute)


def test_a_session_that_ended_is_neither_found_nor_used_nor_raised(sql: Session) -> None:
    cookie = _started(sql)
    with writing(sql):
        assert sessions.end(sql, cookie[:26], "logged_out", START)
    with writing(sql):
        assert not sessions.end(sql, cookie[:26], "logged_out", START)
        assert not sessions.use(sql, cookie[:26], limits=LIMITS, now=START)
        raised = sessions.raise_to(
            sql, SEALER, cookie[:26], facts=b"", began=None, limits=LIMITS, now=START
        )
    assert raised is None
    assert _find(sql, cookie, 1) is None
    assert sessions.standing(sql, "jan", START) == []


def test_the_standing_sessions_of_a_person(sql: Session) -> None:
    first, second = _started(sql), _started(sql)
    assert set(sessions.standing(sql, "jan", START)) == {first[:26], second[:26]}
    assert sessions.standing(sql, "jan", START + timedelta(hours=8)) == []
