"""Mandates of documents: one that was made narrower replaces the wider one, and what an
administrator gave stands beside it.
"""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from admin.registrations.apply import RightsTaken
from admin.registrations.documents import DocumentsRefused
from admin.registrations.pruning import Prune
from admin.registrations.reading import read
from admin.registrations.schema import schema
from assurance.levels import AssuranceLevel
from broker.settings import Settings
from consent.chains import ChainMandate
from consent.mandates import Mandate
from directory.organisations import Organisation
from state import audit, registrations
from state.audit import EventTag
from state.db import writing
from state.registrations import Kind
from tests.admin.registrations.documents import (
    BAKERY,
    GARDEN,
    PERSON,
    SERVICE,
    UUID,
    applied,
    chain,
    mandate,
    outcomes,
)
from tests.clocks import START

BRANCH, SHOP = (one["number"] for one in BAKERY["establishments"])
OTHER = "22222222-2222-4333-8444-555555555555"
WIDE = mandate(service=None)
LATER = date(2031, 12, 31)
SOONER = date(2027, 6, 30)


@pytest.fixture(autouse=True)
def known(session: Session, settings: Settings, tmp_path: Path) -> None:
    other = {**SERVICE, "uuid": OTHER, "service_id": "urn:x:meldingen"}
    applied(session, settings, tmp_path, SERVICE, other, BAKERY, GARDEN, PERSON)


def standing(session: Session) -> set[tuple[str | None, tuple[str, ...], str]]:
    """Service, branches and level of every mandate that stands."""
    session.rollback()
    rows = session.scalars(select(Mandate).where(Mandate.revoked_at.is_(None)))
    return {(row.service_uuid, tuple(row.branches), row.level.label) for row in rows}


@pytest.mark.parametrize(
    ("before", "after", "stands"),
    [
        (mandate(), mandate(branches=[SHOP]), (UUID, (SHOP,), "EH3")),
        (mandate(branches=[BRANCH, SHOP]), mandate(branches=[SHOP]), (UUID, (SHOP,), "EH3")),
        (mandate(branches=[BRANCH]), mandate(branches=[SHOP]), (UUID, (SHOP,), "EH3")),
        (WIDE, mandate(), (UUID, (), "EH3")),
        (WIDE, mandate(level="EH2"), (UUID, (), "EH2")),
        (WIDE, mandate(service=None, branches=[SHOP]), (None, (SHOP,), "EH3")),
        (
            mandate(service=None, branches=[BRANCH, SHOP]),
            mandate(branches=[SHOP]),
            (UUID, (SHOP,), "EH3"),
        ),
    ],
    ids=[
        "to a branch",
        "to one of two branches",
        "to another branch",
        "to a service",
        "to a service, lower",
        "every service, to a branch",
        "to a service and a branch",
    ],
)
def test_a_narrower_mandate_replaces_the_wider_one(
    session: Session,
    settings: Settings,
    tmp_path: Path,
    before: dict[str, Any],
    after: dict[str, Any],
    stands: tuple[str | None, tuple[str, ...], str],
) -> None:
    applied(session, settings, tmp_path, before)
    was = standing(session)
    (plan,) = outcomes(session, settings, tmp_path, after, dry_run=True)
    assert len(plan.takes) == 1 and plan.takes[0].startswith("mandate of roos for 90001201 at ")
    assert standing(session) == was
    with pytest.raises(RightsTaken):
        outcomes(session, settings, tmp_path, after)
    assert standing(session) == was
    outcomes(session, settings, tmp_path, after, also_taking=True)
    assert standing(session) == {stands}
    (event,) = audit.recent(session, tags=[EventTag.MANDATE_REVOKED])
    assert (event.person_id, event.reason) == ("robin", "replaced")
    assert event.details["person"] == "roos"
    (again,) = outcomes(session, settings, tmp_path, after)
    assert (again.word, again.takes) == ("unchanged", ())


