"""Changing user groups at ``/beheer``: making one, its name, its companies and its members."""

from __future__ import annotations

from collections.abc import Callable

from flask import redirect, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from admin.groups import changing, rules
from admin.groups.changing import (
    GroupChangeRefused,
    NewGroup,
    NoSuchPlace,
    NotGroupAdministrator,
)
from admin.mandates import colleagues
from admin.mandates.administrators import NotAdministrator
from admin.mandates.decision_rules import LoginLack, LoginNotEnough
from admin.mandates.means import MeansState
from admin.organisation_console.access import AGAIN, BeheerContext, absent, blueprint, requires
from admin.organisation_console.group_pages import AddMemberPage, MemberChoice, NewGroupPage
from admin.organisation_console.groups import free_branches, one_group, row_of_group, work_of
from broker.console import sessions
from broker.web.endpoints import ITSELF, Endpoint
from broker.web.responses import show
from directory import groups
from directory.consoles import BEHEER
from directory.groups import GroupNameRefused, UserGroup
from directory.people import Role
from state.db import writing


@blueprint.get("/groepen/nieuw")
@requires(Role.ADMINISTRATOR)
def ask_group(console: BeheerContext) -> Response:
    """What is it called, and is it for the whole company?"""
    if AGAIN in request.args:
        return sessions.log_in(BEHEER, force_authn=True)
    return show(_new(console))


@blueprint.post("/groepen/nieuw")
@Endpoint(limit="console", shown_at=ITSELF)
@requires(Role.ADMINISTRATOR)
def make_group(console: BeheerContext) -> Response:
    """Make it, with this company in it."""
    form = request.form
    wanted = NewGroup(
        form.get("kortenaam", "")[:200],
        form.get("naam", "")[:200],
        form.get("vestiging", "") or None,
    )
    faults = groups.name_faults(wanted.short_name, wanted.name)
    if faults:
        return show(_new(console, *faults), 422)
    try:
        with writing(console.sql) as sql:
            made = changing.make(sql, work_of(console), wanted)
    except (GroupNameRefused, GroupChangeRefused) as refused:
        return show(_new(console, refused.reason), 422)
    except LoginNotEnough as not_enough:
        return show(_new(console, lack=str(not_enough.why)), 403)
    return _to_group(made.id, "made")


@blueprint.post("/groepen/<group_id>/naam")
@Endpoint(limit="console", shown_at="console.group")
@requires(Role.MEMBER)
def rename_group(console: BeheerContext, group_id: str) -> Response:
    """What people read; the short name stays."""
    name = request.form.get("naam", "")[:200]
    return _changed(
        console,
        group_id,
        "renamed",
        lambda sql, found: changing.rename(sql, work_of(console), found.id, name),
    )


@blueprint.post("/groepen/<group_id>/bedrijf")
@Endpoint(limit="console", shown_at="console.group")
@requires(Role.ADMINISTRATOR)
def add_company(console: BeheerContext, group_id: str) -> Response:
    """Bring this company in, or a branch of it."""
    branch = request.form.get("vestiging", "") or None
    return _changed(
        console,
        group_id,
        "company_added",
        lambda sql, found: changing.add_company(sql, work_of(console), found.id, branch),
    )


@blueprint.post("/groepen/<group_id>/bedrijf/<company_id>/weg")
@Endpoint(limit="console", shown_at="console.group")
@requires(Role.MEMBER)
def remove_company(console: BeheerContext, group_id: str, company_id: str) -> Response:
    """Nobody acts for it through this group any more."""
    return _changed(
        console,
        group_id,
        "company_removed",
        lambda sql, found: changing.remove_company(sql, work_of(console), found.id, company_id),
    )


@blueprint.get("/groepen/<group_id>/lid")
@requires(Role.ADMINISTRATOR)
def ask_member(console: BeheerContext, group_id: str) -> Response:
    """Who of this company joins?"""
    return show(_members(console, one_group(console, group_id)))


