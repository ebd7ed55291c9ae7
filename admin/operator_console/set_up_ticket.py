"""Which set-up link this browser uses: a sealed cookie says so, as long as the link lasts."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final

from werkzeug.wrappers import Response

from admin.operator_console.set_up_pages import LinkRefusedPage
from admin.operators import access, set_up_links
from admin.operators.set_up_links import LinkRefusal, LinkRefused, OpenLink
from broker.runtime import Runtime
from broker.web.responses import show
from broker.web.sealed_cookie import SealedCookie


@dataclass(frozen=True)
class SetUpCookie:
    """What the cookie says. ``seed``: of the app that this browser shows."""

    link_id: str
    seed: str = field(repr=False)


SAID_FOR: Final = timedelta(hours=1)
_COOKIE: Final = SealedCookie("__Host-sluis-instellen", "operator-set-up", SetUpCookie)
take_back = _COOKIE.take_back


def hand_out(response: Response, rt: Runtime, link: OpenLink, seed: str) -> None:
    """From now on the link belongs to this browser; a while longer than it works, so that a page
    can say that it is over.
    """
    _COOKIE.hand_out(response, rt, SetUpCookie(link.id, seed), link.expires_at + SAID_FOR)


def demand(rt: Runtime) -> tuple[SetUpCookie, OpenLink]:
    """The link that this browser uses. Raises LinkRefused."""
    ticket = _COOKIE.read(rt)
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
