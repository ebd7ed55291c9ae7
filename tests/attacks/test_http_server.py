"""The server that production runs, over a socket: bytes that no well-behaved client sends."""

from __future__ import annotations

import itertools
import socket
import time
from collections.abc import Iterator

import pytest

from admin.operations.front import HEADER_SECONDS
from admin.operations.whole_requests import BODY_SECONDS
from sandbox.addresses import Addresses
from sandbox.parties import Parties
from tests.installed import install_anew
from tests.servers import free_port

PATIENCE = 60.0  # seconds; costs nothing where the server answers or closes, as it always does


@pytest.fixture(scope="module")
def port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """A broker of its own with everything registered."""
    number = free_port()
    addresses = Addresses(
        broker=f"http://localhost:{number}",
        makelaars=f"http://127.0.0.1:{free_port()}",
        portal=f"http://127.0.0.1:{free_port()}",
        postbus=f"http://127.0.0.1:{free_port()}",
    )
    parties = Parties(install_anew(tmp_path_factory.mktemp("server") / "demo", addresses))
    try:
        parties.start_broker()
        yield number
    finally:
        parties.stop()


def send(port: int, *pieces: bytes) -> bytes:
    """Everything that comes back until the server closes or is silent for long."""
    with socket.create_connection(("127.0.0.1", port), PATIENCE) as connection:
        connection.settimeout(PATIENCE)
        received = b""
        try:
            for piece in pieces:
                connection.sendall(piece)
            while data := connection.recv(65536):
                received += data
        except (ConnectionError, TimeoutError):
            pass
        return received


def statuses(answer: bytes) -> list[int]:
    """The status of each answer in these bytes."""
    lines = [line for line in answer.split(b"\r\n") if line.startswith(b"HTTP/1.1 ")]
    return [int(line.split()[1]) for line in lines]


def request(port: int, line: str, *headers: str, body: str = "") -> bytes:
    fields = [f"Host: localhost:{port}", "Connection: close", *headers]
    return "\r\n".join([line, *fields, "", body]).encode("latin1")


GET = "GET /hulp/ HTTP/1.1"
TOKEN = "POST /token HTTP/1.1"
FORM = "Content-Type: application/x-www-form-urlencoded"
TE = "Transfer-Encoding: chunked"
SHOWN_OUT = min(HEADER_SECONDS, BODY_SECONDS)


def test_the_good_twin_is_answered(port: int) -> None:
    answer = send(port, request(port, GET))
    assert statuses(answer) == [200]
    assert b"\r\nserver: granian\r\n" in answer  # no version


@pytest.mark.parametrize(
    "cookies",
    [
        b"__Host-sluis-language=en",
        b"__Host-sluis-language=en; plaats=Caf\xc3\xa9",
        b"plaats=Caf\xe9; __Host-sluis-language=en; b=c",
        b"a=b\r\nCookie: plaats=\xff; __Host-sluis-language=en",
    ],
)
def test_H_06_a_cookie_of_another_site_takes_none_of_ours_along(port: int, cookies: bytes) -> None:
    """Browsers send what a script wrote, in UTF-8, and all of a domain in one header."""
    head = request(port, GET)[:-2]
    assert b'sluis-theme" lang="nl"' in send(port, head + b"\r\n")
    answer = send(port, head + b"Cookie: " + cookies + b"\r\n\r\n")
    assert statuses(answer) == [200] and b'sluis-theme" lang="en"' in answer


def test_H_06_a_cookie_of_ours_that_is_not_ours_counts_for_nothing(port: int) -> None:
    head = request(port, GET)[:-2]
    answer = send(port, head + b"Cookie: __Host-sluis-language=en\xc3\xa9\r\n\r\n")
    assert statuses(answer) == [200] and b'sluis-theme" lang="nl"' in answer


