"""People out of a file: who is new, who is known, and what nobody may change with a file."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from admin.imports import people, running
from admin.imports.columns import SheetRow
from admin.imports.drafts import ImportKind
from admin.imports.people import PlaceChange
from admin.mandates.decision_rules import DeciderLogin, LoginNotEnough
from admin.mandates.giving import NothingToDo, PlanChanged
from admin.organisation_console import import_words
from assurance.levels import AssuranceLevel
from assurance.means import IssuedMeans
from consent.mandates import Mandate
from directory import administrator_role
from directory.administrator_role import role_of
from directory.origin import Origin
from directory.people import Membership, Person, Role
from state import audit
from state.audit import EventTag
from state.db import writing
from tests.clocks import START
from tests.deliveries import waiting_in
from tests.giving import around
from tests.keys_for_tests import make_sealer

PLUS = AssuranceLevel.EH2_PLUS
HERE = around({})
YEAR = timedelta(days=365)


def row(line: int = 2, **cells: str) -> SheetRow:
    names = {"id": "UniekID", "name": "Naam", "email": "E-mailadres", "role": "Rol"}
    return SheetRow(line, {names[key]: text for key, text in cells.items()})


NEW = row(name="Els Visser", email="Els@x.example")
ROOS = row(id="roos")


@pytest.fixture(autouse=True)
def others(session: Session, bakery: str) -> None:
    """Another administrator, and somebody of the garden firm alone."""
    with writing(session):
        for person_id, place in (("sanne", "bakery"), ("liv", "garden")):
            person = Person(
                id=person_id,
                display_name=person_id.capitalize(),
                email=f"{person_id}@x.example",
                created_at=START,
            )
            session.add(person)
            session.flush()
            session.add(
                Membership(
                    person_id=person_id,
                    organisation_id=place,
                    role=Role.ADMINISTRATOR,
                    since=START - timedelta(days=9),
                )
            )


def do(session: Session, *rows: SheetRow) -> int:
    with writing(session):
        shown = people.plan(session, HERE, rows).digest
        return running.do(session, HERE, ImportKind.PEOPLE, rows, shown=shown)


def place_of(session: Session, person_id: str, organisation_id: str = "bakery") -> Membership:
    query = select(Membership).where(
        Membership.person_id == person_id, Membership.organisation_id == organisation_id
    )
    return session.scalars(query.execution_options(populate_existing=True)).one()


def test_somebody_new_gets_a_place_is_told_and_audited(session: Session) -> None:
    assert do(session, NEW) == 1
    person = session.scalars(select(Person).where(Person.display_name == "Els Visser")).one()
    place = place_of(session, person.id)
    assert (place.role, place.since, place.origin) == (Role.MEMBER, START, Origin.SCREEN)
    assert person.email == "els@x.example"
    (mail,) = waiting_in(session, make_sealer())
    assert (
        mail.recipient == "els@x.example" and "U bent gebruiker van De Korenmolen" in mail.subject
    )
    given, imported = reversed(audit.recent(session))
    assert (given.tag, given.organisation_id) == (EventTag.MEMBERSHIP_GIVEN, "bakery")
    assert given.details == {"person": person.id, "role": "member", "was": None}
    assert imported.details == {"kind": "people", "rows": 1, "changed": 1}
    with pytest.raises(NothingToDo):
        do(session, NEW)


@pytest.mark.parametrize(
    ("given", "change"),
    [
        (ROOS, PlaceChange.UNCHANGED),
        (row(id="roos", role="Gebruiker"), PlaceChange.UNCHANGED),
        (row(email="ROOS@x.example", name="roos willems"), PlaceChange.UNCHANGED),
        (row(id="roos", role="Beheerder"), PlaceChange.ROLE),
        (row(id="sanne", role="user"), PlaceChange.ROLE),
        (row(id="jan", role="beheerder"), PlaceChange.UNCHANGED),
        (row(name="Liv", email="liv@x.example"), PlaceChange.NEW),
    ],
    ids=str,
)
def test_who_is_of_this_company_is_recognised(
    session: Session, given: SheetRow, change: PlaceChange
) -> None:
    made = people.plan(session, HERE, [given])
    assert [one.change for one in made.places] == [change] and made.faults == ()


@pytest.mark.parametrize(
    ("name", "email", "given"),
    [
        ("Jose\u0301 van de\u0301", "i@x.example", row(id="new", name="Jos\xe9 van d\xe9")),
        ("Jos\xe9", "i@x.example", row(id="new", name="jose\u0301")),
        ("Anne-Fleur", "i@b\xfccher.example", row(email="i@xn--bcher-kva.example")),
        ("Anne-Fleur", "i@b\xfccher.example", row(id="new", email="I@B\xfccher.example")),
    ],
)
def test_one_name_and_one_address_in_another_spelling_is_nobody_new(
    session: Session, name: str, email: str, given: SheetRow
) -> None:
    with writing(session):
        session.add(Person(id="new", display_name=name, email=email, created_at=START))
        session.flush()
        session.add(
            Membership(person_id="new", organisation_id="bakery", role=Role.MEMBER, since=START)
        )
    made = people.plan(session, HERE, [given])
    assert [one.change for one in made.places] == [PlaceChange.UNCHANGED] and made.faults == ()


def test_an_address_that_only_looks_like_the_one_in_the_file_is_of_somebody_else(
    session: Session,
) -> None:
    """As a makelaar may say it: a ligature in place of two letters, or the Kelvin sign."""
    with writing(session):
        for number, email in enumerate(("\ufb01en@x.example", "\u212aim@x.example")):
            person_id = f"like{number}"
            session.add(Person(id=person_id, display_name="Fien", email=email, created_at=START))
            session.flush()
            session.add(
                Membership(
                    person_id=person_id, organisation_id="bakery", role=Role.MEMBER, since=START
                )
            )
    rows = [
        row(line, name=name, email=f"{name}@x.example") for line, name in ((2, "fien"), (3, "kim"))
    ]
    made = people.plan(session, HERE, rows)
    assert [one.change for one in made.places] == [PlaceChange.NEW] * 2 and made.faults == ()


def test_M_01_somebody_of_another_company_is_somebody_new(session: Session) -> None:
    do(session, row(name="Liv", email="liv@x.example", role="beheerder"))
    assert place_of(session, "liv", "garden").role is Role.ADMINISTRATOR
    query = select(Membership).where(Membership.organisation_id == "bakery")
    assert "liv" not in {one.person_id for one in session.scalars(query)}


@pytest.mark.parametrize(
    ("given", "column", "expected"),
    [
        (row(id="liv"), "UniekID", "not_here"),
        (row(id="roos", email="jan@x.example"), "E-mailadres", "other_email"),
        (row(id="roos", name="Piet"), "Naam", "other_name"),
        (row(name="Els", email="geen adres"), "E-mailadres", "email"),
        (row(name="Els"), "E-mailadres", "email"),
        (row(email="els@x.example"), "Naam", "name"),
        (row(email="els@x.example", name="x" * 201), "Naam", "name"),
        (row(email="els@x.example", name="Log in op kwaad.example/x"), "Naam", "name"),
        (row(id="roos", role="baas"), "Rol", "role"),
        (row(id="jan", role="gebruiker"), "Rol", "own_role"),
    ],
    ids=str,
)
def test_each_fault_names_its_column_and_what_was_expected(
    session: Session, given: SheetRow, column: str, expected: str
) -> None:
    (fault,) = people.plan(session, HERE, [given]).faults
    assert (fault.line, fault.column, fault.expected) == (2, column, expected)
    assert fault.seen[:50] == given.of(column)[:50] and expected in import_words.TOLD


def test_the_same_person_twice_is_a_fault(session: Session) -> None:
    rows = [ROOS, row(3, email="roos@x.example"), NEW, replace(NEW, line=9)]
    faults = people.plan(session, HERE, rows).faults
    assert [(one.line, one.facts) for one in faults] == [(3, {"other": "2"}), (9, {"other": "2"})]


def test_what_a_document_gave_is_not_changed(session: Session) -> None:
    with writing(session):
        place_of(session, "sanne").origin = Origin.DOCUMENT
    (fault,) = people.plan(session, HERE, [row(id="sanne", role="gebruiker")]).faults
    assert fault.expected == "document_role"
    assert people.plan(session, HERE, [row(id="sanne")]).faults == ()


def test_M_04_the_last_administrator_stays(session: Session) -> None:
    """Jan cannot take his own role; so Sanne takes it, and Jan's is a document's no more."""
    with writing(session):
        session.get_one(Person, "jan").blocked_at = START
    (fault,) = people.plan(session, HERE, [row(id="sanne", role="gebruiker")]).faults
    assert (fault.column, fault.expected) == ("Rol", "last_administrator")


def test_who_comes_back_has_the_place_anew(session: Session) -> None:
    with writing(session):
        place = place_of(session, "roos")
        place.until, place.origin = START - timedelta(days=1), Origin.WITHDRAWN
        session.add(
            Mandate(
                id="before",
                person_id=place.person_id,
                organisation_id=place.organisation_id,
                level=PLUS,
                valid_from=START - YEAR,
                valid_until=START + YEAR,
            )
        )
        place.role = Role.ADMINISTRATOR
    (planned,) = people.plan(session, HERE, [ROOS]).places
    assert (planned.change, planned.role) == (PlaceChange.BACK, Role.MEMBER)
    do(session, ROOS)
    place = place_of(session, "roos")
    assert (place.until, place.since, place.role) == (None, START, Role.MEMBER)
    assert session.get_one(Mandate, "before").revoked_at == START, "nothing of before comes back"


def test_M_04_who_administers_no_more_by_the_clock_is_nobody_that_is_left(session: Session) -> None:
    """Jan has had the role for six years; so Sanne's is the last one."""
    with writing(session):
        place = place_of(session, "jan")
        place.since, place.role_since = START - 6 * YEAR, None
    (fault,) = people.plan(session, HERE, [row(id="sanne", role="gebruiker")]).faults
    assert fault.expected == "last_administrator"


