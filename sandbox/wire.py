"""How the simulated parties and the browser reach others: over HTTP, or in tests within the
process.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

import urllib3

TIMEOUT = 60.0  # seconds; a makelaar can be told to answer slowly


@dataclass(frozen=True)
class Answer:
    """What came back; redirects are not followed. Header names as sent, repeated where sent
    twice.
    """

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes = field(repr=False)

    def header(self, name: str) -> str | None:
        """The first value of this header."""
        return next((v for k, v in self.headers if k.lower() == name.lower()), None)

    def all(self, name: str) -> list[str]:
        return [v for k, v in self.headers if k.lower() == name.lower()]

    def json(self) -> Any:
        return json.loads(self.body)


class Wire(Protocol):
    """One request, one answer."""

    def request(
        self,
        method: str,
        url: str,
        body: str | bytes | None = None,
        headers: Mapping[str, str] = {},
    ) -> Answer: ...


class HttpWire:
    """The network."""

    def __init__(self) -> None:
        self._http = urllib3.PoolManager(retries=False, timeout=TIMEOUT)

    def request(
        self,
        method: str,
        url: str,
        body: str | bytes | None = None,
        headers: Mapping[str, str] = {},
    ) -> Answer:
        got = self._http.request(method, url, body=body, headers=headers, redirect=False)
        return Answer(got.status, tuple(got.headers.iteritems()), got.data)
