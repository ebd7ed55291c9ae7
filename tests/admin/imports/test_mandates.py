"""Mandates out of a file: by the rules of the wizard, each row with a last day of its own."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from admin.imports import mandates, running
from admin.imports.columns import SheetRow
from admin.imports.drafts import ImportKind
from admin.mandates.giving import NothingToDo
from admin.organisation_console import import_words
from assurance.levels import AssuranceLevel as L
from consent.changes import TermChange
from consent.mandates import Mandate
from directory import dates
from directory.people import Membership, Person, Role
from state import audit
from state.audit import EventTag
from state.db import writing
from tests.admin.mandates.conftest import UUID, Made
from tests.clocks import START
from tests.giving import around, known, service

OTHER = "22222222-2222-4333-8444-555555555555"
TWIN = "33333333-2222-4333-8444-555555555555"
TODAY = dates.day_of(START)
SOON, LATER = (dates.years_after(TODAY, years).isoformat() for years in (1, 2))
HERE = around(
    {
        UUID: service(UUID),
        OTHER: service(OTHER, L.EH2, name=service(UUID).name.model_copy(update={"nl": "Subsidie"})),
    },
    level=L.EH3,
)
HIGH = around({UUID: service(UUID, L.EH4)})


def row(line: int = 2, **cells: str) -> SheetRow:
    names = {
        "id": "UniekID",
        "email": "E-mailadres",
        "service": "Dienst",
        "level": "Niveau",
        "until": "Einde",
    }
    values = {"id": "roos", "service": UUID, "until": SOON, **cells}
    return SheetRow(line, {names[key]: text for key, text in values.items() if text})


@pytest.fixture(autouse=True)
def roos_can_log_in(session: Session, bakery: str) -> None:
    with writing(session):
        session.add(known("roos"))


def do(session: Session, *rows: SheetRow) -> int:
    with writing(session):
        shown = mandates.plan(session, HERE, rows).giving.digest
        return running.do(session, HERE, ImportKind.MANDATES, rows, shown=shown)


def test_each_row_gets_its_own_last_day_and_the_same_file_changes_nothing(
    session: Session,
) -> None:
    rows = [row(), row(3, id="", email="ROOS@x.example", service="subsidie", until=LATER)]
    assert do(session, *rows) == 2
    held = {one.service_uuid: one for one in session.query(Mandate)}
    assert dates.day_of(held[UUID].valid_until).isoformat() == SOON
    assert dates.day_of(held[OTHER].valid_until).isoformat() == LATER
    assert (held[UUID].level, held[OTHER].level) == (L.EH3, L.EH2)
    tags = [event.tag for event in audit.recent(session)]
    assert tags == [EventTag.IMPORT_MADE, EventTag.MANDATE_GRANTED, EventTag.MANDATE_GRANTED]
    again = mandates.plan(session, HERE, rows).giving
    assert len(again.of(TermChange.UNCHANGED)) == 2
    with pytest.raises(NothingToDo):
        do(session, *rows)
    earlier = (TODAY + timedelta(days=30)).isoformat()
    changed = mandates.plan(session, HERE, [row(until=earlier), rows[1]]).giving
    assert [one.change for one in changed.changes] == [TermChange.SHORTENED, TermChange.UNCHANGED]


@pytest.mark.parametrize(
    ("cells", "uuid", "level"),
    [
        ({}, UUID, L.EH3),
        ({"service": "urn:x:" + UUID}, UUID, L.EH3),
        ({"service": "Permits"}, UUID, L.EH3),
        ({"service": "Subsidie", "level": "eh3"}, OTHER, L.EH3),
        ({"service": "Algemeen", "level": "EH 2+"}, None, L.EH2_PLUS),
    ],
    ids=str,
)
def test_a_service_is_named_as_people_know_it(
    session: Session, cells: dict[str, str], uuid: str | None, level: L
) -> None:
    here = around({UUID: service(UUID), OTHER: HERE.services[OTHER]})
    named = {"service": UUID, **cells}
    if named["service"] == "Permits":
        here = around({UUID: service(UUID)})
    made = mandates.plan(session, here, [row(**named)])
    ((wish, _until),) = made.dated.items()
    assert (wish.service_uuid, wish.level) == (uuid, level) and made.faults == ()


@pytest.mark.parametrize(
    ("cells", "column", "expected"),
    [
        ({"id": "liv"}, "UniekID", "not_here"),
        ({"id": "nobody"}, "UniekID", "not_here"),
        ({"email": "jan@x.example"}, "E-mailadres", "other_email"),
        ({"id": ""}, "E-mailadres", "nobody"),
        ({"id": "", "email": "liv@x.example"}, "E-mailadres", "email_not_here"),
        ({"service": "Onbekend"}, "Dienst", "service"),
        ({"service": ""}, "Dienst", "service"),
        ({"service": "Permits"}, "Dienst", "service_twice"),
        ({"service": "Algemeen"}, "Niveau", "level_needed"),
        ({"service": "Algemeen", "level": "EH9"}, "Niveau", "level"),
        ({"level": "EH2"}, "Niveau", "level_below"),
        ({"service": "Algemeen", "level": "EH4"}, "Dienst", "above_own_level"),
        ({"until": "morgen"}, "Einde", "day"),
        ({"until": "1/2/2027"}, "Einde", "day"),
        ({"until": TODAY.isoformat()}, "Einde", "ends_before_tomorrow"),
        ({"until": "2099-01-01"}, "Einde", "too_long"),
        ({"id": "jan"}, "UniekID", "means_none"),
    ],
    ids=str,
)
def test_M_13_each_fault_names_its_column_and_what_was_expected(
    session: Session, cells: dict[str, str], column: str, expected: str
) -> None:
    with writing(session):
        person = Person(id="liv", display_name="Liv", email="liv@x.example", created_at=START)
        session.add(person)
        session.flush()
        session.add(
            Membership(person_id="liv", organisation_id="garden", role=Role.MEMBER, since=START)
        )
    (fault,) = mandates.plan(session, HERE, [row(**cells)]).faults
    assert (fault.line, fault.column, fault.expected) == (2, column, expected)
    assert expected in import_words.TOLD


def test_M_13_an_address_that_only_looks_like_the_one_in_the_file_gets_nothing(
    session: Session,
) -> None:
    """As a makelaar may say it, and spelled out as it says it."""
    with writing(session):
        session.get_one(Person, "roos").email = "roos\ufb01en@x.example"
    (fault,) = mandates.plan(session, HERE, [row(id="", email="roosfien@x.example")]).faults
    assert (fault.column, fault.expected) == ("E-mailadres", "email_not_here")
    (fault,) = mandates.plan(session, HERE, [row(email="roosfien@x.example")]).faults
    assert fault.expected == "other_email"
    exact = row(id="", email="roos\ufb01en@x.example")
    assert not mandates.plan(session, HERE, [exact]).faults


def test_nobody_gets_more_than_the_own_means_or_the_administrator_has(session: Session) -> None:
    (fault,) = mandates.plan(session, HIGH, [row()]).faults
    assert (fault.expected, fault.facts) == ("above_own_level", {"needed": "EH4", "own": "EH3"})
    higher = around({UUID: service(UUID, L.EH4)}, level=L.EH4)
    (fault,) = mandates.plan(session, higher, [row()]).faults
    assert (fault.column, fault.expected) == ("UniekID", "means_level")


def test_the_same_mandate_twice_is_a_fault_and_one_fault_stops_all(
    session: Session, mandate_of_roos: Made
) -> None:
    rows = [row(), row(3, service="urn:x:" + UUID, until=LATER)]
    (fault,) = mandates.plan(session, HERE, rows).faults
    assert (fault.line, fault.expected, fault.facts) == (3, "same_row", {"other": "2"})
    assert session.query(Mandate).count() == 0


def test_five_thousand_rows_take_few_statements_more_than_one(session: Session) -> None:
    """Reading and judging asks the database as often for many rows as for one."""
    from sqlalchemy import event

    asked: list[str] = []
    bind = session.get_bind()

    def note(*args: object) -> None:
        asked.append(str(args[2]))

    event.listen(bind, "before_cursor_execute", note)
    try:
        mandates.plan(session, HERE, [row()])
        one = len(asked)
        mandates.plan(session, HERE, [row(number) for number in range(2, 202)])
        assert len(asked) == 2 * one
    finally:
        event.remove(bind, "before_cursor_execute", note)