@pytest.mark.parametrize(
    ("there", "beside"),
    [
        ([WIDE], mandate(level="EH4")),  # gives more than the wide one
        ([mandate()], mandate(service=OTHER)),
        ([mandate()], WIDE),
        ([mandate(service=None, branches=[BRANCH])], mandate(branches=[SHOP])),
    ],
    ids=["higher", "another service", "wider", "another branch"],
)
def test_what_says_something_else_stands_beside(
    session: Session,
    settings: Settings,
    tmp_path: Path,
    there: list[dict[str, Any]],
    beside: dict[str, Any],
) -> None:
    applied(session, settings, tmp_path, *there)
    before = standing(session)
    (outcome,) = outcomes(session, settings, tmp_path, beside)
    assert (outcome.word, outcome.takes) == ("created", ())
    assert standing(session) > before


def test_what_another_document_at_hand_names_is_not_replaced(
    session: Session, settings: Settings, tmp_path: Path
) -> None:
    both = (WIDE, mandate(), mandate(branches=[SHOP], level="EH2"))
    for _ in range(2):
        found = outcomes(session, settings, tmp_path, *both)
        assert not any(outcome.takes for outcome in found)
    assert len(standing(session)) == 3


@pytest.mark.parametrize(
    ("changed", "lost"),
    [
        ({"level": "EH2"}, "level_lowered"),
        ({"until": SOONER}, "term_shortened"),
        ({"from": date(2027, 1, 1)}, "term_shortened"),
    ],
)
@pytest.mark.parametrize("make", [mandate, chain])
def test_what_the_same_mandate_loses_is_taken(
    session: Session,
    settings: Settings,
    tmp_path: Path,
    make: Any,
    changed: dict[str, Any],
    lost: str,
) -> None:
    applied(session, settings, tmp_path, make())
    with pytest.raises(RightsTaken) as refused:
        outcomes(session, settings, tmp_path, make(**changed))
    assert refused.value.outcomes[0].takes[0].endswith(lost)
    outcomes(session, settings, tmp_path, make(**changed), also_taking=True)
    tag = EventTag.MANDATE_REVOKED if make is mandate else EventTag.CHAIN_MANDATE_REVOKED
    assert [event.reason for event in audit.recent(session, tags=[tag])] == [lost]


@pytest.mark.parametrize("make", [mandate, chain])
@pytest.mark.parametrize(
    "changed", [{"level": "EH4"}, {"until": LATER}, {"from": date(2025, 1, 1)}, {"revoked": True}]
)
def test_what_gives_more_or_says_revoked_asks_nothing(
    session: Session, settings: Settings, tmp_path: Path, make: Any, changed: dict[str, Any]
) -> None:
    applied(session, settings, tmp_path, make())
    (outcome,) = outcomes(session, settings, tmp_path, make(**changed))
    assert (outcome.word, outcome.takes) == ("changed", ())


def test_a_day_holds_until_its_end_and_from_its_start(
    session: Session, settings: Settings, tmp_path: Path
) -> None:
    term = {"from": date(2028, 2, 29), "until": "2029-02-28"}
    applied(session, settings, tmp_path, mandate(**term), chain(**term))
    session.rollback()
    for table in (Mandate, ChainMandate):
        row: Any = session.scalars(select(table)).one()
        assert row.valid_from == datetime(2028, 2, 28, 23, tzinfo=UTC)
        assert row.valid_until == datetime(2029, 2, 28, 22, 59, 59, 999999, tzinfo=UTC)


@pytest.mark.parametrize(
    ("field", "value"),
    [("until", "2027-02-29"), ("until", "2026-11-29T10:00:00"), ("from", 20261129)],
)
def test_a_date_that_is_none_is_refused_with_what_to_write(
    session: Session, settings: Settings, tmp_path: Path, field: str, value: object
) -> None:
    with pytest.raises(DocumentsRefused) as refused:
        applied(session, settings, tmp_path, mandate(**{field: value}))
    (line,) = refused.value.lines
    assert f"{field}: write a day, such as 2026-11-28" in line


def _given_on_a_screen(session: Session, **facts: Any) -> None:
    with writing(session):
        bakery = session.scalars(select(Organisation).where(Organisation.kvk == "90001201")).one()
        session.add(
            Mandate(
                person_id="roos",
                organisation_id=bakery.id,
                service_uuid=UUID,
                level=AssuranceLevel.EH3,
                valid_from=START,
                valid_until=datetime(2027, 1, 1, tzinfo=UTC),
                granted_by="sanne",
                **facts,
            )
        )


