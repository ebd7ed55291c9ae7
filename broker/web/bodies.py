"""How many bytes of a body are read: enough for any message, and more only where a file comes."""

from __future__ import annotations

import re
from collections.abc import Callable
from io import BytesIO
from typing import IO, Any, Final, cast

from flask import Flask, Request
from werkzeug.datastructures import ImmutableMultiDict
from werkzeug.sansio.http import parse_cookie
from werkzeug.utils import cached_property

MAX_BODY: Final = 512 * 1024  # a SAML response of 256 KB, base64 and form-encoded
MAX_PARTS: Final = 100  # of a form
MAX_FILE: Final = 2 * 1024 * 1024
MAX_FILE_BODY: Final = MAX_FILE + 64 * 1024  # with what a form has around it
FILES_AT: Final = "/beheer/importeren/"  # the addresses below it take a file
# Of an identity document, front and back: 5 MB each is kept, and two photos of a phone are read, so
# that the page says which one is too large.
MOST_SCANS: Final = 25 * 1024 * 1024
SCANS_AT: Final = re.compile(r"/beheer/gebruikers/(?:toevoegen/)?\w{1,40}/identiteitsbewijs")
# Is the console where scans are brought open in the browser of this Cookie header?
IsOpen = Callable[[str], bool]


def most_bytes(path: str, cookies: str, is_open: IsOpen) -> int:
    """Of the body of a request for this path. ``cookies``: the header, judged before anything is
    read; who has no console open does not fill the memory with scans.
    """
    if takes_scans(path):
        return MOST_SCANS if is_open(cookies) else MAX_BODY
    return MAX_FILE_BODY if path.startswith(FILES_AT) else MAX_BODY


def takes_scans(path: str) -> bool:
    """Are scans of an identity document brought here?"""
    return SCANS_AT.fullmatch(path) is not None


class BoundRequest(Request):
    """A request of which so much is read and no more. A file that comes in is in memory alone: on a
    disk it would stay in the clear.
    """

    max_form_memory_size = MAX_BODY
    max_form_parts = MAX_PARTS

    def __init__(self, *given: Any, **more: Any) -> None:
        super().__init__(*given, **more)
        cookies = self.environ.get("HTTP_COOKIE", "")
        self.max_content_length = most_bytes(self.path, cookies, self.is_open)

    @staticmethod
    def is_open(cookies: str) -> bool:  # noqa: ARG004
        """An ``IsOpen``; what ``install`` was given."""
        return False

    @cached_property
    def cookies(self) -> ImmutableMultiDict[str, str]:
        """Without a look at every other header: each name stands once in this environment."""
        found = parse_cookie(self.environ.get("HTTP_COOKIE"), cls=self.dict_storage_class)
        return cast(ImmutableMultiDict[str, str], found)

    def _get_file_stream(
        self,
        total_content_length: int | None,  # noqa: ARG002
        content_type: str | None,  # noqa: ARG002
        filename: str | None = None,  # noqa: ARG002
        content_length: int | None = None,  # noqa: ARG002
    ) -> IO[bytes]:
        return BytesIO()


def install(app: Flask, is_open: IsOpen) -> None:
    """Before anything reads a body."""
    app.request_class = type("BoundRequest", (BoundRequest,), {"is_open": staticmethod(is_open)})
