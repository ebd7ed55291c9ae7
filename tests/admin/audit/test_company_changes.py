"""Which events are changes of an organisation, in words for each, and how they are found."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Final

import pytest
from sqlalchemy import Select, text
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from admin.audit import company_changes
from admin.audit.company_changes import KINDS, WantedChanges
from admin.organisation_console import change_words
from broker.texts.outside_request import texts
from directory.company_history import WantedLogins, statement
from directory.history import HistoryEntry
from state import audit
from state.audit import AuditEvent, EventTag
from state.db import writing
from tests.clocks import START


def test_every_kind_of_change_has_words() -> None:
    assert {tag for tags in KINDS.values() for tag in tags} == change_words.TOLD
    assert company_changes.tags_of(None) == sorted(change_words.TOLD)


OF_ORGANISATIONS: Final = (
    "administrator.",
    "billing.",
    "chain_mandate.",
    "clients.",
    "form.",
    "group.",
    "invitation.",
    "mandate.",
    "means.",
    "membership.",
    "organisation.",
)


def test_what_is_done_to_an_organisation_is_for_its_administrators_to_read() -> None:
    assert {tag for tag in EventTag if tag.startswith(OF_ORGANISATIONS)} <= change_words.TOLD


@pytest.mark.parametrize(
    ("event", "title", "by"),
    [
        (
            AuditEvent(EventTag.MANDATE_CHANGED, START, reason="branch_removed"),
            "Vestigingsnummer verwijderd",
            "",
        ),
        (AuditEvent(EventTag.MANDATE_CHANGED, START, reason="extended"), "Machtiging verlengd", ""),
        (
            AuditEvent(EventTag.CHAIN_MANDATE_REVOKED, START, reason="given_up"),
            "Ketenmachtiging opgegeven",
            "de intermediair",
        ),
        (AuditEvent(EventTag.CHAIN_MANDATE_REVOKED, START), "Ketenmachtiging ingetrokken", ""),
        (
            AuditEvent(EventTag.MANDATE_REVOKED, START, details={"group": "g"}),
            "Machtiging ingetrokken",
            "het beheer van een groep",
        ),
    ],
)
def test_a_change_says_what_it_was_and_by_whom(event: AuditEvent, title: str, by: str) -> None:
    with texts():
        assert change_words.of(event).title == title
        assert change_words.by_another(event) == by


@pytest.fixture
def written(session: Session) -> Session:
    with writing(session):
        for number, (place, tag) in enumerate(
            [
                ("bakery", EventTag.MANDATE_GRANTED),
                ("garden", EventTag.MANDATE_GRANTED),
                ("bakery", EventTag.ACCESS_DENIED),
                ("bakery", EventTag.EXPORT_MADE),
                (None, EventTag.MANDATE_GRANTED),
            ]
        ):
            at = START + timedelta(days=number)
            audit.record(session, AuditEvent(tag, at, organisation_id=place))
    return session


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        (WantedChanges(), [EventTag.EXPORT_MADE, EventTag.MANDATE_GRANTED]),
        (WantedChanges(kind="machtigingen"), [EventTag.MANDATE_GRANTED]),
        (WantedChanges(kind="vestigingen"), []),
        (WantedChanges(since=START + timedelta(days=1)), [EventTag.EXPORT_MADE]),
        (WantedChanges(until=START), [EventTag.MANDATE_GRANTED]),
    ],
)
def test_only_what_was_done_at_this_organisation_is_found(
    written: Session, wanted: WantedChanges, found: list[EventTag]
) -> None:
    rows = company_changes.newest(written, "bakery", wanted, limit=10)
    assert [row.event.tag for row in rows] == found
    assert all(row.event.organisation_id == "bakery" for row in rows)


def test_a_page_goes_on_where_the_one_before_ended(written: Session) -> None:
    (last,) = company_changes.newest(written, "bakery", WantedChanges(), limit=1)
    (next_one,) = company_changes.newest(
        written, "bakery", WantedChanges(), limit=5, before=last.id
    )
    assert next_one.event.tag is EventTag.MANDATE_GRANTED


@pytest.mark.parametrize(
    ("query", "index"),
    [
        (company_changes.statement("bakery", WantedChanges()), "ix_audit_event_organisation_id_id"),
        (
            statement(HistoryEntry.represented, "90001201", WantedLogins()),
            "ix_login_history_represented_at",
        ),
        (
            statement(HistoryEntry.intermediary, "90001542", WantedLogins()),
            "ix_login_history_intermediary_at",
        ),
    ],
)
def test_each_list_goes_by_an_index(session: Session, query: Select[Any], index: str) -> None:
    dialect = session.get_bind().dialect.name
    compiler = {"sqlite": sqlite.dialect, "postgresql": postgresql.dialect}[dialect]()
    told = query.limit(26).compile(dialect=compiler, compile_kwargs={"literal_binds": True})
    explain = {"sqlite": "EXPLAIN QUERY PLAN", "postgresql": "EXPLAIN"}[dialect]
    if dialect == "postgresql":  # an empty table is read in whole, whatever there is
        session.execute(text("SET LOCAL enable_seqscan = off"))
        session.execute(text("SET LOCAL enable_bitmapscan = off"))
    rows = session.execute(text(f"{explain} {told}".replace(":", "\\:")))
    plan = "\n".join(str(row) for row in rows)
    assert index in plan and "TEMP B-TREE" not in plan and "Sort" not in plan, plan
