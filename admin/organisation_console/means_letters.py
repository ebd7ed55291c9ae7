"""A new letter for somebody who did not activate in time, asked at ``/beheer``."""

from __future__ import annotations

from flask import redirect, url_for
from werkzeug.wrappers import Response

from admin.means import letters, overview, pace
from admin.means.letters import NoLetterNeeded
from admin.organisation_console.access import BeheerContext, absent, blueprint, requires
from admin.organisation_console.means_access import asker
from broker.web.endpoints import Endpoint
from directory.people import Role
from state.db import writing


@blueprint.post("/gebruikers/<person_id>/brief")
@Endpoint(limit="console", shown_at="console.person")
@requires(Role.ADMINISTRATOR)
def new_means_letter(console: BeheerContext, person_id: str) -> Response:
    """Send letter and mail again, with new codes."""
    view = overview.one(console.sql, console.here.id, person_id, console.now)
    if view is None:
        absent(console)
    if pace.is_too_much(console.rt.store, pace.LETTERS, console.here.id):
        return _to_person(person_id, "letter_limited")
    done = "letter"
    try:
        with writing(console.sql) as session:
            letters.send_again(session, asker(console), view.means.id)
    except NoLetterNeeded:
        done = "no_letter"
    return _to_person(person_id, done)


def _to_person(person_id: str, done: str) -> Response:
    return redirect(url_for("console.person", person_id=person_id, done=done), 303)
