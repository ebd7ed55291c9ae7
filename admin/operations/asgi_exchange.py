"""One request as the server hands it over (ASGI 3), in the shape that ``whole_requests`` takes.

Headers come as bytes, so that what others wrote into them is seen and left out by itself. A server
protocol that hands over text alone leaves out the whole header, without a word.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

Receive = Callable[[], Awaitable[Mapping[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]


# Headers in which others write before what is meant for us: a browser the cookies of other sites of
# the same domain, and whoever asks what our proxies then add the real address to.
_PARTED_BY: Final = {b"cookie": b";", b"x-forwarded-for": b",", b"x-forwarded-proto": b","}


class PlainHeaders:
    """What of the headers is ASCII: all that HTTP gives a meaning. Of some each part by itself."""

    def __init__(self, raw: Iterable[tuple[bytes, bytes]]) -> None:
        self._raw = raw

    def items(self) -> Iterable[tuple[str, str]]:
        """Names in lower case; a name that stands twice comes twice."""
        for name, value in self._raw:
            parted_by = _PARTED_BY.get(name)
            kept = value if parted_by is None else _plain_parts(value, parted_by)
            if kept.isascii():
                yield name.decode("ascii"), kept.decode("ascii")


@dataclass(frozen=True)
class AsgiScope:
    """``given``: the connection scope of HTTP."""

    given: Mapping[str, Any]

    @property
    def http_version(self) -> str:
        return str(self.given["http_version"])

    @property
    def server(self) -> str:
        host, port = self.given["server"]
        return f"{host}:{port}"

    @property
    def client(self) -> str:
        host, port = self.given["client"]
        return f"{host}:{port}"

    @property
    def scheme(self) -> str:
        return str(self.given["scheme"])

    @property
    def method(self) -> str:
        return str(self.given["method"])

    @property
    def path(self) -> str:
        """Decoded."""
        return str(self.given["path"])

    @property
    def query_string(self) -> bytes:
        return bytes(self.given["query_string"])

    @property
    def headers(self) -> PlainHeaders:
        return PlainHeaders(self.given["headers"])


@dataclass(frozen=True)
class AsgiExchange:
    """The body that comes in and the answer that goes out."""

    receive: Receive
    send: Send

    async def __aiter__(self) -> AsyncIterator[bytes]:
        """Raises ConnectionError where whoever sends went away."""
        is_more = True
        while is_more:
            message = await self.receive()
            if message["type"] != "http.request":
                raise ConnectionError
            is_more = message.get("more_body", False)
            yield message.get("body", b"")

    async def respond(self, status: int, headers: list[tuple[str, str]], body: bytes) -> None:
        """The whole answer."""
        raw = [(name.lower().encode("latin1"), value.encode("latin1")) for name, value in headers]
        await self.send({"type": "http.response.start", "status": status, "headers": raw})
        await self.send({"type": "http.response.body", "body": body})


async def live(receive: Receive, send: Send, end: Callable[[], None]) -> None:
    """The life of the application in this process: ``end`` is called when the server takes no
    requests any more.
    """
    while True:
        message = await receive()
        if message["type"] == "lifespan.startup":
            await send({"type": "lifespan.startup.complete"})
        elif message["type"] == "lifespan.shutdown":
            end()
            await send({"type": "lifespan.shutdown.complete"})
            return


def _plain_parts(header: bytes, parted_by: bytes) -> bytes:
    return parted_by.join(one for one in header.split(parted_by) if one.isascii()).strip()
