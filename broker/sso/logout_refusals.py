"""Messages about a logout that nobody is answered for: who sent them is not known, or did not prove
it. Each leaves a trace under a reference.
"""

from __future__ import annotations

import enum
from collections.abc import Mapping

import structlog

from broker.errors import PageError
from broker.runtime import Runtime
from broker.web import refusals
from state.trace import Fact

log = structlog.get_logger()


class RefusedLogout(enum.StrEnum):
    """Why; explained in ``broker.texts.logout_reasons``."""

    UNREADABLE = "logout_unreadable"
    PARTY = "logout_party_unknown"
    SIGNATURE = "logout_signature"
    REQUEST = "logout_request"  # told to who asked
    ANSWER = "logout_answer"  # to a logout of ours; the user goes on
    TOKEN = "logout_token"  # of an OpenID Connect makelaar


class UntrustedLogout(PageError):
    """A page here; of a call the fault that it can read."""

    def __init__(self, reason: RefusedLogout, detail: str) -> None:
        super().__init__(400, reason, detail)
        self.reason = reason


def untrusted(
    rt: Runtime,
    reason: RefusedLogout,
    at: str,
    detail: str,
    found: Mapping[str, Fact],
    client_id: str | None = None,
) -> UntrustedLogout:
    """Noted, to be raised."""
    note(rt, reason, at, detail, found, client_id)
    return UntrustedLogout(reason, detail)


def note(
    rt: Runtime,
    reason: RefusedLogout,
    at: str,
    detail: str,
    found: Mapping[str, Fact],
    client_id: str | None = None,
) -> str:
    """In the log, and in a trace; the reference of it as people read it."""
    log.warning("logout.refused", reason=str(reason), detail=detail)
    return refusals.note(rt, reason, at=at, client_id=client_id, **found)
