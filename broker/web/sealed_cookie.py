"""Cookies with something of ours in them, sealed: what a browser was told or showed, for so long.
The end is sealed in it too: a browser, or who copied its cookies, keeps them as long as it likes.
"""

from __future__ import annotations

import base64
import binascii
from datetime import datetime
from typing import Final, Generic, TypeVar

from flask import request
from pydantic import TypeAdapter, ValidationError
from werkzeug.wrappers import Response

from broker.runtime import Runtime
from broker.web.cookies import set_cookie
from keys.sealing import SealBroken

MOST: Final = 4096  # characters, as much as a browser keeps
T = TypeVar("T")


class SealedCookie(Generic[T]):
    """``name`` of the cookie; ``context``: what it is sealed to; ``shape``: of what is in it."""

    def __init__(self, name: str, context: str, shape: type[T]) -> None:
        self.name = name
        self._context = context
        self._kept: TypeAdapter[tuple[datetime, T]] = TypeAdapter(tuple[datetime, shape])  # type: ignore[valid-type]

    def hand_out(self, response: Response, rt: Runtime, value: T, until: datetime) -> None:
        """This browser has it until then."""
        sealed = rt.sealer.seal(self._kept.dump_json((until, value)), self._context)
        seconds = int((until - rt.clock()).total_seconds())
        set_cookie(response, self.name, base64.urlsafe_b64encode(sealed).decode(), seconds)

    def take_back(self, response: Response) -> None:
        """It is done with."""
        response.delete_cookie(self.name, path="/", secure=True, httponly=True, samesite="Lax")

    def read(self, rt: Runtime) -> T | None:
        """What this browser has; None for what is over, and for anything that we did not seal."""
        try:
            sealed = base64.urlsafe_b64decode(request.cookies.get(self.name, "")[:MOST])
            if not sealed:
                return None
            until, value = self._kept.validate_json(rt.sealer.open(sealed, self._context))
        except (SealBroken, ValidationError, ValueError, binascii.Error):
            return None
        return value if rt.clock() < until else None
