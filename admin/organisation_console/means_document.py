"""The step in which the identity document of the person is brought, where the installation asks it:
which document, until when it is valid, and the scan.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Final

from flask import request
from werkzeug.wrappers import Response

from admin.means import identity_documents
from admin.means.document_files import MOST_BYTES, DocumentFileRefused
from admin.means.drafts import MeansDraft
from admin.means.identity_documents import AboutDocument, DocumentDraft, JudgedFile
from admin.organisation_console.access import BeheerContext, absent, blueprint, requires
from admin.organisation_console.means_access import asker, keep, one_draft
from admin.organisation_console.means_pages import BroughtFile, MeansDocumentStep
from admin.organisation_console.means_wizard import (
    asks_document,
    missing,
    name_of,
    steps_of,
    to_step,
)
from admin.virus_scan.scanner import make_scanner
from assurance.identity_documents import DocumentSide, IdentityDocumentKind
from broker.web.endpoints import ITSELF, Endpoint
from broker.web.responses import show
from directory import dates
from directory.people import Role
from state.db import new_id, writing

# In the form there are two places; the first also takes a file with everything in it.
_FIRST: Final = ("voorkant", "front")
_SECOND: Final = ("achterkant", "back")
_PLACES: Final = {
    DocumentSide.WHOLE: _FIRST,
    DocumentSide.FRONT: _FIRST,
    DocumentSide.BACK: _SECOND,
}


@blueprint.get("/gebruikers/toevoegen/<draft_id>/identiteitsbewijs")
@requires(Role.ADMINISTRATOR)
def means_document(console: BeheerContext, draft_id: str) -> Response:
    """Between person and letter: with what do they show who they are?"""
    draft = one_draft(console, draft_id)
    if (before := missing(console, draft, "identiteitsbewijs")) is not None:
        return to_step(draft, before)
    if not asks_document(console, draft):
        absent(console)
    return show(_page(console, draft))


@blueprint.post("/gebruikers/toevoegen/<draft_id>/identiteitsbewijs")
@Endpoint(limit="console", shown_at=ITSELF)
@requires(Role.ADMINISTRATOR)
def bring_means_document(console: BeheerContext, draft_id: str) -> Response:
    """Keep what is good, also where something else is wrong: nobody brings it twice."""
    draft = one_draft(console, draft_id)
    if (before := missing(console, draft, "identiteitsbewijs")) is not None:
        return to_step(draft, before)
    if not asks_document(console, draft):
        absent(console)
    word, faults = request.form.get("soort", ""), {}
    expires_on = identity_documents.expiry(request.form.get("geldig", ""), console.now)
    if word not in set(IdentityDocumentKind):
        faults["kind"] = "nothing"
    if expires_on is None:
        faults["expires"] = "not_valid"
    if faults or expires_on is None:
        return show(_page(console, draft, faults), 422)
    in_one_file = request.form.get("samen") == "ja"
    about = AboutDocument(IdentityDocumentKind(word), expires_on, in_one_file)
    files, faults = _files(console, about)
    draft = _with_person(console, draft)
    brought = draft.documents
    assert brought is not None
    try:
        with writing(console.sql) as session:
            identity_documents.bring(session, asker(console), brought, about, files)
    except DocumentFileRefused as refused:
        return show(_page(console, draft, {"front": refused.reason}), 422)
    there = {one.side for one in _brought(console, brought)}
    for side in sorted(about.sides - there, reverse=True):
        faults.setdefault(_PLACES[side][1], "no_file")
    if faults:
        return show(_page(console, draft, faults), 422)
    return to_step(draft, "aflevering")


def _files(
    console: BeheerContext, about: AboutDocument
) -> tuple[dict[DocumentSide, JudgedFile], dict[str, str]]:
    """What was chosen and is good; what is wrong with the rest."""
    scanner = make_scanner(console.rt.settings.identity_documents)
    files, faults = {}, {}
    for side in about.sides:
        field, part = _PLACES[side]
        sent = request.files.get(field)
        if sent is None or not sent.filename:
            continue
        try:
            files[side] = identity_documents.judged(scanner, sent.stream.read(MOST_BYTES + 1))
        except DocumentFileRefused as refused:
            faults[part] = refused.reason
            if refused.reason == "infected":
                with writing(console.sql) as session:
                    identity_documents.note_infected(session, asker(console))
    return files, faults


def _with_person(console: BeheerContext, draft: MeansDraft) -> MeansDraft:
    """Of somebody new the id is chosen now: with their key the scan is sealed."""
    if draft.documents is not None:
        return draft
    draft = replace(draft, new_person=new_id())
    keep(console, draft)
    return draft


def _brought(console: BeheerContext, draft: DocumentDraft) -> tuple[BroughtFile, ...]:
    return tuple(
        BroughtFile(str(one.side), one.media_type, -(-one.size // 1024))
        for one in identity_documents.brought(console.sql, asker(console), draft)
    )


def _page(
    console: BeheerContext, draft: MeansDraft, faults: dict[str, str] | None = None
) -> MeansDocumentStep:
    around = asker(console)
    found = (
        identity_documents.brought(console.sql, around, draft.documents) if draft.documents else []
    )
    kind = str(found[0].kind) if found else ""
    expires: date | None = found[0].expires_on if found else None
    is_card = bool(found) and found[0].kind.is_card
    in_one_file = is_card and found[0].side is DocumentSide.WHOLE
    return MeansDocumentStep(
        console=console.frame,
        wizard=steps_of(console, draft, "identiteitsbewijs"),
        name=name_of(console, draft),
        kinds=tuple(str(one) for one in IdentityDocumentKind),
        kind=request.form.get("soort", kind),
        expires=request.form.get("geldig", expires.isoformat() if expires else "")[:10],
        in_one_file=request.form.get("samen") == "ja" or (request.method == "GET" and in_one_file),
        brought=_brought(console, draft.documents) if draft.documents else (),
        first=dates.day_of(console.now),
        faults=faults or {},
    )
