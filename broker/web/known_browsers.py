"""Browsers in which somebody logged in before. Whoever logs in elsewhere is told of it, and who is
at home there has a count of wrong passwords that no stranger can spend.

The cookie holds a mark for each person: a name of this browser (16 hex digits) and what only we can
make of that name and the person (48). Who has one knows nothing of the other marks, or people.
"""

from __future__ import annotations

import hmac
import secrets
from typing import Final

from flask import Request
from werkzeug.wrappers import Response

from broker.web import cookies
from keys.sealing import Sealer
from providers.browser_counts import KnownBrowser

_CONTEXT: Final = "browser"
_NAME_BYTES: Final = 8
_NAME: Final = 2 * _NAME_BYTES  # signs
_MARK: Final = 64


def known_browser(sealer: Sealer, request: Request, person_id: str) -> KnownBrowser | None:
    """This browser, when this person logged in in it before."""
    mark = _mark_of(sealer, request, person_id)
    return KnownBrowser(person_id, mark[:_NAME]) if mark is not None else None


def knows_anybody(request: Request) -> bool:
    """Is there a mark of somebody? Who has none costs no look at who that would be."""
    return bool(cookies.known_marks(request))


def keep(sealer: Sealer, request: Request, response: Response, person_id: str) -> None:
    """This person logged in here: know the browser from now on."""
    mark = _mark_of(sealer, request, person_id)
    if mark is None or mark == _of_before(sealer, person_id):
        name = secrets.token_hex(_NAME_BYTES)
        cookies.keep_known(request, response, _made(sealer, person_id, name), instead=mark)


def _mark_of(sealer: Sealer, request: Request, person_id: str) -> str | None:
    """The newest mark of this person."""
    before = _of_before(sealer, person_id)
    for mark in reversed(cookies.known_marks(request)):
        right = _made(sealer, person_id, mark[:_NAME])
        if hmac.compare_digest(mark, right) or hmac.compare_digest(mark, before):
            return mark
    return None


def _made(sealer: Sealer, person_id: str, name: str) -> str:
    return (name + sealer.fingerprint(_CONTEXT, person_id, name))[:_MARK]


def _of_before(sealer: Sealer, person_id: str) -> str:
    """The mark of version 0.1, the same in every browser: it counts until the next login here."""
    return sealer.fingerprint(_CONTEXT, person_id)
