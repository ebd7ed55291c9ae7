"""Identity documents: brought by who asks, seen by who decides, sealed to a person, and gone."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from admin.mandates.administrators import NotAdministrator
from admin.means import changing, decisions, identity_documents
from admin.means.asking import WishRefused
from admin.means.changing import ChangeWish
from admin.means.document_files import DocumentFileRefused
from admin.means.identity_documents import (
    AboutDocument,
    DocumentDraft,
)
from admin.virus_scan.scanner import NoScanner, ScannerDown
from assurance import identity_documents as kept
from assurance.factors import FactorKind
from assurance.identity_documents import (
    MOST_WAITING,
    DocumentSide,
    IdentityDocumentFile,
    IdentityDocumentKind,
)
from assurance.levels import AssuranceLevel
from assurance.means import IssuedMeans
from assurance.means_requests import Contact, MeansRequest
from directory.people import Person, Role
from keys.person_key import PersonKeys
from keys.sealing import SealBroken
from state import audit
from state.audit import EventTag
from state.db import new_id, writing
from tests import scans
from tests.admin.means.brought import (
    ADMIN,
    BACK,
    CARD,
    DAY,
    DRAFT,
    FILE,
    FRONT,
    ONE_FILE,
    PASSPORT,
    WHOLE,
    ask,
    bring,
    files,
)
from tests.admin.means.conftest import ALL, Held, around, desk
from tests.clocks import START
from tests.keys_for_tests import make_sealer


@pytest.mark.parametrize(
    ("level", "role", "approval", "is_asked"),
    [
        (AssuranceLevel.EH2, Role.MEMBER, ALL, False),
        (AssuranceLevel.EH2_PLUS, Role.MEMBER, ALL, True),
        (AssuranceLevel.EH2_PLUS, Role.MEMBER, frozenset(), False),  # nobody would look at it
        (AssuranceLevel.EH2_PLUS, Role.ADMINISTRATOR, frozenset(), True),
        (AssuranceLevel.EH3, Role.MEMBER, frozenset(), True),
    ],
)
def test_it_is_asked_where_somebody_decides(
    level: AssuranceLevel, role: Role, approval: frozenset[AssuranceLevel], is_asked: bool
) -> None:
    assert kept.is_asked(level, role, approval) is is_asked


@pytest.mark.parametrize(
    ("kind", "sides", "is_complete"),
    [
        (IdentityDocumentKind.PASSPORT, {WHOLE}, True),
        (IdentityDocumentKind.PASSPORT, {FRONT, BACK}, False),
        (IdentityDocumentKind.IDENTITY_CARD, {FRONT}, False),
        (IdentityDocumentKind.IDENTITY_CARD, {FRONT, BACK}, True),
        (IdentityDocumentKind.DRIVING_LICENCE, {BACK}, False),
        (IdentityDocumentKind.RESIDENCE, {WHOLE}, True),
        (IdentityDocumentKind.RESIDENCE, set(), False),
    ],
)
def test_of_a_card_both_sides_are_needed(
    kind: IdentityDocumentKind, sides: set[DocumentSide], is_complete: bool
) -> None:
    assert kept.is_complete(kind, sides) is is_complete


@pytest.mark.parametrize(
    ("text", "is_valid"),
    [
        ("2026-11-02", True),  # its last day is today
        ("2026-11-01", False),
        ("2041-12-31", True),
        ("2042-01-01", False),
        ("2026-02-30", False),
        ("20261202", False),
        ("", False),
    ],
)
def test_a_document_is_valid_today(text: str, is_valid: bool) -> None:
    assert (identity_documents.expiry(text, START) is not None) is is_valid


def test_the_last_day_is_one_of_the_netherlands() -> None:
    late = datetime(2026, 11, 2, 23, 30, tzinfo=UTC)  # the 3rd there
    assert identity_documents.expiry("2026-11-02", late) is None


def test_what_was_brought_goes_with_the_request(session: Session, places: str) -> None:
    bring(session, PASSPORT, WHOLE)
    request = ask(session)
    (found,) = files(session)
    made = session.get_one(IssuedMeans, request.means_id)
    assert (found.request_id, found.person_id) == (request.id, made.person_id)
    assert session.get_one(Person, DRAFT.person_id).display_name == "Noa Smit"
    assert found.size == len(FILE.content) and found.scanner == "clamd"
    (event,) = audit.recent(session, tags=[EventTag.IDENTITY_DOCUMENT_BROUGHT])
    assert (event.person_id, event.organisation_id) == ("jan", "bakery")
    assert (event.details["person"], event.details["files"]) == (made.person_id, 1)


def test_it_is_sealed_to_its_person_and_to_its_row(session: Session, places: str) -> None:
    bring(session, CARD, FRONT, BACK)
    back, front = files(session)
    assert b"Noa" not in front.content and front.content != back.content
    keys = PersonKeys(session, make_sealer())
    assert keys.open_content(DRAFT.person_id, front.content, front.context) == FILE.content
    for person_id, content, context in (
        (places, front.content, front.context),
        (DRAFT.person_id, front.content, back.context),
        (DRAFT.person_id, front.content[:-1], front.context),
        (DRAFT.person_id, b"", front.context),
    ):
        with pytest.raises(SealBroken):
            keys.open_content(person_id, content, context)


@pytest.mark.parametrize(
    ("brought", "now", "word"),
    [
        ((), START, "no_document"),
        ((CARD, FRONT), START, "no_side"),
        ((AboutDocument(PASSPORT.kind, date(2026, 11, 2)), WHOLE), START + DAY, "expired"),
    ],
)
def test_without_it_nothing_is_asked(
    session: Session, places: str, brought: Any, now: datetime, word: str
) -> None:
    if brought:
        bring(session, *brought)
    with pytest.raises(WishRefused) as refused:
        ask(session, around(documents=True, now=now))
    assert refused.value.faults == {"document": word}
    assert session.scalars(select(MeansRequest)).all() == []


def test_where_it_is_not_asked_nothing_is_needed(session: Session, places: str) -> None:
    assert ask(session, around(), documents=None)


def test_what_is_not_asked_any_more_is_erased(session: Session, places: str) -> None:
    """The level was chosen again, and a user at EH2 needs none."""
    bring(session, PASSPORT, WHOLE)
    ask(session, level=AssuranceLevel.EH2, factor=None)
    assert files(session) == []
    assert list(audit.recent(session, tags=[EventTag.IDENTITY_DOCUMENT_BROUGHT])) == []


@pytest.mark.parametrize(
    ("steps", "sides"),
    [
        ([(CARD, FRONT), (CARD, BACK)], {FRONT, BACK}),
        ([(CARD, FRONT, BACK), (CARD, FRONT)], {FRONT, BACK}),
        ([(CARD, FRONT, BACK), (ONE_FILE, WHOLE)], {WHOLE}),
        ([(ONE_FILE, WHOLE), (CARD, FRONT)], {FRONT}),
        ([(PASSPORT, WHOLE), (CARD,)], set()),
        ([(PASSPORT, WHOLE), (ONE_FILE,)], {WHOLE}),
    ],
)
def test_a_file_takes_the_place_of_an_earlier_one(
    session: Session, places: str, steps: Any, sides: set[DocumentSide]
) -> None:
    for step in steps:
        bring(session, *step)
    found = files(session)
    assert {one.side for one in found} == sides
    assert {one.kind for one in found} <= {steps[-1][0].kind}


def test_of_another_nothing_is_found(session: Session, places: str) -> None:
    """Another company of the same administrator, another administrator, another person."""
    bring(session, PASSPORT, WHOLE)
    with writing(session):
        session.execute(update(IdentityDocumentFile).values(brought_by="otto"))
    assert list(identity_documents.brought(session, ADMIN, DRAFT)) == []
    with writing(session):
        session.execute(update(IdentityDocumentFile).values(brought_by="jan"))
    elsewhere = around(documents=True, organisation_id="garden")
    assert list(identity_documents.brought(session, elsewhere, DRAFT)) == []
    other = DocumentDraft(DRAFT.draft_id, places)
    assert list(identity_documents.brought(session, ADMIN, other)) == []
    assert len(identity_documents.brought(session, ADMIN, DRAFT)) == 1


def test_who_is_no_administrator_brings_nothing(session: Session, places: str) -> None:
    with pytest.raises(NotAdministrator):
        bring(session, PASSPORT, WHOLE, by=around("otto", documents=True))
    assert files(session) == []


def test_nobody_fills_the_database(session: Session, places: str) -> None:
    for number in range(MOST_WAITING):
        bring(session, PASSPORT, WHOLE, draft=DocumentDraft(f"draft{number}", new_id()))
    with pytest.raises(DocumentFileRefused) as refused:
        bring(session, PASSPORT, WHOLE)
    assert refused.value.reason == "too_many" and len(files(session)) == MOST_WAITING
    with writing(session):  # what a colleague left lying hinders nobody else
        session.execute(update(IdentityDocumentFile).values(brought_by="otto"))
    bring(session, PASSPORT, WHOLE)


def test_two_that_come_in_at_one_moment_leave_a_draft_that_works(
    session: Session, places: str
) -> None:
    """Each chose an id for the person: the later one counts, and nothing stays of the other."""
    for person_id in ("n" * 26, "m" * 26, "n" * 26):
        bring(session, CARD, FRONT, draft=DocumentDraft(DRAFT.draft_id, person_id))
        (one,) = files(session)
        assert one.person_id == person_id
    bring(session, CARD, BACK, draft=DocumentDraft(DRAFT.draft_id, "m" * 26))
    assert [(one.side, one.person_id) for one in files(session)] == [(BACK, "m" * 26)]
    bring(session, CARD, FRONT, BACK)
    assert len(files(session)) == 2 and ask(session)


class Down:
    name = "down"

    def is_clean(self, content: bytes) -> bool:
        raise ScannerDown("timeout")

    def ping(self) -> None:
        raise ScannerDown("timeout")


class Finds(NoScanner):
    def is_clean(self, content: bytes) -> bool:
        return False


@pytest.mark.parametrize(
    ("scanner", "reason"), [(Down(), "not_scanned"), (Finds(), "infected")], ids=["down", "finds"]
)
def test_what_is_not_known_to_be_clean_is_refused(scanner: Any, reason: str) -> None:
    with pytest.raises(DocumentFileRefused) as refused:
        identity_documents.judged(scanner, scans.png())
    assert refused.value.reason == reason


def test_a_file_is_judged_before_it_is_scanned() -> None:
    with pytest.raises(DocumentFileRefused) as refused:
        identity_documents.judged(Down(), b"MZ")
    assert refused.value.reason == "unknown_type"
    assert identity_documents.judged(NoScanner(), scans.png()).scanner == "none"


@pytest.mark.parametrize(
    ("was", "wanted", "is_asked"),
    [
        (AssuranceLevel.EH2, {"level": AssuranceLevel.EH2_PLUS}, True),
        (AssuranceLevel.EH2, {"level": AssuranceLevel.EH3}, True),
        (AssuranceLevel.EH2_PLUS, {"level": AssuranceLevel.EH3}, False),  # it was asked before
        (AssuranceLevel.EH2_PLUS, {"role": Role.ADMINISTRATOR}, False),
        (AssuranceLevel.EH2_PLUS, {"level": AssuranceLevel.EH2}, False),
        (AssuranceLevel.EH2, {"organisations": ("garden",)}, False),
    ],
)
def test_a_change_asks_one_where_the_means_grows_to_it(
    session: Session,
    places: str,
    held: Held,
    was: AssuranceLevel,
    wanted: dict[str, Any],
    is_asked: bool,
) -> None:
    with_scan = ChangeWish(**{"means_id": held(), "level": was, "role": Role.MEMBER, **wanted})
    with writing(session):
        session.get_one(IssuedMeans, with_scan.means_id).level = was
    assert changing.asks_document(session, ADMIN, with_scan) is is_asked
    assert not changing.asks_document(session, around(), with_scan), "not asked at all"


def test_a_change_takes_what_was_brought_for_it(session: Session, places: str, held: Held) -> None:
    """And a later one asks it anew: the files of before are those of that request."""
    made = session.get_one(IssuedMeans, held())
    with writing(session):
        made.level = AssuranceLevel.EH2
    grown = ChangeWish(
        made.id,
        AssuranceLevel.EH2_PLUS,
        Role.MEMBER,
        factor=FactorKind.TOTP,
        contact=Contact(("Straat 1", "1234 AB Plaats")),
    )
    assert changing.faults(session, ADMIN, grown) == {"document": "no_document"}
    draft = changing.document_draft(made)
    for number in range(2):
        bring(session, PASSPORT, WHOLE, draft=draft)
        with writing(session):
            request = changing.change(session, ADMIN, grown)
            decisions.refuse(session, desk(), request.id, "Onleesbaar")
        assert [one.request_id for one in files(session)].count(request.id) == 1
        assert len(files(session)) == number + 1
        assert changing.faults(session, ADMIN, grown) == {"document": "no_document"}
