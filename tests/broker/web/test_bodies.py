"""How much of a body is read, and where it is kept meanwhile."""

from __future__ import annotations

import pytest
import urllib3
from flask import Flask, request
from werkzeug.test import Client, TestResponse

from broker.web import bodies
from broker.web.bodies import MAX_BODY, MAX_FILE_BODY, MOST_SCANS, most_bytes

OPEN = "open"  # a console


def is_open(cookies: str) -> bool:
    return cookies == OPEN


SCANS = "/beheer/gebruikers/toevoegen/01abc/identiteitsbewijs"


@pytest.mark.parametrize(
    ("path", "most"),
    [
        ("/saml/acs", MAX_BODY),
        ("/beheer/importeren/gebruikers", MAX_FILE_BODY),
        (SCANS, MOST_SCANS),
        ("/beheer/gebruikers/noa/identiteitsbewijs", MOST_SCANS),
        (f"{SCANS}/", MAX_BODY),
        (f"/x{SCANS}", MAX_BODY),
        ("/beheer/gebruikers/toevoegen/a/b/identiteitsbewijs", MAX_BODY),
        ("/beheer/gebruikers/toevoegen//identiteitsbewijs", MAX_BODY),
        ("/beheer/gebruikers/toevoegen/01abc/aflevering", MAX_BODY),
    ],
)
def test_more_is_read_only_where_a_file_comes(path: str, most: int) -> None:
    assert most_bytes(path, OPEN, is_open) == most


def test_of_who_has_no_console_open_no_scan_is_read() -> None:
    assert most_bytes(SCANS, "another", is_open) == MAX_BODY
    assert most_bytes(SCANS, OPEN, is_open) == MOST_SCANS
    assert most_bytes("/saml/acs", OPEN, is_open) == MAX_BODY


def test_a_file_that_comes_in_touches_no_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    """Else a scan of an identity document lies in a folder of the system, in the clear."""
    app = Flask("bodies")
    bodies.install(app, is_open)
    monkeypatch.setattr("werkzeug.formparser.SpooledTemporaryFile", pytest.fail)

    @app.post(SCANS)
    def take() -> str:
        stream = request.files["voorkant"].stream
        return f"{type(stream).__name__} {len(stream.read())}"

    assert sent(app, 3_000_000).text == "BytesIO 3000000"
    assert sent(app, 15_000_000).text == "BytesIO 15000000", "two photos of a phone"
    assert sent(app, 27_000_000).status_code == 413
    assert sent(app, 3_000_000, "").status_code == 413


def sent(app: Flask, size: int, cookies: str = OPEN) -> TestResponse:
    """Encoded here: the client of werkzeug would do it in a file."""
    body, kind = urllib3.encode_multipart_formdata({"voorkant": ("a.pdf", b"x" * size)})
    headers = {"Cookie": cookies}
    browser = Client(app, use_cookies=False)
    return browser.post(SCANS, data=body, content_type=kind, headers=headers)
