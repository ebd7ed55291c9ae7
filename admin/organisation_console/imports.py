"""Importing at ``/beheer``: bring a file, read what it would change, do all of it or nothing."""

from __future__ import annotations

from dataclasses import replace

from flask import redirect, request, url_for
from werkzeug.wrappers import Response

from admin.imports import running
from admin.imports.drafts import IMPORT_DRAFTS, ImportDraft, ImportKind
from admin.imports.faults import RowFault, SheetRefused
from admin.imports.reading import MOST_BYTES
from admin.mandates.decision_rules import LoginNotEnough
from admin.mandates.giving import NothingToDo, PlanChanged
from admin.organisation_console import import_check, import_words
from admin.organisation_console.access import AGAIN, BeheerContext, absent, blueprint, requires
from admin.organisation_console.import_pages import (
    FaultRow,
    ImportCheckPage,
    ImportDonePage,
    ImportFaultsPage,
    ImportPage,
)
from assurance.levels import AssuranceLevel
from broker.console import sessions
from broker.errors import PageError
from broker.web.endpoints import ITSELF, Endpoint
from broker.web.lists.file import Layout, ListFile, download
from broker.web.responses import show
from consent.mandates import MandateRefused
from directory.consoles import BEHEER
from directory.people import Role
from state.db import writing


@blueprint.get("/importeren")
@requires(Role.ADMINISTRATOR)
def imports(console: BeheerContext) -> Response:
    """Which file?"""
    return show(ImportPage(console.frame))


@blueprint.get("/importeren/<kind>/sjabloon/<layout>")
@requires(Role.ADMINISTRATOR)
def import_template(_console: BeheerContext, kind: str, layout: str) -> Response:
    """A file with the names of columns alone."""
    known = _kind(kind)
    if layout not in tuple(Layout):
        raise PageError(404, "not_found", "no such layout of a file")
    head = [import_words.column(name) for name in running.COLUMNS[known]]
    return download(ListFile(f"sjabloon-{known}", head, ()), Layout(layout))


@blueprint.post("/importeren/<kind>")
@Endpoint(limit="console", shown_at="console.imports")
@requires(Role.ADMINISTRATOR)
def bring(console: BeheerContext, kind: str) -> Response:
    """Read the file and try it; nothing is written yet."""
    known, sent = _kind(kind), request.files.get("bestand")
    try:
        body = sent.stream.read(MOST_BYTES + 1) if sent is not None else b""
        if not body:
            raise SheetRefused("nothing")
        rows, unreadable = running.read(known, body)
    except SheetRefused as refused:
        return show(ImportPage(console.frame, known, import_words.refused(refused)), 422)
    around = console.circumstances()
    plan = running.try_out(console.sql, around, known, rows, unreadable)
    if plan.faults:
        return show(_faults(console, known, plan.faults), 422)
    draft = ImportDraft("", console.person_id, console.here.id, known, tuple(rows))
    made = IMPORT_DRAFTS.begin(console.rt.store, console.rt.sealer, draft)
    return redirect(url_for("console.check_import", draft_id=made.id), 303)


@blueprint.get("/importeren/<draft_id>/controle")
@requires(Role.ADMINISTRATOR)
def check_import(console: BeheerContext, draft_id: str) -> Response:
    """Is this what you want?"""
    draft = _draft(console, draft_id)
    if draft.done is not None:
        return _to_done(draft)
    page = _page(console, draft)
    if AGAIN in request.args and isinstance(page, ImportCheckPage):
        needed = AssuranceLevel.from_label(page.needed)
        return sessions.log_in(BEHEER, level=needed, force_authn=True)
    return show(page)


@blueprint.post("/importeren/<draft_id>/controle")
@Endpoint(limit="console", shown_at=ITSELF)
@requires(Role.ADMINISTRATOR)
def do_import(console: BeheerContext, draft_id: str) -> Response:
    """Do all that was shown; where something changed since, show it again first."""
    draft = _draft(console, draft_id)
    if draft.done is not None:
        return _to_done(draft)
    page, shown = _page(console, draft), request.form.get("gezien-plan", "")
    if isinstance(page, ImportFaultsPage):
        return show(page, 409)
    if shown == page.digest and page.shortened and not request.form.get("gezien"):
        return show(replace(page, error="unseen"), 422)
    around = console.circumstances()
    try:
        with writing(console.sql) as session:
            number = running.do(session, around, draft.kind, draft.rows, shown=shown)
    except LoginNotEnough:
        return show(_page(console, draft), 403)
    except (PlanChanged, MandateRefused):  # the day may have passed while the page was open
        again = _page(console, draft)
        changed = replace(again, error="changed") if isinstance(again, ImportCheckPage) else again
        return show(changed, 409)
    except NothingToDo:
        return show(replace(page, error="nothing"), 422)
    made = replace(draft, rows=(), done=number)
    IMPORT_DRAFTS.keep(console.rt.store, console.rt.sealer, made)
    return _to_done(made)


@blueprint.get("/importeren/<draft_id>/klaar")
@requires(Role.ADMINISTRATOR)
def imported(console: BeheerContext, draft_id: str) -> Response:
    """It is done, however often this is read."""
    draft = _draft(console, draft_id)
    if draft.done is None:
        return redirect(url_for("console.check_import", draft_id=draft.id), 303)
    return show(ImportDonePage(console.frame, draft.kind, draft.done))


def _page(console: BeheerContext, draft: ImportDraft) -> ImportCheckPage | ImportFaultsPage:
    """What it would change now; what is wrong with it by now."""
    plan = running.try_out(console.sql, console.circumstances(), draft.kind, draft.rows)
    if plan.faults:
        return _faults(console, draft.kind, plan.faults)
    return import_check.page(console, draft, plan)


def _faults(
    console: BeheerContext, kind: ImportKind, faults: tuple[RowFault, ...]
) -> ImportFaultsPage:
    rows = tuple(
        FaultRow(one.line, import_words.column(one.column), one.seen, import_words.expected(one))
        for one in faults[: import_check.MOST_SHOWN]
    )
    return ImportFaultsPage(console.frame, kind, rows, len(faults))


def _kind(text: str) -> ImportKind:
    try:
        return ImportKind(text)
    except ValueError:
        raise PageError(404, "not_found", "no such kind of import") from None


def _draft(console: BeheerContext, draft_id: str) -> ImportDraft:
    found = IMPORT_DRAFTS.find(
        console.rt.store,
        console.rt.sealer,
        draft_id,
        person_id=console.person_id,
        organisation_id=console.here.id,
    )
    if found is None:
        absent(console)
    return found


def _to_done(draft: ImportDraft) -> Response:
    return redirect(url_for("console.imported", draft_id=draft.id), 303)
