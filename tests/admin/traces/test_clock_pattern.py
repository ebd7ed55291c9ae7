"""A clock that differs is told from a single late answer, and ours from theirs."""

from __future__ import annotations

import pytest
from sqlalchemy.orm import Session

from admin.traces.explanation import explain
from state import trace
from state.db import writing
from state.trace import TraceRecord, TraceStep
from tests.clocks import START

REFERENCE = "K7QM4RXT"
OURS = "dan loopt onze eigen klok"


def keep(session: Session, makelaar: str | None, clock: int | None, reference: str) -> None:
    found = {"allowed_seconds": 60, "setting": "saml.skew_seconds", "element": "Response"}
    measured = found if clock is None else {**found, "clock_seconds": clock}
    step = TraceStep("answer", "rejected", "issue_instant", 5, measured)
    with writing(session):
        trace.save(
            session,
            TraceRecord(
                reference,
                START,
                START,
                "refused",
                "issue_instant",
                provider_id=makelaar,
                steps=(step,),
            ),
        )


def told(session: Session) -> tuple[str, str | None]:
    found = explain(session, REFERENCE, "nl")
    assert found is not None and found.told is not None
    return found.told.cause, found.fixer


@pytest.mark.parametrize(
    ("others", "said"),
    [
        ([], "loopt 9 min 59 s voor op de onze. Toegestaan"),
        ([("polder", 599)], "loopt 9 min 59 s voor op de onze. Toegestaan"),  # could be chance
        ([("polder", 590), ("polder", 610)], "en bij 2 andere logins ongeveer even veel"),
        ([("polder", 200), ("polder", None)], "loopt 9 min 59 s voor op de onze. Toegestaan"),
        ([("veer", 602)], "Bij andere makelaars is dat ongeveer even veel (1): dan loopt onze"),
        ([("veer", -599)], "loopt 9 min 59 s voor op de onze. Toegestaan"),
        ([(None, 599)], "loopt 9 min 59 s voor op de onze. Toegestaan"),
    ],
    ids=["alone", "once more", "steady", "other", "elsewhere", "other way", "no makelaar"],
)
def test_what_earlier_logins_say_of_a_clock(
    session: Session, others: list[tuple[str | None, int | None]], said: str
) -> None:
    keep(session, "polder", 599, REFERENCE)
    for number, (makelaar, clock) in enumerate(others):
        keep(session, makelaar, clock, f"AAAAAAA{number}")
    cause, fixer = told(session)
    assert said in cause
    ours = "De operator van deze installatie"
    assert (fixer == ours) is (OURS in cause)


def test_a_clock_that_is_behind_is_told_the_other_way_around(session: Session) -> None:
    keep(session, "polder", -599, REFERENCE)
    keep(session, "veer", -600, "AAAAAAAA")
    assert "dan loopt onze eigen klok voor" in told(session)[0]