def test_A_13_an_absolute_address_or_another_host_is_not_followed(port: int) -> None:
    for line, host in (
        (GET, "elders.example"),
        ("GET http://elders.example/hulp/ HTTP/1.1", "elders.example"),
        (GET.replace("1.1", "1.0"), "elders.example"),
    ):
        raw = f"{line}\r\nHost: {host}\r\nConnection: close\r\n\r\n".encode()
        answer = send(port, raw)
        assert statuses(answer.replace(b"HTTP/1.0 ", b"HTTP/1.1 ")) == [400], line
        assert b"elders" not in answer
    absolute = request(port, "GET http://elders.example/hulp/ HTTP/1.1")
    assert b"elders" not in send(port, absolute)
    two = f"{GET}\r\nHost: localhost:{port}\r\nHost: elders.example\r\nConnection: close\r\n\r\n"
    answer = send(port, two.encode())
    assert b"elders" not in answer


HIDDEN = "GET /health/live HTTP/1.1\r\nHost: localhost\r\n\r\n"


@pytest.mark.parametrize(
    ("headers", "body"),
    [
        pytest.param(
            ("Content-Length: 5", "Transfer-Encoding: chunked"), f"0\r\n\r\n{HIDDEN}", id="CL.TE"
        ),
        pytest.param(
            ("Transfer-Encoding: chunked", "Content-Length: 3"), f"0\r\n\r\n{HIDDEN}", id="TE.CL"
        ),
        pytest.param(("Content-Length: 0", "Content-Length: 60"), HIDDEN, id="two lengths"),
        pytest.param(("Content-Length: +0",), HIDDEN, id="a length with a sign"),
        pytest.param(("Content-Length: 0x0",), HIDDEN, id="a length in other digits"),
        pytest.param(("Content-Length: -1",), HIDDEN, id="a negative length"),
        pytest.param(("Transfer-Encoding: xchunked",), f"0\r\n\r\n{HIDDEN}", id="odd encoding"),
        pytest.param(("Transfer-Encoding : chunked",), f"0\r\n\r\n{HIDDEN}", id="a space"),
        pytest.param(("X: y\nContent-Length: 60",), HIDDEN, id="a bare line end"),
    ],
)
def test_H_06_a_request_hidden_in_another_is_not_answered(
    port: int, headers: tuple[str, ...], body: str
) -> None:
    """Also where the connection is kept, as a proxy before us would keep it."""
    raw = request(port, "POST /token HTTP/1.1", *headers, body=body)
    answer = send(port, raw.replace(b"Connection: close\r\n", b""))
    assert b'"status":"ok"' not in answer
    assert statuses(answer) == [400]


@pytest.mark.parametrize("method", ["TRACE", "CONNECT", "PUT", "OPTIONS", "FOO"])
def test_H_06_other_methods_are_refused_by_the_server_too(port: int, method: str) -> None:
    answer = send(
        port, request(port, f"{method} /token HTTP/1.1", "Content-Length: 0", "X-Echo: e1")
    )
    assert all(400 <= status < 500 for status in statuses(answer))
    assert b"marker" not in answer


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_H_06_clients_that_dawdle_in_their_headers_hold_nobody_up(port: int) -> None:
    """More of them than there are threads: the others are answered, and they are shown out."""
    _dawdle(port, [f"POST /token HTTP/1.1\r\nHost: localhost:{port}\r\nX-Slow: y"])


UNFINISHED = (
    ("Content-Length: 100", "a=b"),
    ("Content-Length: 100", ""),
    (TE, "3\r\na=b\r\n"),
    ("Content-Length: 9\r\nExpect: 100-continue", ""),
)


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_H_06_clients_that_dawdle_in_their_bodies_hold_nobody_up(port: int) -> None:
    """The same for bodies: no thread waits for one."""
    _dawdle(
        port,
        [
            f"POST {path} HTTP/1.1\r\nHost: localhost:{port}\r\n{FORM}\r\n{headers}\r\n\r\n{begun}"
            for path in ("/token", "/saml/acs", "/health/live")
            for headers, begun in UNFINISHED
        ],
    )


def _dawdle(port: int, heads: list[str]) -> None:
    began = time.monotonic()
    slow = [socket.create_connection(("127.0.0.1", port), PATIENCE) for _ in range(24)]
    try:
        for connection, head in zip(slow, itertools.cycle(heads), strict=False):
            connection.sendall(head.encode())
        for line in (GET, GET, "GET /health/live HTTP/1.1"):
            assert statuses(send(port, request(port, line))) == [200]
        assert time.monotonic() - began < SHOWN_OUT, "they wait for the slow ones"
        for connection in slow:
            assert statuses(_last_words(connection)) in ([], [408])
        assert time.monotonic() - began < PATIENCE
    finally:
        for connection in slow:
            connection.close()
    assert statuses(send(port, request(port, GET))) == [200]


