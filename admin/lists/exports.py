"""Who took which list along, and how it was filtered."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from flask import request
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from admin.actor import Actor
from broker.web.lists.cells import Cell
from broker.web.lists.file import Layout, ListFile, asked_layout, download
from broker.web.lists.request import SEARCH, ListRequest
from state import audit
from state.audit import AuditEvent, EventTag
from state.clock import Clock
from state.db import writing

BETWEEN: Final = timedelta(seconds=5)


def take_along(
    session: Session,
    kind: str,
    asked: ListRequest,
    file: ListFile,
    *,
    actor: Actor,
    clock: Clock,
    may_still: Callable[[], bool],
    organisation_id: str | None = None,
) -> Response:
    """The answer to a button of ``lists.file``: the file, after the audit has it. ``kind``: which
    list, a machine word. ``may_still``: by now, because a file may take minutes to leave. Raises
    PageError for a layout that there is not.
    """
    layout = asked_layout(request.form)
    with writing(session):
        record_export(
            session,
            kind,
            asked,
            layout=layout,
            actor=actor,
            now=clock(),
            organisation_id=organisation_id,
        )
    return download(replace(file, rows=_while_allowed(_fitting(file), clock, may_still)), layout)


def _fitting(file: ListFile) -> Iterator[Sequence[Cell]]:
    """As many rows as fit, and what it says in place of the rest."""
    for number, row in enumerate(file.rows):
        if number == file.most:
            yield (_too_many(number),)
            return
        yield row


def _too_many(most: int) -> str:
    return _(
        "Dit bestand is niet compleet: het heeft de eerste %(most)s regels. Filter de lijst, "
        "bijvoorbeeld op dag, en download wat u mist.",
        most=most,
    )


def _while_allowed(
    rows: Iterable[Sequence[Cell]], clock: Clock, may_still: Callable[[], bool]
) -> Iterator[Sequence[Cell]]:
    """The rows, and what it says in place of the rest once they may not be taken along any more."""
    looked = clock()
    for row in rows:
        if abs(clock() - looked) >= BETWEEN:
            if not may_still():
                yield (_stopped(),)
                return
            looked = clock()
        yield row


def _stopped() -> str:
    return _(
        "Dit bestand is niet compleet. Terwijl het werd gemaakt, eindigde uw sessie of veranderde "
        "wat u mag zien. Log opnieuw in en download het bestand nog eens. Lukt dat niet? Vraag dan "
        "wie uw rol wijzigde."
    )


def record_export(
    session: Session,
    kind: str,
    asked: ListRequest,
    *,
    layout: Layout,
    actor: Actor,
    now: datetime,
    organisation_id: str | None = None,
) -> None:
    """With the transaction of the caller, before the first row leaves. What was looked for may be
    the name of a person: the audit keeps that something was, and the names of the filters.
    """
    names = [*((SEARCH,) if asked.search else ()), *asked.filters]
    audit.record(
        session,
        AuditEvent(
            EventTag.EXPORT_MADE,
            now,
            person_id=actor.person_id,
            organisation_id=organisation_id,
            details={"kind": kind, "layout": str(layout), "filters": " ".join(sorted(names))},
        ),
    )
