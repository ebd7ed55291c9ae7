"""What of a request is taken from the server, and what is said back."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from admin.operations.asgi_exchange import AsgiExchange, PlainHeaders, live


def kept(*raw: tuple[bytes, bytes]) -> list[tuple[str, str]]:
    return list(PlainHeaders(raw).items())


@pytest.mark.parametrize(
    ("cookies", "read"),
    [
        (b"a=1; b=2", "a=1; b=2"),
        (b"a=1; plaats=Caf\xc3\xa9; b=2", "a=1; b=2"),
        (b"plaats=Caf\xe9; a=1", "a=1"),
        ("naam=\u00e9".encode(), ""),
        ("\u00e9=1; a=1".encode(), "a=1"),
    ],
)
def test_of_cookies_each_is_read_by_itself(cookies: bytes, read: str) -> None:
    assert kept((b"cookie", cookies)) == [("cookie", read)]


def test_who_asks_cannot_hide_the_address_that_a_proxy_adds() -> None:
    """Without the whole header, what is limited and logged would be the address of the proxy."""
    for said in (b"caf\xc3\xa9, 192.0.2.1", b"\xff,\xfe, 192.0.2.1", b"192.0.2.1"):
        assert kept((b"x-forwarded-for", said)) == [("x-forwarded-for", "192.0.2.1")]
    behind_two = b"\xe9, 192.0.2.1, 198.51.100.7"
    assert kept((b"x-forwarded-for", behind_two))[0][1] == "192.0.2.1, 198.51.100.7"
    assert kept((b"x-forwarded-proto", b"\xe9, https")) == [("x-forwarded-proto", "https")]


def test_another_header_is_plain_or_is_not_read() -> None:
    assert kept((b"x", b"caf\xc3\xa9"), (b"y", b"cafe"), (b"y", b"two")) == [
        ("y", "cafe"),
        ("y", "two"),
    ]


class Server:
    """Gives these messages, and keeps what it is sent."""

    def __init__(self, *given: Mapping[str, Any]) -> None:
        self._given = iter(given)
        self.sent: list[dict[str, Any]] = []

    async def receive(self) -> Mapping[str, Any]:
        return next(self._given)

    async def send(self, message: dict[str, Any]) -> None:
        self.sent.append(message)


async def read(server: Server) -> list[bytes]:
    return [piece async for piece in AsgiExchange(server.receive, server.send)]


def run(work: Any) -> Any:
    """In a thread of its own: that of a test may have an event loop already (a browser's)."""
    with ThreadPoolExecutor(1) as beside:
        return beside.submit(asyncio.run, work).result()


def piece(body: bytes, *, is_more: bool) -> Mapping[str, Any]:
    return {"type": "http.request", "body": body, "more_body": is_more}


def test_a_body_is_all_its_pieces() -> None:
    whole = Server(piece(b"a", is_more=True), piece(b"b", is_more=False))
    assert run(read(whole)) == [b"a", b"b"]


def test_a_body_whose_sender_went_away_is_none() -> None:
    with pytest.raises(ConnectionError):
        run(read(Server(piece(b"a", is_more=True), {"type": "http.disconnect"})))


def test_the_life_of_the_application_ends_before_the_server_hears_that_it_did() -> None:
    server = Server({"type": "lifespan.startup"}, {"type": "lifespan.shutdown"})
    said: list[list[str]] = []
    run(live(server.receive, server.send, lambda: said.append([m["type"] for m in server.sent])))
    assert said == [["lifespan.startup.complete"]]
    assert server.sent[-1]["type"] == "lifespan.shutdown.complete"
