"""Trouble with a party: where in its registration, what was seen, what to do; and the calls that
find it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from admin.registrations.rule import failure, refusal
from state.addresses import OutgoingRefused
from state.outgoing import HttpAnswer, OutgoingClient, OutgoingFailed


@dataclass(frozen=True)
class PartyTrouble:
    """Why something fails here, or soon will. ``field`` of the registration."""

    field: str
    seen: str
    remedy: str


class Stuck(Exception):
    """What comes after this cannot be tried. ``has_answered``: somebody is there."""

    def __init__(self, field: str, seen: str, remedy: str, *, has_answered: bool = False) -> None:
        super().__init__(seen)
        self.trouble = PartyTrouble(field, seen, remedy)
        self.has_answered = has_answered


def fetched(
    calls: OutgoingClient, url: str, field: str, *, accept: str, max_bytes: int
) -> HttpAnswer:
    """What this address says. Raises Stuck."""
    try:
        answer = calls.get(url, accept=accept, max_bytes=max_bytes)
    except OutgoingRefused as refused:
        seen, remedy = refusal(refused)
        raise Stuck(field, f"{url} is never called: {seen}", remedy) from None
    except OutgoingFailed as failed:
        seen, remedy = failure(failed)
        here = failed.reason in ("redirected", "too_large")
        raise Stuck(field, f"{url}: {seen}", remedy, has_answered=here) from None
    if answer.status != 200:
        raise Stuck(
            field,
            f"{url} answers with status {answer.status}",
            "correct the address" if answer.status < 500 else "let the party look at its server",
            has_answered=True,
        )
    return answer


def fetched_object(
    calls: OutgoingClient, url: str, field: str, *, max_bytes: int
) -> Mapping[str, Any]:
    """A JSON object. Raises Stuck."""
    answer = fetched(calls, url, field, accept="application/json, */*;q=0.1", max_bytes=max_bytes)
    try:
        document = json.loads(answer.body)
    except (ValueError, RecursionError):
        document = None
    if not isinstance(document, dict):
        raise Stuck(field, f"{url} gives no JSON object", "correct the address")
    return document