@pytest.mark.parametrize("is_over", [False, True])
def test_who_becomes_administrator_is_it_from_now_on(session: Session, is_over: bool) -> None:
    """However long ago the place began, or an earlier time as administrator; also who comes
    back.
    """
    with writing(session):
        place = place_of(session, "roos")
        place.since, place.role_since = START - 7 * YEAR, START - 6 * YEAR
        place.until = START - timedelta(days=1) if is_over else None
    do(session, row(id="roos", role="beheerder"))
    place = place_of(session, "roos")
    assert administrator_role.role_of(place, START + 4 * YEAR) is Role.ADMINISTRATOR


def test_other_administrators_hear_who_came_and_went(session: Session) -> None:
    do(session, row(id="roos", role="beheerder"))
    told = {mail.recipient: mail.text for mail in waiting_in(session, make_sealer())}
    assert "Roos Willems is nu beheerder" in told["sanne@x.example"]
    assert "U bent daar nu beheerder" in told["roos@x.example"]


def test_it_is_all_or_nothing_and_only_what_was_shown(session: Session) -> None:
    shown = people.plan(session, HERE, [NEW]).digest
    with pytest.raises(PlanChanged), writing(session):
        people.do(session, HERE, [NEW, row(3, id="liv")], shown=shown)
    with pytest.raises(PlanChanged), writing(session):
        people.do(session, HERE, [NEW, row(3, name="Bo", email="bo@x.example")], shown=shown)
    late = around({}, now=START + timedelta(minutes=11))
    late = replace(late, login=DeciderLogin(late.own_level, START))
    with pytest.raises(LoginNotEnough), writing(session):
        people.do(session, late, [NEW], shown=shown)
    assert session.scalars(select(Person).where(Person.display_name == "Els Visser")).all() == []


def test_M_05_a_file_makes_nobody_administrator_whose_means_asks_an_identification(
    session: Session,
) -> None:
    with writing(session):
        session.add(IssuedMeans(id="m", person_id="roos", level=PLUS, asked_at=START))
    (fault,) = people.plan(session, HERE, [row(id="roos", role="Beheerder")]).faults
    assert (fault.column, fault.expected) == ("Rol", "unidentified")
    assert people.plan(session, HERE, [ROOS]).faults == ()
    with writing(session):
        session.get_one(IssuedMeans, "m").ends_at = START
    assert people.plan(session, HERE, [row(id="roos", role="Beheerder")]).faults == ()


def test_a_role_out_of_a_file_lasts_a_whole_term_however_old_the_place_is(session: Session) -> None:
    with writing(session):
        place_of(session, "roos").since = START - timedelta(days=6 * 366)
    do(session, row(id="roos", role="Beheerder"))
    assert role_of(place_of(session, "roos"), START) is Role.ADMINISTRATOR
