"""Logins of a user group at ``/beheer``: who acted for its companies, for who is in it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Final

from flask import request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from admin.organisation_console import files
from admin.organisation_console.access import BeheerContext, absent, blueprint, requires
from admin.organisation_console.group_pages import GroupHistoryPage, GroupLogin
from admin.organisation_console.groups import one_group, row_of_group
from broker.console.sessions import ConsoleSession
from broker.web.endpoints import Endpoint
from broker.web.lists.cells import Cell, with_zone
from broker.web.lists.file import ListFile
from broker.web.lists.page import page_of
from broker.web.lists.portions import MOST_IN_FILE, portions
from broker.web.lists.request import ListFilter, ListRequest, ListRules
from broker.web.registration_names import service_name
from broker.web.responses import show
from directory import groups, history, organisation_records
from directory.dates import end_of, start_of
from directory.groups import UserGroup
from directory.history import HistoryEntry
from directory.people import Role

RULES: Final = ListRules(
    columns=("moment",),
    filters=(
        ListFilter("van", is_day=True),
        ListFilter("tot", is_day=True),
        ListFilter("wie"),
    ),
    is_descending=True,
    is_searched=False,
)


@dataclass(frozen=True)
class _Places:
    """Of one group: names of who is in it, by the id of the person; and of its companies the name
    and since when, by each number. A file is read on after the transaction.
    """

    group_id: str
    people: Mapping[str, str]
    companies: Mapping[str, tuple[str, datetime]]


@blueprint.get("/groepen/<group_id>/logins")
@Endpoint(limit="console", kept=RULES.names)
@requires(Role.MEMBER)
def group_history(console: BeheerContext, group_id: str) -> Response:
    """The newest first; a page goes on from the last row of the one before."""
    found, places = _shared(console, group_id)
    asked = RULES.read(request.args)
    entries = _found(console, places, asked, asked.limit, asked.after or None)
    shown = entries[: asked.size]
    page = page_of(
        asked,
        _rows(console, places, entries),
        path=url_for("console.group_history", group_id=found.id),
        next_key=shown[-1].id if len(entries) > len(shown) else "",
    )
    row, people = row_of_group(console, found), tuple(places.people.items())
    return show(GroupHistoryPage(console.frame, row, page, people))


@blueprint.post("/groepen/<group_id>/logins/lijst")
@Endpoint(limit="console", shown_at="console.group_history")
@requires(Role.MEMBER)
def group_history_file(console: BeheerContext, group_id: str) -> Response:
    """The same rows as a file, as many as fit."""
    _group, places = _shared(console, group_id)
    asked = RULES.read(request.args)
    head = (with_zone(_("Wanneer")), _("Wie"), _("Namens"), _("Dienst"), _("Niveau"))
    file = ListFile("logins-van-de-groep", head, _cells(console, places, asked), MOST_IN_FILE)
    return files.take(console, "group_logins", asked, file, partial(_is_in, group_id))


def _is_in(group_id: str, by_now: ConsoleSession) -> bool:
    members = groups.members(by_now.rt.session, group_id)
    return groups.place_in(members, by_now.person.id) is not None


def _shared(console: BeheerContext, group_id: str) -> tuple[UserGroup, _Places]:
    """The group, for who is in it; for others its logins do not exist."""
    found = one_group(console, group_id)
    members = groups.members(console.sql, found.id)
    if groups.place_in(members, console.person_id) is None:
        absent(console)
    companies = {
        number: (one.organisation.name, one.since)
        for one in groups.companies(console.sql, found.id)
        for number in organisation_records.numbers_of(console.sql, one.organisation)
    }
    people = {one.person_id: one.person.display_name for one in members}
    return found, _Places(found.id, people, companies)


def _found(
    console: BeheerContext, places: _Places, asked: ListRequest, limit: int, before: str | None
) -> Sequence[HistoryEntry]:
    """Logins since both the person and the company are in the group."""
    wanted = asked.filters.get("wie")
    if asked.misread or (wanted is not None and wanted not in places.people):
        return []
    since, until = asked.day("van"), asked.day("tot")
    return history.acting_in_group(
        console.sql,
        places.group_id,
        {number: begun for number, (_name, begun) in places.companies.items()},
        limit,
        person_id=wanted,
        since=start_of(since) if since is not None else None,
        until=end_of(until) if until is not None else None,
        before=before,
    )


def _rows(
    console: BeheerContext, places: _Places, entries: Sequence[HistoryEntry]
) -> tuple[GroupLogin, ...]:
    return tuple(
        GroupLogin(
            at=one.at,
            person=places.people[one.person_id],
            company=places.companies[one.represented or ""][0],
            service=service_name(console.rt.configuration, one.service_uuid) or "",
            level=one.level.label if one.level is not None else None,
        )
        for one in entries
    )


def _cells(
    console: BeheerContext, places: _Places, asked: ListRequest
) -> Iterator[tuple[Cell, ...]]:
    def read(limit: int, before: str | None) -> Sequence[HistoryEntry]:
        return _found(console, places, asked, limit, before)

    for found in portions(read, lambda one: one.id):
        for row in _rows(console, places, found):
            yield row.at, row.person, row.company, row.service, row.level
