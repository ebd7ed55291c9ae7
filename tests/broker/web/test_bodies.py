"""How much of a body is read, and where it is kept meanwhile."""

from __future__ import annotations

import pytest
import urllib3
from flask import Flask, Request, request
from werkzeug.test import Client, EnvironBuilder, TestResponse

from broker.web import bodies
from broker.web.bodies import (
    MAX_BODY,
    MAX_FILE_BODY,
    MAX_PARTS,
    MOST_SCANS,
    BoundRequest,
    most_bytes,
)

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


@pytest.mark.parametrize(("parts", "status"), [(MAX_PARTS, 200), (MAX_PARTS + 1, 413)])
def test_a_form_has_so_many_parts_and_no_more(parts: int, status: int) -> None:
    app = Flask("bodies")
    bodies.install(app, is_open)
    app.add_url_rule("/form", "form", lambda: str(len(request.form)), methods=["POST"])
    fields = {f"field{number}": "x" for number in range(parts)}
    body, kind = urllib3.encode_multipart_formdata(fields)
    assert app.test_client().post("/form", data=body, content_type=kind).status_code == status


@pytest.mark.parametrize(("size", "status"), [(MAX_BODY - 2, 200), (MAX_BODY - 1, 413)])
def test_a_form_is_as_large_as_its_address_allows(size: int, status: int) -> None:
    app = Flask("bodies")
    bodies.install(app, is_open)
    app.add_url_rule("/form", "form", lambda: request.form["a"][:1], methods=["POST"])
    assert app.test_client().post("/form", data={"a": "x" * size}).status_code == status


@pytest.mark.parametrize("header", ["", "a=1; b=2; a=3", 'a="x\\054y"; =z; c', "a=\xc3\xa9"])
def test_cookies_are_read_as_everywhere(header: str) -> None:
    environ = EnvironBuilder(headers=[("Cookie", header), ("X-A", "b")]).get_environ()
    ours, theirs = BoundRequest(environ).cookies, Request(environ).cookies
    assert type(ours) is type(theirs) and list(ours.lists()) == list(theirs.lists())
