"""Changes at the company at ``/beheer``, from the audit: who did what and what it was before."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from flask import request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from admin.audit import company_changes
from admin.audit.company_changes import KINDS, NumberedEvent, WantedChanges
from admin.mandates import colleagues
from admin.organisation_console import change_words, files
from admin.organisation_console.access import BeheerContext, blueprint, requires
from admin.organisation_console.history_pages import ChangeLine, ChangesPage
from broker.texts.mandate_changes import every_service
from broker.web.endpoints import Endpoint
from broker.web.language import locale
from broker.web.lists.cells import Cell, with_zone
from broker.web.lists.file import ListFile
from broker.web.lists.page import page_of
from broker.web.lists.portions import MOST_IN_FILE, portions
from broker.web.lists.request import ListFilter, ListRequest, ListRules
from broker.web.registration_names import service_name
from broker.web.responses import show
from consent import mandates, requests
from directory import groups, organisations
from directory.dates import end_of, start_of
from directory.people import Role
from state.audit import AuditEvent, EventTag
from state.trace import show_reference

_INVITATIONS: Final = frozenset(
    {EventTag.INVITATION_SENT, EventTag.INVITATION_WITHDRAWN, EventTag.INVITATION_ACCEPTED}
)
RULES: Final = ListRules(
    columns=("moment",),
    filters=(
        ListFilter("van", is_day=True),
        ListFilter("tot", is_day=True),
        ListFilter("soort", tuple(KINDS)),
    ),
    is_descending=True,
    is_searched=False,
)


@dataclass(frozen=True)
class _Known:
    """Of whom the name may be told here, and who of them is here today. ``groups``: the name of
    each by its id.
    """

    names: Mapping[str, str]
    here: frozenset[str]
    has_ways: bool
    groups: Mapping[str, str]


@blueprint.get("/wijzigingen")
@Endpoint(limit="console", kept=RULES.names)
@requires(Role.ADMINISTRATOR)
def changes(console: BeheerContext) -> Response:
    """The newest first; a page goes on from the last row of the one before."""
    asked = RULES.read(request.args)
    found = _found(console, asked, asked.limit, _number(asked.after))
    shown = found[: asked.size]
    page = page_of(
        asked,
        _lines(console, found),
        path=url_for("console.changes"),
        next_key=str(shown[-1].id) if len(found) > len(shown) else "",
    )
    return show(ChangesPage(console.frame, page, console.rt.settings.retention.audit_days))


@blueprint.post("/wijzigingen/lijst")
@Endpoint(limit="console", shown_at="console.changes")
@requires(Role.ADMINISTRATOR)
def changes_file(console: BeheerContext) -> Response:
    """The same rows as a file, as many as fit."""
    asked = RULES.read(request.args)
    when = with_zone(_("Wanneer"))
    head = (when, _("Code"), _("Door"), _("Wat"), _("Waar"), _("Over"), _("Was"), _("Nu"))
    file = ListFile("wijzigingen", head, _cells(console, asked), MOST_IN_FILE)
    return files.take(console, "changes", asked, file)


def _found(
    console: BeheerContext, asked: ListRequest, limit: int, before: int | None
) -> Sequence[NumberedEvent]:
    if asked.misread:
        return []
    since, until = asked.day("van"), asked.day("tot")
    wanted = WantedChanges(
        kind=asked.filters.get("soort"),
        since=start_of(since) if since is not None else None,
        until=end_of(until) if until is not None else None,
    )
    return company_changes.newest(console.sql, console.here.id, wanted, limit=limit, before=before)


def _lines(
    console: BeheerContext, found: Sequence[NumberedEvent], *, has_ways: bool = True
) -> tuple[ChangeLine, ...]:
    """``has_ways``: with addresses, for a page."""
    about = {one.id: _about(console, one.event) for one in found}
    ids = {one.event.person_id for one in found} | set(about.values())
    names, here = colleagues.ever_at(
        console.sql, console.here.id, {one for one in ids if one is not None}, console.now
    )
    group_ids = {str(one.event.details["group"]) for one in found if "group" in one.event.details}
    known = _Known(
        names, here if has_ways else frozenset(), has_ways, groups.names(console.sql, group_ids)
    )
    return tuple(_line(console, one, about[one.id], known) for one in found)


def _line(
    console: BeheerContext, found: NumberedEvent, about: str | None, known: _Known
) -> ChangeLine:
    event = found.event
    words = change_words.of(event)
    url, may_undo = _way(console, event, about, known)
    return ChangeLine(
        at=event.at,
        reference=event.reference or "",
        who=known.names.get(event.person_id or "") or change_words.by_another(event),
        title=words.title,
        detail=_detail(console, event, known.groups),
        about=known.names.get(about or "", ""),
        was=words.was,
        now=words.now,
        url=url,
        may_undo=may_undo,
        place=found.place,
    )


def _about(console: BeheerContext, event: AuditEvent) -> str | None:
    """The id of the person whose rights it changed."""
    person = event.details.get("person")
    if isinstance(person, str):
        return person
    if event.tag is EventTag.MANDATE_REQUESTED:
        return event.person_id
    asked = event.details.get("request")
    found = requests.get(console.sql, asked) if isinstance(asked, str) else None
    return found.person_id if found is not None else None


def _detail(console: BeheerContext, event: AuditEvent, groups_here: Mapping[str, str]) -> str:
    if event.service_uuid is not None:
        return service_name(console.rt.configuration, event.service_uuid)
    if event.tag in KINDS["groepen"] | _INVITATIONS:
        return change_words.in_group(event, groups_here.get(str(event.details.get("group")), ""))
    if event.tag is EventTag.ORGANISATION_RELINKED and event.reason == "merged":
        was = str(event.details.get("was", ""))
        return organisations.names(console.sql, [was]).get(was, "")
    if event.tag is EventTag.ESTABLISHMENT_ENDED:
        return str(event.details.get("establishment", ""))
    is_general = event.level is not None and event.tag in KINDS["machtigingen"]
    return every_service(event.level.label, locale()) if is_general and event.level else ""


def _way(
    console: BeheerContext, event: AuditEvent, about: str | None, known: _Known
) -> tuple[str, bool]:
    """Where to look at it; where that undoes it, and may still be done."""
    mandate_id = event.details.get("mandate") if known.has_ways else None
    if event.tag is EventTag.MANDATE_REVOKED and isinstance(mandate_id, str):
        row = mandates.one(console.sql, mandate_id)
        if row is not None and row.organisation_id == console.here.id:
            may_undo = mandates.may_be_restored(row, console.person_id, console.now)
            return url_for("console.mandate", mandate_id=mandate_id), may_undo
    if about in known.here and event.tag is not EventTag.EXPORT_MADE:
        return url_for("console.person", person_id=about), False
    return "", False


def _cells(console: BeheerContext, asked: ListRequest) -> Iterator[tuple[Cell, ...]]:
    def read(limit: int, before: int | None) -> Sequence[NumberedEvent]:
        return _found(console, asked, limit, before)

    for found in portions(read, lambda one: one.id):
        for row in _lines(console, found, has_ways=False):
            reference = show_reference(row.reference) if row.reference else ""
            who = row.who or _("het beheer van deze installatie")
            where = ", ".join(one for one in (row.detail, row.place) if one)
            yield row.at, reference, who, row.title, where, row.about, row.was, row.now


def _number(text: str) -> int | None:
    return int(text) if text.isdigit() and len(text) <= 18 else None
