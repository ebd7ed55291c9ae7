"""How far an activation is in this browser: a cookie names it, the rest is sealed in the store for
a day. Nothing is activated before the last step; elsewhere one begins with the letter again.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from flask import request
from pydantic import TypeAdapter, ValidationError
from werkzeug.wrappers import Response

from assurance.means_letters import MeansLetter
from broker.runtime import Runtime
from broker.web.cookies import set_cookie
from keys.opening import open_or_log
from providers import activation
from providers.activation import WaitingMeans

COOKIE: Final = "__Host-sluis-activeren"
KEPT_SECONDS: Final = 24 * 3600


@dataclass(frozen=True)
class Activating:
    """``letter_id``: its code was right; ``mail``: the address whose code was right as well.
    ``password_hash`` of the new account, or ``is_proved`` where one stands; ``seed``: of the app
    that the page shows; ``sms_hash`` of the code that went out at ``sms_at``.
    """

    letter_id: str
    mail: str = ""
    user_name: str = ""
    password_hash: str = field(default="", repr=False)
    is_proved: bool = False
    seed: str = field(default="", repr=False)
    sms_hash: str = ""
    sms_at: datetime | None = None


_ADAPTER: Final = TypeAdapter(Activating)


@dataclass(frozen=True)
class Here:
    """An activation in this browser, with what it is for as it stands now."""

    token: str
    state: Activating
    waiting: WaitingMeans

    @property
    def has_mail(self) -> bool:
        """A code came back from the address of now: an administrator may have mended it since."""
        return bool(self.state.mail) and self.state.mail == self.waiting.email


def begin(rt: Runtime, response: Response, letter_id: str) -> None:
    """From now on this browser is at it."""
    token = secrets.token_urlsafe(32)
    keep(rt, token, Activating(letter_id))
    set_cookie(response, COOKIE, token, KEPT_SECONDS)


def keep(rt: Runtime, token: str, state: Activating) -> None:
    key = _key(token)
    rt.store.put(key, rt.sealer.seal(_ADAPTER.dump_json(state), key), KEPT_SECONDS)


def here(rt: Runtime) -> Here | None:
    """The one of this browser; None where there is none, or where it is over."""
    token = request.cookies.get(COOKIE, "")[:100]
    sealed = rt.store.get(_key(token)) if token else None
    opened = open_or_log(rt.sealer, sealed, _key(token), what="activation") if sealed else None
    if opened is None:
        return None
    try:
        state = _ADAPTER.validate_json(opened)
    except ValidationError:  # another version of the program wrote it
        return None
    letter = rt.session.get(MeansLetter, state.letter_id)
    found = activation.waiting(rt.session, letter, rt.clock()) if letter is not None else None
    return Here(token, state, found) if found is not None else None


def forget(rt: Runtime, response: Response, token: str) -> None:
    """It is done."""
    rt.store.take(_key(token))
    response.delete_cookie(COOKIE, path="/", secure=True, httponly=True, samesite="Lax")


def _key(token: str) -> str:
    return f"activation:{token}"
