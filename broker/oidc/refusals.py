"""Requests that are refused before there is a login: each has a reference, and under it a trace
with what was sent and what is registered. The portal hears no more than the standards say.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final
from urllib.parse import parse_qsl, urlsplit

import structlog
from flask import g, request
from sqlalchemy.exc import SQLAlchemyError

from broker.oidc.errors import Refused, UnknownTarget
from broker.runtime import Runtime
from broker.web.responses import remember_reference
from state import trace
from state.db import writing
from state.limits import Limit, network_of
from state.trace import (
    NOT_BEGUN,
    Fact,
    TraceRecord,
    TraceStep,
    new_reference,
    show_reference,
)

# Who floods us does not flood the traces; the log has the rest.
KEPT: Final = Limit("refusal-traces", 60, 60)
LONGEST: Final = 300
_HIDDEN: Final = "..."
log = structlog.get_logger()


def note(rt: Runtime, reason: str, *, at: str, client_id: str | None = None, **found: Fact) -> str:
    """Keep what was refused at this step; the reference as people read it. A request about a login
    that is known has the reference of that login, whose trace stays as it is. ``client_id``: of a
    registered client.
    """
    known: str | None = getattr(g, "reference", None)
    if known is not None:
        return show_reference(known)
    reference = new_reference()
    remember_reference(reference)
    now = rt.clock()
    if rt.windows.spend(KEPT, network_of(request.remote_addr or ""), now) <= KEPT.most:
        measured = {name: value for name, value in found.items() if value is not None}
        _keep(
            rt,
            TraceRecord(
                reference=reference,
                started_at=now,
                ended_at=now,
                outcome=NOT_BEGUN,
                reason=reason,
                client_id=client_id,
                steps=(TraceStep(at, "refused", reason, 0, measured),),
            ),
        )
    return show_reference(reference)


def note_target(rt: Runtime, error: UnknownTarget) -> None:
    """An unknown client, or an address that is not registered: told on a page here."""
    if error.client_id is None:
        sent = shown(error.sent) if error.sent is not None else None
        note(rt, Refused.CLIENT, at="client", sent=sent)
    else:
        registered = " ".join(error.registered)[:LONGEST] or None
        sent = shown_address(error.sent, error.registered) if error.sent is not None else None
        note(
            rt,
            Refused.ADDRESS,
            at="client",
            client_id=error.client_id,
            sent=sent,
            registered=registered,
        )


def _keep(rt: Runtime, record: TraceRecord) -> None:
    """A database that is away takes nothing from the answer."""
    try:
        with writing(rt.session) as session:
            trace.save(session, record)
    except SQLAlchemyError as error:
        log.warning("refusal.not_kept", error=type(error).__name__)


def shown(sent: str) -> str:
    """Received text as a trace may hold it: of one line, and not long."""
    plain = "".join(sign if sign.isprintable() else "?" for sign in sent[:LONGEST])
    return plain + (_HIDDEN if len(sent) > LONGEST else "")


def shown_address(sent: str, registered: Sequence[str] = ()) -> str:
    """A received address without what may be a secret of somebody: values of its query, its
    fragment, and a name and password. What stands in a registration too may be read.
    """
    try:
        parts = urlsplit(sent)
        known = {value for uri in registered for _, value in parse_qsl(urlsplit(uri).query)}
    except ValueError:
        return shown(re.split(r"[?#]", sent)[0])
    netloc = f"{_HIDDEN}@{parts.netloc.rpartition('@')[2]}" if "@" in parts.netloc else parts.netloc
    address = parts._replace(netloc=netloc, query="", fragment="").geturl()
    if "?" in sent.partition("#")[0]:
        address += "?" + "&".join(_query(parts.query, known))
    if "#" in sent:
        address += f"#{_HIDDEN if parts.fragment else ''}"
    return shown(address)


def _query(query: str, known: set[str]) -> list[str]:
    pairs = parse_qsl(query, keep_blank_values=True)
    return [f"{name}={value if value in known or not value else _HIDDEN}" for name, value in pairs]
