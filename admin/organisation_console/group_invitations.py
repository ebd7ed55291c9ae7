"""Inviting a colleague straight into a user group at ``/beheer``."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from flask import redirect, request, url_for
from werkzeug.wrappers import Response

from admin.groups import rules
from admin.invitations import into_group, inviting
from admin.invitations.inviting import GroupPlace, InvitationRefused
from admin.mandates.decision_rules import LoginNotEnough
from admin.organisation_console.access import AGAIN, BeheerContext, blueprint, requires
from admin.organisation_console.groups import one_group, row_of_group
from admin.organisation_console.invitation_pages import InviteToGroupPage
from admin.organisation_console.invitations import invite_form, inviting_of
from assurance.levels import AssuranceLevel
from broker.web.endpoints import ITSELF, Endpoint
from broker.web.responses import show
from directory import groups
from directory.groups import UserGroup
from directory.invitations import GroupOutcome
from directory.people import Role
from state.db import writing

# What the page of the group says of who may not invite into it.
_SAID: Final = {GroupOutcome.INVITER: "not_yours", GroupOutcome.COMPANY: "company_gone"}


@blueprint.get("/groepen/<group_id>/uitnodigen")
@requires(Role.ADMINISTRATOR)
def ask_whom_for_group(console: BeheerContext, group_id: str) -> Response:
    """Whom, at which address, in which role of the group?"""
    found = one_group(console, group_id)
    return _not_allowed(console, found) or show(_page(console, found))


@blueprint.post("/groepen/<group_id>/uitnodigen")
@Endpoint(limit="console", shown_at=ITSELF)
@requires(Role.ADMINISTRATOR)
def invite_to_group(console: BeheerContext, group_id: str) -> Response:
    """Mail the link. Who accepts it is a user of this company, and comes into the group."""
    found, form = one_group(console, group_id), request.form
    denied = _not_allowed(console, found)
    if denied is not None:
        return denied
    try:
        who = inviting.checked(
            form.get("email", ""), form.get("naam", ""), form.get("rol", ""), form.get("taal", "")
        )
        if inviting.is_too_much(console.rt.store, console.here.id, who.email):
            return show(_page(console, found, "limited"), 429)
        who = replace(who, role=Role.MEMBER, group=GroupPlace(found.id, who.role))
        with writing(console.sql) as sql:
            inviting.invite(sql, inviting_of(console), who)
    except InvitationRefused as refused:
        return show(_page(console, found, *refused.reasons), 422)
    except LoginNotEnough as not_enough:
        return show(_page(console, found, lack=str(not_enough.why)), 403)
    return redirect(url_for("console.group", group_id=found.id, done="invited"), 303)


def _not_allowed(console: BeheerContext, found: UserGroup) -> Response | None:
    why = into_group.why_not_sent(console.sql, found.id, console.here.id, console.person_id)
    if why is None:
        return None
    return redirect(url_for("console.group", group_id=found.id, done=_SAID[why]), 303)


def _page(
    console: BeheerContext, found: UserGroup, *errors: str, lack: str = ""
) -> InviteToGroupPage:
    companies = groups.companies(console.sql, found.id)
    needed = rules.needed_level(companies, console.now) or AssuranceLevel.EH2_PLUS
    again = f"{url_for('console.group', group_id=found.id)}?{AGAIN}=ja"
    return InviteToGroupPage(
        console.frame,
        invite_form(console, again, *errors, lack=lack),
        row_of_group(console, found),
        companies=tuple(dict.fromkeys(one.organisation.name for one in companies)),
        needed=needed.label,
    )
