"""What a request becomes before a thread begins with it, and what happens when it never ends."""

from __future__ import annotations

import asyncio
import re
import threading
from collections.abc import AsyncIterator, Coroutine, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

import pytest

from admin.operations import whole_requests
from admin.operations.whole_requests import WholeRequests
from broker.web.bodies import FILES_AT, MAX_BODY, MAX_FILE_BODY
from broker.web.headers import FIXED, NOTHING


@dataclass
class Headers:
    pairs: list[tuple[str, str]]

    def items(self) -> list[tuple[str, str]]:
        return self.pairs


@dataclass
class Scope:
    headers: Headers
    method: str = "POST"
    path: str = "/é/x"
    query_string: bytes = b"a=%20b"
    http_version: str = "1.1"
    server: str = "127.0.0.1:8000"
    client: str = "192.0.2.7:4711"
    scheme: str = "http"


@dataclass
class Exchange:
    """``pieces`` come at once; None never comes."""

    pieces: list[bytes | None] = field(default_factory=list)
    sent: list[tuple[int, dict[str, str], bytes]] = field(default_factory=list)
    read: int = 0

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for piece in self.pieces:
            if piece is None:
                await asyncio.sleep(3600)
            else:
                self.read += 1
                yield piece

    async def respond(self, status: int, headers: list[tuple[str, str]], body: bytes) -> None:
        self.sent.append((status, dict(headers), body))


CODE = re.compile(r"[0-9A-Z]{4}-[0-9A-Z]{4}")
FORM = ("content-type", "application/x-www-form-urlencoded")


def run(work: Coroutine[Any, Any, None]) -> None:
    """In a thread of its own: that of a test may have an event loop already (a browser's)."""
    with ThreadPoolExecutor(1) as beside:
        beside.submit(asyncio.run, work).result()


class Application:
    """Answers with what it read, and keeps what it was asked."""

    def __init__(self) -> None:
        self.asked: list[dict[str, Any]] = []
        self.closed = 0

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        self.asked.append(environ)
        start_response("200 OK", [("Content-Type", "text/plain")])
        return self._pieces(environ["wsgi.input"].read())

    def _pieces(self, body: bytes) -> Iterable[bytes]:
        try:
            yield b"read: "
            yield body
        finally:
            self.closed += 1


def ask(application: Any, exchange: Exchange, *headers: tuple[str, str], **more: Any) -> None:
    serve = WholeRequests(application, threads=1, is_open=is_open, body_seconds=0.05)
    run(_served(serve, Scope(Headers(list(headers)), **more), exchange))


async def _served(serve: Any, scope: Scope, exchange: Exchange) -> None:
    await serve.serve(scope, exchange)


@pytest.mark.parametrize("length", [("content-length", "7"), ("transfer-encoding", "chunked")])
def test_a_body_is_there_WholeRequests(length: tuple[str, str]) -> None:
    application, exchange = Application(), Exchange([b"a=b", b"&c=d"])
    ask(application, exchange, FORM, length)
    assert exchange.sent == [(200, {"Content-Type": "text/plain"}, b"read: a=b&c=d")]
    (environ,) = application.asked
    assert environ["CONTENT_LENGTH"] == "7"
    assert environ["CONTENT_TYPE"] == FORM[1]
    assert "HTTP_TRANSFER_ENCODING" not in environ
    assert application.closed == 1


