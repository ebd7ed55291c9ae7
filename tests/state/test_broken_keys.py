"""What stands in the way of a row is told by what the database says of it: whose value it is."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pytest
from sqlalchemy import Engine
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from assurance.levels import AssuranceLevel
from directory.people import Person
from providers.accounts import Account
from state import trace
from state.db import breaks_a_key, is_duplicate, writing
from state.trace import Trace, TraceRecord
from tests.clocks import START
from tests.databases import BOTH, database
from tests.servers import postgresql_url

__all__ = ["postgresql_url"]
KNOWN: Final[dict[str, Any]] = {
    "id": "first",
    "person_id": "roos",
    "user_name": "roos",
    "email": "roos@x.example",
}
FREE: Final[dict[str, Any]] = {
    "id": "second",
    "person_id": "jan",
    "user_name": "jan",
    "email": "jan@x.example",
}
COLUMNS: Final = (Account.id, Account.person_id, Account.user_name, Account.email)


@pytest.fixture(params=BOTH)
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    with database(request, tmp_path) as made:
        yield made


@pytest.fixture
def session(engine: Engine) -> Iterator[Session]:
    with Session(engine) as made:
        with writing(made):
            made.add_all(
                Person(id=name, display_name=name, created_at=START) for name in ("roos", "jan")
            )
            made.flush()
            made.add(account(**KNOWN))
        yield made


def account(**facts: Any) -> Account:
    return Account(level=AssuranceLevel.EH2, created_at=START, **facts)


@pytest.mark.parametrize("name", ["person_id", "user_name", "email"])
def test_the_value_that_somebody_has_is_told_from_every_other(session: Session, name: str) -> None:
    with pytest.raises(IntegrityError) as met, writing(session):
        session.add(account(**{**FREE, name: KNOWN[name]}))
    assert {one.key for one in COLUMNS if is_duplicate(met.value, one)} == {name}
    with writing(session):
        session.add(account(**FREE))


def test_a_person_who_is_not_there_is_no_value_that_somebody_has(session: Session) -> None:
    with pytest.raises(IntegrityError) as met, writing(session):
        session.add(account(**{**FREE, "person_id": "nobody"}))
    assert breaks_a_key(met.value)
    assert not any(is_duplicate(met.value, one) for one in COLUMNS)


def test_a_key_that_is_there_is_told_also_of_a_statement_on_the_driver(session: Session) -> None:
    record = TraceRecord("AAAABBBB", START, START, "open")
    with pytest.raises(IntegrityError) as met:
        for _ in range(2):
            with writing(session):
                trace.save(session, record, trace_id="of-this-login")
    assert is_duplicate(met.value, Trace.id)
    assert not is_duplicate(met.value, Trace.reference)
