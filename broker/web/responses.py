"""Replies: a page, a redirect, or a form that posts itself to another party."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

from flask import g, make_response, redirect, render_template
from werkzeug.wrappers import Response

from broker.web.departure_page import DeparturePage
from broker.web.headers import allow_form_to


class Page(Protocol):
    """A page model: it names its template."""

    template: str


def show(page: Any, status: int = 200) -> Response:
    """Render a page model."""
    return make_response(render_template(page.template, page=page), status)


def leave(url: str, fields: Mapping[str, str], party: str) -> Response:
    """Send the browser to another party: 303, or a self-posting form when there are fields."""
    if not fields:
        return redirect(url, 303)
    allow_form_to(url)
    return show(DeparturePage(party=party, url=url, fields=tuple(fields.items())))


def remember_reference(reference: str) -> None:
    """The reference of the login that this request is about: in the log and on an error page."""
    g.reference = reference


def set_cookies(response: Response, cookies: Mapping[str, str]) -> None:
    """Session cookies that a protocol hands out on the way (the console)."""
    for name, value in cookies.items():
        response.set_cookie(name, value, path="/", secure=True, httponly=True, samesite="Lax")
