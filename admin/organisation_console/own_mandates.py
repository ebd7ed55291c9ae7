"""What the person of the session may do in this company, at ``/beheer``, and at which portals."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from flask import request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from admin.organisation_console import files, portals
from admin.organisation_console.access import BeheerContext, blueprint, requires
from admin.organisation_console.pages import MandateRow, OwnMandatesPage
from admin.organisation_console.rows import mandate_rows
from broker.texts.mandate_changes import every_service
from broker.web.endpoints import Endpoint
from broker.web.language import locale
from broker.web.lists.cells import Cell
from broker.web.lists.file import ListFile
from broker.web.lists.memory import HeldList
from broker.web.lists.request import ListFilter, ListRules
from broker.web.responses import show
from consent import mandates, places
from consent.mandates import Mandate
from directory import dates
from directory.people import Role

RULES: Final = ListRules(
    columns=("dienst", "begin", "einde"),
    filters=(ListFilter("stand", ("active", "soon", "future", "left", "revoked")),),
)
_HELD: Final = HeldList[MandateRow](
    words=lambda row: (row.service, row.provider, row.level),
    keys={
        "dienst": lambda row: row.service,
        "begin": lambda row: row.since,
        "einde": lambda row: row.until,
    },
    values={"stand": lambda row: "revoked" if row.state == "undo" else row.state},
)


@blueprint.get("/mijn")
@Endpoint(limit="console", kept=RULES.names)
@requires(Role.MEMBER)
def own_mandates(console: BeheerContext) -> Response:
    """What the person may do here."""
    asked, address = RULES.read(request.args), url_for("console.own_mandates")
    found, left = _found(console)
    page = _HELD.page(mandate_rows(console, found), asked, address)
    tiles = portals.entered_with(console, found, left)
    return show(OwnMandatesPage(console.frame, page, tiles))


@blueprint.post("/mijn/lijst")
@Endpoint(limit="console", shown_at="console.own_mandates")
@requires(Role.MEMBER)
def own_mandates_file(console: BeheerContext) -> Response:
    """The same rows as a file."""
    asked = RULES.read(request.args)
    rows = _HELD.matching(mandate_rows(console, _found(console)[0]), asked)
    head = (_("Dienst"), _("Niveau"), _("Vestigingen"), _("Begin"), _("Einde"), _("Stand"))
    file = ListFile("mijn-machtigingen", head, _cells(rows))
    return files.take(console, "own_mandates", asked, file)


def _found(console: BeheerContext) -> tuple[list[Mandate], frozenset[str]]:
    """Those to show, and the ids of those of somebody who left."""
    rows = mandates.at(console.sql, console.here.id, console.now, person_id=console.person_id)
    left = places.left_behind(console.sql, rows, console.now)
    return mandates.shown(rows, console.now, left), left


def _cells(rows: Sequence[MandateRow]) -> Iterator[tuple[Cell, ...]]:
    for row in rows:
        service = row.service or every_service(row.level, locale())
        since, until = dates.day_of(row.since), dates.day_of(row.until)
        yield service, row.level, " ".join(row.branches), since, until, files.mandate(row.state)
