"""A small browser without a window: pages, forms, redirects, and cookies as strictly as a real one
keeps them.

It refuses what Chromium refuses: a ``__Host-`` cookie that breaks its rules, a form that its page's
Content-Security-Policy does not allow to go there, a ``Lax`` cookie on a cross-site POST. A page
that submits itself (``leave.js``) is submitted, one that goes on at once (``Refresh``) is followed;
no other script runs.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.cookies import Morsel, SimpleCookie
from typing import Any, Final
from urllib.parse import urlencode, urljoin, urlsplit

import lxml.html
import urllib3
from lxml.html import FormElement, HtmlElement

from sandbox.wire import Answer, HttpWire, Wire

MOST_HOPS: Final = 20
LOOPBACK: Final = ("localhost", "127.0.0.1", "127.0.0.2", "::1")


class BrowserError(Exception):
    """What a browser would refuse, or what is not on the page. Names the page."""


@dataclass(frozen=True)
class Cookie:
    """One kept cookie. ``expires``: seconds since the epoch, None until the browser closes."""

    value: str
    same_site: str
    expires: float | None


@dataclass(frozen=True)
class Page:
    """What the browser shows. ``url`` after all redirects; ``method``: how it was asked there."""

    url: str
    status: int
    answer: Answer
    tree: HtmlElement = field(repr=False)
    method: str = "GET"

    @property
    def title(self) -> str:
        return _words(self.tree.findtext(".//title") or "")

    @property
    def heading(self) -> str:
        """The first h1; empty where there is none."""
        found = self.tree.find(".//h1")
        return "" if found is None else _words(found.text_content())

    @property
    def text(self) -> str:
        """All words that a reader sees."""
        main = self.tree.find(".//main")
        return _words((self.tree if main is None else main).text_content())

    @property
    def forms(self) -> list[FormElement]:
        return list(self.tree.forms)

    def forms_may_go_to(self, url: str) -> bool:
        """What ``form-action`` of this page says about that address."""
        for directive in (self.answer.header("Content-Security-Policy") or "").split(";"):
            words = directive.split()
            if words[:1] == ["form-action"]:
                return any(_covers(source, url, self.url) for source in words[1:])
        return True


class Browser:
    """One user's browser. ``page`` is what it shows now; ``visited`` every address since the
    start; ``user_agent`` what it says it is, by default nothing.
    """

    def __init__(
        self, language: str = "nl", *, javascript: bool = True, wire: Wire | None = None
    ) -> None:
        self.page: Page | None = None
        self.visited: list[str] = []
        self.user_agent = ""
        self._language = language
        self._javascript = javascript
        self._cookies: dict[str, dict[str, Cookie]] = {}
        self._wire = wire or HttpWire()
        # Of the form that is being sent: field, file name and content of each.
        self._files: list[tuple[str, str, bytes]] = []

    # What a user does.

    def open(self, url: str) -> Page:
        """Type an address."""
        return self._navigate("GET", url, None, initiator=None, checked=None)

    def click(self, text: str) -> Page:
        """Click the link or button that says this. Exact words win over a part. Raises
        BrowserError.
        """
        return self.follow(self._clickable(text))

    def follow(self, found: HtmlElement) -> Page:
        """Click this link or button of the page. Raises BrowserError."""
        if found.tag == "a":
            return self._navigate("GET", found.get("href", ""), None, self._now(), None)
        form = next(found.iterancestors("form"), None)
        if form is None:
            raise BrowserError(f"{_said(found)!r} is in no form on {self._now().url}")
        return self._submit(form, found)

    def press(self, name: str, value: str) -> Page:
        """Press the button with this name and value. Raises BrowserError."""
        for form in self._now().forms:
            for button in _buttons(form):
                if (button.get("name"), button.get("value")) == (name, value):
                    return self._submit(form, button)
        raise BrowserError(f"no button {name}={value} on {self._now().url}")

    def fill(self, name: str, value: str) -> None:
        """Fill a field, choose an option, tick a box (``value`` is then its value)."""
        for form in self._now().forms:
            if name in form.fields:
                box = form.inputs[name]
                if getattr(box, "type", None) == "checkbox":
                    box.checked = True
                else:
                    form.fields[name] = value
                return
        raise BrowserError(f"no field {name} on {self._now().url}")

    def post(self, url: str, fields: list[tuple[str, str]]) -> Page:
        """Send a form that is not on the page, from this page. What an attacker's page would do."""
        return self._navigate("POST", url, fields, self.page, None)

    def bring(self, url: str, fields: list[tuple[str, str]], name: str, text: str) -> Page:
        """Send a form with this text as the file of the field ``name``."""
        return self.bring_files(url, fields, [(name, "bestand.csv", text.encode())])

    def bring_files(
        self, url: str, fields: list[tuple[str, str]], files: list[tuple[str, str, bytes]]
    ) -> Page:
        """Send a form with files: the field, the file's name and its content of each."""
        self._files = files
        try:
            return self._navigate("POST", url, fields, self.page, self.page)
        finally:
            self._files = []

    def cookies(self, url: str) -> dict[str, str]:
        """Names and values that this browser keeps for the host of ``url``."""
        kept = self._cookies.get(urlsplit(url).hostname or "", {})
        return {name: cookie.value for name, cookie in kept.items()}

    def keep_cookie(self, url: str, name: str, value: str) -> None:
        """As if the host of ``url`` gave it before, until the browser closes."""
        jar = self._cookies.setdefault(urlsplit(url).hostname or "", {})
        jar[name] = Cookie(value, "lax", None)

    def forget_cookies(self) -> None:
        """As a user does who clears everything."""
        self._cookies.clear()

    def duplicate(self) -> Browser:
        """A browser with the cookies of this moment, as a thief of the jar would have."""
        other = Browser(self._language, javascript=self._javascript, wire=self._wire)
        other.user_agent = self.user_agent
        other._cookies = {host: dict(jar) for host, jar in self._cookies.items()}
        return other

    def speak(self, language: str) -> None:
        """Ask for pages in this language from now on."""
        self._language = language

    # How a browser does it.

    def _now(self) -> Page:
        if self.page is None:
            raise BrowserError("no page is open")
        return self.page

    def _clickable(self, text: str) -> HtmlElement:
        candidates = [
            element
            for element in self._now().tree.iter("a", "button", "input")
            if _is_clickable(element)
        ]
        said = [(_said(element), element) for element in candidates]
        exact = [element for words, element in said if words == text]
        part = [element for words, element in said if text in words]
        if not exact and not part:
            page = self._now()
            raise BrowserError(
                f"nothing says {text!r} on {page.url} ({page.status}: {page.heading})"
            )
        return (exact or part)[0]

    def _submit(self, form: FormElement, button: HtmlElement | None) -> Page:
        page = self._now()
        fields = [(name, value) for name, value in form.form_values()]
        if button is not None and button.get("name"):
            fields.append((button.get("name"), button.get("value", "")))
        target = urljoin(page.url, form.get("action") or page.url)
        if (form.get("method") or "get").lower() == "post":
            return self._navigate("POST", target, fields, page, page)
        address = target.partition("?")[0] + "?" + urlencode(fields)
        return self._navigate("GET", address, None, page, page)

    def _navigate(
        self,
        method: str,
        target: str,
        fields: list[tuple[str, str]] | None,
        initiator: Page | None,
        checked: Page | None,
    ) -> Page:
        url = urljoin(self.page.url, target) if self.page else target
        came_from = "none" if initiator is None else "same-origin"
        for _ in range(MOST_HOPS):
            if initiator is not None and _origin(initiator.url) != _origin(url):
                came_from = "cross-site"  # and so does whoever it redirects to
            if checked is not None and not checked.forms_may_go_to(url):
                raise BrowserError(f"form-action of {checked.url} does not allow {_bare(url)}")
            answer = self._request(method, url, fields, initiator, came_from)
            self._keep_cookies(url, answer)
            self.visited.append(url)
            place = answer.header("Location")
            if answer.status in (301, 302, 303, 307, 308) and place:
                if answer.status in (301, 302, 303):
                    method, fields = "GET", None
                url = urljoin(url, place)
                continue
            return self._show(url, answer, method)
        raise BrowserError(f"more than {MOST_HOPS} redirects, last {_bare(url)}")

    def _show(self, url: str, answer: Answer, method: str) -> Page:
        body = answer.body or b"<html></html>"
        tree = lxml.html.document_fromstring(body, parser=lxml.html.HTMLParser(encoding="utf-8"))
        self.page = Page(url, answer.status, answer, tree, method)
        scripts = [str(s.get("src")) for s in tree.iter("script")]
        if self._javascript and any("leave.js" in source for source in scripts):
            form = next((f for f in self.page.forms if f.get("id") == "leave"), None)
            if form is not None:
                return self._submit(form, None)
        onwards = _goes_on_to(tree)
        if onwards is not None:
            return self._navigate("GET", onwards, None, self.page, None)
        return self.page

    def _request(
        self,
        method: str,
        url: str,
        fields: list[tuple[str, str]] | None,
        initiator: Page | None,
        came_from: str,
    ) -> Answer:
        headers = {"Accept": "text/html", "Accept-Language": self._language}
        if self.user_agent:
            headers["User-Agent"] = self.user_agent
        headers["Sec-Fetch-Site"] = came_from
        cross_site = initiator is not None and _site(initiator.url) != _site(url)
        sent = "; ".join(f"{n}={v}" for n, v in self._cookies_for(url, method, cross_site))
        if sent:
            headers["Cookie"] = sent
        body: str | bytes | None = None
        if method == "POST":
            body = urlencode(fields or [])
            headers["Content-Type"] = "application/x-www-form-urlencoded"
            if self._files:
                sent_files = [(name, (called, content)) for name, called, content in self._files]
                body, headers["Content-Type"] = urllib3.encode_multipart_formdata(
                    [*(fields or []), *sent_files]
                )
            if initiator is not None:
                headers["Origin"] = "://".join(_origin(initiator.url))
        return self._wire.request(method, url, body, headers)

    def _cookies_for(self, url: str, method: str, cross_site: bool) -> Iterator[tuple[str, str]]:
        for name, cookie in self._cookies.get(urlsplit(url).hostname or "", {}).items():
            if cookie.expires is not None and cookie.expires <= time.time():
                continue
            if cross_site and (cookie.same_site == "strict" or method != "GET"):
                continue
            yield name, cookie.value

    def _keep_cookies(self, url: str, answer: Answer) -> None:
        host = urlsplit(url).hostname or ""
        for line in answer.all("Set-Cookie"):
            for name, morsel in SimpleCookie(line).items():
                _check_cookie(name, morsel, url)
                jar = self._cookies.setdefault(host, {})
                age = morsel["max-age"]
                if (age and int(age) <= 0) or "1970" in morsel["expires"]:
                    jar.pop(name, None)
                    continue
                expires = time.time() + int(age) if age else None
                jar[name] = Cookie(morsel.value, (morsel["samesite"] or "lax").lower(), expires)


