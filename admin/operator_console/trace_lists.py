"""Logins as a list: the rows that an address asks, why logins fail most, and all rows of a file."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Final
from urllib.parse import urlencode

from flask import url_for
from flask_babel import gettext as _

from admin.operator_console.access import OperatorContext
from admin.operator_console.login_rows import login_row, reason_row
from admin.operator_console.trace_pages import LoginList, ReasonRow
from broker.texts import trace_words
from broker.web.lists.cells import Cell, with_zone
from broker.web.lists.page import page_of
from broker.web.lists.portions import portions
from broker.web.lists.request import ListRequest
from directory.dates import end_of, start_of
from state import trace_search
from state.trace import show_reference
from state.trace_search import FoundTrace, Wanted

DAY: Final = timedelta(hours=24)


def logins(desk: OperatorContext, asked: ListRequest) -> LoginList:
    """The page of the list that was asked."""
    found = _found(desk, asked, asked.limit, asked.after or None)
    shown = found[: asked.size]
    rows = tuple(login_row(desk.rt.configuration, one) for one in found)
    page = page_of(
        asked,
        rows,
        path=url_for("operator.traces"),
        next_key=shown[-1].id if len(found) > len(shown) else "",
    )
    return LoginList(page, desk.rt.settings.retention.trace_days)


def reasons(
    desk: OperatorContext, asked: ListRequest | None = None, *, most: int
) -> tuple[ReasonRow, ...]:
    """Why logins failed most, at the service and makelaar that were asked, on the day that was
    asked or in the last twenty-four hours.
    """
    if asked is not None and asked.misread:
        return ()
    filters = dict(asked.filters) if asked is not None else {}
    day = asked.day("dag") if asked is not None else None
    wanted = Wanted(
        service_uuid=filters.get("dienst"),
        provider_id=filters.get("makelaar"),
        since=start_of(day) if day is not None else desk.now - DAY,
        until=end_of(day) if day is not None else None,
    )
    kept = {name: filters[name] for name in ("dienst", "makelaar", "dag") if name in filters}
    path = url_for("operator.traces")
    return tuple(
        reason_row(one, f"{path}?{urlencode([*kept.items(), ('reden', one.cause)])}")
        for one in trace_search.causes(desk.rt.session, wanted, most=most)
    )


def head() -> tuple[str, ...]:
    """The names of the columns of the file."""
    return (
        *(_("Code"), with_zone(_("Begonnen")), with_zone(_("Geëindigd"))),
        *(_("Dienst"), _("Makelaar"), _("Uitkomst")),
        *(_("Code van de reden"), _("Reden")),
    )


def cells(desk: OperatorContext, asked: ListRequest) -> Iterator[tuple[Cell, ...]]:
    """Every row that fits in a file, the newest first."""

    def read(limit: int, after: str | None) -> list[FoundTrace]:
        return _found(desk, asked, limit, after)

    for found in portions(read, lambda one: one.id):
        for one in found:
            row = login_row(desk.rt.configuration, one)
            yield (
                *(show_reference(row.reference), row.started_at, row.ended_at),
                *(row.service, row.makelaar, trace_words.ending(row.outcome)),
                *(row.reason, row.why),
            )


def _found(
    desk: OperatorContext, asked: ListRequest, limit: int, after: str | None
) -> list[FoundTrace]:
    if asked.misread:
        return []
    day = asked.day("dag")
    wanted = Wanted(
        service_uuid=asked.filters.get("dienst"),
        provider_id=asked.filters.get("makelaar"),
        outcome=asked.filters.get("uitkomst"),
        cause=asked.filters.get("reden"),
        since=start_of(day) if day is not None else None,
        until=end_of(day) if day is not None else None,
    )
    return list(trace_search.newest(desk.rt.session, wanted, limit=limit, before=after))
