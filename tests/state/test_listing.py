"""Statements behind lists."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from directory.people import Person
from state.db import writing
from state.listing import count_up_to, has_words, in_order
from tests.clocks import START
from tests.databases import BOTH, database

PEOPLE = (("Jan de Wit", "jan@x.example"), ("Piet 100%", None), ("piet_x", "b@x.example"))


@pytest.fixture(params=BOTH)
def session(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Session]:
    with database(request, tmp_path) as engine, Session(engine) as made:
        with writing(made):
            for name, email in PEOPLE:
                made.add(Person(display_name=name, email=email, created_at=START))
        yield made


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("", ["Jan de Wit", "Piet 100%", "piet_x"]),
        ("JAN", ["Jan de Wit"]),
        ("wit jan", ["Jan de Wit"]),
        ("jan x.example", ["Jan de Wit"]),
        ("%", ["Piet 100%"]),
        ("_", ["piet_x"]),
        ("\\", []),
        ("jan piet", []),
    ],
)
def test_every_word_is_found_in_some_column(session: Session, text: str, names: list[str]) -> None:
    query = select(Person).where(has_words(text, Person.display_name, Person.email))
    assert sorted(one.display_name for one in session.scalars(query)) == names


@pytest.mark.parametrize("is_descending", [False, True])
def test_rows_without_a_value_come_last_either_way(
    session: Session, *, is_descending: bool
) -> None:
    order = in_order(Person.email, is_descending=is_descending, last=Person.id)
    query = select(Person).order_by(*order)
    emails = [one.email for one in session.scalars(query)]
    known = ["b@x.example", "jan@x.example"]
    assert emails == [*(reversed(known) if is_descending else known), None]


def test_counting_ends(session: Session) -> None:
    query = select(Person.id).order_by(Person.display_name)
    assert count_up_to(session, query, 10) == 3
    assert count_up_to(session, query, 3) == 3
    assert count_up_to(session, query, 1) == 2  # more than one
