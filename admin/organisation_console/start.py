"""Where an administrator begins at ``/beheer``: what there is to do, the profile, the other
companies, and the way out.
"""

from __future__ import annotations

from typing import Final

from flask import redirect, request, url_for
from werkzeug.wrappers import Response

from admin.chains import to_do as chains_to_do
from admin.mandates import companies, to_do
from admin.means import to_do as means_to_do
from admin.organisation_console import places
from admin.organisation_console.access import BeheerContext, absent, blueprint, requires
from admin.organisation_console.chain_rows import chain_row, request_rows
from admin.organisation_console.pages import (
    AdministratorLoggedOutPage,
    ProfilePage,
    ToDoPage,
)
from admin.organisation_console.rows import coming_row, mandate_rows, request_row
from admin.terms import coming
from admin.terms.coming import Coming, TermKind
from broker.console import sessions
from broker.web.endpoints import Endpoint
from broker.web.responses import show
from consent import requests
from directory.consoles import BEHEER
from directory.people import Role

LAPSES: Final = frozenset(
    {TermKind.MANDATE_UNUSED, TermKind.CHAIN_UNUSED, TermKind.ROLE_ENDS, TermKind.ONE_LEFT}
)


@blueprint.get("")
@Endpoint(limit="console", kept=("done",))
@requires(Role.MEMBER)
def start(console: BeheerContext) -> Response:
    """What there is to do here; who administers nothing here sees the own mandates."""
    if not console.here.is_administered:
        return redirect(url_for("console.own_mandates"), 303)
    asked = requests.open_for(console.sql, [console.here.id])
    ending = to_do.ending(console.sql, console.here.id, console.now)
    link_level = console.rt.settings.mandates.chain_link_level
    chains = chains_to_do.ending(console.sql, console.here.id, console.now, link_level)
    page = ToDoPage(
        console.frame,
        tuple(request_row(console, one) for one in asked),
        tuple(mandate_rows(console, ending)),
        chains=tuple(chain_row(console, one) for one in chains),
        asked=request_rows(console),
        coming=tuple(coming_row(console, one) for one in _by_itself(console)),
        means=tuple(means_to_do.at(console.sql, console.here.id, console.now)),
        done=request.args.get("done"),
    )
    return show(page)


@blueprint.get("/profiel")
@requires(Role.MEMBER)
def profile(console: BeheerContext) -> Response:
    """Who is logged in, how, and as what where."""
    session = console.session
    return show(
        ProfilePage(console.frame, session.person.email, session.level.label, session.logged_in_at)
    )


@blueprint.post("/bedrijf")
@requires(Role.MEMBER, anywhere=True)
def switch(console: BeheerContext) -> Response:
    """Go to another company of this person: the one place where a form names one."""
    own = companies.of_person(console.sql, console.person_id, console.now)
    wanted = request.form.get("bedrijf", "")
    company = next((one for one in own if one.id == wanted), None)
    if company is None:
        absent(console)
    if company.id != console.here.id:
        places.switch(console.session, console.here, company)
    return redirect(f"{BEHEER.path}{_within(request.form.get('naar', ''))}", 303)


@blueprint.post("/uitloggen")
def log_out() -> Response:
    """End the session here and its grant."""
    return sessions.log_out(BEHEER)


@blueprint.get("/uitgelogd")
@Endpoint(limit="console", kept=("reason",))
def logged_out() -> Response:
    """Where a logout or a stopped login ends."""
    return show(AdministratorLoggedOutPage(request.args.get("reason", "")))


def _by_itself(console: BeheerContext) -> list[Coming]:
    """What lapses; what just ends and requests have a table of their own."""
    rules = console.rt.settings.mandates
    found = coming.at(
        console.sql, console.here.id, console.now, rules.unused_months, rules.chain_link_level
    )
    return [one for one in found if one.kind in LAPSES]


def to_start(done: str) -> Response:
    """Back to the front page, which says what was done."""
    return redirect(url_for("console.start", done=done), 303)


def _within(path: str) -> str:
    """Where in this console somebody wanted to be, as what comes after its path; else nothing."""
    is_plain = path.isascii() and path.isprintable() and ".." not in path and "\\" not in path
    return path.removeprefix(BEHEER.path) if path.startswith(f"{BEHEER.path}/") and is_plain else ""
