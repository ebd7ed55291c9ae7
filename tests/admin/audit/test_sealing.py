"""Sealing: every committed event once, whatever happens to the sealer."""

from __future__ import annotations

import multiprocessing
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from sqlalchemy import Engine, func, select, text
from sqlalchemy.orm import Session, sessionmaker

from admin.audit import chain as batches
from admin.audit import retention
from admin.audit.chain import AuditBatch
from admin.audit.verification import Fault
from keys.person_key import PersonKey
from state import audit
from state.audit import AuditRow, EventTag
from state.db import writing
from state.engine import make_engine
from tests.admin.audit.chain import OTHER, PERSON, Chain
from tests.clocks import START, FakeClock
from tests.keys_for_tests import make_keyring, make_sealer


def numbers(sessions: sessionmaker[Session]) -> list[int | None]:
    with sessions() as session:
        return list(session.scalars(select(AuditRow.batch).order_by(AuditRow.id)))


def test_the_tail_is_told_with_its_age(chain: Chain) -> None:
    chain.record(2)
    report = chain.verify()
    assert (report.is_whole, report.unsealed) == (True, 2)
    assert report.unsealed_since is not None
    assert (chain.clock() - report.unsealed_since).total_seconds() == 1
    assert chain.seal() == 2
    assert chain.seal() == 0
    assert chain.verify().unsealed == 0


# SQLite has one writer at a time, so its ids commit in order.
@pytest.mark.parametrize(
    "engine", [pytest.param("postgresql", marks=pytest.mark.postgres)], indirect=True
)
def test_a_low_id_that_comes_late_is_sealed_late(
    chain: Chain, sessions: sessionmaker[Session]
) -> None:
    with sessions() as slow:
        audit.record(slow, chain.event())
        chain.record(2)
        assert chain.seal() == 2
        slow.commit()
    assert numbers(sessions)[-3:] == [None, 4, 4]
    assert chain.seal() == 1
    assert numbers(sessions)[-3:] == [5, 4, 4]
    assert chain.verify().is_whole


def test_sealers_at_once_seal_everything_once(
    chain: Chain, sessions: sessionmaker[Session], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(batches, "MOST_ROWS", 4)
    chain.record(40)

    def run(_: int) -> int:
        sealed = 0
        for _ in range(6):
            with sessions() as session:
                sealed += batches.seal(session, make_sealer(), make_keyring(), chain.clock())
        return sealed

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(run, range(4))) == 40
    report = chain.verify()
    assert report.is_whole, report.faults
    assert (report.batches, report.rows, report.unsealed) == (13, 49, 0)


def _die_halfway(url: str) -> None:
    import os

    engine = make_engine(url)
    batches.sign = lambda *_: os._exit(9)  # type: ignore[assignment]
    with Session(engine) as session:
        batches.seal(session, make_sealer(), make_keyring(), START)


def test_a_sealer_that_dies_halfway_leaves_nothing_behind(chain: Chain, engine: Engine) -> None:
    chain.record(3)
    url = engine.url.render_as_string(hide_password=False)
    dying: Any = multiprocessing.get_context("spawn").Process(target=_die_halfway, args=(url,))
    dying.start()
    dying.join(60)
    assert dying.exitcode == 9
    assert chain.verify().unsealed == 3
    assert chain.seal() == 3
    assert chain.verify().is_whole


def purge(chain: Chain) -> int:
    with chain.sessions() as session:
        now = chain.clock()
        return retention.purge(session, make_sealer(), make_keyring(), now, now)


def test_what_had_its_time_goes_and_the_chain_begins_at_a_signed_anchor(
    chain: Chain, sessions: sessionmaker[Session]
) -> None:
    kept = chain.checkpoint()
    chain.clock.advance(10)
    assert purge(chain) == 6, "the last batch stays: the next one follows it"
    report = chain.verify(kept)
    assert report.is_whole, report.faults
    assert (report.begins_after, report.rows, report.unsealed) == (2, 3, 1)
    assert purge(chain) == 0
    with sessions() as session:
        found = audit.recent(session, tags=[EventTag.AUDIT_PURGED])
        assert [event.details for event in found] == [{"through": 2, "rows": 6}]
        assert session.scalar(select(func.count()).select_from(AuditBatch)) == 2
    chain.seal()
    chain.clock.advance(10)
    assert purge(chain) == 3
    assert chain.verify().begins_after == 3
    assert chain.verify().is_whole


def test_L_04_an_anchor_that_we_did_not_sign_is_reported(chain: Chain) -> None:
    chain.sql("DELETE FROM audit_event WHERE batch IN (1, 2)")
    chain.sql("DELETE FROM audit_batch WHERE number = 1")
    chain.sql("UPDATE audit_batch SET anchor = checkpoint WHERE number = 2")
    assert chain.faults() == {(Fault.SIGNATURE_BAD, 2, None)}


def test_L_04_events_put_back_before_the_anchor_are_reported(chain: Chain) -> None:
    chain.clock.advance(10)
    purge(chain)
    chain.sql("UPDATE audit_event SET batch = 2 WHERE id = 7")
    assert (Fault.ROWS_ADDED, 2, None) in chain.faults()


def test_the_key_of_a_person_goes_with_the_last_event(
    chain: Chain, sessions: sessionmaker[Session]
) -> None:
    chain.clock.advance(10)
    chain.sql("UPDATE person_key SET last_batch = 1 WHERE person_id = :p", p=PERSON)
    purge(chain)
    with sessions() as session, writing(session):
        assert retention.purge_keys(session) == 1
        assert session.scalars(select(PersonKey.person_id)).all() == [OTHER]


def forget(chain: Chain, person_id: str) -> int:
    with chain.sessions() as session, writing(session):
        return retention.forget(session, make_sealer(), make_keyring(), person_id, chain.clock())


def test_a_forgotten_person_is_in_no_event_and_the_chain_still_holds(
    chain: Chain, sessions: sessionmaker[Session]
) -> None:
    kept = chain.checkpoint()
    chain.record(1)  # not sealed yet, and about the other one
    assert forget(chain, OTHER) == 10, "of each event they were the actor or the person"
    with sessions() as session:
        everything = session.execute(text("SELECT * FROM audit_event")).all()
        assert OTHER not in str(everything)
        assert PERSON in str(everything)
        assert session.scalars(select(PersonKey.person_id)).all() == [PERSON]
    chain.seal()
    report = chain.verify(kept)
    assert report.is_whole, report.faults
    assert report.forgotten == 15
    assert forget(chain, OTHER) == 0


def test_who_comes_back_after_being_forgotten_has_another_key(
    chain: Chain, sessions: sessionmaker[Session]
) -> None:
    with sessions() as session:
        before = session.scalars(select(PersonKey.id)).all()
    forget(chain, OTHER)
    chain.record(1)
    chain.seal()
    with sessions() as session:
        assert len(set(before) | set(session.scalars(select(PersonKey.id)))) == 3
    assert chain.verify().is_whole


def test_another_master_key_verifies_nothing(chain: Chain) -> None:
    from admin.audit import verification
    from keys.sealing import Sealer

    with chain.sessions() as session:
        report = verification.verify(session, Sealer(b"x" * 32))
    assert not report.is_whole


def test_clocks_that_went_back_are_told(sessions: sessionmaker[Session], clock: FakeClock) -> None:
    made = Chain(sessions, clock)
    made.record(1)
    made.seal()
    clock.advance(-3600)
    made.record(1)
    made.seal()
    assert made.faults() == {(Fault.WRONG_ORDER, 2, None)}
