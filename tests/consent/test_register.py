"""The register of consents: of the same set one stands, whoever gives it at the same time."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from threading import Barrier, Event

import pytest
from alembic.migration import MigrationContext
from alembic.operations import Operations
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, select, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, sessionmaker

from consent import register
from consent.register import Consent
from directory.people import Person
from state import migrate
from state.db import writing
from tests.clocks import START
from tests.databases import BOTH, database
from tests.servers import postgresql_url

__all__ = ["postgresql_url"]
SET = {"person_id": "jan", "client_id": "loket", "service_uuid": "s", "shown": "a" * 64}


@dataclass(frozen=True)
class Kept:
    """A database in which Jan is known."""

    engine: Engine

    def session(self) -> Session:
        return sessionmaker(self.engine, expire_on_commit=False)()

    def give(self, **changes: str) -> None:
        with self.session() as session, writing(session):
            register.give(session, **{**SET, **changes}, now=START)

    def rows(self) -> list[Consent]:
        with self.session() as session:
            return list(session.scalars(select(Consent).order_by(Consent.given_at)))


@pytest.fixture(params=BOTH)
def kept(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Kept]:
    with database(request, tmp_path) as engine:
        with Session(engine) as session:
            session.add(Person(id="jan", display_name="Jan de Vries", created_at=START))
            session.commit()
        yield Kept(engine)


def test_the_same_set_is_written_once(kept: Kept) -> None:
    kept.give()
    kept.give()
    (row,) = kept.rows()
    assert (row.given_at, row.withdrawn_at) == (START, None)
    with kept.session() as session:
        assert register.covers(session, **SET)
        assert not register.covers(session, **{**SET, "shown": "b" * 64})


@pytest.mark.parametrize("what", ["client_id", "service_uuid", "shown"])
def test_another_set_is_another_consent(kept: Kept, what: str) -> None:
    kept.give()
    kept.give(**{what: "other"})
    assert len(kept.rows()) == 2


def test_who_gives_it_again_after_withdrawing_keeps_both_in_the_history(kept: Kept) -> None:
    kept.give()
    with kept.session() as session, writing(session):
        assert register.withdraw(session, "jan", kept.rows()[0].id, START)
    kept.give()
    assert sorted(row.withdrawn_at is None for row in kept.rows()) == [False, True]


def test_many_that_give_it_at_once_write_one(kept: Kept) -> None:
    ready = Barrier(6)

    def one(_: int) -> None:
        ready.wait(100)
        kept.give()

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(one, range(6)))
    assert len(kept.rows()) == 1


@pytest.mark.parametrize("first_one_commits", [True, False])
def test_who_comes_while_another_writes_waits_for_how_that_ends(
    kept: Kept, first_one_commits: bool
) -> None:
    """Where the first one fails, the second one writes it."""
    written, finish = Event(), Event()

    def first() -> None:
        with suppress(InterruptedError), kept.session() as session, writing(session):
            register.give(session, **SET, now=START)
            written.set()
            assert finish.wait(100)
            if not first_one_commits:
                raise InterruptedError

    with ThreadPoolExecutor(2) as pool:
        one = pool.submit(first)
        assert written.wait(100)
        two = pool.submit(kept.give)
        assert not two.done()
        finish.set()
        one.result(100)
        two.result(100)
    assert len(kept.rows()) == 1


def test_the_database_itself_refuses_a_second_one(kept: Kept) -> None:
    kept.give()
    with kept.session() as session:
        session.add(Consent(**SET, given_at=START, withdrawn_at=None))
        with pytest.raises(IntegrityError):
            session.flush()


def test_the_migration_keeps_the_first_of_what_was_double(kept: Kept) -> None:
    """And everything that was withdrawn."""
    with kept.engine.begin() as connection:
        connection.execute(text("DROP INDEX uq_consent_standing"))
    with kept.session() as session:
        for days, withdrawn in ((2, False), (0, True), (1, False), (1, False), (3, True)):
            given = START + timedelta(days=days)
            session.add(Consent(**SET, given_at=given, withdrawn_at=given if withdrawn else None))
        session.add(Consent(**{**SET, "shown": "b" * 64}, given_at=START, withdrawn_at=None))
        session.commit()
    with kept.engine.begin() as connection:
        script = ScriptDirectory(migrate.SCRIPTS).get_revision("0016")
        assert script is not None
        with Operations.context(MigrationContext.configure(connection)):
            script.module.upgrade()
    rows = [row for row in kept.rows() if row.shown == SET["shown"]]
    assert [(row.given_at - START).days for row in rows if row.withdrawn_at is None] == [1]
    assert len([row for row in rows if row.withdrawn_at is not None]) == 2
    assert len(kept.rows()) == 4
