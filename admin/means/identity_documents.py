"""Identity documents with a request for a means: brought by the administrator who asks it, looked
at by operators who decide on it, and erased when their time is over.

Nothing is taken unseen: what a file is, is read from it (``document_files``), and a scanner that
does not answer refuses it. The file's name is not kept: it may say more than the file.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from sqlalchemy.orm import Session

from admin.mandates import administrators
from admin.means import decisions
from admin.means.around import MeansAsker, MeansDesk
from admin.means.document_files import DocumentFileRefused, MediaType, judge
from admin.means.rules import may_look
from admin.virus_scan.scanner import Scanner, ScannerDown
from assurance import identity_documents as kept
from assurance.identity_documents import DocumentSide, IdentityDocumentFile, IdentityDocumentKind
from assurance.means_requests import MeansRequest
from directory import dates
from keys.person_key import PersonKeys
from keys.sealing import SealBroken, Sealer
from state import audit
from state.audit import AuditEvent, EventTag
from state.db import new_id
from state.locks import Held, one_at_a_time

MOST_YEARS: Final = 15  # no document is valid longer
_PORTION: Final = 50
_BEFORE_EVERY_BATCH: Final = 0  # the key stays because of the document, not of the audit


@dataclass(frozen=True)
class DocumentDraft:
    """Where files belong before the request is sent. ``draft_id``: of the wizard, or of the means
    that is to be changed; ``person_id``: whose document it is; of
    somebody new the id that the person gets.
    """

    draft_id: str
    person_id: str


@dataclass(frozen=True)
class JudgedFile:
    """A file that may be kept: what it is, and who looked for viruses."""

    media_type: MediaType
    content: bytes
    scanner: str


@dataclass(frozen=True)
class AboutDocument:
    """What the administrator says of it. ``expires_on``: the last day on which it is valid;
    ``in_one_file``: both sides of a card stand in the same file.
    """

    kind: IdentityDocumentKind
    expires_on: date
    in_one_file: bool = False

    @property
    def sides(self) -> frozenset[DocumentSide]:
        """The files that are needed."""
        if self.in_one_file or not self.kind.is_card:
            return frozenset({DocumentSide.WHOLE})
        return frozenset({DocumentSide.FRONT, DocumentSide.BACK})


class DocumentGone(Exception):
    """There is no such document: it was erased, belongs elsewhere, or is not for who asks."""


def judged(scanner: Scanner, content: bytes) -> JudgedFile:
    """Judge it before anything is written; a scanner takes seconds. Raises DocumentFileRefused,
    also with ``infected`` and ``not_scanned``.
    """
    media_type = judge(content)
    try:
        is_clean = scanner.is_clean(content)
    except ScannerDown as down:
        raise DocumentFileRefused("not_scanned") from down
    if not is_clean:
        raise DocumentFileRefused("infected")
    return JudgedFile(media_type, content, scanner.name)


def expiry(text: str, now: datetime) -> date | None:
    """The day on the document, from a form; None where there is none or it is not valid today."""
    found = dates.typed(text)
    today = dates.day_of(now)
    is_valid = found is not None and today <= found and found.year <= today.year + MOST_YEARS
    return found if is_valid else None


def why_not(session: Session, around: MeansAsker, draft: DocumentDraft) -> str | None:
    """What is missing of it: ``no_document``, ``no_side``, ``expired``; else None."""
    found = brought(session, around, draft)
    if not found:
        return "no_document"
    if found[0].expires_on < dates.day_of(around.now):
        return "expired"
    return None if kept.is_complete(found[0].kind, {one.side for one in found}) else "no_side"


def brought(
    session: Session, around: MeansAsker, draft: DocumentDraft
) -> Sequence[IdentityDocumentFile]:
    """What this administrator brought so far; of another there is nothing."""
    found = kept.of_draft(session, draft.draft_id, around.organisation_id, around.actor.logged_in)
    return [one for one in found if one.person_id == draft.person_id]


def bring(
    session: Session,
    around: MeansAsker,
    draft: DocumentDraft,
    about: AboutDocument,
    files: dict[DocumentSide, JudgedFile],
) -> None:
    """Keep these files, each in the place of an earlier one of that side, with the transaction of
    the caller; what is not needed any more goes. Raises NotAdministrator; DocumentFileRefused with
    ``too_many``.
    """
    administrators.demand(session, around.actor.logged_in, around.organisation_id, around.now)
    one_at_a_time(session, Held.MEANS_DRAFT, draft.draft_id)
    by = around.actor.logged_in
    before = kept.of_draft(session, draft.draft_id, around.organisation_id, by)
    replaced = [
        one
        for one in before
        if one.person_id != draft.person_id or one.side in files or one.side not in about.sides
    ]
    kept.erase(session, [one.id for one in replaced])
    waiting = kept.number_waiting(session, around.organisation_id, by)
    if waiting + len(files) > kept.MOST_WAITING:
        raise DocumentFileRefused("too_many")
    for one in before:
        if one not in replaced:
            one.kind, one.expires_on = about.kind, about.expires_on
    keys = _keys_for(session, around.site.sealer, draft.person_id)
    for side, file in files.items():
        row = IdentityDocumentFile(
            id=new_id(),
            person_id=draft.person_id,
            organisation_id=around.organisation_id,
            brought_by=by,
            brought_at=around.now,
            draft_id=draft.draft_id,
            kind=about.kind,
            side=side,
            expires_on=about.expires_on,
            media_type=str(file.media_type),
            size=len(file.content),
            scanner=file.scanner,
        )
        row.content = keys.seal_content(
            draft.person_id, file.content, row.context, _BEFORE_EVERY_BATCH, around.now
        )
        session.add(row)
    session.flush()


def send_along(
    session: Session,
    around: MeansAsker,
    draft: DocumentDraft,
    request: MeansRequest,
    *,
    wanted: bool,
) -> None:
    """What was brought goes with the request; where none is asked any more it is erased."""
    found = brought(session, around, draft)
    if not wanted:
        kept.erase(session, [one.id for one in found])
        return
    kept.attach(session, found, request.id)
    facts: dict[str, audit.Detail] = {
        "person": draft.person_id,
        "files": len(found),
        "kind": str(found[0].kind),
    }
    _record(session, EventTag.IDENTITY_DOCUMENT_BROUGHT, around.now, request, facts, around)


def note_infected(session: Session, around: MeansAsker) -> None:
    """In the audit: somebody brought a file in which the scanner found something."""
    audit.record(
        session,
        AuditEvent(
            EventTag.IDENTITY_DOCUMENT_REFUSED,
            around.now,
            person_id=around.actor.logged_in,
            organisation_id=around.organisation_id,
            outcome="refused",
            reason="infected",
        ),
    )


def visible(
    session: Session, request: MeansRequest, operator_id: str, now: datetime
) -> Sequence[IdentityDocumentFile]:
    """What came with the request, for an operator who may decide on it; for others nothing."""
    if not may_look(decisions.approval(session, request, operator_id, now)):
        return []
    return kept.of_request(session, request.id)


def look(
    session: Session, desk: MeansDesk, request_id: str, document_id: str
) -> tuple[IdentityDocumentFile, bytes]:
    """The file, for an operator who decides; each look is in the audit, with the transaction of the
    caller. Raises DocumentGone.
    """
    request = session.get(MeansRequest, request_id)
    if request is None:
        raise DocumentGone
    found = visible(session, request, desk.actor.logged_in, desk.now)
    one = next((row for row in found if row.id == document_id), None)
    if one is None:
        raise DocumentGone
    try:
        keys = PersonKeys(session, desk.site.sealer)
        content = keys.open_content(one.person_id, one.content, one.context)
    except SealBroken:
        raise DocumentGone from None
    facts: dict[str, audit.Detail] = {"person": one.person_id, "document": one.id}
    facts["side"] = str(one.side)
    _record(session, EventTag.IDENTITY_DOCUMENT_SEEN, desk.now, request, facts, desk)
    return one, content


def erase_due(session: Session, now: datetime) -> int:
    """A portion of those whose time is over, with the transaction of the caller; how many."""
    due = kept.due(session, now, _PORTION)
    by_request: dict[str, list[IdentityDocumentFile]] = {}
    for one in due:
        if one.request_id is not None:
            by_request.setdefault(one.request_id, []).append(one)
    for request_id, found in by_request.items():
        request = session.get_one(MeansRequest, request_id)
        facts: dict[str, audit.Detail] = {"person": found[0].person_id, "files": len(found)}
        _record(session, EventTag.IDENTITY_DOCUMENT_ERASED, now, request, facts, None)
    return kept.erase(session, [one.id for one in due])


def _keys_for(session: Session, sealer: Sealer, person_id: str) -> PersonKeys:
    keys = PersonKeys(session, sealer)
    if keys.key_id(person_id) is None:
        one_at_a_time(session, Held.AUDIT)  # the audit makes keys as well
        keys = PersonKeys(session, sealer)
    return keys


def _record(
    session: Session,
    tag: EventTag,
    now: datetime,
    request: MeansRequest,
    facts: dict[str, audit.Detail],
    by: MeansAsker | MeansDesk | None,
) -> None:
    audit.record(
        session,
        AuditEvent(
            tag,
            now,
            reference=request.reference,
            person_id=by.actor.person_id if by is not None else None,
            organisation_id=request.organisation_id,
            level=request.level,
            details={"request": request.id, **facts},
        ),
    )
