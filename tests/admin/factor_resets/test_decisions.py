"""Decisions on resets in the database: once, whoever comes at the same time; purged, forgotten."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.engine import Engine
from sqlalchemy.orm import Session, sessionmaker

from admin.actor import COMMAND_LINE, Actor
from admin.factor_resets import decisions, requests
from admin.factor_resets.requests import FactorReset, ResetOutcome, ResetRefused, ResetRequestForm
from admin.factor_resets.rules import Verdict
from admin.operators import roles
from admin.operators.roles import OperatorRole
from admin.people.erasure import forget
from assurance import second_factor
from directory.people import Person
from state import audit
from state.audit import EventTag
from state.db import writing
from tests.clocks import START
from tests.databases import BOTH, database
from tests.keys_for_tests import make_keyring, make_sealer
from tests.servers import postgresql_url

__all__ = ["postgresql_url"]

ANNA, BRAM, CAS, ROOS = "anna", "bram", "cas", "roos"
HOUR = timedelta(hours=1)


@pytest.fixture(params=BOTH)
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    with database(request, tmp_path) as made:
        yield made


@pytest.fixture
def sessions(engine: Engine) -> sessionmaker[Session]:
    """Three of the help desk, and Roos with an app."""
    made = sessionmaker(engine, expire_on_commit=False)
    with made() as session, writing(session):
        for name in (ANNA, BRAM, CAS, ROOS):
            session.add(Person(id=name, display_name=name, created_at=START))
        session.flush()
        for name in (ANNA, BRAM, CAS):
            roles.assign(session, name, {OperatorRole.HELPDESK}, START)
        second_factor.bind_totp(
            session, make_sealer(), person_id=ROOS, seed="JBSWY3DPEHPK3PXP", label="", now=START
        )
    return made


def ask(sessions: sessionmaker[Session], asked_by: str = ANNA) -> str:
    with sessions() as session, writing(session):
        (app,) = second_factor.methods_of(session, ROOS, START)
        wish = ResetRequestForm(frozenset({app.factor_id}), "lost", "in_person")
        return requests.ask(session, ROOS, wish, actor=Actor.operator(asked_by), now=START).id


def approve(sessions: sessionmaker[Session], reset_id: str, by: str) -> Verdict:
    with sessions() as session, writing(session):
        return decisions.approve(session, reset_id, by, START + HOUR / 2)


def at_once(*acts: object) -> list[object]:
    """What each comes to, or raises, when all begin together."""
    begin, found = threading.Barrier(len(acts)), []

    def run(act: object) -> None:
        assert callable(act)
        begin.wait()
        try:
            found.append(act())
        except ResetRefused as refused:
            found.append(refused.why)

    threads = [threading.Thread(target=run, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return found


def test_F_19_of_two_approvals_at_once_one_is_granted(sessions: sessionmaker[Session]) -> None:
    reset_id = ask(sessions)
    found = at_once(
        lambda: approve(sessions, reset_id, BRAM), lambda: approve(sessions, reset_id, CAS)
    )
    assert sorted(map(str, found)) == [Verdict.DECIDED, Verdict.GRANTED]


def test_F_19_an_approval_and_a_rejection_at_once_are_one_decision(
    sessions: sessionmaker[Session],
) -> None:
    reset_id = ask(sessions)

    def reject() -> bool:
        with sessions() as session, writing(session):
            reset = session.get_one(FactorReset, reset_id)
            return decisions.close(
                session, reset, ResetOutcome.REJECTED, Actor.operator(CAS), START
            )

    found = at_once(lambda: approve(sessions, reset_id, BRAM), reject)
    with sessions() as session:
        outcome = session.get_one(FactorReset, reset_id).outcome
        rejected = audit.recent(session, tags=[EventTag.FACTOR_RESET_REJECTED])
    if outcome is ResetOutcome.DONE:
        assert (set(found), rejected) == ({Verdict.GRANTED, False}, [])
    else:
        assert outcome is ResetOutcome.REJECTED
        assert (set(found), len(rejected)) == ({Verdict.DECIDED, True}, 1)


def test_F_19_of_two_requests_at_once_one_is_asked(sessions: sessionmaker[Session]) -> None:
    found = at_once(lambda: ask(sessions, ANNA), lambda: ask(sessions, BRAM))
    assert frozenset({"open"}) in found
    with sessions() as session:
        assert len(session.scalars(select(FactorReset.id)).all()) == 1


def test_the_end_of_the_hour_is_over(sessions: sessionmaker[Session]) -> None:
    reset_id = ask(sessions)
    with sessions() as session, writing(session):
        assert decisions.end_over(session, START + HOUR - timedelta(seconds=1)) == 0
        found = decisions.approve(session, reset_id, BRAM, START + HOUR)
        assert found is Verdict.EXPIRED
        assert decisions.end_over(session, START + HOUR) == 0  # the approval ended it


def test_ended_requests_go_after_their_time_and_open_ones_stay(
    sessions: sessionmaker[Session],
) -> None:
    reset_id = ask(sessions)
    with sessions() as session, writing(session):
        assert requests.purge(session, START + 2 * HOUR) == 0
        decisions.approve(session, reset_id, BRAM, START)
        assert requests.purge(session, START) == 0
        assert requests.purge(session, START + timedelta(seconds=1)) == 1


def test_forgetting_somebody_takes_their_requests_along(sessions: sessionmaker[Session]) -> None:
    reset_id = ask(sessions)
    with sessions() as session, writing(session):
        decisions.approve(session, reset_id, BRAM, START)
        roles.end_roles(session, BRAM, START)
        forget(session, make_sealer(), make_keyring(), BRAM, actor=COMMAND_LINE, now=START)
    with sessions() as session:
        assert session.get(FactorReset, reset_id) is not None  # of Roos; who decided is nobody now
    with sessions() as session, writing(session):
        forget(session, make_sealer(), make_keyring(), ROOS, actor=COMMAND_LINE, now=START)
        assert session.get(FactorReset, reset_id) is None
