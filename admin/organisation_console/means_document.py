"""The page on which the identity document of a person is brought, where the installation asks it:
which document, until when it is valid, and the scan. A step of asking a means, and beside a change.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from typing import Final

from flask import redirect, request, url_for
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.wrappers import Response

from admin.means import changing, identity_documents
from admin.means.document_files import MOST_BYTES, DocumentFileRefused
from admin.means.drafts import MeansDraft
from admin.means.identity_documents import AboutDocument, DocumentDraft, JudgedFile
from admin.organisation_console.access import BeheerContext, absent, blueprint, requires
from admin.organisation_console.means_access import asker, keep, one_draft
from admin.organisation_console.means_change import KEPT, with_choices
from admin.organisation_console.means_ending import standing_means
from admin.organisation_console.means_pages import BroughtFile, MeansDocumentStep, MeansSteps
from admin.organisation_console.means_wizard import (
    asks_document,
    missing,
    name_of,
    steps_of,
    to_step,
)
from admin.virus_scan.scanner import make_scanner
from assurance.identity_documents import DocumentSide, IdentityDocumentKind
from assurance.means import IssuedMeans
from broker.web.endpoints import ITSELF, Endpoint
from broker.web.errors import http_error
from broker.web.responses import show
from directory import dates
from directory.people import Person, Role
from state.db import new_id, writing

# In the form there are two places; the first also takes a file with everything in it.
_FIRST: Final = ("voorkant", "front")
_SECOND: Final = ("achterkant", "back")
_TOGETHER: Final = "too_large_together"
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
    draft = _with_person(console, draft)
    assert draft.documents is not None
    faults = _taken(console, draft.documents)
    return show(_page(console, draft, faults), 422) if faults else to_step(draft, "aflevering")


@blueprint.get("/gebruikers/<person_id>/identiteitsbewijs")
@Endpoint(limit="console", kept=KEPT)
@requires(Role.ADMINISTRATOR)
def change_document(console: BeheerContext, person_id: str) -> Response:
    """For a change that asks more than the means was asked with."""
    return show(_change_page(console, _changed(console, person_id)))


@blueprint.post("/gebruikers/<person_id>/identiteitsbewijs")
@Endpoint(limit="console", shown_at=ITSELF)
@requires(Role.ADMINISTRATOR)
def bring_change_document(console: BeheerContext, person_id: str) -> Response:
    """Keep it, and back to the change with what was chosen there."""
    made = _changed(console, person_id)
    faults = _taken(console, changing.document_draft(made))
    if faults:
        return show(_change_page(console, made, faults), 422)
    chosen = request.args
    return redirect(
        url_for(
            "console.ask_to_change_means",
            person_id=made.person_id,
            niveau=chosen.get("niveau"),
            rol=chosen.get("rol"),
            bedrijf=chosen.getlist("bedrijf"),
            soort=chosen.get("soort"),
        ),
        303,
    )


@blueprint.errorhandler(RequestEntityTooLarge)
def _too_large(error: RequestEntityTooLarge) -> Response:
    """More came than is read, so nothing of it was: the step says so itself."""
    at = request.view_args or {}
    if request.endpoint == "console.bring_means_document":
        return _means_too_large(**at)
    if request.endpoint == "console.bring_change_document":
        return _change_too_large(**at)
    return http_error(error)


@requires(Role.ADMINISTRATOR)
def _means_too_large(console: BeheerContext, draft_id: str) -> Response:
    return show(_page(console, one_draft(console, draft_id), {"front": _TOGETHER}), 413)


@requires(Role.ADMINISTRATOR)
def _change_too_large(console: BeheerContext, person_id: str) -> Response:
    return show(_change_page(console, _changed(console, person_id), {"front": _TOGETHER}), 413)


def _changed(console: BeheerContext, person_id: str) -> IssuedMeans:
    """The active means of somebody else."""
    made = standing_means(console, person_id).means
    asks = asker(console).site.rules.asks_documents
    is_own = made.person_id == console.person_id
    return made if asks and made.activated_at is not None and not is_own else absent(console)


def _to_change(endpoint: str, made: IssuedMeans) -> str:
    return with_choices(url_for(endpoint, person_id=made.person_id), request.args)


def _taken(console: BeheerContext, brought: DocumentDraft) -> dict[str, str]:
    """Keep what is good; what is wrong with the rest, by part, all at once."""
    word, faults = request.form.get("soort", ""), {}
    expires_on = identity_documents.expiry(request.form.get("geldig", ""), console.now)
    if word not in set(IdentityDocumentKind):
        faults["kind"] = "nothing"
    if expires_on is None:
        faults["expires"] = "not_valid"
    in_one_file = request.form.get("samen") == "ja"
    kind = _supposed_kind() if "kind" in faults else IdentityDocumentKind(word)
    about = AboutDocument(kind, expires_on or dates.day_of(console.now), in_one_file)
    files, of_files = _files(console, about.sides)
    if faults:  # of an unknown document nothing is kept, so a file that is good is chosen again
        of_files |= {_PLACES[side][1]: "again" for side in files}
    else:
        try:
            with writing(console.sql) as session:
                identity_documents.bring(session, asker(console), brought, about, files)
        except DocumentFileRefused as refused:
            return {"front": refused.reason}
    there = {one.side for one in _brought(console, brought)}
    is_judged = "kind" not in faults or not there
    for side in about.sides - there if is_judged else ():
        of_files.setdefault(_PLACES[side][1], "no_file")
    return faults | of_files


def _supposed_kind() -> IdentityDocumentKind:
    """Of which nothing was said: one with as many sides as files were chosen."""
    back = request.files.get(_SECOND[0])
    has_back = back is not None and bool(back.filename)
    return IdentityDocumentKind.IDENTITY_CARD if has_back else IdentityDocumentKind.PASSPORT


def _files(
    console: BeheerContext, sides: Collection[DocumentSide]
) -> tuple[dict[DocumentSide, JudgedFile], dict[str, str]]:
    """What was chosen and is good; what is wrong with the rest."""
    scanner = make_scanner(console.rt.settings.identity_documents)
    files, faults = {}, {}
    for side in sides:
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
    wizard, before = steps_of(console, draft, "identiteitsbewijs"), "console.means_person"
    return _shown(
        console,
        draft.documents,
        wizard=wizard,
        name=name_of(console, draft),
        action=url_for("console.bring_means_document", draft_id=draft.id),
        back=url_for("console.means_level" if wizard.colleague else before, draft_id=draft.id),
        faults=faults or {},
    )


def _change_page(
    console: BeheerContext, made: IssuedMeans, faults: dict[str, str] | None = None
) -> MeansDocumentStep:
    return _shown(
        console,
        changing.document_draft(made),
        wizard=None,
        name=console.sql.get_one(Person, made.person_id).display_name,
        action=_to_change("console.bring_change_document", made),
        back=_to_change("console.ask_to_change_means", made),
        faults=faults or {},
    )


def _shown(
    console: BeheerContext,
    draft: DocumentDraft | None,
    *,
    wizard: MeansSteps | None,
    name: str,
    action: str,
    back: str,
    faults: dict[str, str],
) -> MeansDocumentStep:
    found = identity_documents.brought(console.sql, asker(console), draft) if draft else []
    sent = {} if _TOGETHER in faults.values() else request.form  # then no form was read
    first = found[0] if found else None
    in_one_file = first is not None and first.kind.is_card and first.side is DocumentSide.WHOLE
    return MeansDocumentStep(
        console=console.frame,
        wizard=wizard,
        name=name,
        action=action,
        back=back,
        kinds=tuple(str(one) for one in IdentityDocumentKind),
        kind=sent.get("soort", str(first.kind) if first else ""),
        expires=sent.get("geldig", first.expires_on.isoformat() if first else "")[
            : dates.LONGEST_TYPED
        ],
        in_one_file=sent.get("samen") == "ja" or (not sent and in_one_file),
        brought=_brought(console, draft) if draft else (),
        first=dates.day_of(console.now),
        faults=faults,
    )
