"""Which set-up link this browser uses: a sealed cookie says so, as long as the link lasts."""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from flask import request
from pydantic import TypeAdapter, ValidationError
from werkzeug.wrappers import Response

from admin.operator_console.set_up_pages import LinkRefusedPage
from admin.operators import access, set_up_links
from admin.operators.set_up_links import LinkRefusal, LinkRefused, OpenLink
from broker.runtime import Runtime
from broker.web.responses import show
from keys.sealing import SealBroken

COOKIE: Final = "__Host-sluis-instellen"
_CONTEXT: Final = "operator-set-up"


@dataclass(frozen=True)
class SetUpCookie:
    """What the cookie says. ``seed``: of the app that this browser shows."""

    link_id: str
    seed: str = field(repr=False)


_TICKET: Final = TypeAdapter(SetUpCookie)


def hand_out(response: Response, rt: Runtime, link: OpenLink, seed: str, now: datetime) -> None:
    """From now on the link belongs to this browser."""
    seconds = int((link.expires_at - now).total_seconds())
    sealed = rt.sealer.seal(_TICKET.dump_json(SetUpCookie(link.id, seed)), _CONTEXT)
    value = base64.urlsafe_b64encode(sealed).decode()
    response.set_cookie(
        COOKIE, value, max_age=seconds, path="/", secure=True, httponly=True, samesite="Lax"
    )


def take_back(response: Response) -> None:
    response.delete_cookie(COOKIE, path="/", secure=True, httponly=True, samesite="Lax")


def demand(rt: Runtime) -> tuple[SetUpCookie, OpenLink]:
    """The link that this browser uses. Raises LinkRefused."""
    ticket = _read(rt)
    if ticket is None:
        raise LinkRefused(LinkRefusal.UNKNOWN)
    return ticket, set_up_links.resume(rt.session, ticket.link_id, rt.clock())


def resumed(rt: Runtime) -> OpenLink | None:
    """As demand, None where it raises."""
    try:
        return demand(rt)[1]
    except LinkRefused:
        return None


def refused(why: LinkRefused) -> Response:
    """The page that says what to do now."""
    return show(LinkRefusedPage(str(why.why)), 404 if why.why is LinkRefusal.UNKNOWN else 410)


def user_name(rt: Runtime, link: OpenLink) -> str:
    return access.account_of(rt.session, link.person_id).user_name


def _read(rt: Runtime) -> SetUpCookie | None:
    try:
        sealed = base64.urlsafe_b64decode(request.cookies.get(COOKIE, "")[:1000])
        return _TICKET.validate_json(rt.sealer.open(sealed, _CONTEXT)) if sealed else None
    except (SealBroken, ValidationError, ValueError, binascii.Error):
        return None
