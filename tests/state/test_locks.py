"""Of two transactions that want one name, one waits."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session, sessionmaker

from state import locks
from state.db import writing
from state.locks import ORDER, Held
from tests.lock_order import OutOfOrder, judge

ON_POSTGRESQL = pytest.mark.parametrize(
    "engine", [pytest.param("postgresql", marks=pytest.mark.postgres)], indirect=True
)


def test_a_name_can_be_held_again_by_the_transaction_that_holds_it(session: Session) -> None:
    with writing(session):
        locks.one_at_a_time(session, Held.MANDATES, "a")
        locks.one_at_a_time(session, Held.MANDATES, "a")
        locks.one_at_a_time(session.connection(), Held.MANDATES, "b")


def impatient(session: Session, name: str) -> None:
    """Want the name, and give up instead of waiting. Raises OperationalError."""
    session.execute(text("SET LOCAL lock_timeout = '20ms'"))
    locks.one_at_a_time(session, Held.MANDATES, name)


@ON_POSTGRESQL
def test_another_transaction_waits_for_the_same_name_until_the_first_ends(
    engine: Engine, sessions: sessionmaker[Session]
) -> None:
    assert engine.dialect.name == "postgresql"
    with sessions() as holding, sessions() as wanting:
        locks.one_at_a_time(holding, Held.MANDATES, "b")
        impatient(wanting, "a")
        with pytest.raises(OperationalError):
            impatient(wanting, "b")
        wanting.rollback()
        holding.rollback()
        impatient(wanting, "b")


def test_a_transaction_takes_them_in_one_order(session: Session) -> None:
    with writing(session):
        locks.one_at_a_time(session, Held.GROUP, "a")
        locks.one_at_a_time(session, Held.GROUP, "b")
        locks.one_at_a_time(session, Held.MANDATES, "a")
        locks.one_at_a_time(session, Held.GROUP, "a")
        for held, of in ((Held.GROUPS_OF, "z"), (Held.GROUP, "c"), (Held.MANDATES, "")):
            with pytest.raises(OutOfOrder):
                locks.one_at_a_time(session, held, of)
    with writing(session):
        locks.one_at_a_time(session, Held.GROUP, "a")


def test_every_kind_has_its_place() -> None:
    assert sorted(ORDER.values()) == list(range(len(Held)))
    taken: list[tuple[Held, str]] = []
    for held in Held:
        judge(taken, held, "")
        taken.append((held, ""))
