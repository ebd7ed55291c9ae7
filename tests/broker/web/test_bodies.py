"""How much of a body is read, and where it is kept meanwhile."""

from __future__ import annotations

from io import BytesIO

import pytest
from flask import Flask, request
from werkzeug.test import Client

from broker.web import bodies
from broker.web.bodies import MAX_BODY, MAX_FILE_BODY, MOST_SCANS, most_bytes

SCANS = "/beheer/gebruikers/toevoegen/01abc/identiteitsbewijs"


@pytest.mark.parametrize(
    ("path", "most"),
    [
        ("/saml/acs", MAX_BODY),
        ("/beheer/importeren/gebruikers", MAX_FILE_BODY),
        (SCANS, MOST_SCANS),
        (f"{SCANS}/", MAX_BODY),
        (f"/x{SCANS}", MAX_BODY),
        ("/beheer/gebruikers/toevoegen/a/b/identiteitsbewijs", MAX_BODY),
        ("/beheer/gebruikers/toevoegen//identiteitsbewijs", MAX_BODY),
        ("/beheer/gebruikers/toevoegen/01abc/aflevering", MAX_BODY),
    ],
)
def test_more_is_read_only_where_a_file_comes(path: str, most: int) -> None:
    assert most_bytes(path) == most


def test_a_file_that_comes_in_touches_no_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    """Else a scan of an identity document lies in a folder of the system, in the clear."""
    app = Flask("bodies")
    bodies.install(app)
    monkeypatch.setattr("werkzeug.formparser.SpooledTemporaryFile", pytest.fail)

    @app.post(SCANS)
    def take() -> str:
        stream = request.files["voorkant"].stream
        return f"{type(stream).__name__} {len(stream.read())}"

    content = b"x" * 3_000_000
    answer = Client(app).post(SCANS, data={"voorkant": (BytesIO(content), "a.pdf")})
    assert answer.text == "BytesIO 3000000"
    answer = Client(app).post(SCANS, data={"voorkant": (BytesIO(content * 4), "a.pdf")})
    assert answer.status_code == 413
