"""The list of logins reads as many rows as it shows, however many there are."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlalchemy import insert, text
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from state.db import new_id, table_of
from state.trace import Trace
from state.trace_search import Wanted, newest_first
from tests.clocks import START
from tests.databases import BOTH, database

ROWS = 20_000


@pytest.fixture(params=BOTH, scope="module")
def full(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Session]:
    """Many logins, of which few are like what is asked. The tests only read."""
    directory = tmp_path_factory.mktemp("full")
    with database(request, directory) as engine, Session(engine) as session:
        rows = [
            {
                "id": new_id(),
                "reference": f"{number:08}",
                "started_at": START,
                "ended_at": START + timedelta(seconds=number),
                "outcome": "refused" if number % 1000 == 0 else "success",
                "cause": "audience" if number % 1000 == 0 else None,
                "provider_id": "rare" if number % 1000 == 1 else "polderpoort",
                "service_uuid": "rare" if number % 1000 == 2 else "usual",
                "steps": [],
            }
            for number in range(ROWS)
        ]
        session.execute(insert(table_of(Trace)), rows)
        session.commit()
        session.execute(text("ANALYZE"))
        session.commit()
        yield session


@pytest.mark.parametrize(
    ("wanted", "index"),
    [
        (Wanted(), "ix_trace_ended_at"),
        (Wanted(provider_id="rare"), "ix_trace_provider_id_ended_at"),
        (Wanted(service_uuid="rare"), "ix_trace_service_uuid_ended_at"),
        (Wanted(outcome="refused"), "ix_trace_outcome_ended_at"),
        (Wanted(cause="audience"), "ix_trace_cause_ended_at"),
        (Wanted(until=START + timedelta(seconds=9)), "ix_trace_ended_at"),
        (Wanted(provider_id="rare", cause="audience"), ""),
    ],
    ids=str,
)
def test_each_filter_goes_by_an_index(full: Session, wanted: Wanted, index: str) -> None:
    dialect = full.get_bind().dialect.name
    compiler = {"sqlite": sqlite.dialect, "postgresql": postgresql.dialect}[dialect]()
    query = (
        newest_first(wanted)
        .limit(26)
        .compile(dialect=compiler, compile_kwargs={"literal_binds": True})
    )
    explain = {"sqlite": "EXPLAIN QUERY PLAN", "postgresql": "EXPLAIN"}[dialect]
    statement = text(f"{explain} {query}".replace(":", "\\:"))
    with full.begin():
        plan = "\n".join(str(row) for row in full.execute(statement))
    assert "Seq Scan" not in plan and "SCAN trace\n" not in f"{plan}\n", plan
    assert index in plan, plan
