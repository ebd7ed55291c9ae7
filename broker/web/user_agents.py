"""What a browser calls itself, as far as its owner needs to know it again: which browser and on
which system, both from a list of ours. The header itself is kept nowhere.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from flask import Request
from flask_babel import gettext as _

LOOKED_AT: Final = 400  # characters; what counts stands well before
# In this order: who imitates another names that one as well.
_BROWSERS: Final = (
    ("Edg/", "Edge"),
    ("EdgA/", "Edge"),
    ("EdgiOS/", "Edge"),
    ("Edge/", "Edge"),
    ("OPR/", "Opera"),
    ("OPT/", "Opera"),
    ("OPiOS/", "Opera"),
    ("Opera", "Opera"),
    ("SamsungBrowser/", "Samsung Internet"),
    ("Vivaldi/", "Vivaldi"),
    ("DuckDuckGo/", "DuckDuckGo"),
    ("Ddg/", "DuckDuckGo"),
    ("YaBrowser/", "Yandex"),
    ("Firefox/", "Firefox"),
    ("FxiOS/", "Firefox"),
    ("Focus/", "Firefox"),
    ("CriOS/", "Chrome"),
    ("GSA/", "Google"),
    ("Chrome/", "Chrome"),
    ("Chromium/", "Chrome"),
    ("MSIE ", "Internet Explorer"),
    ("Trident/", "Internet Explorer"),
    ("Safari/", "Safari"),
)
_SYSTEMS: Final = (
    ("iPhone", "iPhone"),
    ("iPod", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("CrOS", "ChromeOS"),
    ("Macintosh", "Mac"),
    ("Mac OS X", "Mac"),
    ("Linux", "Linux"),
    ("FreeBSD", "FreeBSD"),
    ("OpenBSD", "OpenBSD"),
)


@dataclass(frozen=True)
class BrowserKind:
    """Names as their makers write them; None where the header names none that we know."""

    browser: str | None
    system: str | None


def kind_of(header: str) -> BrowserKind:
    """What a User-Agent (RFC 9110 §10.1.5) says. Anybody may say anything: it proves nothing."""
    said = header[:LOOKED_AT]
    return BrowserKind(_first(_BROWSERS, said), _first(_SYSTEMS, said))


def kept(request: Request) -> str | None:
    """What a row keeps of the browser of this request: ``Firefox/Windows``."""
    kind = kind_of(request.headers.get("User-Agent", ""))
    if kind.browser is None and kind.system is None:
        return None
    return f"{kind.browser or ''}/{kind.system or ''}"


def read(stored: str | None) -> BrowserKind:
    """What was kept."""
    browser, _slash, system = (stored or "").partition("/")
    return BrowserKind(browser or None, system or None)


def in_words(stored: str | None) -> str:
    """For its owner, in the language of the page: ``Firefox op Windows``."""
    kind = read(stored)
    browser = kind.browser or _("Onbekende browser")
    if kind.system is None:
        return browser
    return _("%(browser)s op %(system)s", browser=browser, system=kind.system)


def _first(table: tuple[tuple[str, str], ...], said: str) -> str | None:
    for mark, name in table:
        if mark in said:
            return name
    return None