@blueprint.post("/groepen/<group_id>/lid")
@Endpoint(limit="console", shown_at=ITSELF)
@requires(Role.ADMINISTRATOR)
def add_member(console: BeheerContext, group_id: str) -> Response:
    """Let somebody of this company in; others do not exist."""
    found, person_id = one_group(console, group_id), request.form.get("gebruiker", "")
    if not person_id:
        return show(_members(console, found, "nothing"), 422)
    makelaars = console.rt.configuration.providers
    if not colleagues.one(console.sql, makelaars, console.here.id, person_id, console.now):
        absent(console)
    role = Role.ADMINISTRATOR if request.form.get("rol") == "administrator" else Role.MEMBER
    return _changed(
        console,
        group_id,
        "member_added",
        lambda sql, one: changing.add_member(sql, work_of(console), one.id, person_id, role),
    )


@blueprint.post("/groepen/<group_id>/leden/<person_id>/weg")
@Endpoint(limit="console", shown_at="console.group")
@requires(Role.MEMBER)
def remove_member(console: BeheerContext, group_id: str, person_id: str) -> Response:
    """Let somebody go, or go oneself."""
    return _changed(
        console,
        group_id,
        "member_removed",
        lambda sql, found: changing.remove_member(sql, work_of(console), found.id, person_id),
    )


@blueprint.post("/groepen/<group_id>/leden/<person_id>/rol")
@Endpoint(limit="console", shown_at="console.group")
@requires(Role.MEMBER)
def change_role(console: BeheerContext, group_id: str, person_id: str) -> Response:
    """Administrator of the group, or member."""
    role = Role.ADMINISTRATOR if request.form.get("rol") == "administrator" else Role.MEMBER
    return _changed(
        console,
        group_id,
        "role_changed",
        lambda sql, found: changing.change_role(sql, work_of(console), found.id, person_id, role),
    )


def _changed(
    console: BeheerContext,
    group_id: str,
    done: str,
    change: Callable[[Session, UserGroup], None],
) -> Response:
    """Do it, and back to the group, which says what came of it."""
    found = one_group(console, group_id)
    try:
        with writing(console.sql) as sql:
            change(sql, found)
    except (NotGroupAdministrator, NotAdministrator):
        return _to_group(group_id, "not_yours")
    except NoSuchPlace:
        return _to_group(group_id, "gone")
    except (GroupChangeRefused, GroupNameRefused) as refused:
        return _to_group(group_id, refused.reason)
    except LoginNotEnough as not_enough:
        return _to_group(
            group_id, "log_in" if not_enough.why is LoginLack.TOO_OLD else "log_in_higher"
        )
    still = groups.place_in(groups.members(console.sql, group_id), console.person_id)
    if done == "member_removed" and still is None:
        return redirect(url_for("console.group_list", done="left"), 303)
    if done == "company_removed" and still is None:
        return redirect(url_for("console.group_list", done=done), 303)
    return _to_group(group_id, done)


def _new(console: BeheerContext, *errors: str, lack: str = "") -> NewGroupPage:
    form = request.form
    return NewGroupPage(
        console.frame,
        branches=free_branches(console, []),
        short_name=form.get("kortenaam", "")[:32],
        name=form.get("naam", "")[: groups.LONGEST_NAME],
        branch=form.get("vestiging", ""),
        errors=errors,
        lack=lack,
        again=f"{url_for('console.ask_group')}?{AGAIN}=ja",
    )


def _members(console: BeheerContext, found: UserGroup, error: str = "") -> AddMemberPage:
    one_per_account = console.rt.settings.joining.one_group_per_account
    choices = []
    for one in colleagues.at(
        console.sql, console.rt.configuration.providers, console.here.id, console.now
    ):
        own = {place.group_id for place in groups.of_person(console.sql, one.id)}
        why_not = rules.why_not_member(found.id, own, one_per_account=one_per_account)
        if one.means.state is MeansState.BLOCKED:
            why_not = why_not or "blocked"
        choices.append(MemberChoice(one.id, one.name, one.email, why_not or ""))
    names = dict.fromkeys(one.organisation.name for one in groups.companies(console.sql, found.id))
    return AddMemberPage(
        console.frame, row_of_group(console, found), tuple(names), tuple(choices), error
    )


def _to_group(group_id: str, done: str) -> Response:
    return redirect(url_for("console.group", group_id=group_id, done=done), 303)
