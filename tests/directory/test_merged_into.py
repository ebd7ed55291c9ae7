"""Which organisations went up in another: what was theirs is of that one, and of no third."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from directory import organisation_records
from directory.organisation_records import NumberChange, OldNumber
from directory.organisations import Organisation
from state.db import writing
from tests.clocks import START
from tests.databases import make_database

DAY = timedelta(days=1)


@pytest.fixture
def session(tmp_path: Path) -> Iterator[Session]:
    with Session(make_database(tmp_path), expire_on_commit=False) as made:
        with writing(made):
            for number, name in enumerate(("stays", "first", "second", "third")):
                made.add(Organisation(id=name, kvk=f"9000000{number}", name=name))
        yield made


def became(session: Session, kvk: str, organisation: str, why: NumberChange, days: int) -> None:
    with writing(session):
        session.add(
            OldNumber(kvk=kvk, organisation_id=organisation, why=why, changed_at=START + days * DAY)
        )


def test_those_that_went_up_in_it_the_last_first(session: Session) -> None:
    became(session, "90000001", "stays", NumberChange.MERGED, 1)
    became(session, "90000002", "stays", NumberChange.MERGED, 2)
    became(session, "90000003", "first", NumberChange.MERGED, 3)
    found = organisation_records.merged_into(session, "stays")
    assert [(one.id, one.until) for one in found] == [
        ("second", START + 2 * DAY),
        ("first", START + DAY),
    ]
    assert organisation_records.merged_into(session, "second") == []


def test_a_number_that_it_had_before_is_no_other_organisation(session: Session) -> None:
    """Also where somebody else is registered under it today."""
    became(session, "90000003", "stays", NumberChange.RENUMBERED, 1)
    assert organisation_records.merged_into(session, "stays") == []
