"""Two new sets of recovery codes at the same time: the later one stays, on either engine."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from assurance import recovery_codes
from assurance.factors import BoundBy, Factor
from directory.people import Person
from state.db import writing
from tests.clocks import START
from tests.databases import BOTH, database
from tests.keys_for_tests import make_sealer
from tests.servers import postgresql_url

__all__ = ["postgresql_url"]


@pytest.fixture(params=BOTH)
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    with database(request, tmp_path) as found:
        yield found


def test_F_16_of_two_new_sets_at_once_one_stays(engine: Engine) -> None:
    with Session(engine) as sql, writing(sql):
        sql.add(Person(id="person", display_name="Roos", created_at=START))
    bound, go_on = Event(), Event()

    def first() -> None:
        with Session(engine) as sql, writing(sql):
            _new_set(sql)
            bound.set()
            go_on.wait(1)  # the other begins while this one is not committed

    def second() -> None:
        bound.wait(100)
        with Session(engine) as sql, writing(sql):
            _new_set(sql)

    with ThreadPoolExecutor(2) as pool:
        for done in [pool.submit(first), pool.submit(second)]:
            done.result(100)
    with Session(engine) as sql:
        sets = sql.scalars(select(Factor.ended_at)).all()
    assert len(sets) == 2
    assert [ended for ended in sets if ended is None] == [None]


def _new_set(sql: Session) -> None:
    recovery_codes.bind(sql, make_sealer(), person_id="person", bound_by=BoundBy.SESSION, now=START)
