"""Logins of the company at ``/beheer``: who acted for it where, and for whom its people acted."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from flask import request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from admin.mandates.giving import givable
from admin.organisation_console import files
from admin.organisation_console.access import BeheerContext, blueprint, requires
from admin.organisation_console.history_pages import CompanyLoginRow, CompanyLoginsPage
from broker.web.endpoints import Endpoint
from broker.web.language import locale
from broker.web.lists.cells import Cell, with_zone
from broker.web.lists.file import ListFile
from broker.web.lists.page import page_of
from broker.web.lists.portions import MOST_IN_FILE, portions
from broker.web.lists.request import ListFilter, ListRequest, ListRules
from broker.web.registration_names import client_name, makelaar_name, service_name
from broker.web.responses import show
from directory import company_history, organisation_records
from directory.company_history import CompanyLogin, WantedLogins
from directory.dates import end_of, start_of
from directory.organisations import Organisation
from directory.people import Role
from state.trace import show_reference

OUTCOMES: Final = ("success", "refused", "cancelled", "expired")
RULES: Final = ListRules(
    columns=("moment",),
    filters=(
        ListFilter("van", is_day=True),
        ListFilter("tot", is_day=True),
        ListFilter("dienst"),
        ListFilter("uitkomst", OUTCOMES),
    ),
    is_descending=True,
)


@blueprint.get("/logins")
@Endpoint(limit="console", kept=RULES.names)
@requires(Role.ADMINISTRATOR)
def logins(console: BeheerContext) -> Response:
    """The newest first; a page goes on from the last row of the one before."""
    asked = RULES.read(request.args)
    found = _found(console, asked, asked.limit, asked.after or None)
    shown = found[: asked.size]
    page = page_of(
        asked,
        _rows(console, found),
        path=url_for("console.logins"),
        next_key=shown[-1].id if len(found) > len(shown) else "",
    )
    days = console.rt.settings.retention.history_days
    return show(CompanyLoginsPage(console.frame, page, _services(console), days))


@blueprint.post("/logins/lijst")
@Endpoint(limit="console", shown_at="console.logins")
@requires(Role.ADMINISTRATOR)
def logins_file(console: BeheerContext) -> Response:
    """The same rows as a file, as many as fit."""
    asked = RULES.read(request.args)
    when = with_zone(_("Wanneer"))
    head = (when, _("Code"), _("Wie"), _("Via het kantoor"), _("Namens"), _("Dienst"))
    more = (_("Portaal"), _("Makelaar"), _("Niveau"), _("Uitkomst"))
    file = ListFile("logins", (*head, *more), _cells(console, asked), MOST_IN_FILE)
    return files.take(console, "logins", asked, file)


def _found(
    console: BeheerContext, asked: ListRequest, limit: int, before: str | None
) -> list[CompanyLogin]:
    if asked.misread:
        return []
    since, until = asked.day("van"), asked.day("tot")
    wanted = WantedLogins(
        words=asked.search,
        service_uuid=asked.filters.get("dienst"),
        outcome=asked.filters.get("uitkomst"),
        since=start_of(since) if since is not None else None,
        until=end_of(until) if until is not None else None,
    )
    place = console.sql.get_one(Organisation, console.here.id)
    return company_history.newest(console.sql, place, wanted, limit=limit, before=before)


def _rows(console: BeheerContext, found: Sequence[CompanyLogin]) -> tuple[CompanyLoginRow, ...]:
    configuration = console.rt.configuration
    numbers = {number for one in found for number in (one.represented, one.intermediary)}
    names = organisation_records.names(console.sql, numbers)

    def named(number: str | None) -> str:
        return names.get(number, number) if number else ""

    return tuple(
        CompanyLoginRow(
            at=one.at,
            reference=one.reference,
            person=one.person or "",
            office=named(one.intermediary),
            client=named(one.represented),
            service=service_name(configuration, one.service_uuid),
            portal=client_name(configuration, one.client_id) or "",
            makelaar=makelaar_name(configuration, one.provider_id) or "",
            level=one.level.label if one.level is not None else "",
            outcome=one.outcome,
        )
        for one in found
    )


def _cells(console: BeheerContext, asked: ListRequest) -> Iterator[tuple[Cell, ...]]:
    here = console.here.name

    def read(limit: int, before: str | None) -> list[CompanyLogin]:
        return _found(console, asked, limit, before)

    for found in portions(read, lambda one: one.id):
        for row in _rows(console, found):
            yield (
                *(row.at, show_reference(row.reference), row.person, row.office),
                *(row.client or here, row.service, row.portal, row.makelaar, row.level),
                files.outcome(row.outcome),
            )


def _services(console: BeheerContext) -> tuple[tuple[str, str], ...]:
    found = givable(console.rt.configuration.services)
    named = [(one.uuid, one.name.in_(locale())) for one in found]
    return tuple(sorted(named, key=lambda pair: pair[1].casefold()))
