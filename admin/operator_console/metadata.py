"""Metadata of makelaars and portals that speak SAML: how it stands with each, what waits for an
operator, and a look at this moment. The command line calls the same use cases.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from flask import redirect, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from admin.actor import Actor
from admin.metadata import approval, asking, status
from admin.metadata.approval import CannotBeTaken, NothingWaits, ReasonMissing
from admin.metadata.status import MetadataState, PartyStatus
from admin.operator_console import files
from admin.operator_console.access import OperatorContext, blueprint, requires
from admin.operator_console.metadata_pages import (
    KINDS,
    DecideMetadataPage,
    KeyRow,
    MetadataPage,
    MetadataRow,
    PartyMetadataPage,
    changes_of,
    name_of,
    row_of,
)
from admin.operators.roles import Permission
from broker.errors import PageError
from broker.texts import metadata_words
from broker.texts.quoting import written
from broker.web.endpoints import ITSELF, Endpoint
from broker.web.lists.cells import Cell, with_zone
from broker.web.lists.file import ListFile
from broker.web.lists.memory import HeldList
from broker.web.lists.request import ListFilter, ListRules
from broker.web.responses import show
from providers.saml.wire.metadata_changes import MetadataVerdict
from state.db import writing
from state.registrations import Kind

STATES: Final = tuple(MetadataState)
RULES: Final = ListRules(
    columns=("naam", "einde", "gekeken"),
    filters=(ListFilter("soort", tuple(KINDS)), ListFilter("stand", STATES)),
)
_HELD: Final = HeldList[MetadataRow](
    words=lambda row: (row.title, row.name, row.address),
    keys={
        "naam": lambda row: row.title,
        "einde": lambda row: row.ends_at,
        "gekeken": lambda row: row.checked_at,
    },
    values={"soort": lambda row: row.kind, "stand": lambda row: row.state},
)
_NO_LOOK: Final = "geen"
_LISTS: Final = threading.Lock()


@blueprint.get("/metadata")
@Endpoint(limit="console", kept=RULES.names)
@requires(Permission.SEE_STATE)
def metadata(desk: OperatorContext) -> Response:
    """Every party: where from, until when, and what is the matter."""
    page = _HELD.page(_rows(desk), RULES.read(request.args), url_for("operator.metadata"))
    return show(MetadataPage(desk.frame, page))


@blueprint.post("/metadata/bestand")
@Endpoint(limit="console", shown_at="operator.metadata")
@requires(Permission.SEE_STATE)
def metadata_file(desk: OperatorContext) -> Response:
    """The same rows as a file."""
    asked = RULES.read(request.args)
    found = _HELD.matching(_rows(desk), asked)
    head = (_("Naam"), _("Soort"), _("Kenmerk"), _("Adres"), _("Stand"))
    times = with_zone(_("Geldig tot")), with_zone(_("Gekeken"))
    file = ListFile("metadata", (*head, *times), _cells(found))
    return files.take(desk, "metadata", asked, file)


@blueprint.get("/metadata/<kind>/<key>")
@Endpoint(limit="console", kept=("gedaan", "gezien"))
@requires(Permission.SEE_STATE)
def party_metadata(desk: OperatorContext, kind: str, key: str) -> Response:
    """One party, with what waits of it."""
    one = _one(desk, kind, key)
    seen = request.args.get("gezien", "")
    page = PartyMetadataPage(
        desk=desk.frame,
        row=row_of(one.overview(desk.now)),
        status=one,
        voucher=metadata_words.voucher(one.voucher),
        keys=tuple(KeyRow(metadata_words.key(used), used.fingerprint) for used in one.keys),
        waits=changes_of(one.waiting.changes) if one.waiting is not None else (),
        why=metadata_words.why_it_waits(one.waiting.reason) if one.waiting is not None else "",
        rejected=changes_of(one.rejected.changes) if one.rejected is not None else (),
        may_change=desk.may(Permission.CHANGE_METADATA),
        done=request.args.get("gedaan", ""),
        seen=_seen(seen) if seen else "",
    )
    return show(page)


@blueprint.post("/metadata/<kind>/<key>/kijk")
@Endpoint(limit="console", shown_at="operator.party_metadata")
@requires(Permission.CHANGE_METADATA)
def look_at_metadata(desk: OperatorContext, kind: str, key: str) -> Response:
    """Look at the address now; what it says is treated as when the worker looks."""
    one = _one(desk, kind, key)
    if one.address is None:  # its registration holds them, and the page says so
        return redirect(url_for("operator.party_metadata", kind=kind, key=key), 303)
    with _alone(one.kind) as may_look:
        if not may_look:
            return _back(kind, key, "bezig")
        looks = asking.look_now(desk.process, [(one.kind, one.name)], actor=_actor(desk))
    seen = str(looks[0].judgement.verdict) if looks else _NO_LOOK
    return redirect(url_for("operator.party_metadata", kind=kind, key=key, gezien=seen), 303)


@blueprint.get("/metadata/<kind>/<key>/besluit")
@requires(Permission.CHANGE_METADATA, recent=True)
def ask_metadata_decision(desk: OperatorContext, kind: str, key: str) -> Response:
    """What would change: take it or not?"""
    one = _one(desk, kind, key)
    return show(_decide(desk, one)) if one.waiting is not None else _back(kind, key, "weg")


@blueprint.post("/metadata/<kind>/<key>/besluit")
@Endpoint(limit="console", shown_at=ITSELF)
@requires(Permission.CHANGE_METADATA, recent=True)
def decide_metadata(desk: OperatorContext, kind: str, key: str) -> Response:
    """Take or reject exactly what was shown, with a reason."""
    one, decision = _one(desk, kind, key), request.form.get("besluit", "")
    if one.waiting is None:
        return _back(kind, key, "weg")
    digest, because = request.form.get("digest", ""), written(request.form.get("reden", ""))
    try:
        with writing(desk.rt.session) as sql:
            if decision == "approve":
                approval.approve(
                    sql,
                    one.kind,
                    one.name,
                    digest=digest,
                    actor=_actor(desk),
                    now=desk.now,
                    check=desk.rt.outgoing.check,
                    because=because,
                )
                return _back(kind, key, "goed")
            if decision == "reject":
                approval.reject(
                    sql,
                    one.kind,
                    one.name,
                    digest=digest,
                    actor=_actor(desk),
                    now=desk.now,
                    because=because,
                )
                return _back(kind, key, "af")
    except NothingWaits:
        return _back(kind, key, "weg")
    except ReasonMissing:
        return show(_decide(desk, one, because, "reason"), 422)
    except CannotBeTaken as refused:
        return show(_decide(desk, one, because, "unfit", str(refused)), 422)
    return show(_decide(desk, one, because), 422)


@blueprint.post("/metadata/<kind>/<key>/heropen")
@Endpoint(limit="console", shown_at="operator.party_metadata")
@requires(Permission.CHANGE_METADATA, recent=True)
def reconsider_metadata(desk: OperatorContext, kind: str, key: str) -> Response:
    """What was rejected waits again."""
    one = _one(desk, kind, key)
    try:
        with writing(desk.rt.session) as sql:
            approval.reconsider(sql, one.kind, one.name, actor=_actor(desk), now=desk.now)
    except NothingWaits:
        return _back(kind, key, "weg")
    return _back(kind, key, "heropend")


@contextmanager
def _alone(kind: Kind) -> Iterator[bool]:
    """May this be looked at now? A list of a federation takes minutes and much memory, so that a
    process reads one at a time for its pages, and keeps its threads for logins.
    """
    if kind is not Kind.FEDERATION:
        yield True
        return
    is_free = _LISTS.acquire(blocking=False)
    try:
        yield is_free
    finally:
        if is_free:
            _LISTS.release()


def _actor(desk: OperatorContext) -> Actor:
    return Actor.operator(desk.session.person.id)


def _rows(desk: OperatorContext) -> list[MetadataRow]:
    return [row_of(one) for one in status.overviews(desk.rt.session, desk.now)]


def _one(desk: OperatorContext, kind: str, key: str) -> PartyStatus:
    name = name_of(key)
    if kind in KINDS and name is not None:
        for one in status.statuses(desk.rt.session, [name]):
            if one.kind is KINDS[kind]:
                return one
    raise PageError(404, "not_found", "no such party with metadata")


def _decide(
    desk: OperatorContext, one: PartyStatus, reason: str = "", error: str = "", told: str = ""
) -> DecideMetadataPage:
    """Where what was shown is gone by now, the form is that of what waits now."""
    assert one.waiting is not None
    return DecideMetadataPage(
        desk=desk.frame,
        row=row_of(one.overview(desk.now)),
        digest=one.waiting.digest,
        since=one.waiting.since,
        why=metadata_words.why_it_waits(one.waiting.reason),
        changes=changes_of(one.waiting.changes),
        reason=reason,
        error=error,
        told=told,
    )


def _seen(word: str) -> str:
    """What a look brought; a word of nobody's is no news."""
    if word in tuple(MetadataVerdict):
        return metadata_words.verdict(MetadataVerdict(word))
    return _("er veranderde net iets anders; kijk opnieuw") if word == _NO_LOOK else ""


def _cells(rows: tuple[MetadataRow, ...]) -> Iterator[tuple[Cell, ...]]:
    """States are the words of the command line."""
    for row in rows:
        yield (
            *(row.title, row.kind, row.name, row.address, str(row.state)),
            *(row.ends_at, row.checked_at),
        )


def _back(kind: str, key: str, done: str) -> Response:
    return redirect(url_for("operator.party_metadata", kind=kind, key=key, gedaan=done), 303)
