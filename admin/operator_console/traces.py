"""The traces of logins: the list that follows (C8), one login (C9), and its export.

Who reads a trace is not audited: it names nobody, and a page that follows would drown the audit
log. Taking one along is.
"""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any, Final

from flask import redirect, request, url_for
from werkzeug.wrappers import Response

from admin.actor import Actor
from admin.operator_console import trace_view
from admin.operator_console.access import OperatorContext, blueprint, requires
from admin.operator_console.login_rows import login_row, makelaar_choices, service_choices
from admin.operator_console.trace_pages import (
    Filters,
    LoginList,
    NoTracePage,
    TracePage,
    TracesPage,
)
from admin.operators.roles import Permission
from admin.traces.export import document, export
from broker.web.endpoints import Endpoint
from broker.web.headers import allow_looking_again
from broker.web.responses import show
from state import trace_search
from state.db import writing
from state.trace import parse_reference
from state.trace_search import Wanted

ROWS: Final = 25


@blueprint.get("/inlogspoor")
@Endpoint(limit="console", kept=("code", "dienst", "makelaar", "uitkomst", "voor", "live"))
@requires(Permission.READ_TRACES)
def traces(desk: OperatorContext) -> Response:
    """The last logins, by the filters in the address; a code leads to its login."""
    filters = _filters()
    reference = parse_reference(filters.code)
    if reference is not None:
        return redirect(url_for("operator.trace", which=reference), 303)
    logins, older = _list(desk, filters)
    follows = logins.is_first and request.args.get("live") != "nee"
    if follows:
        allow_looking_again()
    configuration = desk.rt.configuration
    page = TracesPage(
        desk=desk.frame,
        logins=logins,
        services=service_choices(configuration),
        makelaars=makelaar_choices(configuration),
        refresh_url=_url("traces", filters, live=request.args.get("live")),
        follow_url=_url("login_list", filters) if follows else "",
        pause_url=_url("traces", filters, live="nee"),
        resume_url=_url("traces", filters),
        older_url=_url("traces", filters, voor=older, live="nee") if older else "",
        newest_url="" if logins.is_first else _url("traces", filters),
        is_no_code=bool(filters.code),
    )
    return show(page, 422 if page.is_no_code else 200)


@blueprint.get("/inlogspoor/lijst")
@requires(Permission.READ_TRACES, by_itself=True)
def login_list(desk: OperatorContext) -> Response:
    """The newest part of the list alone, for the script that puts it in place."""
    return show(_list(desk, _filters())[0])


@blueprint.get("/inlogspoor/<which>")
@requires(Permission.READ_TRACES)
def trace(desk: OperatorContext, which: str) -> Response:
    """One login, by the id of its row or the code that a caller reads out."""
    found = trace_search.one(desk.rt.session, which)
    if found is not None:
        return show(
            TracePage(desk.frame, found.record.reference, (trace_view.view(desk.rt, found),))
        )
    reference = parse_reference(which)
    views = trace_view.views(desk.rt, reference) if reference else ()
    if not views:
        days = desk.rt.settings.retention.trace_days
        return show(NoTracePage(desk.frame, which[:32], days), 404)
    return show(TracePage(desk.frame, reference or "", views))


@blueprint.post("/inlogspoor/<trace_id>/download")
@requires(Permission.READ_TRACES)
def download(desk: OperatorContext, trace_id: str) -> Response:
    """One trace as JSON: what is on the page in machine words, and nothing else."""
    actor = Actor.operator(desk.session.person.id)
    with writing(desk.rt.session) as sql:
        found = export(sql, trace_id, actor=actor, now=desk.now)
    if found is None:
        days = desk.rt.settings.retention.trace_days
        return show(NoTracePage(desk.frame, trace_id[:32], days), 404)
    body = json.dumps(document(found), indent=2, ensure_ascii=False)
    name = f"inlogspoor-{found.record.reference}.json"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(body, mimetype="application/json", headers=headers)


def _filters() -> Filters:
    """What the address asks; anything may stand there, and what nobody wrote finds nothing."""
    return Filters(
        code=request.args.get("code", "").strip()[:64],
        service=_word("dienst"),
        makelaar=_word("makelaar"),
        outcome=_word("uitkomst"),
    )


def _word(name: str) -> str:
    """A filter; what no database reads (NUL) becomes a word that nothing is called."""
    text = request.args.get(name, "")[:64]
    return text if text.isprintable() else "?"


def _list(desk: OperatorContext, filters: Filters) -> tuple[LoginList, str | None]:
    """The rows, and the id from which the next page goes on."""
    before = request.args.get("voor", "")[:26] or None
    wanted = Wanted(filters.service or None, filters.makelaar or None, filters.outcome or None)
    found = trace_search.newest(desk.rt.session, wanted, limit=ROWS + 1, before=before)
    shown = found[:ROWS]
    logins = LoginList(
        rows=tuple(login_row(desk.rt.configuration, one) for one in shown),
        filters=replace(filters, code=""),
        is_first=before is None,
        kept_days=desk.rt.settings.retention.trace_days,
    )
    return logins, shown[-1].id if len(found) > ROWS else None


def _url(view: str, filters: Filters, **more: str | None) -> str:
    query: dict[str, Any] = {
        "dienst": filters.service,
        "makelaar": filters.makelaar,
        "uitkomst": filters.outcome,
        **more,
    }
    return url_for(f"operator.{view}", **{name: value for name, value in query.items() if value})
