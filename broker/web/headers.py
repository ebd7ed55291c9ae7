"""Response headers: a strict content policy, no framing, no caching of anything that knows a
person.

What is the same for many answers is made once, and joins each as it leaves, in the place of what a
view said under those names.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING, Final, cast

from flask import Flask, Response, g
from werkzeug.datastructures import Headers
from werkzeug.wrappers import Response as AnyResponse

from broker.web.current_request import current_notes
from broker.web.endpoints import Readers, endpoints_of

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

BASE_POLICY = (
    "default-src 'none'; style-src 'self'; font-src 'self'; img-src 'self'; script-src 'self'; "
    "object-src 'none'; base-uri 'none'; frame-ancestors 'none'"
)
NOTHING = "default-src 'none'; sandbox; frame-ancestors 'none'"
OUR_FORMS = "; form-action 'self'"
FIXED = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}
MAX_COOKIE: Final = 4093  # bytes that every browser keeps
_WITHOUT_BODY: Final = frozenset({*range(100, 200), 204, 304})
# An address that stays as it is where all that must be quoted in one is quoted.
_QUOTED: Final = re.compile(
    r"(?:https?://[a-z0-9-]{1,63}(?:\.[a-z0-9-]{1,63})*(?::[1-9][0-9]{0,3}|:[1-5][0-9]{4})?/|/(?!/))"
    r"[A-Za-z0-9_.~%!$&'()*+,/:;=@-]*(?:\?[A-Za-z0-9_.~%!$&'()*+,/:;=?@-]+)?"
)
_TOLD: Final = "header_wishes"


@dataclass(frozen=True)
class _Wishes:
    """What the view of this request asked of the policy of its answer."""

    form_leaves: bool = False
    framed_by: str = ""  # origins
    runs_nothing: bool = False
    looks_again: bool = False


_NONE: Final = _Wishes()


@dataclass(frozen=True)
class _Joining:
    """Headers that join an answer. ``names``, in lower case: what nobody else says in it."""

    headers: tuple[tuple[str, str], ...] = ()
    names: frozenset[str] = frozenset()

    def of(self, said: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
        """What an answer says, with these."""
        return [*(pair for pair in said if pair[0].lower() not in self.names), *self.headers]


class HeadedResponse(Response):
    """An answer that certain headers join as it leaves."""

    joining = _Joining()
    max_cookie_size = MAX_COOKIE

    def get_wsgi_response(
        self, environ: WSGIEnvironment
    ) -> tuple[Iterable[bytes], str, list[tuple[str, str]]]:
        told = list(self.headers)
        values = {name.lower(): value for name, value in told}
        if not self._is_plain(environ, values):
            pieces, status, said = super().get_wsgi_response(environ)
            return pieces, status, self.joining.of(said)
        # What the library would say of this answer, without a copy of its headers in between.
        if "content-length" not in values:
            told.append(("Content-Length", str(sum(map(len, self.iter_encoded())))))
        return self.get_app_iter(environ), self.status, self.joining.of(told)

    def _is_plain(self, environ: WSGIEnvironment, values: Mapping[str, str]) -> bool:
        """Has it a body of a known length, and no address that must be quoted? ``values``: of its
        headers, by their names in lower case.
        """
        if environ["REQUEST_METHOD"] == "HEAD" or self.status_code in _WITHOUT_BODY:
            return False
        if not self.is_sequence or "content-location" in values:
            return False
        place = values.get("location")
        return place is None or _QUOTED.fullmatch(place) is not None


def let_form_leave() -> None:
    """For the one page whose form posts to another party. That party may send the browser on to
    whom it likes, and Chromium holds each of these against ``form-action``: there is none.
    """
    g.header_wishes = replace(_wishes(), form_leaves=True)


def let_be_framed(by: tuple[str, ...]) -> None:
    """For the one answer that others hold in a frame, with nothing in it to click on or to read:
    that a session ended (OpenID Connect Front-Channel Logout 1.0 §3). ``by``: their origins.
    """
    g.header_wishes = replace(_wishes(), framed_by=" ".join(by))


def let_nothing_run() -> None:
    """For a file that somebody brought: whatever it is, a browser that shows it runs and fetches
    nothing.
    """
    g.header_wishes = replace(_wishes(), runs_nothing=True)


def allow_looking_again() -> None:
    """Let the script of this page fetch it again."""
    g.header_wishes = replace(_wishes(), looks_again=True)


def install(app: Flask, *, hsts: bool) -> None:
    """Set the headers on every response, also on errors and static files."""
    declared = endpoints_of(app)
    app.response_class = HeadedResponse

    @app.after_request
    def _headers(response: AnyResponse) -> AnyResponse:
        is_found = response.status_code < 400
        readers = declared.asked().readers if is_found else Readers.VISITOR
        if readers is Readers.VISITOR:
            _keep_apart(response)
        joining = _joining(_wishes(), readers, hsts)
        if isinstance(response, HeadedResponse):
            response.joining = joining
        else:  # made without the application; it gets them at once
            response.headers = Headers(joining.of(response.headers))
        return response


def _wishes() -> _Wishes:
    return cast(_Wishes, current_notes().get(_TOLD, _NONE))


def _keep_apart(response: AnyResponse) -> None:
    """Caches keep answers apart by cookies, whatever else they keep them apart by."""
    if response.headers.getlist("Vary"):
        response.vary.add("Cookie")
    else:
        response.headers.add("Vary", "Cookie")


@lru_cache(maxsize=256)  # origins of makelaars are among the wishes
def _joining(wishes: _Wishes, readers: Readers, hsts: bool) -> _Joining:
    headers = dict(FIXED)
    policy = BASE_POLICY if wishes.form_leaves else BASE_POLICY + OUR_FORMS
    if wishes.looks_again:
        policy += "; connect-src 'self'"
    if wishes.framed_by:
        policy = f"default-src 'none'; frame-ancestors {wishes.framed_by}"
        del headers["X-Frame-Options"]
    if wishes.runs_nothing:
        policy = NOTHING
    headers["Content-Security-Policy"] = policy
    if hsts:
        headers["Strict-Transport-Security"] = "max-age=63072000; includeSubDomains"
    if readers is Readers.ANYBODY:
        headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    elif readers is Readers.VISITOR:
        headers |= {"Cache-Control": "no-store", "Pragma": "no-cache"}
    names = {name.lower() for name in (*headers, "X-Frame-Options", "Server")}
    return _Joining(tuple(headers.items()), frozenset(names))
