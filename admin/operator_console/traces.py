"""The traces of logins: the list that follows (C8), one login (C9), and what is taken
along of both.

Who reads a trace is not audited: it names nobody, and a page that follows would drown the audit
log. Taking one along is.
"""

from __future__ import annotations

import json
from typing import Final

from flask import redirect, request, url_for
from werkzeug.wrappers import Response

from admin.actor import Actor
from admin.operator_console import files, trace_lists, trace_view
from admin.operator_console.access import OperatorContext, blueprint, requires
from admin.operator_console.login_rows import makelaar_choices, service_choices
from admin.operator_console.trace_pages import NoTracePage, TracePage, TracesPage
from admin.operators.roles import Permission
from admin.traces.export import document, export
from broker.web.endpoints import Endpoint
from broker.web.headers import allow_looking_again
from broker.web.language import locale
from broker.web.lists.file import ListFile
from broker.web.lists.portions import MOST_IN_FILE
from broker.web.lists.request import ListFilter, ListRules
from broker.web.responses import show
from state import trace_search
from state.db import writing
from state.trace import parse_reference, show_reference

RULES: Final = ListRules(
    columns=("tijd",),
    filters=(
        ListFilter("dienst"),
        ListFilter("makelaar"),
        ListFilter("uitkomst"),
        ListFilter("reden"),
        ListFilter("dag", is_day=True),
    ),
    is_searched=False,
    is_descending=True,
)


@blueprint.get("/inlogspoor")
@Endpoint(limit="console", kept=("code", *RULES.names, "live"))
@requires(Permission.READ_TRACES)
def traces(desk: OperatorContext) -> Response:
    """The last logins, by the filters in the address; a code leads to its login."""
    code = request.args.get("code", "").strip()[:64]
    reference = parse_reference(code)
    if reference is not None:
        return redirect(url_for("operator.trace", which=reference), 303)
    asked = RULES.read(request.args)
    logins = trace_lists.logins(desk, asked)
    here, live = logins.list, request.args.get("live") != "nee"
    follows = here.is_start and live
    if follows:
        allow_looking_again()
    paused = f"{here.start_url}{'&' if '?' in here.start_url else '?'}live=nee"
    page = TracesPage(
        desk=desk.frame,
        logins=logins,
        services=service_choices(desk.rt.configuration),
        makelaars=makelaar_choices(desk.rt.configuration),
        reasons=trace_lists.reasons(desk, asked, most=trace_search.MOST_CAUSES),
        day=asked.day("dag"),
        refresh_url=here.here if live else paused,
        follow_url=_follow(here.below(url_for("operator.login_list"))) if follows else "",
        pause_url=paused,
        resume_url=here.start_url,
        code=code,
    )
    return show(page, 422 if code else 200)


def _follow(address: str) -> str:
    """The part of the page that is replaced, in the language of the page around it."""
    return f"{address}{'&' if '?' in address else '?'}ui={locale()}"


@blueprint.get("/inlogspoor/lijst")
@Endpoint(limit="console", sets_language=False)
@requires(Permission.READ_TRACES, by_itself=True)
def login_list(desk: OperatorContext) -> Response:
    """The newest part of the list alone, for the script that puts it in place."""
    return show(trace_lists.logins(desk, RULES.read(request.args)))


@blueprint.post("/inlogspoor/bestand")
@Endpoint(limit="console", shown_at="operator.traces")
@requires(Permission.READ_TRACES)
def traces_file(desk: OperatorContext) -> Response:
    """The logins of these filters as a file, the newest ones first."""
    asked = RULES.read(request.args)
    file = ListFile("inlogspoor", trace_lists.head(), trace_lists.cells(desk, asked), MOST_IN_FILE)
    return files.take(desk, "traces", asked, file)


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
        typed = show_reference(reference) if reference else which[:32]
        return show(NoTracePage(desk.frame, typed, days), 404)
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