def test_what_is_asked_is_as_the_gateway_interface_has_it() -> None:
    application = Application()
    ask(
        application,
        Exchange(),
        ("host", "login.example"),
        ("cookie", "a=1"),
        ("cookie", "b=2"),
        ("x-forwarded-for", "192.0.2.1"),
        ("x-forwarded-for", "192.0.2.2"),
        ("x_forwarded_for", "198.51.100.1"),
        method="GET",
        client="[2001:db8::7]:4711",
    )
    (environ,) = application.asked
    said = {name: value for name, value in environ.items() if not name.startswith("wsgi.")}
    assert said == {
        "REQUEST_METHOD": "GET",
        "SCRIPT_NAME": "",
        "PATH_INFO": "/é/x".encode().decode("latin1"),
        "QUERY_STRING": "a=%20b",
        "SERVER_NAME": "127.0.0.1",
        "SERVER_PORT": "8000",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": "2001:db8::7",
        "CONTENT_LENGTH": "0",
        "HTTP_HOST": "login.example",
        "HTTP_COOKIE": "a=1; b=2",
        "HTTP_X_FORWARDED_FOR": "192.0.2.1,192.0.2.2",
    }


def test_a_body_that_never_ends_takes_no_thread() -> None:
    application, exchange = Application(), Exchange([b"a=b", None])
    ask(application, exchange, FORM, ("content-length", "100"))
    ((status, headers, body),) = exchange.sent
    assert (status, headers["connection"], application.asked) == (408, "close", [])
    assert not CODE.search(body.decode()), "no code is shown that nobody could find"
    is_as_strict_as_pages(headers)


def is_as_strict_as_pages(headers: dict[str, str]) -> None:
    """Also what is answered without the application is kept by nobody and runs nothing."""
    assert headers["cache-control"] == "no-store"
    assert headers["content-security-policy"] == NOTHING
    for name, value in FIXED.items():
        assert headers[name.lower()] == value


def test_others_are_served_meanwhile() -> None:
    application, slow, quick = Application(), Exchange([None]), Exchange([b"a"])
    serve = WholeRequests(application, threads=1, is_open=is_open, body_seconds=90)
    scope = Scope(Headers([FORM, ("content-length", "1")]))

    async def both() -> None:
        waiting = asyncio.ensure_future(_served(serve, scope, slow))
        await asyncio.wait_for(_served(serve, scope, quick), 60)
        assert not waiting.done()
        waiting.cancel()

    run(both())
    assert [status for status, _, _ in quick.sent] == [200]
    assert slow.sent == []


@pytest.mark.parametrize(
    ("headers", "pieces", "read", "told"),
    [
        ([("content-length", str(MAX_BODY + 1))], [b"x"], 0, MAX_BODY + 1),
        ([("content-length", "987654321")], [b"x"], 0, 987654321),
        ([("transfer-encoding", "chunked")], [b"x" * MAX_BODY, b"x", b"x"], 2, MAX_BODY + 1),
    ],
)
def test_a_body_that_is_too_large_is_left_and_the_application_knows_its_size(
    headers: list[tuple[str, str]], pieces: list[bytes | None], read: int, told: int
) -> None:
    application, exchange = Application(), Exchange(pieces)
    ask(application, exchange, FORM, *headers)
    assert exchange.read == read
    assert application.asked[0]["CONTENT_LENGTH"] == str(told)
    most = Exchange([b"x" * MAX_BODY])
    ask(application, most, FORM, ("content-length", str(MAX_BODY)))
    assert len(most.sent[0][2]) == MAX_BODY + len("read: ")


def test_more_is_read_only_where_a_file_comes() -> None:
    application = Application()
    for path, size, read in (
        ("/saml/acs", MAX_BODY + 1, False),
        ("/beheer/importeren", MAX_BODY + 1, False),
        (f"{FILES_AT}gebruikers", MAX_FILE_BODY, True),
        (f"{FILES_AT}gebruikers", MAX_FILE_BODY + 1, False),
    ):
        exchange = Exchange([b"x" * size])
        ask(application, exchange, FORM, ("content-length", str(size)), path=path)
        assert bool(exchange.read) is read, path


SCANS = "/beheer/gebruikers/toevoegen/01abc/identiteitsbewijs"
OPEN = ("cookie", "open")  # a console


def is_open(cookies: str) -> bool:
    return cookies == "open"


