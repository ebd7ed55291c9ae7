"""Replies: a page, a redirect, or a page that goes on to another party by itself."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

from flask import g, make_response, redirect, render_template, request
from werkzeug.urls import iri_to_uri
from werkzeug.wrappers import Response

from broker.runtime import runtime
from broker.web.after_form import ends_form
from broker.web.current_request import current_notes
from broker.web.departure_page import DeparturePage
from broker.web.headers import let_form_leave
from directory.consoles import CONSOLES


class Page(Protocol):
    """A page model: it names its template."""

    template: str


def show(page: Any, status: int = 200) -> Response:
    """Render a page model."""
    return make_response(render_template(page.template, page=page), status)


def leave(url: str, fields: Mapping[str, str], party: str, *, after_form: bool = False) -> Response:
    """Send the browser to another party: 303, or a page that goes on by itself where a form of
    ours ends here, or where the party gets ``fields`` by POST.

    ``after_form``: this request follows a form of ours, whether or not the browser says so.
    """
    if fields:
        let_form_leave()
        return show(DeparturePage(party, url, tuple(fields.items())))
    if (after_form or ends_form()) and not url.startswith(f"{runtime().base_url}/"):
        return show(DeparturePage(party, iri_to_uri(url)))
    return redirect(url, 303)


def remember_reference(reference: str) -> None:
    """The reference of the login that this request is about: in the log and on an error page."""
    current_notes().reference = reference


def remember_portal(client_id: str | None) -> None:
    """The registered portal, or console of ours, that this request is about."""
    current_notes().portal = client_id


def portal_of_request() -> str | None:
    """The registered portal that this request is about, or the console of ours in which it is;
    None where that is not known.
    """
    known: str | None = getattr(g, "portal", None)
    return known or next((one.client_id for one in CONSOLES if _is_in(one.path)), None)


def _is_in(path: str) -> bool:
    return request.path == path or request.path.startswith(f"{path}/")


def set_cookies(response: Response, cookies: Mapping[str, str]) -> None:
    """Session cookies that a protocol hands out on the way (the console)."""
    for name, value in cookies.items():
        response.set_cookie(name, value, path="/", secure=True, httponly=True, samesite="Lax")
