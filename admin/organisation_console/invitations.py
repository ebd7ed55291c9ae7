"""Invitations at ``/beheer``: asking a colleague in by mail, and what became of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final

from flask import redirect, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from admin.invitations import into_group, inviting
from admin.invitations.inviting import (
    InvitationRefused,
    Inviting,
    NoSuchInvitation,
)
from admin.mandates.decision_rules import LoginLack, LoginNotEnough
from admin.organisation_console import files
from admin.organisation_console.access import AGAIN, BeheerContext, absent, blueprint, requires
from admin.organisation_console.invitation_pages import (
    InvitationRow,
    InvitationsPage,
    InviteForm,
    InvitePage,
)
from broker.console import sessions
from broker.web.endpoints import ITSELF, Endpoint
from broker.web.language import locale
from broker.web.lists.cells import Cell, with_zone
from broker.web.lists.file import ListFile
from broker.web.lists.memory import HeldList
from broker.web.lists.request import ListFilter, ListRules
from broker.web.responses import show
from directory import invitations
from directory.consoles import BEHEER
from directory.invitations import Invitation, InvitationState, state_of
from directory.people import Role
from state.db import writing

RULES: Final = ListRules(
    columns=("naam", "verstuurd", "einde"),
    filters=(ListFilter("rol", tuple(Role)), ListFilter("stand", ("open", "expired"))),
)
_HELD: Final = HeldList[InvitationRow](
    words=lambda row: (row.name, row.email, row.by, row.group),
    keys={
        "naam": lambda row: row.name,
        "verstuurd": lambda row: row.sent_at,
        "einde": lambda row: row.until,
    },
    values={
        "rol": lambda row: row.role,
        "stand": lambda row: "expired" if row.is_over else "open",
    },
)


@blueprint.get("/uitnodigingen")
@Endpoint(limit="console", kept=("done", *RULES.names))
@requires(Role.ADMINISTRATOR)
def invitation_list(console: BeheerContext) -> Response:
    """Those that wait for an answer, also where their time is over."""
    if AGAIN in request.args:
        return sessions.log_in(BEHEER, force_authn=True)
    asked, address = RULES.read(request.args), url_for("console.invitation_list")
    page = InvitationsPage(
        console.frame,
        _HELD.page(_rows(console), asked, address),
        again=f"{address}?{AGAIN}=ja",
        have=console.login.level.label,
        done=request.args.get("done", ""),
    )
    return show(page)


@blueprint.post("/uitnodigingen/lijst")
@Endpoint(limit="console", shown_at="console.invitation_list")
@requires(Role.ADMINISTRATOR)
def invitations_file(console: BeheerContext) -> Response:
    """The same rows as a file."""
    asked = RULES.read(request.args)
    head = (_("Naam"), _("E-mailadres"), _("Rol"), _("Groep"), _("Uitgenodigd door"))
    rest = (with_zone(_("Verstuurd")), with_zone(_("Werkt tot")), _("Stand"))
    file = ListFile("uitnodigingen", (*head, *rest), _cells(_HELD.matching(_rows(console), asked)))
    return files.take(console, "invitations", asked, file)


@blueprint.get("/uitnodigen")
@requires(Role.ADMINISTRATOR)
def ask_whom(console: BeheerContext) -> Response:
    """Whom, at which address, in which role?"""
    if AGAIN in request.args:
        return sessions.log_in(BEHEER, force_authn=True)
    return show(_page(console))


@blueprint.post("/uitnodigen")
@Endpoint(limit="console", shown_at=ITSELF)
@requires(Role.ADMINISTRATOR)
def invite(console: BeheerContext) -> Response:
    """Mail the link."""
    form = request.form
    try:
        who = inviting.checked(
            form.get("email", ""), form.get("naam", ""), form.get("rol", ""), form.get("taal", "")
        )
        if inviting.is_too_much(console.rt.store, console.here.id, who.email):
            return show(_page(console, "limited"), 429)
        with writing(console.sql) as sql:
            inviting.invite(sql, inviting_of(console), who)
    except InvitationRefused as refused:
        return show(_page(console, *refused.reasons), 422)
    except LoginNotEnough as not_enough:
        return show(_page(console, lack=str(not_enough.why)), 403)
    return _to_list("invited")


@blueprint.post("/uitnodigingen/<invitation_id>/opnieuw")
@Endpoint(limit="console", shown_at="console.invitation_list")
@requires(Role.ADMINISTRATOR)
def send_again(console: BeheerContext, invitation_id: str) -> Response:
    """A new link; the older one ends."""
    waiting = _one(console, invitation_id)
    if inviting.is_too_much(console.rt.store, console.here.id, waiting.email):
        return _to_list("limited")
    try:
        with writing(console.sql) as sql:
            inviting.send_again(sql, inviting_of(console), invitation_id)
    except NoSuchInvitation:
        return _to_list("answered")
    except InvitationRefused as refused:
        return _to_list(refused.reasons[0])
    except LoginNotEnough as not_enough:
        is_old = not_enough.why is LoginLack.TOO_OLD
        if waiting.group_id is None:
            return _to_list("again")
        return _to_list("again_group" if is_old else "again_higher")
    return _to_list("invited")


@blueprint.post("/uitnodigingen/<invitation_id>/intrekken")
@Endpoint(limit="console", shown_at="console.invitation_list")
@requires(Role.ADMINISTRATOR)
def withdraw(console: BeheerContext, invitation_id: str) -> Response:
    """The link works no more."""
    _one(console, invitation_id)
    try:
        with writing(console.sql) as sql:
            inviting.withdraw(sql, inviting_of(console), invitation_id)
    except NoSuchInvitation:
        return _to_list("answered")
    return _to_list("withdrawn")


def _rows(console: BeheerContext) -> list[InvitationRow]:
    found = invitations.waiting_at(console.sql, console.here.id)
    return [_row(one, console) for one in found]


def _cells(rows: Sequence[InvitationRow]) -> Iterator[tuple[Cell, ...]]:
    for row in rows:
        state = _("Verlopen") if row.is_over else _("Wacht op antwoord")
        role = files.role(row.role)
        yield row.name, row.email, role, row.group, row.by, row.sent_at, row.until, state


def _row(one: Invitation, console: BeheerContext) -> InvitationRow:
    return InvitationRow(
        id=one.id,
        name=one.name,
        email=one.email,
        role=str(one.role),
        by=one.inviter.display_name,
        sent_at=one.created_at,
        until=one.expires_at,
        is_over=state_of(one, console.now) is InvitationState.EXPIRED,
        group=one.group.name if one.group else "",
        group_role=str(one.group_role or ""),
        hindrance=str(into_group.hindrance(console.sql, one, console.now) or ""),
    )


def _one(console: BeheerContext, invitation_id: str) -> Invitation:
    """One of this company, whatever became of it; else it does not exist."""
    found = invitations.one(console.sql, invitation_id)
    if found is None or found.organisation_id != console.here.id:
        absent(console, found.organisation_id if found is not None else None)
    return found


def inviting_of(console: BeheerContext) -> Inviting:
    """Around an invitation that is sent or ended now."""
    settings = console.rt.settings
    return Inviting(
        organisation_id=console.here.id,
        actor=console.actor,
        login=console.login,
        sealer=console.rt.sealer,
        site=settings.ui.name,
        base_url=console.rt.base_url,
        hours=settings.joining.invitation_hours,
        now=console.now,
    )


def _page(console: BeheerContext, *errors: str, lack: str = "") -> InvitePage:
    again = f"{url_for('console.ask_whom')}?{AGAIN}=ja"
    return InvitePage(console.frame, invite_form(console, again, *errors, lack=lack))


def invite_form(console: BeheerContext, again: str, *errors: str, lack: str = "") -> InviteForm:
    """What was filled in, and why nothing was sent. ``again``: the way to another login."""
    form = request.form
    return InviteForm(
        hours=console.rt.settings.joining.invitation_hours,
        name=form.get("naam", "")[: inviting.LONGEST_NAME],
        email=form.get("email", "")[:254],
        role=form.get("rol", "member"),
        locale=form.get("taal", "") or locale(),
        errors=errors,
        lack=lack,
        again=again,
    )


def _to_list(done: str) -> Response:
    kept: dict[str, Any] = RULES.read(request.args).query()
    return redirect(url_for("console.invitation_list", done=done, **kept), 303)
