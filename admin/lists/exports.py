"""Who took which list along, and how it was filtered."""

from __future__ import annotations

from datetime import datetime

from flask import request
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from admin.actor import Actor
from broker.web.lists.file import Layout, ListFile, asked_layout, download
from broker.web.lists.request import SEARCH, ListRequest
from state import audit
from state.audit import AuditEvent, EventTag
from state.db import writing


def take_along(
    session: Session,
    kind: str,
    asked: ListRequest,
    file: ListFile,
    *,
    actor: Actor,
    now: datetime,
    organisation_id: str | None = None,
) -> Response:
    """The answer to a button of ``lists.file``: the file, after the audit has it. ``kind``: which
    list, a machine word. Raises PageError for a layout that there is not.
    """
    layout = asked_layout(request.form)
    with writing(session):
        record_export(
            session,
            kind,
            asked,
            layout=layout,
            actor=actor,
            now=now,
            organisation_id=organisation_id,
        )
    return download(file, layout)


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