@pytest.mark.parametrize(("cookies", "read"), [((), False), ((OPEN,), True)])
def test_a_scan_is_read_of_who_has_a_console_open(
    cookies: tuple[tuple[str, str], ...], read: bool
) -> None:
    application, exchange = Application(), Exchange([b"x" * (MAX_BODY + 1)])
    size = ("content-length", str(MAX_BODY + 1))
    ask(application, exchange, FORM, size, *cookies, path=SCANS)
    assert bool(exchange.read) is read


def test_scans_take_no_room_of_others(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(whole_requests, "MOST_SCANS_WAITING", 10)
    scan, other = Exchange([b"x" * 10, None]), Exchange([b"x" * 11])
    second, length = Exchange([b"x"]), ("transfer-encoding", "chunked")
    serve = WholeRequests(Application(), threads=1, is_open=is_open, body_seconds=90)

    async def three() -> None:
        headers = Headers([FORM, length, OPEN])
        waiting = asyncio.ensure_future(_served(serve, Scope(headers, path=SCANS), scan))
        while not scan.read:
            await asyncio.sleep(0)
        await _served(serve, Scope(headers, path=SCANS), second)
        await _served(serve, Scope(headers), other)
        waiting.cancel()

    run(three())
    assert [status for status, _, _ in second.sent] == [503]
    assert [status for status, _, _ in other.sent] == [200]


def test_a_body_of_no_type_is_not_read() -> None:
    application, exchange = Application(), Exchange([None])
    ask(application, exchange, ("content-length", "100"))
    assert exchange.sent[0][2] == b"read: "


def test_there_is_an_end_to_what_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(whole_requests, "MOST_WAITING", 10)
    application, exchange = Application(), Exchange([b"x" * 11])
    length = ("transfer-encoding", "chunked")
    serve = WholeRequests(application, threads=1, is_open=is_open)
    scope = Scope(Headers([FORM, length]))
    run(_served(serve, scope, exchange))
    ((status, headers, _),) = exchange.sent
    assert (status, headers["retry-after"], application.asked) == (503, "30", [])
    is_as_strict_as_pages(headers)
    again = Exchange([b"x" * 10])  # what was refused waits no more
    run(_served(serve, scope, again))
    assert again.sent[0][0] == 200


def test_whoever_goes_away_gets_no_answer() -> None:
    class Gone(Exchange):
        async def __aiter__(self) -> AsyncIterator[bytes]:
            raise ConnectionError
            yield b""

    application, exchange = Application(), Gone()
    ask(application, exchange, FORM, ("content-length", "1"))
    assert (exchange.sent, application.asked) == ([], [])


def test_an_application_that_fails_is_an_answer_too() -> None:
    def fails(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        raise RuntimeError("a secret")

    exchange = Exchange()
    ask(fails, exchange, method="GET")
    ((status, headers, body),) = exchange.sent
    assert status == 500
    is_as_strict_as_pages(headers)
    assert b"secret" not in body


def test_an_answer_without_a_body_is_empty() -> None:
    def empty(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        start_response("304 NOT MODIFIED", [("ETag", "x")])
        return []

    exchange = Exchange()
    ask(empty, exchange, method="GET")
    assert exchange.sent == [(304, {"ETag": "x"}, b"")]


def test_what_is_in_hand_when_the_server_stops_is_finished() -> None:
    begun, go_on, done = threading.Event(), threading.Event(), []

    def slow(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        begun.set()
        assert go_on.wait(5)
        done.append(environ["PATH_INFO"])
        start_response("200 OK", [])
        return []

    serve = WholeRequests(slow, threads=1, is_open=is_open)

    async def stopped_meanwhile() -> None:
        asking = asyncio.ensure_future(_served(serve, Scope(Headers([]), path="/x"), Exchange()))
        assert await asyncio.to_thread(begun.wait, 5)
        asking.cancel()

    run(stopped_meanwhile())
    threading.Timer(0.05, go_on.set).start()
    serve.end()
    assert done == ["/x"]
