"""Search in traces."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from state import trace, trace_search
from state.trace import TraceRecord
from state.trace_search import MOST_ROWS, Wanted
from tests.clocks import START

RECORD = TraceRecord(
    reference="7K3QX9AB",
    started_at=START,
    ended_at=START + timedelta(seconds=40),
    outcome="success",
    service_uuid="0f8fad5b-d9cb-469f-a165-70867728950e",
    provider_id="makelaar",
)


@pytest.fixture
def made(session: Session) -> list[TraceRecord]:
    """Four logins, a minute apart; the second is unlike the others."""
    records = [
        replace(RECORD, reference=f"0000000{n}", ended_at=RECORD.ended_at + timedelta(minutes=n))
        for n in range(4)
    ]
    records[1] = replace(records[1], outcome="refused", provider_id="other", service_uuid="another")
    for record in records:
        trace.save(session, record)
    session.commit()
    return records


def found(session: Session, wanted: Wanted, limit: int = 50, before: str | None = None) -> object:
    rows = trace_search.newest(session, wanted, limit=limit, before=before)
    return [row.record for row in rows]


def test_logins_come_newest_first(session: Session, made: list[TraceRecord]) -> None:
    assert found(session, Wanted()) == made[::-1]
    assert found(session, Wanted(), limit=2) == [made[3], made[2]]


def test_a_list_goes_on_after_its_last_row(session: Session, made: list[TraceRecord]) -> None:
    last = trace_search.newest(session, Wanted(), limit=2)[-1]
    assert found(session, Wanted(), before=last.id) == [made[1], made[0]]
    for nowhere in ("nothing", "\x00", "'"):
        assert found(session, Wanted(), before=nowhere) == made[::-1]


def test_logins_that_ended_together_are_each_listed_once(session: Session) -> None:
    for number in range(5):
        trace.save(session, replace(RECORD, reference=f"0000000{number}"))
    session.commit()
    listed, before = [], None
    for _ in range(3):
        rows = trace_search.newest(session, Wanted(), limit=2, before=before)
        listed += [row.id for row in rows]
        before = rows[-1].id
    assert len(set(listed)) == len(listed) == 5


@pytest.mark.parametrize(
    "wanted",
    [Wanted(outcome="refused"), Wanted(provider_id="other"), Wanted(service_uuid="another")],
)
def test_each_condition_is_met(session: Session, made: list[TraceRecord], wanted: Wanted) -> None:
    assert found(session, wanted) == [made[1]]


def test_every_condition_is_met(session: Session, made: list[TraceRecord]) -> None:
    assert found(session, Wanted(provider_id="other", outcome="success")) == []


def test_nobody_gets_more_than_fits_on_a_page(session: Session) -> None:
    for number in range(MOST_ROWS + 5):
        trace.save(session, replace(RECORD, reference=f"{number:08d}"))
    session.commit()
    assert len(trace_search.newest(session, Wanted(), limit=10_000)) == MOST_ROWS


def test_outcomes_are_counted_since_a_moment(session: Session, made: list[TraceRecord]) -> None:
    assert trace_search.outcomes_since(session, START) == {"success": 3, "refused": 1}
    assert trace_search.outcomes_since(session, made[2].ended_at) == {"success": 2}


def test_a_request_that_began_no_login_is_listed_and_counted_apart(
    session: Session, made: list[TraceRecord]
) -> None:
    request = replace(RECORD, reference="00000009", outcome=trace.NOT_BEGUN)
    trace.save(session, request)
    session.commit()
    assert found(session, Wanted()) == made[::-1]
    assert found(session, Wanted(outcome=trace.NOT_BEGUN)) == [request]
    waits = replace(RECORD, reference="00000008", outcome=trace.OPEN)
    trace.save(session, waits)
    session.commit()
    assert waits in found(session, Wanted())
    assert trace.OPEN not in trace_search.outcomes_since(session, START)
    assert trace_search.NOT_BEGUN not in trace_search.outcomes_since(session, START)
    (row,) = trace_search.with_reference(session, "00000009")
    assert trace_search.one(session, row.id) == row
