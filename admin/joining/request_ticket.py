"""What a first administrator filled in so far: a sealed cookie holds it, for an hour, so that a
stranger leaves nothing behind here.
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

COOKIE: Final = "__Host-sluis-aanvraag"
SECONDS: Final = 3600
_CONTEXT: Final = "account-request-ticket"


@dataclass(frozen=True)
class RequestTicket:
    """``browser``: this one, for the code; ``has_proof``: the code came back."""

    browser: str
    kvk: str
    organisation: str = ""
    name: str = ""
    email: str = ""
    has_proof: bool = False

    @property
    def whose(self) -> str:
        """Names this browser and the address, for a code."""
        return f"{self.browser}:{self.email}"

    def proven(self) -> RequestTicket:
        """With the code that came back."""
        return replace(self, has_proof=True)


_TICKET: Final = TypeAdapter(RequestTicket)


def hand_out(response: Response, rt: Runtime, ticket: RequestTicket) -> None:
    """Keep it in this browser."""
    sealed = rt.sealer.seal(_TICKET.dump_json(ticket), _CONTEXT)
    value = base64.urlsafe_b64encode(sealed).decode()
    response.set_cookie(
        COOKIE, value, max_age=SECONDS, path="/", secure=True, httponly=True, samesite="Lax"
    )


def take_back(response: Response) -> None:
    response.delete_cookie(COOKIE, path="/", secure=True, httponly=True, samesite="Lax")


def read(rt: Runtime) -> RequestTicket | None:
    """The ticket of this browser; None for anything that we did not seal."""
    try:
        sealed = base64.urlsafe_b64decode(request.cookies.get(COOKIE, "")[:4000])
        return _TICKET.validate_json(rt.sealer.open(sealed, _CONTEXT)) if sealed else None
    except (SealBroken, ValidationError, ValueError, binascii.Error):
        return None