def test_what_an_administrator_gave_stays_and_is_listed(
    session: Session, settings: Settings, tmp_path: Path
) -> None:
    _given_on_a_screen(session)
    narrow = mandate(branches=[SHOP])
    prune = Prune(also_used=True)
    found = outcomes(session, settings, tmp_path, PERSON, narrow, prune=prune)
    stays = (f"mandate for 90001201 at {UUID}, given at /beheer, until 2027-01-01",)
    assert [outcome.stays for outcome in found] == [stays, stays]
    assert [outcome.takes for outcome in found] == [(), ()]
    assert standing(session) == {(UUID, (), "EH3"), (UUID, (SHOP,), "EH3")}


def test_a_document_does_not_bring_back_what_was_taken_back_on_a_screen(
    session: Session, settings: Settings, tmp_path: Path
) -> None:
    """The document has a mandate of its own, and the one of the screen stays as it is."""
    _given_on_a_screen(session, revoked_at=START, revoked_by="sanne")
    (outcome,) = outcomes(session, settings, tmp_path, mandate())
    assert outcome.word == "created"
    session.rollback()
    rows = session.scalars(select(Mandate).order_by(Mandate.granted_by.is_(None))).all()
    assert [(row.granted_by, row.revoked_at) for row in rows] == [("sanne", START), (None, None)]


def test_what_an_administrator_took_back_no_document_gives_again(
    session: Session, settings: Settings, tmp_path: Path
) -> None:
    """The organisation answers for who acts for it. The plan says so, and the good twin stands."""
    applied(session, settings, tmp_path, mandate(), mandate(service=OTHER))
    with writing(session):
        row = session.scalars(select(Mandate).where(Mandate.service_uuid == UUID)).one()
        row.revoked_at, row.revoked_by = START, "sanne"
    found = outcomes(session, settings, tmp_path, mandate(until=LATER), mandate(service=OTHER))
    assert standing(session) == {(OTHER, (), "EH3")}
    (said,) = found[0].stays
    assert said.startswith("taken back at /beheer on ") and found[1].stays == ()


@pytest.mark.parametrize(
    ("number", "organisation", "is_refused"),
    [
        (SHOP, BAKERY, False),
        ("000099999999", BAKERY, False),  # nobody registered it
        (SHOP, GARDEN, True),
    ],
)
def test_a_branch_is_one_of_its_organisation(
    session: Session,
    settings: Settings,
    tmp_path: Path,
    number: str,
    organisation: dict[str, Any],
    is_refused: bool,
) -> None:
    document = mandate(organisation=organisation["kvk"], branches=[number])
    if not is_refused:
        assert applied(session, settings, tmp_path, document) == [("Mandate", "created")]
        return
    with pytest.raises(DocumentsRefused) as refused:
        applied(session, settings, tmp_path, document)
    assert f"branches: {number} is no branch of 90001639" in refused.value.lines[0]


def test_a_branch_that_ends_takes_its_mandates_with_it(
    session: Session, settings: Settings, tmp_path: Path
) -> None:
    applied(session, settings, tmp_path, mandate(branches=[SHOP]))
    smaller = {**BAKERY, "establishments": BAKERY["establishments"][:1]}
    with pytest.raises(RightsTaken) as taken:
        outcomes(session, settings, tmp_path, smaller)
    assert taken.value.outcomes[0].takes == (f"branch {SHOP} in the mandate of roos",)
    for documents in ((smaller, mandate(branches=[SHOP])), (mandate(branches=[SHOP]),)):
        if len(documents) == 1:
            outcomes(session, settings, tmp_path, smaller, also_taking=True)
        with pytest.raises(DocumentsRefused) as refused:
            outcomes(session, settings, tmp_path, *documents, also_taking=True)
        assert "or it ended" in refused.value.lines[0]
    over = mandate(branches=[SHOP], revoked=True)
    assert applied(session, settings, tmp_path, over) == [("Mandate", "changed")]


