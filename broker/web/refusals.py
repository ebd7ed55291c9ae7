"""What was refused outside the steps of a login: a request before there was one, and every page of
error. Each has a reference, and under it a trace with what was seen and what was expected. Who
asked hears no more than a page or a standard says.

Whose trace cannot be kept (the database is away, or somebody floods us) is in the log alone.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final
from urllib.parse import parse_qsl, urlsplit

import structlog
from flask import g, request
from sqlalchemy.exc import SQLAlchemyError

from broker.runtime import Runtime
from broker.web.announcements import about
from broker.web.current_request import current_notes
from broker.web.responses import portal_of_request, remember_reference
from keys.opening import missed_since
from providers.received import told
from state import outages, trace
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
KEPT_OF_ALL: Final = Limit("refusal-traces-all", 600, 60)
KEPT_ONCE: Final = Limit("refusal-traces-once", 1, 900)  # the same about one login
DATABASE_AWAY: Final = Limit("refusal-traces-away", 1, 30)
LONGEST: Final = 300
PAGE: Final = "page"  # step of a page that was shown
PROGRAM: Final = "program"  # the same, told to a program
_HIDDEN: Final = "..."
_NOTHING: Final[Mapping[str, Fact]] = MappingProxyType({})
log = structlog.get_logger()


@dataclass(frozen=True)
class ErrorShown:
    """A page of error, or the same for a program. ``step``: PAGE or PROGRAM; ``is_ours``: it went
    wrong here; ``may_be_kept`` is False where the database is what is away.
    """

    reason: str
    step: str = PAGE
    is_ours: bool = False
    may_be_kept: bool = True
    found: Mapping[str, Fact] = field(default_factory=lambda: _NOTHING)


def note(rt: Runtime, reason: str, *, at: str, client_id: str | None = None, **found: Fact) -> str:
    """Keep what was refused at this step; the reference as people read it. A request about a login
    that is known has the reference of that login, and stands beside its trace, once. ``client_id``:
    of a registered client.
    """
    known = reference_of_request()
    reference = known or new_reference()
    remember_reference(reference)
    step = TraceStep(at, "refused", str(reason), 0, _measured(found))
    g.is_kept = _keep(rt, reference, step, client_id)
    return show_reference(reference)


def told_by_login() -> None:
    """The trace of the login itself says what this request is refused for."""
    g.is_kept = True


def note_error(rt: Runtime, error: ErrorShown) -> tuple[str, bool]:
    """The reference that this page shows, and whether a trace of it is kept under it. A page about
    a login stands beside the trace of that login, once.
    """
    known = reference_of_request()
    reference = known or new_reference()
    told: bool | None = getattr(g, "is_kept", None)
    if known is None:
        remember_reference(reference)
    elif told is not None:
        return reference, told
    found = {**error.found, "in_login": True if known else None}
    outcome = "failed" if error.is_ours else "refused"
    step = TraceStep(error.step, outcome, error.reason, 0, _measured(found))
    return reference, error.may_be_kept and _keep(rt, reference, step, portal_of_request())


def reference_of_request() -> str | None:
    """That of the login or the refusal that this request is about; None where there is none."""
    known: str | None = getattr(g, "reference", None)
    return known


def _may_keep(rt: Runtime) -> bool:
    now = rt.clock()
    if rt.windows.is_blocked(DATABASE_AWAY, "", now):
        return False
    from_here = rt.windows.spend(KEPT, network_of(request.remote_addr or ""), now)
    return from_here <= KEPT.most and rt.windows.spend(KEPT_OF_ALL, "", now) <= KEPT_OF_ALL.most


def _measured(found: Mapping[str, Fact]) -> dict[str, Fact]:
    """With the fact that something could not be opened: what then looks old or unknown is neither,
    and the operator is who mends it.
    """
    measured: dict[str, Fact] = {name: value for name, value in found.items() if value is not None}
    if missed_since(current_notes().get("began", math.inf)):
        measured["other_master_key"] = True
    return measured


def _keep(rt: Runtime, reference: str, step: TraceStep, client_id: str | None) -> bool:
    """Is it kept? The same about one login is kept once. A database that is away takes nothing from
    the answer, and is left alone for a while.
    """
    now, login, same = rt.clock(), about(), f"{reference} {step.step} {step.reason}"
    if rt.windows.is_blocked(KEPT_ONCE, same, now):
        return True
    if not _may_keep(rt):
        return False
    record = TraceRecord(
        reference=reference,
        started_at=now,
        ended_at=now,
        outcome=NOT_BEGUN,
        reason=step.reason,
        client_id=client_id,
        service_uuid=login.service_uuid if login else None,
        provider_id=login.provider_id if login else None,
        steps=(step,),
    )
    try:
        with writing(rt.session) as session:
            trace.save(session, record)
    except (SQLAlchemyError, OSError, MemoryError) as error:
        rt.windows.block(DATABASE_AWAY, "", now)
        log.warning("refusal.not_kept", error=outages.named(error))
        return False
    rt.windows.block(KEPT_ONCE, same, now)
    return True


def shown_address(sent: str, registered: Sequence[str] = ()) -> str:
    """A received address without what may be a secret of somebody: values of its query, its
    fragment, and a name and password. What stands in a registration too may be read.
    """
    try:
        parts = urlsplit(sent)
        known = {value for uri in registered for _, value in parse_qsl(urlsplit(uri).query)}
    except ValueError:
        return told(re.split(r"[?#]", sent)[0], LONGEST)
    netloc = f"{_HIDDEN}@{parts.netloc.rpartition('@')[2]}" if "@" in parts.netloc else parts.netloc
    address = parts._replace(netloc=netloc, query="", fragment="").geturl()
    if "?" in sent.partition("#")[0]:
        address += "?" + "&".join(_query(parts.query, known))
    if "#" in sent:
        address += f"#{_HIDDEN if parts.fragment else ''}"
    return told(address, LONGEST)


def _query(query: str, known: set[str]) -> list[str]:
    pairs = parse_qsl(query, keep_blank_values=True)
    return [f"{name}={value if value in known or not value else _HIDDEN}" for name, value in pairs]
