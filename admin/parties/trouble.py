"""Trouble with a party: where in its registration, what was seen, what to do; and the calls that
find it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from admin.registrations.rule import failure, refusal
from state.addresses import OutgoingRefused
from state.outgoing import ACCEPT_JSON, HttpAnswer, OutgoingClient, OutgoingFailed


@dataclass(frozen=True)
class PartyTrouble:
    """Why something fails here, or soon will. ``field`` of the registration; ``reason``: the word
    that a login has for it, where it would stop one.
    """

    field: str
    seen: str
    remedy: str
    reason: str = ""

    @property
    def told(self) -> str:
        """The field and what was seen there, for people."""
        word = f" ({self.reason})" if self.reason else ""
        return f"{self.field}: {self.seen}{word}"


class Stuck(Exception):
    """What comes after this cannot be tried. ``has_answered``: somebody is there."""

    def __init__(
        self, field: str, seen: str, remedy: str, reason: str = "", *, has_answered: bool = False
    ) -> None:
        super().__init__(seen)
        self.trouble = PartyTrouble(field, seen, remedy, reason)
        self.has_answered = has_answered


@dataclass(frozen=True)
class LoginWords:
    """How a login calls what goes wrong at an address."""

    of_call: Callable[[OutgoingRefused | OutgoingFailed], str]
    of_status: Callable[[int], str]
    unreadable: str = ""


CORRECT: Final = "correct the address"
_NO_OBJECT: Final = "no JSON object"
_LOOKED_AT: Final = 2000  # bytes
NO_WORDS: Final = LoginWords(lambda _: "", lambda _: "")  # no login stops here


def fetched(
    calls: OutgoingClient,
    url: str,
    field: str,
    *,
    accept: str,
    max_bytes: int,
    words: LoginWords = NO_WORDS,
    correct: str = CORRECT,
) -> HttpAnswer:
    """What this address says. ``correct``: what to do where it is the wrong one, of an address that
    does not stand in ``field`` itself. Raises Stuck.
    """
    try:
        answer = calls.get(url, accept=accept, max_bytes=max_bytes)
    except OutgoingRefused as refused:
        seen, remedy = refusal(refused)
        word = words.of_call(refused)
        raise Stuck(field, f"{url} is never called: {seen}", remedy, word) from None
    except OutgoingFailed as failed:
        seen, remedy = failure(failed)
        here = failed.reason in ("redirected", "too_large")
        word = words.of_call(failed)
        if remedy.startswith(("correct", "write the address")):
            remedy = remedy if correct == CORRECT else correct
        raise Stuck(field, f"{url}: {seen}", remedy, word, has_answered=here) from None
    if answer.status != 200:
        raise Stuck(
            field,
            f"{url} answers with status {answer.status}",
            _remedy_of(answer.status, correct),
            words.of_status(answer.status),
            has_answered=True,
        )
    return answer


def _remedy_of(status: int, correct: str) -> str:
    if status == 429:
        return "ask less often, or let the party allow more"
    if status in (401, 403):
        return f"{correct}, or let the party admit this server"
    return correct if status < 500 else "let the party look at its server"


def fetched_object(
    calls: OutgoingClient,
    url: str,
    field: str,
    *,
    max_bytes: int,
    words: LoginWords = NO_WORDS,
    correct: str = CORRECT,
) -> Mapping[str, Any]:
    """A JSON object; ``correct`` as in ``fetched``. Raises Stuck."""
    answer = fetched(
        calls, url, field, accept=ACCEPT_JSON, max_bytes=max_bytes, words=words, correct=correct
    )
    other, remedy = _in_its_place(answer.body)
    try:
        document = json.loads(answer.body)
    except (ValueError, RecursionError):
        word = words.of_call(OutgoingFailed("not_json"))
        raise Stuck(field, f"{url} gives {other}", remedy or correct, word) from None
    if not isinstance(document, dict):
        raise Stuck(field, f"{url} gives {_NO_OBJECT}", correct, words.unreadable)
    return document


def _in_its_place(body: bytes) -> tuple[str, str]:
    """What this is in place of a JSON object, and what to do where that is known."""
    begin = body[:_LOOKED_AT].decode("utf-8", "replace").lstrip("\ufeff \t\r\n").lower()
    if not begin:
        return f"nothing, and {_NO_OBJECT}", ""
    if not begin.startswith("<"):
        return _NO_OBJECT, ""
    if "entitydescriptor" in begin or "entitiesdescriptor" in begin:
        return (
            f"metadata of SAML, and {_NO_OBJECT}",
            "this party speaks SAML: write saml in place of oidc, or the address of its discovery",
        )
    what = "a web page (HTML)" if "<html" in begin or "<!doctype html" in begin else "XML"
    return f"{what}, and {_NO_OBJECT}", ""
