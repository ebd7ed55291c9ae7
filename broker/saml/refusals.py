"""Requests that are refused before there is a login leave a trace under a reference. How one is
kept stands where the application is put together: no protocol keeps them for another.
"""

from __future__ import annotations

from typing import Protocol

import structlog

from broker.runtime import Runtime
from broker.saml.errors import UntrustedRequest
from broker.web.language import locale
from state.trace import Fact

log = structlog.get_logger()


class NoteRefusal(Protocol):
    """Keeps what was refused at this step; the reference as people read it."""

    def __call__(
        self, rt: Runtime, reason: str, *, at: str, client_id: str | None = None, **found: Fact
    ) -> str: ...


def kept(rt: Runtime, error: UntrustedRequest, note: NoteRefusal) -> UntrustedRequest:
    """The same error, in the log and in a trace, with the way back to the portal it is of."""
    log.warning("authn_request.refused", reason=str(error.reason), detail=error.detail)
    note(rt, error.reason, at=error.step, client_id=error.client_id, **error.found)
    error.values |= _way_back(rt, error.client_id)
    return error


def _way_back(rt: Runtime, client_id: str | None) -> dict[str, str]:
    """Where somebody begins again: the registered page of the portal, never an address that was
    sent.
    """
    portal = rt.configuration.relying_parties.get(client_id or "")
    if portal is None or portal.start_url is None:
        return {}
    return {"home_url": portal.start_url, "portal": portal.name.in_(locale())}
