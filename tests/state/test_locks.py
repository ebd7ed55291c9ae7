"""Of two transactions that want one name, one waits."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session, sessionmaker

from state import locks
from state.db import writing

ON_POSTGRESQL = pytest.mark.parametrize(
    "engine", [pytest.param("postgresql", marks=pytest.mark.postgres)], indirect=True
)


def test_a_name_can_be_held_again_by_the_transaction_that_holds_it(session: Session) -> None:
    with writing(session):
        locks.one_at_a_time(session, "seal")
        locks.one_at_a_time(session, "seal")
        locks.one_at_a_time(session.connection(), "purge")


def impatient(session: Session, name: str) -> None:
    """Want the name, and give up instead of waiting. Raises OperationalError."""
    session.execute(text("SET LOCAL lock_timeout = '20ms'"))
    locks.one_at_a_time(session, name)


@ON_POSTGRESQL
def test_another_transaction_waits_for_the_same_name_until_the_first_ends(
    engine: Engine, sessions: sessionmaker[Session]
) -> None:
    assert engine.dialect.name == "postgresql"
    with sessions() as holding, sessions() as wanting:
        locks.one_at_a_time(holding, "seal")
        impatient(wanting, "purge")
        with pytest.raises(OperationalError):
            impatient(wanting, "seal")
        wanting.rollback()
        holding.rollback()
        impatient(wanting, "seal")
