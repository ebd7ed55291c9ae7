"""How many bytes of a body are read: enough for any message, and more only where a file comes."""

from __future__ import annotations

import re
from io import BytesIO
from typing import IO, Final

from flask import Flask, Request, request

MAX_BODY: Final = 512 * 1024  # a SAML response of 256 KB, base64 and form-encoded
MAX_FILE: Final = 2 * 1024 * 1024
MAX_FILE_BODY: Final = MAX_FILE + 64 * 1024  # with what a form has around it
FILES_AT: Final = "/beheer/importeren/"  # the addresses below it take a file
MOST_SCANS: Final = 2 * 5 * 1024 * 1024 + 64 * 1024  # of an identity document: front and back
_SCANS_AT: Final = re.compile(r"/beheer/gebruikers/(?:toevoegen/)?\w{1,40}/identiteitsbewijs")


def most_bytes(path: str) -> int:
    """Of the body of a request for this path."""
    if _SCANS_AT.fullmatch(path):
        return MOST_SCANS
    return MAX_FILE_BODY if path.startswith(FILES_AT) else MAX_BODY


class InMemory(Request):
    """A file that comes in is in memory alone: on a disk it would stay in the clear."""

    def _get_file_stream(
        self,
        total_content_length: int | None,  # noqa: ARG002
        content_type: str | None,  # noqa: ARG002
        filename: str | None = None,  # noqa: ARG002
        content_length: int | None = None,  # noqa: ARG002
    ) -> IO[bytes]:
        return BytesIO()


def install(app: Flask) -> None:
    """Before anything reads a body."""
    app.request_class = InMemory
    app.config.update(MAX_CONTENT_LENGTH=MAX_BODY, MAX_FORM_MEMORY_SIZE=MAX_BODY)

    @app.before_request
    def _bound() -> None:
        request.max_content_length = most_bytes(request.path)
