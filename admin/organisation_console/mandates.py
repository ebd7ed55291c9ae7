"""Mandates of the company at ``/beheer``: every one by service or by person, one by itself, taking
it back, and undoing that for a moment.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Any, Final

from flask import redirect, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from admin.mandates import given
from admin.mandates.administrators import NotAdministrator
from admin.mandates.given import NoSuchMandate, Revocation, TooLateToUndo
from admin.organisation_console import files
from admin.organisation_console.access import BeheerContext, absent, blueprint, requires
from admin.organisation_console.mandate_pages import (
    GENERAL_SERVICE,
    MandatePage,
    MandatesPage,
)
from admin.organisation_console.pages import MandateRow
from admin.organisation_console.rows import mandate_row, mandate_rows
from broker.texts.mandate_changes import every_service
from broker.web.endpoints import Endpoint
from broker.web.language import locale
from broker.web.lists.cells import Cell
from broker.web.lists.file import ListFile
from broker.web.lists.memory import HeldList
from broker.web.lists.request import ListFilter, ListRules
from broker.web.responses import show
from consent import mandates as register
from consent import places
from consent.mandates import Mandate
from directory import dates
from directory.fields import LocalizedText
from directory.people import Role
from state.db import writing

STATES: Final = ("active", "soon", "future", "left", "revoked")
RULES: Final = ListRules(
    columns=("gebruiker", "dienst", "einde"),
    filters=(ListFilter("dienst"), ListFilter("stand", STATES)),
)
_HELD: Final = HeldList[MandateRow](
    words=lambda row: (row.person, row.service, row.provider, row.level),
    keys={
        "gebruiker": lambda row: f"{row.person} {row.service}",
        "dienst": lambda row: f"{row.service} {row.person}",
        "einde": lambda row: row.until,
    },
    values={
        "dienst": lambda row: row.service_uuid or GENERAL_SERVICE,
        "stand": lambda row: "revoked" if row.state == "undo" else row.state,
    },
)
STILL_SHOWN: Final = timedelta(days=1)  # what was taken back, so that it can be given anew


@blueprint.get("/machtigingen")
@Endpoint(limit="console", kept=("done", *RULES.names))
@requires(Role.ADMINISTRATOR)
def mandates(console: BeheerContext) -> Response:
    """Every mandate of this company, whoever gave it."""
    asked, address = RULES.read(request.args), url_for("console.mandates")
    page = MandatesPage(
        console.frame,
        _HELD.page(rows_of(console), asked, address),
        services=_services(console),
        done=request.args.get("done", ""),
    )
    return show(page)


@blueprint.post("/machtigingen/lijst")
@Endpoint(limit="console", shown_at="console.mandates")
@requires(Role.ADMINISTRATOR)
def mandates_file(console: BeheerContext) -> Response:
    """The same rows as a file."""
    asked = RULES.read(request.args)
    found = _HELD.matching(rows_of(console), asked)
    head = (_("Gebruiker"), _("Dienst"), _("Niveau"), _("Vestigingen"), _("Begin"), _("Einde"))
    file = ListFile("machtigingen", (*head, _("Stand")), _cells(found))
    return files.take(console, "mandates", asked, file)


@blueprint.get("/machtiging/<mandate_id>")
@Endpoint(limit="console", kept=("done",))
@requires(Role.ADMINISTRATOR)
def mandate(console: BeheerContext, mandate_id: str) -> Response:
    """One mandate with what can be done with it."""
    found = one_mandate(console, mandate_id)
    done = request.args.get("done", "")
    return show(MandatePage(console.frame, mandate_row(console, found), done=done))


@blueprint.post("/machtiging/<mandate_id>/intrekken")
@requires(Role.ADMINISTRATOR)
def revoke(console: BeheerContext, mandate_id: str) -> Response:
    """It counts no more from now on, also in logins under way."""
    with writing(console.sql) as session:
        found = one_mandate(console, mandate_id)
        given.revoke(session, found, _revocation(console, found))
    return _back(found.person_id, mandate_id, "revoked")


@blueprint.post("/machtiging/<mandate_id>/ongedaan")
@requires(Role.ADMINISTRATOR)
def undo(console: BeheerContext, mandate_id: str) -> Response:
    """It counts again, for who took it back a moment ago."""
    try:
        with writing(console.sql) as session:
            found = one_mandate(console, mandate_id)
            given.restore(session, found, _revocation(console, found))
    except TooLateToUndo:
        return _back(found.person_id, mandate_id, "too_late")
    return _back(found.person_id, mandate_id, "restored")


def rows_of(console: BeheerContext, person_id: str | None = None) -> list[MandateRow]:
    """What stands here, and what was taken back today; of this person alone if one is named."""
    since = console.now - STILL_SHOWN
    found = register.at(
        console.sql, console.here.id, console.now, person_id=person_id, ended_since=since
    )
    left = places.left_behind(console.sql, found, console.now)
    return mandate_rows(console, register.shown(found, console.now, left))


def one_mandate(console: BeheerContext, mandate_id: str) -> Mandate:
    """The mandate, for administrators of its company in that company; elsewhere there is none."""
    try:
        found = given.one_of_place(console.sql, console.person_id, mandate_id, console.now)
    except NoSuchMandate:
        absent(console)
    except NotAdministrator as elsewhere:
        absent(console, str(elsewhere))
    if found.organisation_id != console.here.id:
        absent(console, found.organisation_id)
    return found


def _back(person_id: str, mandate_id: str, done: str) -> Response:
    """To the list in which the button was, as it was asked."""
    mark = f"m-{mandate_id}"
    back = request.form.get("terug")
    if back == "gebruiker":
        return redirect(
            url_for("console.person", person_id=person_id, done=done, _anchor=mark), 303
        )
    if back == "machtiging":
        return redirect(url_for("console.mandate", mandate_id=mandate_id, done=done), 303)
    kept: dict[str, Any] = RULES.read(request.args).query()
    return redirect(url_for("console.mandates", done=done, _anchor=mark, **kept), 303)


def _services(console: BeheerContext) -> tuple[tuple[str, str], ...]:
    """What can be filtered by: services at which somebody has a mandate here."""
    found = {row.service_uuid: row.service for row in rows_of(console) if row.service_uuid}
    return tuple(sorted(found.items(), key=lambda pair: pair[1].casefold()))


def _cells(rows: Sequence[MandateRow]) -> Iterator[tuple[Cell, ...]]:
    for row in rows:
        service = row.service or every_service(row.level, locale())
        since, until = dates.day_of(row.since), dates.day_of(row.until)
        branches, state = " ".join(row.branches), files.mandate(row.state)
        yield row.person, service, row.level, branches, since, until, state


def _revocation(console: BeheerContext, found: Mandate) -> Revocation:
    uuid = found.service_uuid or ""
    service = console.rt.configuration.services.get(uuid)
    if found.service_uuid is None:
        level = found.level.label
        name = LocalizedText(nl=every_service(level, "nl"), en=every_service(level, "en"))
    else:
        # A service that is no longer registered must not keep its mandates alive.
        name = service.name if service else LocalizedText(nl=uuid, en=uuid)
    return Revocation(
        actor=console.actor, service=name, now=console.now, notifier=console.notifier()
    )