def _check_cookie(name: str, morsel: Morsel[str], url: str) -> None:
    parts = urlsplit(url)
    if morsel["secure"] and parts.scheme != "https" and parts.hostname not in LOOPBACK:
        raise BrowserError(f"Secure cookie {name} on {_bare(url)}")
    if name.startswith("__Host-") and (
        not morsel["secure"] or morsel["path"] != "/" or morsel["domain"]
    ):
        raise BrowserError(f"cookie {name} breaks the rules of __Host-")


def _buttons(form: FormElement) -> Iterator[HtmlElement]:
    yield from (element for element in form.iter("button", "input") if _is_clickable(element))


def _is_clickable(element: HtmlElement) -> bool:
    if element.get("disabled") is not None:
        return False
    if element.tag == "a":
        return bool(element.get("href"))
    kind = (element.get("type") or ("submit" if element.tag == "button" else "text")).lower()
    return kind == "submit"


def _said(element: HtmlElement) -> str:
    if element.tag == "input":
        return _words(element.get("value") or "")
    return _words(element.text_content())


def _words(text: Any) -> str:
    return " ".join(str(text).split())


def _site(url: str) -> tuple[str, str]:
    parts = urlsplit(url)
    return parts.scheme, parts.hostname or ""


def _origin(url: str) -> tuple[str, str]:
    parts = urlsplit(url)
    return parts.scheme, parts.netloc


def _goes_on_to(tree: HtmlElement) -> str | None:
    """Where a page goes by itself, without a pause."""
    for meta in tree.iter("meta"):
        if (meta.get("http-equiv") or "").lower() == "refresh":
            pause, _, target = (meta.get("content") or "").partition(";url=")
            return target if pause == "0" and target else None
    return None


def _covers(source: str, url: str, page_url: str) -> bool:
    return _origin(url) == _origin(page_url if source == "'self'" else source)


def _bare(url: str) -> str:
    return url.partition("?")[0]
