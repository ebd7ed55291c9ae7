"""User groups at ``/beheer``, as members and the administrators of their companies see them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from flask import request, url_for
from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from admin.groups import rules
from admin.groups.rights import GroupWork
from admin.organisation_console import files
from admin.organisation_console.access import AGAIN, BeheerContext, absent, blueprint, requires
from admin.organisation_console.group_pages import (
    BranchChoice,
    GroupCompanyRow,
    GroupHelpPage,
    GroupMemberRow,
    GroupPage,
    GroupRow,
    GroupsPage,
)
from assurance.levels import AssuranceLevel
from broker.console import sessions
from broker.web.endpoints import Endpoint
from broker.web.lists.cells import Cell
from broker.web.lists.file import ListFile
from broker.web.lists.memory import HeldList
from broker.web.lists.request import ListFilter, ListRules
from broker.web.responses import show
from consent import group_mandates
from directory import groups
from directory.consoles import BEHEER
from directory.groups import GroupCompany, GroupMember, UserGroup
from directory.organisations import Establishment
from directory.people import Role

RULES: Final = ListRules(
    columns=("naam", "leden", "bedrijven"), filters=(ListFilter("wiens", ("eigen", "andere")),)
)
_HELD: Final = HeldList[GroupRow](
    words=lambda row: (row.name, row.short_name),
    keys={
        "naam": lambda row: row.name,
        "leden": lambda row: row.members,
        "bedrijven": lambda row: row.companies,
    },
    values={"wiens": lambda row: "eigen" if row.is_mine else "andere"},
)


@blueprint.get("/groepen")
@Endpoint(limit="console", kept=("done", *RULES.names))
@requires(Role.MEMBER)
def group_list(console: BeheerContext) -> Response:
    """The own groups, and for an administrator those that may act for this company."""
    asked, address = RULES.read(request.args), url_for("console.group_list")
    page = _HELD.page(_rows(console), asked, address)
    return show(GroupsPage(console.frame, page, done=request.args.get("done", "")))


@blueprint.post("/groepen/lijst")
@Endpoint(limit="console", shown_at="console.group_list")
@requires(Role.MEMBER)
def groups_file(console: BeheerContext) -> Response:
    """The same rows as a file."""
    asked = RULES.read(request.args)
    head = (_("Groep"), _("Korte naam"), _("Leden"), _("Bedrijven"), _("Eigen groep"))
    file = ListFile("groepen", head, _cells(_HELD.matching(_rows(console), asked)))
    return files.take(console, "groups", asked, file)


@blueprint.get("/groepen/hulp")
@requires(Role.MEMBER)
def group_help(console: BeheerContext) -> Response:
    """One group for each establishment, or one for all?"""
    return show(GroupHelpPage(console.frame, console.rt.settings.joining.one_group_per_account))


@blueprint.get("/groepen/<group_id>")
@Endpoint(limit="console", kept=("done",))
@requires(Role.MEMBER)
def group(console: BeheerContext, group_id: str) -> Response:
    """Who is in it, and for which companies."""
    found = one_group(console, group_id)
    companies = groups.companies(console.sql, found.id)
    if AGAIN in request.args:
        needed = rules.needed_level(companies, console.now)
        return sessions.log_in(BEHEER, level=needed, force_authn=True)
    members = groups.members(console.sql, found.id)
    own = groups.place_in(members, console.person_id)
    looks_after = own is not None and rules.is_active_administrator(own)
    is_asked = found.id in {one.id for one in groups.asked_for(console.sql, console.here.kvk)}
    branches = free_branches(console, companies)
    here = {one.branch for one in companies if one.organisation_id == console.here.id}
    page = GroupPage(
        console.frame,
        _row(console.sql, found, is_mine=own is not None),
        members=_member_rows(console, found.id, members, companies),
        companies=tuple(_company_row(console, one, looks_after) for one in companies),
        branches=branches,
        may_change=looks_after,
        may_add_company=(looks_after or is_asked)
        and console.here.is_administered
        and None not in here,
        may_add_member=looks_after and console.here.is_administered and bool(here),
        needed=(rules.needed_level(companies, console.now) or AssuranceLevel.EH2_PLUS).label,
        again=f"{url_for('console.group', group_id=found.id)}?{AGAIN}=ja",
        done=request.args.get("done", ""),
    )
    return show(page)


def one_group(console: BeheerContext, group_id: str) -> UserGroup:
    """A group that the person is in, or that may act for the company of an administrator; every
    other does not exist.
    """
    found = groups.one(console.sql, group_id)
    if found is None:
        absent(console)
    is_in = groups.place_in(groups.members(console.sql, found.id), console.person_id) is not None
    is_here = console.here.is_administered and found.id in {one.id for one in _of_company(console)}
    return found if is_in or is_here else absent(console)


def _rows(console: BeheerContext) -> list[GroupRow]:
    found = {one.group_id: one.group for one in groups.of_person(console.sql, console.person_id)}
    mine = set(found)
    if console.here.is_administered:
        for one in _of_company(console):
            found.setdefault(one.id, one)
    rows = [_row(console.sql, one, is_mine=one.id in mine) for one in found.values()]
    return sorted(rows, key=lambda row: row.short_name)


def _cells(rows: Sequence[GroupRow]) -> Iterator[tuple[Cell, ...]]:
    for row in rows:
        own = _("ja") if row.is_mine else _("nee")
        yield row.name, row.short_name, row.members, row.companies, own


def _of_company(console: BeheerContext) -> list[UserGroup]:
    """Those that may act for the company here, and those that were asked for it."""
    asked = groups.asked_for(console.sql, console.here.kvk)
    return [*groups.with_company(console.sql, console.here.id), *asked]


def work_of(console: BeheerContext) -> GroupWork:
    """Around a change that is made now."""
    settings = console.rt.settings
    return GroupWork(
        actor=console.actor,
        login=console.login,
        organisation_id=console.here.id,
        notifier=console.notifier(),
        site=settings.ui.name,
        base_url=console.rt.base_url,
        max_years=settings.mandates.max_years,
        one_per_account=settings.joining.one_group_per_account,
    )


def free_branches(
    console: BeheerContext, companies: list[GroupCompany]
) -> tuple[BranchChoice, ...]:
    """The branches of the company here that are not in the group yet."""
    taken = {one.branch for one in companies if one.organisation_id == console.here.id}
    query = (
        select(Establishment)
        .where(Establishment.organisation_id == console.here.id, Establishment.ended_at.is_(None))
        .order_by(Establishment.name, Establishment.number)
    )
    return tuple(
        BranchChoice(one.number, one.name)
        for one in console.sql.scalars(query)
        if one.number not in taken
    )


def row_of_group(console: BeheerContext, found: UserGroup) -> GroupRow:
    """The group as pages about it show it."""
    return _row(console.sql, found, is_mine=True)


def _row(sql: Session, found: UserGroup, *, is_mine: bool) -> GroupRow:
    return GroupRow(
        id=found.id,
        name=found.name,
        short_name=found.short_name,
        members=len(groups.members(sql, found.id)),
        companies=len(groups.companies(sql, found.id)),
        is_mine=is_mine,
    )


def _member_rows(
    console: BeheerContext,
    group_id: str,
    members: list[GroupMember],
    companies: list[GroupCompany],
) -> tuple[GroupMemberRow, ...]:
    here = {one.id for one in companies}
    standing = [
        one.member_id
        for one in group_mandates.given_in(console.sql, group_id)
        if one.company_id in here
        and one.mandate.revoked_at is None
        and one.mandate.valid_until > console.now
    ]
    return tuple(
        GroupMemberRow(
            person_id=one.person_id,
            name=one.person.display_name,
            email=one.person.email,
            role=str(one.role),
            since=one.since,
            number=standing.count(one.id),
            is_self=one.person_id == console.person_id,
        )
        for one in members
    )


def _company_row(console: BeheerContext, one: GroupCompany, looks_after: bool) -> GroupCompanyRow:
    is_own = console.here.is_administered and one.organisation_id == console.here.id
    return GroupCompanyRow(
        id=one.id,
        name=one.organisation.name,
        kvk=f"{one.organisation.kvk[:4]} {one.organisation.kvk[4:]}",
        branch=one.branch,
        level=one.level.label,
        until=one.valid_until,
        is_over=one.valid_until <= console.now,
        may_remove=looks_after or is_own,
    )
