"""Theme: the style sheet of the operator (``ui.theme_css``), behind ours on every page."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Final, cast

from flask import Blueprint, Flask, abort, current_app, url_for
from werkzeug.wrappers import Response

from broker.settings import SettingsError
from broker.web.endpoints import Endpoint, Readers

MAX_BYTES: Final = 1024 * 1024
_EXTENSION: Final = "sluis.theme"
_YEAR: Final = 365 * 24 * 3600  # the address changes with the content
blueprint = Blueprint("theme", __name__)


@dataclass(frozen=True)
class Theme:
    """``version`` follows from the content."""

    css: bytes
    version: str


def install(app: Flask, file: Path | None) -> None:
    """Read it once, at the start. Raises SettingsError for a file that is of no use."""
    app.extensions[_EXTENSION] = None if file is None else read(file)
    app.jinja_env.globals["theme_url"] = _url


def read(file: Path) -> Theme:
    """The style sheet in this file. Raises SettingsError."""
    try:
        css = file.read_bytes()
        css.decode("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        why = f"{file} cannot be read ({type(error).__name__})"
        raise SettingsError(f"ui.theme_css: {why}; write the path of a CSS file") from None
    if len(css) > MAX_BYTES:
        raise SettingsError(f"ui.theme_css: {file} is larger than 1 MB; leave out what it embeds")
    return Theme(css, hashlib.sha256(css).hexdigest()[:10])


@blueprint.get("/theme.css")
@Endpoint(limit=None, because="from memory, the same for everybody", readers=Readers.SITE)
def style() -> Response:
    """The style sheet, where there is one."""
    theme = _theme()
    if theme is None:
        abort(404)
    response = Response(theme.css, mimetype="text/css")
    response.cache_control.public = True
    response.cache_control.max_age = _YEAR
    return response


def _url() -> str | None:
    """Its address, with its version; None where there is no theme."""
    theme = _theme()
    return url_for("theme.style", v=theme.version) if theme is not None else None


def _theme() -> Theme | None:
    return cast(Theme | None, current_app.extensions[_EXTENSION])
