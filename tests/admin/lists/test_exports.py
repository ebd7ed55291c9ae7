"""That a list was taken along is an event of the audit."""

from __future__ import annotations

from sqlalchemy.orm import Session

from admin.actor import Actor
from admin.lists.exports import record_export
from broker.web.lists.file import Layout
from broker.web.lists.request import ListFilter, ListRules
from directory.people import Person
from state import audit
from state.audit import EventTag
from state.db import writing
from tests.clocks import START

RULES = ListRules(columns=("naam",), filters=(ListFilter("stand", ("actief",)),))


def test_the_audit_keeps_how_it_was_filtered_and_not_whom_was_looked_for(
    session: Session, roos: Person
) -> None:
    asked = RULES.read({"zoek": "Jansen", "stand": "actief"})
    with writing(session):
        record_export(
            session,
            "users",
            asked,
            layout=Layout.XLSX,
            actor=Actor.administrator(roos.id),
            now=START,
            organisation_id="org",
        )
    (event,) = audit.recent(session, tags=(EventTag.EXPORT_MADE,))
    assert (event.person_id, event.organisation_id) == (roos.id, "org")
    assert event.details == {"kind": "users", "layout": "xlsx", "filters": "stand zoek"}
    assert "Jansen" not in str(event)
