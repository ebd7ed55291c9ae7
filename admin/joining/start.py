"""The front page of ``/toegang``, and the way out."""

from __future__ import annotations

from flask import request
from werkzeug.wrappers import Response

from admin.joining import ticket
from admin.joining.access import blueprint, current
from admin.joining.pages import (
    JoiningGroup,
    JoiningLoggedOutPage,
    JoiningPlace,
    JoiningStartPage,
)
from broker.console import sessions
from broker.console.sessions import ConsoleSession
from broker.runtime import runtime
from broker.web.endpoints import Endpoint
from broker.web.responses import show
from directory import groups, people
from directory.consoles import JOINING
from directory.people import Role


@blueprint.get("")
def start() -> Response:
    """Who is here, and where this person belongs."""
    who = current()
    if who is None:
        return sessions.log_in(JOINING)
    places = tuple(
        JoiningPlace(one.organisation.name, one.role is Role.ADMINISTRATOR)
        for one in people.memberships_of(who.rt.session, who.person.id)
        if one.since <= who.now and (one.until is None or one.until > who.now)
    )
    return show(JoiningStartPage(who.person.display_name, who.level.label, places, _groups(who)))


def _groups(who: ConsoleSession) -> tuple[JoiningGroup, ...]:
    sql = who.rt.session
    return tuple(
        JoiningGroup(
            one.group.name,
            one.group.short_name,
            one.role is Role.ADMINISTRATOR,
            tuple(dict.fromkeys(c.organisation.name for c in groups.companies(sql, one.group_id))),
        )
        for one in groups.of_person(sql, who.person.id)
    )


@blueprint.post("/uitloggen")
@Endpoint(limit="console", shown_at="joining.logged_out")
def log_out() -> Response:
    """End the session here and its grant."""
    return sessions.log_out(JOINING)


@blueprint.get("/uitgelogd")
@Endpoint(limit="console", kept=("reason",))
def logged_out() -> Response:
    """Where a logout or a stopped login ends."""
    has_invitation = ticket.read(runtime()) is not None
    return show(JoiningLoggedOutPage(request.args.get("reason", ""), has_invitation))
