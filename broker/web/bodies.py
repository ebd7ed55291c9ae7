"""How many bytes of a body are read: enough for any message, and more only where a file comes."""

from __future__ import annotations

from typing import Final

from flask import Flask, request

MAX_BODY: Final = 512 * 1024  # a SAML response of 256 KB, base64 and form-encoded
MAX_FILE: Final = 2 * 1024 * 1024
MAX_FILE_BODY: Final = MAX_FILE + 64 * 1024  # with what a form has around it
FILES_AT: Final = "/beheer/importeren/"  # the addresses below it take a file


def most_bytes(path: str) -> int:
    """Of the body of a request for this path."""
    return MAX_FILE_BODY if path.startswith(FILES_AT) else MAX_BODY


def install(app: Flask) -> None:
    """Before anything reads a body."""
    app.config.update(MAX_CONTENT_LENGTH=MAX_BODY, MAX_FORM_MEMORY_SIZE=MAX_BODY)

    @app.before_request
    def _bound() -> None:
        request.max_content_length = most_bytes(request.path)
