"""A wire that remembers everything that went over it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from sandbox.wire import Answer, Wire


@dataclass(frozen=True)
class Exchange:
    """One request with its answer."""

    method: str
    url: str
    body: str | None
    headers: Mapping[str, str]
    answer: Answer


@dataclass
class Recorder:
    """Implements ``sandbox.wire.Wire`` over another one."""

    wire: Wire
    exchanges: list[Exchange] = field(default_factory=list)

    def request(
        self, method: str, url: str, body: str | None = None, headers: Mapping[str, str] = {}
    ) -> Answer:
        answer = self.wire.request(method, url, body, headers)
        self.exchanges.append(Exchange(method, url, body, dict(headers), answer))
        return answer

    def to(self, end: str) -> list[Exchange]:
        """The exchanges with an address that ends so, without its query."""
        return [e for e in self.exchanges if e.url.partition("?")[0].endswith(end)]


@dataclass
class Gate:
    """A wire that does not deliver what goes to addresses that begin so, until it is opened."""

    wire: Wire
    address: str
    is_open: bool = False

    def request(
        self, method: str, url: str, body: str | None = None, headers: Mapping[str, str] = {}
    ) -> Answer:
        if not self.is_open and url.startswith(self.address):
            return Answer(200, (), b"<html><h1>Not delivered</h1></html>")
        return self.wire.request(method, url, body, headers)