def _last_words(connection: socket.socket) -> bytes:
    """What comes until the server closes; that it may go on is none."""
    connection.settimeout(PATIENCE)
    received = b""
    try:
        while data := connection.recv(65536):
            received += data
    except ConnectionError:
        pass
    return received.replace(b"HTTP/1.1 100 Continue\r\n\r\n", b"")


def test_H_06_a_body_that_comes_in_pieces_is_read_in_whole(port: int) -> None:
    whole = send(port, request(port, TOKEN, FORM, "Content-Length: 14", body="grant_type=abc"))
    assert statuses(whole) == [401]
    pieces = request(port, TOKEN, FORM, "Transfer-Encoding: chunked", body="5\r\ngrant\r\n")
    answer = send(port, pieces, b"9\r\n_type=abc\r\n", b"0\r\n\r\n")
    assert statuses(answer) == [401]
    told = [got.partition(b"\r\n\r\n")[2].partition(b"Reference")[0] for got in (answer, whole)]
    assert told[0] and told[0] == told[1]


def test_H_06_a_question_for_headers_alone_gets_no_body(port: int) -> None:
    head = send(port, request(port, GET.replace("GET", "HEAD")))
    assert statuses(head) == [200]
    assert head.endswith(b"\r\n\r\n")


def test_H_06_another_version_of_http_is_not_spoken(port: int) -> None:
    """Its limits would be others: many streams in one connection."""
    with socket.create_connection(("127.0.0.1", port), PATIENCE) as connection:
        connection.sendall(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + b"\0\0\0\4\0\0\0\0\0")
        assert statuses(_last_words(connection)) in ([], [400])


def test_H_06_a_header_with_an_underscore_is_not_the_one_with_a_hyphen(port: int) -> None:
    form = ("X_Forwarded_Host: elders.example", "X_Forwarded_Proto: https")
    assert statuses(send(port, request(port, GET, *form))) == [200]


def test_H_09_nothing_about_the_inside_is_told_at_the_public_address(port: int) -> None:
    for path in (
        *("/metrics", "/metrics/", "/.git/config", "/.env", "/config.toml", "/var/sluis.db"),
        *("/health", "/health/started", "/static/../wsgi.py", "/static/%2e%2e/wsgi.py"),
        *("/static/", "/openapi.json", "/console", "/server-status", "/debug"),
    ):
        answer = send(port, request(port, f"GET {path} HTTP/1.1"))
        assert statuses(answer) in ([404], [400]), path
        assert b"sluis_" not in answer
    for path, told in (("/health/live", b'{"status":"ok"}'), ("/health/ready", b'{"status":"ok"}')):
        answer = send(port, request(port, f"GET {path} HTTP/1.1"))
        assert statuses(answer) == [200]
        assert answer.partition(b"\r\n\r\n")[2].strip() == told
        lines = [line for line in answer.split(b"\r\n") if line.lower().startswith(b"server:")]
        assert lines == [b"server: granian"]


def test_H_06_huge_headers_and_bodies_are_refused(port: int) -> None:
    for raw in (
        request(port, GET, "X: " + "x" * 1_000_000),
        request(port, "GET /hulp/?" + "x" * 1_000_000 + " HTTP/1.1"),
        request(port, GET, *(f"X-{n}: y" for n in range(5000))),
    ):
        answer = send(port, raw)
        assert 200 not in statuses(answer)
        assert all(400 <= status < 500 for status in statuses(answer))
    body = "a=" + "x" * 5_000_000
    head = ("Content-Type: application/x-www-form-urlencoded", f"Content-Length: {len(body)}")
    answer = send(port, request(port, "POST /saml/acs HTTP/1.1", *head, body=body))
    assert statuses(answer) in ([413], [])
    chunk = f"80000\r\n{'x' * 0x80000}\r\n"
    answer = send(port, request(port, "POST /saml/acs HTTP/1.1", head[0], TE, body=chunk * 8))
    assert statuses(answer) in ([413], [])
    assert statuses(send(port, request(port, GET))) == [200]  # and the server goes on
