"""Which invitation this browser opened, and whether a code came back in it: a sealed cookie says
so, for a day.
"""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass, replace
from typing import Final

from flask import request
from pydantic import TypeAdapter, ValidationError
from werkzeug.wrappers import Response

from broker.runtime import Runtime
from keys.sealing import SealBroken
from state.db import new_id

COOKIE: Final = "__Host-sluis-uitnodiging"
SECONDS: Final = 24 * 3600
_CONTEXT: Final = "invitation-ticket"


@dataclass(frozen=True)
class InvitationTicket:
    """``browser``: this one, for the code that it asked; ``has_proof``: the code came back."""

    invitation_id: str
    browser: str
    has_proof: bool = False

    @property
    def whose(self) -> str:
        """Names this browser and its invitation, for a code."""
        return f"{self.browser}:{self.invitation_id}"

    def proven(self) -> InvitationTicket:
        """With the code that came back."""
        return replace(self, has_proof=True)


_TICKET: Final = TypeAdapter(InvitationTicket)


def new(invitation_id: str) -> InvitationTicket:
    """Of a browser that opens the link now."""
    return InvitationTicket(invitation_id, new_id())


def hand_out(response: Response, rt: Runtime, ticket: InvitationTicket) -> None:
    """From now on this browser goes on with this invitation."""
    sealed = rt.sealer.seal(_TICKET.dump_json(ticket), _CONTEXT)
    value = base64.urlsafe_b64encode(sealed).decode()
    response.set_cookie(
        COOKIE, value, max_age=SECONDS, path="/", secure=True, httponly=True, samesite="Lax"
    )


def read(rt: Runtime) -> InvitationTicket | None:
    """The ticket of this browser; None for anything that we did not seal."""
    try:
        sealed = base64.urlsafe_b64decode(request.cookies.get(COOKIE, "")[:1000])
        return _TICKET.validate_json(rt.sealer.open(sealed, _CONTEXT)) if sealed else None
    except (SealBroken, ValidationError, ValueError, binascii.Error):
        return None
