"""Identity documents: brought by who asks, seen by who decides, sealed to a person, and gone."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from admin.audit import retention
from admin.audit.chain import AuditBatch
from admin.mandates.administrators import NotAdministrator
from admin.means import asking, changing, decisions, identity_documents
from admin.means.asking import WishRefused
from admin.means.changing import ChangeWish
from admin.means.document_files import DocumentFileRefused, MediaType
from admin.means.identity_documents import (
    AboutDocument,
    DocumentDraft,
    DocumentGone,
    JudgedFile,
)
from admin.virus_scan.scanner import NoScanner, ScannerDown
from assurance import identity_documents as kept
from assurance.factors import FactorKind
from assurance.identity_documents import (
    KEPT,
    MOST_WAITING,
    OPEN,
    WAITS,
    DocumentSide,
    IdentityDocumentFile,
    IdentityDocumentKind,
)
from assurance.levels import AssuranceLevel
from assurance.means import IssuedMeans
from assurance.means_requests import Contact, MeansOutcome, MeansRequest
from directory.people import Person, Role
from keys.person_key import PersonKey, PersonKeys
from keys.sealing import SealBroken
from state import audit
from state.audit import EventTag
from state.db import new_id, writing
from tests import scans
from tests.admin.means.conftest import ALL, Held, around, desk, wish
from tests.clocks import START
from tests.keys_for_tests import make_sealer

PASSPORT = AboutDocument(IdentityDocumentKind.PASSPORT, date(2030, 1, 1))
CARD = AboutDocument(IdentityDocumentKind.IDENTITY_CARD, date(2030, 1, 1))
ONE_FILE = AboutDocument(IdentityDocumentKind.IDENTITY_CARD, date(2030, 1, 1), in_one_file=True)
WHOLE, FRONT, BACK = DocumentSide.WHOLE, DocumentSide.FRONT, DocumentSide.BACK
FILE = JudgedFile(MediaType.PDF, scans.pdf(b"% naam van Noa\n"), "clamd")
DRAFT = DocumentDraft("d" * 26, "n" * 26)
ADMIN = around(documents=True)
DAY = timedelta(days=1)


def bring(
    session: Session,
    about: AboutDocument = PASSPORT,
    *sides: DocumentSide,
    by: Any = ADMIN,
    draft: DocumentDraft = DRAFT,
) -> None:
    with writing(session):
        identity_documents.bring(session, by, draft, about, dict.fromkeys(sides, FILE))


def ask(session: Session, by: Any = ADMIN, **facts: Any) -> MeansRequest:
    with writing(session):
        return asking.ask(session, by, wish(**{"documents": DRAFT, **facts}))


def files(session: Session) -> list[IdentityDocumentFile]:
    session.expire_all()
    query = select(IdentityDocumentFile).order_by(IdentityDocumentFile.side)
    return list(session.scalars(query))


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
    bring(session, CARD, BACK)
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


def test_each_look_is_recorded(session: Session, places: str) -> None:
    bring(session, PASSPORT, WHOLE)
    request = ask(session)
    (one,) = files(session)
    for _ in range(2):
        with writing(session):
            found, content = identity_documents.look(session, desk(), request.id, one.id)
        assert (found.id, content) == (one.id, FILE.content)
    seen = list(audit.recent(session, tags=[EventTag.IDENTITY_DOCUMENT_SEEN]))
    assert len(seen) == 2
    assert (seen[0].person_id, seen[0].details["document"]) == ("otto", one.id)
    assert seen[0].details["person"] == DRAFT.person_id


def test_only_who_decides_looks(session: Session, places: str) -> None:
    """Not who has no such role, who asked it, or whom it is for; who identifies does."""
    bring(session, PASSPORT, WHOLE)
    request = ask(session, level=AssuranceLevel.EH3)
    (one,) = files(session)
    with writing(session):
        assert identity_documents.look(session, desk("petra"), request.id, one.id)
        decisions.identify(
            session, desk(), request.id, proof="in_person", reference="x", day="2026-11-01"
        )
        assert identity_documents.look(session, desk(), request.id, one.id), "who identified"
    for operator in (places, "jan", DRAFT.person_id):
        assert list(identity_documents.visible(session, request, operator, START)) == []
        with pytest.raises(DocumentGone):
            identity_documents.look(session, desk(operator), request.id, one.id)
    with writing(session):  # the same human under another account
        session.get_one(Person, "petra").email = "jan+2@voorbeeld.example"
    with pytest.raises(DocumentGone):
        identity_documents.look(session, desk("petra"), request.id, one.id)


def test_a_file_of_another_request_is_not_there(session: Session, places: str) -> None:
    bring(session, PASSPORT, WHOLE)
    ask(session)
    (one,) = files(session)
    second = DocumentDraft("e" * 26, "p" * 26)
    bring(session, PASSPORT, WHOLE, draft=second)
    other = ask(session, documents=second, name="Piet", email="piet@voorbeeld.example")
    for request_id, document_id in ((other.id, one.id), ("none", one.id), (other.id, "none")):
        with pytest.raises(DocumentGone):
            identity_documents.look(session, desk(), request_id, document_id)
    assert list(audit.recent(session, tags=[EventTag.IDENTITY_DOCUMENT_SEEN])) == []


def test_it_is_erased_thirty_days_after_the_decision(session: Session, places: str) -> None:
    bring(session, CARD, FRONT, BACK)
    request = ask(session)
    assert _erased(session, START + OPEN - timedelta(seconds=1)) == 0, "nobody decided yet"
    decided = START + OPEN - DAY
    with writing(session):
        decisions.refuse(session, desk(now=decided), request.id, "Onleesbaar")
    assert _erased(session, decided + KEPT - timedelta(seconds=1)) == 0
    (one, _) = files(session)
    with writing(session):
        late = desk(now=decided + KEPT - DAY)
        assert identity_documents.look(session, late, request.id, one.id), "for who objects"
    assert _erased(session, decided + KEPT) == 2
    assert files(session) == [] and _erased(session, decided + KEPT) == 0
    (event,) = audit.recent(session, tags=[EventTag.IDENTITY_DOCUMENT_ERASED])
    assert (event.details["files"], event.organisation_id) == (2, "bakery")
    with pytest.raises(DocumentGone):
        identity_documents.look(session, desk(), request.id, one.id)


def test_it_is_erased_where_nobody_decides(session: Session, places: str) -> None:
    bring(session, PASSPORT, WHOLE)
    ask(session)
    assert _erased(session, START + OPEN - timedelta(seconds=1)) == 0
    assert _erased(session, START + OPEN) == 1
    (event,) = audit.recent(session, tags=[EventTag.IDENTITY_DOCUMENT_ERASED])
    assert event.details["files"] == 1


def test_it_is_erased_at_once_where_the_request_is_withdrawn(session: Session, places: str) -> None:
    bring(session, PASSPORT, WHOLE)
    request = ask(session)
    assert _erased(session, START) == 0
    with writing(session):
        request.outcome, request.decided_at = MeansOutcome.WITHDRAWN, START
    assert _erased(session, START) == 1
    assert files(session) == []


def test_what_was_never_sent_is_erased_after_a_week(session: Session, places: str) -> None:
    bring(session, PASSPORT, WHOLE)
    assert _erased(session, START + WAITS - timedelta(seconds=1)) == 0
    assert _erased(session, START + WAITS) == 1
    assert list(audit.recent(session, tags=[EventTag.IDENTITY_DOCUMENT_ERASED])) == []


def test_its_key_stays_as_long_as_it_does(session: Session, places: str) -> None:
    """The audit names this person no more, or never did."""
    bring(session, PASSPORT, WHOLE)
    with writing(session):
        session.add(_gone_batch())
        retention.purge_keys(session)
    assert session.scalar(select(func.count()).select_from(PersonKey)) == 1
    _erased(session, START + WAITS)
    with writing(session):
        retention.purge_keys(session)
    assert session.scalar(select(func.count()).select_from(PersonKey)) == 0


def test_it_goes_with_its_key(session: Session, places: str) -> None:
    """A copy of the row from a back-up says nothing any more."""
    bring(session, PASSPORT, WHOLE)
    request = ask(session)
    (one,) = files(session)
    with writing(session):
        session.delete(session.get_one(PersonKey, DRAFT.person_id))
    with pytest.raises(DocumentGone):
        identity_documents.look(session, desk(), request.id, one.id)


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


def _gone_batch() -> AuditBatch:
    """A batch of which the events are thrown away."""
    text = "0" * 64
    return AuditBatch(
        number=9,
        first_id=1,
        last_id=1,
        count=1,
        root=text,
        previous=text,
        hash=text,
        sealed_at=START,
        checkpoint="x",
        anchor="x",
    )


def _erased(session: Session, now: datetime) -> int:
    with writing(session):
        return identity_documents.erase_due(session, now)