@pytest.mark.parametrize("kind", ["Mandate", "ChainMandate", "Person"])
def test_what_stands_in_no_file_ends_where_that_is_asked(
    session: Session, settings: Settings, tmp_path: Path, kind: str
) -> None:
    place = {"kvk": BAKERY["kvk"], "role": "administrator"}
    people = [{**PERSON, "organisations": [place]}, {**PERSON, "id": "jan", "email": None}]
    mandates = [mandate(), mandate(service=OTHER)]
    chains = [chain(), chain(service=OTHER)]
    documents = [*people, *mandates, *chains]
    applied(session, settings, tmp_path, *documents)
    kept = [one for one in documents if one["kind"] != kind or one in documents[1::2]]
    assert not any(o.takes for o in outcomes(session, settings, tmp_path, *kept))
    with pytest.raises(RightsTaken):
        outcomes(session, settings, tmp_path, *kept, prune=Prune())
    found = outcomes(session, settings, tmp_path, *kept, prune=Prune(), also_taking=True)
    gone = [outcome for outcome in found if outcome.word == "removed"]
    assert [outcome.kind for outcome in gone] == [kind]
    assert len(gone[0].takes) == 1
    again = outcomes(session, settings, tmp_path, *kept, prune=Prune())
    assert {outcome.word for outcome in again} == {"unchanged"}
    back = outcomes(session, settings, tmp_path, *documents, prune=Prune())
    assert [outcome.kind for outcome in back if outcome.word == "changed"] == [kind]


def test_kinds_that_no_file_holds_are_left_alone_unless_they_are_named(
    session: Session, settings: Settings, tmp_path: Path
) -> None:
    applied(session, settings, tmp_path, mandate(), chain())
    found = outcomes(session, settings, tmp_path, PERSON, prune=Prune())
    assert {outcome.word for outcome in found} == {"unchanged"}
    named = Prune(of_files=False, mandates=frozenset({"ChainMandate"}))
    found = outcomes(session, settings, tmp_path, PERSON, prune=named, also_taking=True)
    assert [outcome.kind for outcome in found if outcome.word == "removed"] == ["ChainMandate"]


def test_mandates_at_a_service_that_left_wait_for_it(
    session: Session, settings: Settings, tmp_path: Path
) -> None:
    applied(session, settings, tmp_path, mandate(), mandate(service=OTHER))
    with writing(session):
        registrations.withdraw(session, Kind.SERVICE, OTHER, START)
    found = outcomes(session, settings, tmp_path, mandate(), prune=Prune())
    assert [outcome.word for outcome in found] == ["unchanged"]
    assert {service for service, _, _ in standing(session)} == {UUID, OTHER}


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("until: 2027-02-29", "until: write a day"),
        ("until: 2026-13-01", "until: write a day"),
        ("until: 2026-11-29 22:00:00", "until: write a day"),
        ("until: 2026-11-29T25:00:00+01:00", "until: write a day"),
        ("until: 2028-02-29", None),
        ("until: 2026-11-29 22:00:00+01:00", None),
        ("until: 2026-11-29T22:00:00Z", None),
        ("until: 9999-12-31", None),
    ],
)
def test_days_are_read_as_files_write_them(tmp_path: Path, line: str, said: str | None) -> None:
    file = tmp_path / "mandate.yaml"
    file.write_text(
        "kind: Mandate\nperson: roos\norganisation: '90001201'\nservice: null\nlevel: EH3\n"
        f"from: 2026-01-01\n{line}\n",
        encoding="utf-8",
    )
    if said is None:
        (entry,) = read(file)
        assert entry.model.until > entry.model.begins
        return
    with pytest.raises(DocumentsRefused) as refused:
        read(file)
    (told,) = refused.value.lines
    assert f"mandate.yaml:1: {said}" in told


def test_the_same_mandate_twice_is_refused_in_whatever_order_its_branches_stand(
    session: Session, settings: Settings, tmp_path: Path
) -> None:
    one, other = mandate(branches=[BRANCH, SHOP]), mandate(branches=[SHOP, BRANCH], level="EH2")
    with pytest.raises(DocumentsRefused) as refused:
        applied(session, settings, tmp_path, one, other)
    assert "stands in" in refused.value.lines[0]


def test_editors_know_a_day_and_a_moment() -> None:
    document = json.loads(schema())["$defs"]["MandateDocument"]["properties"]
    for field in ("from", "until"):
        forms = {one["format"] for one in document[field]["anyOf"]}
        assert forms == {"date", "date-time"}
        assert "in the Netherlands" in document[field]["description"]
