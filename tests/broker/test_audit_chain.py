"""The audit chain: whatever is changed, removed or added after sealing shows."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

from broker.audit import batches, retention
from broker.audit.verification import Fault, Report, verify
from broker.tables import TABLES
from keys.keyring import KeyRing, load_keyring
from keys.rotation import ensure_keys
from keys.sealing import KEY_BYTES, Sealer
from state import audit, migrate
from state.audit import AuditEvent, EventTag
from state.db import writing
from state.engine import make_engine
from tests.clocks import START

SEALER = Sealer(b"\x07" * KEY_BYTES)
PERSON = "a" * 26


@dataclass
class Chain:
    """A database with an audit."""

    engine: Engine
    keyring: KeyRing

    def record(self, *reasons: str) -> None:
        with Session(self.engine) as session, writing(session):
            for reason in reasons:
                event = AuditEvent(
                    EventTag.LOGIN_REFUSED, START, person_id=PERSON, reason=reason, details={"n": 1}
                )
                audit.record(session, event)

    def seal(self) -> int:
        with Session(self.engine) as session:
            return batches.seal(session, SEALER, self.keyring, START)

    def sealed(self, *reasons: str) -> None:
        """One batch with these events."""
        self.record(*reasons)
        assert self.seal() == len(reasons)

    def report(self, checkpoint: str | None = None) -> Report:
        with Session(self.engine) as session:
            return verify(session, SEALER, checkpoint)

    def checkpoint(self) -> str:
        with Session(self.engine) as session:
            last = batches.newest(session)
            assert last is not None
            return last.checkpoint

    def sql(self, statement: str) -> None:
        with self.engine.begin() as connection:
            assert connection.execute(text(statement)).rowcount


@pytest.fixture
def chain(tmp_path: Path) -> Iterator[Chain]:
    assert TABLES
    engine = make_engine(f"sqlite:///{tmp_path / 'audit.db'}")
    migrate.upgrade(engine)
    with Session(engine) as session:
        ensure_keys(session, SEALER, lambda: START)
        keyring = load_keyring(session, SEALER)
    made = Chain(engine, keyring)
    made.seal()  # what making the keys wrote
    yield made
    engine.dispose()


def test_what_was_written_is_sealed_once_and_the_chain_is_whole(chain: Chain) -> None:
    chain.sealed("one", "two")
    chain.sealed("three")
    assert chain.seal() == 0
    chain.record("not yet")
    report = chain.report(chain.checkpoint())
    assert report.is_whole and report.batches == 3
    assert report.unsealed == 1 and report.unsealed_since is not None


LAST = "(SELECT MAX(id) FROM audit_event)"
MIDDLE = "(SELECT id FROM audit_event WHERE reason = 'two')"
TAMPERED = {
    "tag": f"UPDATE audit_event SET tag = 'login.succeeded' WHERE id = {MIDDLE}",
    "time": f"UPDATE audit_event SET at = '2020-01-01 00:00:00.000000' WHERE id = {MIDDLE}",
    "reason": f"UPDATE audit_event SET reason = 'other' WHERE id = {MIDDLE}",
    "reference": f"UPDATE audit_event SET reference = 'AAAA0000' WHERE id = {MIDDLE}",
    "client": f"UPDATE audit_event SET client_id = 'x' WHERE id = {MIDDLE}",
    "service": f"UPDATE audit_event SET service_uuid = 'x' WHERE id = {MIDDLE}",
    "provider": f"UPDATE audit_event SET provider_id = 'x' WHERE id = {MIDDLE}",
    "organisation": f"UPDATE audit_event SET organisation_id = 'x' WHERE id = {MIDDLE}",
    "outcome": f"UPDATE audit_event SET outcome = 'success' WHERE id = {MIDDLE}",
    "level": f"UPDATE audit_event SET level = 'EH4' WHERE id = {MIDDLE}",
    "details": f"UPDATE audit_event SET details = '{{}}' WHERE id = {MIDDLE}",
    "person": f"UPDATE audit_event SET person_id = 'b' WHERE id = {MIDDLE}",
    "person erased": f"UPDATE audit_event SET person_id = NULL WHERE id = {MIDDLE}",
    "digest": f"UPDATE audit_event SET digest = X'00' WHERE id = {MIDDLE}",
    "row in the middle removed": f"DELETE FROM audit_event WHERE id = {MIDDLE}",
    "last row removed": f"DELETE FROM audit_event WHERE id = {LAST}",
    "two rows swapped": "UPDATE audit_event SET reason = CASE reason WHEN 'two' THEN 'three'"
    " ELSE 'two' END WHERE reason IN ('two', 'three')",
    "row moved to another batch": f"UPDATE audit_event SET batch = 3 WHERE id = {MIDDLE}",
    "batch removed": "DELETE FROM audit_batch WHERE number = 2",
    "batch redated": "UPDATE audit_batch SET sealed_at = '2020-01-01 00:00:00.000000'"
    " WHERE number = 2",
    "batch counts less": "UPDATE audit_batch SET count = 1 WHERE number = 2",
    "root": "UPDATE audit_batch SET root = previous WHERE number = 2",
    "previous": "UPDATE audit_batch SET previous = root WHERE number = 2",
    "checkpoint of another batch": "UPDATE audit_batch SET checkpoint ="
    " (SELECT checkpoint FROM audit_batch WHERE number = 3) WHERE number = 2",
    "checkpoint gone": "UPDATE audit_batch SET checkpoint = '' WHERE number = 2",
    "key that signed": "UPDATE audit_signer SET sealed = X'00'",
}


@pytest.mark.parametrize("statement", list(TAMPERED.values()), ids=list(TAMPERED))
def test_L_04_a_change_after_sealing_shows(chain: Chain, statement: str) -> None:
    chain.sealed("one", "two", "three")
    chain.sealed("four")
    chain.sealed("five")
    assert chain.report().is_whole
    chain.sql(statement)
    assert not chain.report().is_whole


def test_M_12_L_04_what_is_cut_off_the_end_shows_beside_a_checkpoint_kept_elsewhere(
    chain: Chain,
) -> None:
    chain.sealed("one")
    chain.sealed("two")
    kept = chain.checkpoint()
    chain.sql("DELETE FROM audit_event WHERE batch = 3")
    chain.sql("DELETE FROM audit_batch WHERE number = 3")
    assert chain.report().is_whole  # nothing in the database says that there was more
    assert [found.fault for found in chain.report(kept).faults] == [Fault.CHAIN_CUT]
    chain.sealed("another")
    assert [found.fault for found in chain.report(kept).faults] == [Fault.CHAIN_REWRITTEN]
    assert [found.fault for found in chain.report("no.such.thing").faults] == [Fault.SIGNATURE_BAD]


def test_an_event_that_became_visible_late_is_sealed_late_and_not_lost(chain: Chain) -> None:
    chain.sealed("one", "two")
    chain.record("late")
    chain.sql("UPDATE audit_event SET id = 0 WHERE reason = 'late'")  # lower than what is sealed
    assert chain.seal() == 1
    assert chain.report().is_whole


def test_two_sealers_at_once_make_one_chain(chain: Chain) -> None:
    chain.record(*(f"event {number}" for number in range(60)))
    sealed: list[int] = []
    threads = [threading.Thread(target=lambda: sealed.append(chain.seal())) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(sealed) == 60
    assert chain.report().is_whole


def test_a_sealer_that_dies_half_way_leaves_nothing(chain: Chain) -> None:
    chain.record("one")
    with Session(chain.engine) as session, pytest.raises(ZeroDivisionError), writing(session):
        batches.seal_waiting(session, SEALER, chain.keyring, START)
        raise ZeroDivisionError
    assert chain.report().unsealed == 1
    assert chain.seal() == 1 and chain.report().is_whole


def test_a_forgotten_person_is_gone_and_the_chain_is_whole(chain: Chain) -> None:
    chain.sealed("one", "two")
    chain.record("three")  # not sealed yet
    with Session(chain.engine) as session, writing(session):
        assert retention.forget(session, SEALER, chain.keyring, PERSON, START) == 3
    chain.seal()
    report = chain.report()
    assert report.is_whole and report.forgotten == 3
    with chain.engine.connect() as connection:
        for table in ("audit_event", "person_key"):
            found = connection.execute(text(f"SELECT * FROM {table}")).all()
            assert PERSON not in str(found)
    with Session(chain.engine) as session, writing(session):
        assert retention.forget(session, SEALER, chain.keyring, PERSON, START) == 0


def test_old_batches_go_and_the_chain_begins_at_a_signed_anchor(chain: Chain) -> None:
    chain.sealed("one", "two")
    chain.sealed("three")
    later = START + timedelta(days=1)
    with Session(chain.engine) as session:
        assert retention.purge(session, SEALER, chain.keyring, later, later) > 0
        assert retention.purge(session, SEALER, chain.keyring, later, later) == 0
    chain.seal()
    report = chain.report()
    assert report.is_whole and report.begins_after == 2 and report.rows == 2
    chain.sql("UPDATE audit_batch SET anchor = checkpoint WHERE number = 2")
    assert not chain.report().is_whole


def test_L_03_without_an_audit_nothing_happens(chain: Chain) -> None:
    with chain.engine.begin() as connection:
        connection.execute(text("DROP TABLE audit_event"))
    with (
        Session(chain.engine) as session,
        pytest.raises(Exception, match="audit_event"),
        writing(session),
    ):
        session.execute(text("UPDATE signing_key SET state_since = '2001-01-01 00:00:00.000000'"))
        audit.record(session, AuditEvent(EventTag.KEY_RETIRED, START))
    with chain.engine.connect() as connection:
        assert (
            connection.execute(text("SELECT * FROM signing_key WHERE state_since < '2002'")).all()
            == []
        )
