"""Many documents cost the database few questions, and two beside a million people ask of nobody
else.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from sqlalchemy import event, insert
from sqlalchemy.orm import Session

from broker.settings import Settings
from directory.organisations import Organisation
from directory.people import Person
from state.db import table_of, writing
from state.registrations import current_revision
from tests.admin.registrations.documents import outcomes
from tests.admin.registrations.many import documents
from tests.clocks import START

FEW, MANY = 10, 35  # of each of four kinds
AGAIN: Final = 2.5  # statements for a document that changes nothing, of the four on average
NEW: Final = 3.5
CROWD: Final = 500


@contextmanager
def counted(session: Session) -> Iterator[list[str]]:
    """The statements that go to the database in the meantime."""
    found: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        found.append(statement)

    engine = session.get_bind()
    event.listen(engine, "before_cursor_execute", note)
    try:
        yield found
    finally:
        event.remove(engine, "before_cursor_execute", note)


@contextmanager
def rows_read(session: Session) -> Iterator[list[Any]]:
    """What comes out of the database in the meantime."""
    found: list[Any] = []

    def note(_cursor: Any, row: Any) -> Any:
        found.append(row)
        return row

    driver: Any = session.connection().connection.driver_connection
    session.rollback()  # it goes back to the pool, which gives it out again
    driver.row_factory = note
    try:
        yield found
    finally:
        driver.row_factory = None


def _statements(
    session: Session, settings: Settings, folder: Path, each: int, first: int = 0
) -> int:
    with counted(session) as found:
        done = outcomes(session, settings, folder, *documents(each, first))
    assert len(done) == 4 * each + 2
    return len(found)


def test_what_each_document_more_asks_is_bounded(
    session: Session, settings: Settings, tmp_path: Path
) -> None:
    few = _statements(session, settings, tmp_path, FEW)
    many = _statements(session, settings, tmp_path, MANY, first=FEW)
    assert (many - few) / (4 * (MANY - FEW)) < NEW
    assert current_revision(session) == 2
    few_again = _statements(session, settings, tmp_path, FEW)
    many_again = _statements(session, settings, tmp_path, MANY, first=FEW)
    assert (many_again - few_again) / (4 * (MANY - FEW)) < AGAIN
    assert current_revision(session) == 2


def test_of_a_crowd_only_who_is_named_is_read(
    session: Session, settings: Settings, tmp_path: Path
) -> None:
    with writing(session):
        session.execute(
            insert(table_of(Person)),
            [
                {"id": f"crowd-{n}", "display_name": "x", "created_at": START, "origin": "SCREEN"}
                for n in range(CROWD)
            ],
        )
        session.execute(
            insert(table_of(Organisation)),
            [{"id": f"o{n}", "kvk": f"{n:08}", "name": "x"} for n in range(CROWD)],
        )
    for _ in range(2):
        with rows_read(session) as found:
            outcomes(session, settings, tmp_path, *documents(1))
        assert 0 < len(found) < CROWD // 5
