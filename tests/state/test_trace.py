from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import update
from sqlalchemy.orm import Session

from assurance.levels import AssuranceLevel
from state import trace
from state.trace import ALPHABET, TraceRecord, TraceStep
from tests.clocks import START

RECORD = TraceRecord(
    reference="7K3QX9AB",
    started_at=START,
    ended_at=START + timedelta(seconds=40),
    outcome="success",
    client_id="portaal",
    service_uuid="0f8fad5b-d9cb-469f-a165-70867728950e",
    provider_id="makelaar",
    level=AssuranceLevel.EH3,
    steps=(
        TraceStep("choose_provider", "answered", None, 12),
        TraceStep("authenticate", "refused", "too_low", 3, {"asked": "EH3", "given": None}),
    ),
)


def test_a_trace_is_found_by_its_reference(session: Session) -> None:
    trace.save(session, RECORD)
    session.commit()
    session.expunge_all()
    assert trace.find(session, "7K3QX9AB") == RECORD
    assert trace.find(session, "7K3QX9AC") is None


def test_of_two_logins_with_one_reference_the_last_is_found(session: Session) -> None:
    later = replace(RECORD, ended_at=RECORD.ended_at + timedelta(days=1), outcome="refused")
    for record in (later, RECORD):
        trace.save(session, record)
    session.commit()
    assert trace.find(session, RECORD.reference) == later


def test_a_trace_without_measured_facts_is_read_as_well(session: Session) -> None:
    step = TraceStep("answer", "accepted", None, 1)
    trace.save(session, replace(RECORD, steps=(step,)))
    session.execute(
        update(trace.Trace).values(
            steps=[{"step": "answer", "outcome": "accepted", "reason": None, "milliseconds": 1}]
        )
    )
    session.commit()
    found = trace.find(session, RECORD.reference)
    assert found is not None
    assert found.steps == (step,)


def test_old_traces_are_thrown_away(session: Session) -> None:
    old = replace(RECORD, reference="00000000", ended_at=START - timedelta(days=8))
    for record in (old, RECORD):
        trace.save(session, record)
    session.commit()
    assert trace.purge(session, START - timedelta(days=7)) == 1
    session.commit()
    assert trace.find(session, "00000000") is None
    assert trace.find(session, RECORD.reference) == RECORD


def test_a_login_is_told_before_what_was_refused_beside_it(session: Session) -> None:
    page = replace(RECORD, outcome=trace.NOT_BEGUN, ended_at=RECORD.ended_at + timedelta(hours=1))
    trace.save(session, page)
    session.commit()
    assert trace.find(session, RECORD.reference) == page
    trace.save(session, RECORD)
    session.commit()
    assert trace.find(session, RECORD.reference) == RECORD


def test_references_differ_and_can_be_read_aloud() -> None:
    made = {trace.new_reference() for _ in range(200)}
    assert len(made) == 200
    assert all(len(reference) == 8 and set(reference) <= set(ALPHABET) for reference in made)
    assert not set("ILOU") & set(ALPHABET)


@pytest.mark.parametrize(
    "text", ["7K3QX9A0", "7K3Q-X9A0", "7k3q-x9ao", " 7K3Q X9AO ", "7-K-3-Q-X-9-A-0"]
)
def test_a_reference_is_understood_as_people_type_it(text: str) -> None:
    assert trace.parse_reference(text) == "7K3QX9A0"


@pytest.mark.parametrize(
    "text", ["", "7K3QX9A", "7K3QX9A00", "7K3QX9AU", "7K3QX9A!", "7K3QX9A\n", "٧K3QX9A0", "-" * 99]
)
def test_what_is_no_reference_is_none(text: str) -> None:
    assert trace.parse_reference(text) is None


def test_a_shown_reference_parses_to_itself() -> None:
    reference = trace.new_reference()
    assert trace.parse_reference(trace.show_reference(reference)) == reference
    assert trace.show_reference("7K3QX9AB") == "7K3Q-X9AB"
