"""The ways in which the authorization endpoint answers, and a refusal of the token endpoint."""

from __future__ import annotations

from urllib.parse import urlsplit

from sandbox.wire import Answer
from tests.broker.clients import REDIRECT_URI
from tests.broker.portal import ISSUER, STATE, query_of


def goes_on(answer: Answer) -> None:
    """The request is in order: the browser goes to its login."""
    assert answer.status == 303, answer.body
    assert urlsplit(answer.header("Location") or "").path.startswith("/login/")


def shows_page(answer: Answer, code: str) -> None:
    """A page of ours with this code, and no way to anywhere."""
    assert answer.status == 400
    assert code in answer.body.decode()
    assert answer.header("Location") is None
    assert b'http-equiv="refresh"' not in answer.body


def tells_portal(answer: Answer, error: str, state: str | None = STATE) -> str:
    """The portal hears this error, with its state and our issuer; the description comes back."""
    assert answer.status == 303, answer.body
    place = answer.header("Location") or ""
    assert place.startswith(REDIRECT_URI + "?"), place
    said = query_of(place)
    description = said.pop("error_description")
    expected = {"error": error, "iss": ISSUER}
    assert said == (expected if state is None else {**expected, "state": state})
    assert answer.header("Set-Cookie") is None
    return description


def unauthenticated(answer: Answer, error: str = "invalid_client") -> None:
    """401 as RFC 6749 §5.2 and RFC 9110 §15.5.2 say."""
    assert answer.status == 401, answer.body
    assert answer.json()["error"] == error
    assert (answer.header("WWW-Authenticate") or "").startswith("Basic ")
    assert answer.header("Cache-Control") == "no-store"
