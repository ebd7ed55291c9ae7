"""Scans of identity documents with a request for a means, for operators who decide on it."""

from __future__ import annotations

from datetime import date

from flask import Response as FileResponse
from werkzeug.wrappers import Response

from admin.actor import Actor
from admin.means import decisions, identity_documents
from admin.means.around import MeansDesk, site_of
from admin.means.document_files import MediaType
from admin.means.identity_documents import DocumentGone
from admin.operator_console.access import OperatorContext, blueprint, requires
from admin.operator_console.means_request_pages import ShownScan
from admin.operators.roles import Permission
from assurance.identity_documents import KEPT, OPEN
from assurance.means_requests import MeansRequest
from broker.errors import PageError
from broker.web.endpoints import Endpoint
from broker.web.headers import let_nothing_run
from directory import dates
from state.db import writing


@blueprint.get("/aanvragen/<request_id>/identiteitsbewijs/<document_id>")
@Endpoint(limit="console")
@requires(Permission.DECIDE_MEANS, recent=True)
def means_document(desk: OperatorContext, request_id: str, document_id: str) -> Response:
    """One file, to be kept by no browser and run by none; the look is recorded first."""
    at_work = MeansDesk(Actor.operator(desk.session.person.id), site_of(desk.rt), desk.now)
    try:
        with writing(desk.rt.session) as session:
            found, content = identity_documents.look(session, at_work, request_id, document_id)
            media_type, side = MediaType(found.media_type), found.side
    except DocumentGone:
        raise PageError(404, "not_found", "no such scan of an identity document") from None
    let_nothing_run()
    name = f"identiteitsbewijs-{side}{media_type.ending}"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return FileResponse(content, mimetype=str(media_type), headers=headers)


def shown(desk: OperatorContext, asked: MeansRequest) -> tuple[ShownScan, ...]:
    """What this operator may look at."""
    found = identity_documents.visible(desk.rt.session, asked, desk.session.person.id, desk.now)
    return tuple(
        ShownScan(
            id=one.id,
            kind=str(one.kind),
            side=str(one.side),
            expires_on=one.expires_on,
            media_type=one.media_type,
            kilobytes=-(-one.size // 1024),
            is_scanned=one.scanner != "none",
        )
        for one in found
    )


def erased_on(asked: MeansRequest) -> date:
    """The day on which they go: also where nobody decides."""
    decided = asked.decided_at
    return dates.day_of(decided + KEPT if decided is not None else asked.asked_at + OPEN)


def is_gone(desk: OperatorContext, asked: MeansRequest) -> bool:
    """Was its scan erased before somebody decided?"""
    rules = site_of(desk.rt).rules
    return decisions.document_is_gone(desk.rt.session, asked, rules, desk.now)
