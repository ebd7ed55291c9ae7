"""Requests of portals that are refused before there is a login, with what was sent and what is
registered. How they are kept stands in ``broker.web.refusals``.
"""

from __future__ import annotations

from broker.oidc.errors import Refused, UnknownTarget
from broker.runtime import Runtime
from broker.web.refusals import LONGEST, note, shown_address
from providers.received import told

__all__ = ["note", "note_target"]


def note_target(rt: Runtime, error: UnknownTarget) -> None:
    """An unknown client, or an address that is not registered: told on a page here."""
    if error.client_id is None:
        sent = told(error.sent, LONGEST) if error.sent is not None else None
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
