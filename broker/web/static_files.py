"""Static files. The address on a page names the content, so a browser that has a file does not ask
for it again.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Final

from flask import Flask, url_for
from werkzeug.wrappers import Response

from broker.web.current_request import current_request

FOLDER: Final = Path(__file__).parent.parent / "static"
_YEAR: Final = 365 * 24 * 3600  # seconds


def install(app: Flask) -> None:
    """Let browsers keep what they asked by the address of its content."""

    @app.after_request
    def _kept(response: Response) -> Response:
        # While servers are replaced, an old one is asked by the version of a new one: not to keep.
        request = current_request()
        if request.endpoint == "static" and response.status_code < 400:
            name = (request.view_args or {}).get("filename", "")
            if name in versions() and request.args.get("v") == versions()[name]:
                response.cache_control.no_cache = None
                response.cache_control.public = True
                response.cache_control.max_age = _YEAR
        return response


def address(name: str) -> str:
    """Of this file, with its version. Raises KeyError where there is none."""
    return url_for("static", filename=name, v=versions()[name])


@cache
def versions() -> Mapping[str, str]:
    """Name of each file, as in addresses, to what follows from its content."""
    files = (file for file in FOLDER.rglob("*") if file.is_file())
    return MappingProxyType({file.relative_to(FOLDER).as_posix(): _digest(file) for file in files})


def _digest(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()[:10]
