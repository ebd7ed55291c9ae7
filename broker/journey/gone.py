"""The page of a login that is over: why it is, and the way back to where it was asked.

A browser learns what became of its own login. Who shows no cookie of it opened an old address, and
hears that; for which portal it was, the address itself says.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import Any, Final

from flask import request

from broker.downstream import RefusalCode
from broker.errors import PageError
from broker.journey import login_store
from broker.journey.addresses import PORTAL, portal_mark
from broker.journey.login import Login
from broker.journey.login_cookie import is_same_browser
from broker.runtime import Runtime
from broker.web import cookies
from broker.web.announcements import remember_about
from broker.web.language import locale
from broker.web.responses import remember_portal, remember_reference
from directory.consoles import CONSOLES

_ENDED: Final = MappingProxyType({None: "login_finished", RefusalCode.CANCELLED: "login_cancelled"})


def page_of(rt: Runtime, login_id: str, over: Login | None) -> PageError:
    """The page for a login that ended. ``over``: it ran out, and its ending is still to be
    written.
    """
    page = _known(rt, login_id, over, needs_cookie=True)
    return page or PageError(410, "login_unknown", **_back_to(rt, _marked(rt)))


def page_of_answer(rt: Runtime, login_id: str, over: Login | None) -> PageError:
    """The same for the answer of a makelaar, which came too late or was brought once more. A POST
    comes without our cookies: whoever brings it hears that it is late, and no more.
    """
    page = _known(rt, login_id, over, needs_cookie=request.method != "POST")
    if page is None or (request.method == "POST" and page.public_key != "login_expired"):
        return PageError(410, "login_expired", "answer for no login")
    return PageError(410, page.public_key, "answer for no login", **page.values)


def _known(
    rt: Runtime, login_id: str, over: Login | None, *, needs_cookie: bool
) -> PageError | None:
    """What became of the login; None where nothing is known, or who asks may not know."""
    finished = login_store.parse(rt.store.get(login_store.finished_key(login_id)), rt.sealer)
    login = finished.login if finished is not None else over
    if login is None:
        return None
    # The cookie of a login that gave way went with it.
    if needs_cookie and not login.gave_way and not is_same_browser(request, login):
        return None
    remember_reference(login.reference)
    remember_about(login.request.service_uuid, login.provider_id)
    remember_portal(login.request.client_id)
    back = _back_to(rt, login.request.client_id)
    if login.gave_way:
        return PageError(410, "login_gave_way", **back)
    if finished is None or login_store.ran_out(login):
        lasted = login.expires_at - login.created_at
        minutes = int(lasted.total_seconds()) // 60
        return PageError(410, "login_expired", begun=login.created_at, minutes=minutes, **back)
    code = login.ended.code if login.ended is not None else None
    return PageError(409, _ENDED.get(code, "login_refused"), **back)


def _marked(rt: Runtime) -> str | None:
    """The portal that the address names, for a browser in which somebody logged in before: it shows
    a bookmark of its own. Others learn of no portal.
    """
    if cookies.KNOWN not in request.cookies:
        return None
    asked = request.args.get(PORTAL, "")
    known = (*rt.configuration.relying_parties, *(console.client_id for console in CONSOLES))
    return next((client_id for client_id in known if portal_mark(client_id) == asked), None)


def _back_to(rt: Runtime, client_id: str | None) -> dict[str, Any]:
    """``home_url`` and the name of a portal or a console of ours."""
    console = next((one for one in CONSOLES if one.client_id == client_id), None)
    if console is not None:
        return {"home_url": console.path, "portal": console.service.name.in_(locale())}
    portal = rt.configuration.relying_parties.get(client_id or "")
    if portal is None:
        return {}
    return {"home_url": portal.start_url, "portal": portal.name.in_(locale())}
