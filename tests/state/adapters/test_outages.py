"""Where messages go is away in every way that there is, on a real socket: the reason names which
service and what was seen, in the same words for all of them, and nobody waits longer than said.
"""

from __future__ import annotations

import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Final

import pytest
import urllib3

from state.adapters import posting, smtp
from state.adapters.notify import NotifyAdapter
from state.adapters.smtp import SmtpAdapter
from state.adapters.way_out import WayOut
from state.adapters.webhook import WebhookAdapter
from state.clock import utc_now
from state.outbox import Adapter, DeliveryFailed, Message
from state.outgoing_tls import tls_context
from tests.proxies import certificate
from tests.servers import free_port

MESSAGE: Final = Message("mail", "a@example.nl", "Hallo", "Een regel", "7K3QX9AB")
API_KEY: Final = f"sluis-{'1' * 8}-1111-1111-1111-{'1' * 12}-{'2' * 8}-2222-2222-2222-{'2' * 12}"
NAME: Final = "localhost"
EACH, ALTOGETHER = 0.4, 0.8  # seconds that a read, and a conversation, may take here
Answer = Callable[[socket.socket], None]


@contextmanager
def there(answer: Answer, tls: ssl.SSLContext | None = None) -> Iterator[int]:
    """A port where each connection is answered so."""
    over = threading.Event()
    with closing(socket.create_server((NAME, 0))) as server:
        server.settimeout(0.05)

        def one(connection: socket.socket) -> None:
            with closing(connection):
                try:
                    if tls is not None:
                        connection = tls.wrap_socket(connection, server_side=True)
                    answer(connection)
                    over.wait(5)
                except OSError:
                    pass  # the caller left
                finally:
                    connection.close()

        def serve() -> None:
            while not over.is_set():
                try:
                    connection, _ = server.accept()
                except TimeoutError:
                    continue
                connection.settimeout(5)
                threading.Thread(target=one, args=(connection,), daemon=True).start()

        thread = threading.Thread(target=serve)
        thread.start()
        try:
            yield server.getsockname()[1]
        finally:
            over.set()
            thread.join()


def silent(_: socket.socket) -> None:
    """Listens, and says nothing."""


def says(text: bytes) -> Answer:
    """These bytes, and leaves."""

    def answer(connection: socket.socket) -> None:
        connection.sendall(text)
        connection.shutdown(socket.SHUT_WR)

    return answer


def drips(text: bytes) -> Answer:
    """A byte at a time, each soon enough for who looks at one read."""

    def answer(connection: socket.socket) -> None:
        for byte in text:
            connection.sendall(bytes([byte]))
            time.sleep(EACH / 8)

    return answer


# How each is made, from a port and whose certificates are believed; and whether it speaks HTTP.
def webhook(port: int, tls: ssl.SSLContext, *, secure: bool) -> Adapter:
    scheme = "https" if secure else "http"
    return WebhookAdapter(url=f"{scheme}://{NAME}:{port}/", way=WayOut(None, tls))


def notify(port: int, tls: ssl.SSLContext, *, secure: bool) -> Adapter:
    return NotifyAdapter(
        url=f"{'https' if secure else 'http'}://{NAME}:{port}",
        api_key=API_KEY,
        template_id="t",
        clock=utc_now,
        way=WayOut(None, tls),
    )


def relay(port: int, tls: ssl.SSLContext, *, secure: bool) -> Adapter:
    url = f"{'smtps' if secure else 'smtp'}://{NAME}:{port}"
    return SmtpAdapter(url=url, sender="S <s@example.nl>", clock=utc_now, tls=tls)


HTTP: Final = {"webhook": webhook, "notify": notify}
SERVICES: Final = {**HTTP, "smtp": relay}


@pytest.fixture(autouse=True)
def brief(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(posting, "ANSWER_WITHIN", urllib3.Timeout(connect=EACH, read=EACH))
    monkeypatch.setattr(smtp, "ANSWER_WITHIN", EACH)
    monkeypatch.setattr(posting, "TOTAL_SECONDS", ALTOGETHER)
    monkeypatch.setattr(smtp, "TOTAL_SECONDS", ALTOGETHER)


def failed(adapter: Adapter) -> DeliveryFailed:
    began = time.monotonic()
    with pytest.raises(DeliveryFailed) as why:
        adapter.send("01abc", MESSAGE)
    assert time.monotonic() - began < 4, "dripping buys no time"
    return why.value


@pytest.mark.parametrize("service", SERVICES)
def test_nobody_listens(service: str) -> None:
    found = failed(SERVICES[service](free_port(), tls_context(), secure=False))
    assert (found.reason, found.permanent) == (f"{service}_connection_refused", False)


@pytest.mark.parametrize("service", SERVICES)
def test_the_name_is_not_known(service: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(*_: object, **__: object) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    found = failed(SERVICES[service](1, tls_context(), secure=False))
    assert (found.reason, found.permanent) == (f"{service}_name_not_found", False)


SAID: Final = {"webhook": b"HTTP/1.1 204 ", "notify": b"HTTP/1.1 201 ", "smtp": b"220 "}


@pytest.mark.parametrize("service", SERVICES)
@pytest.mark.parametrize("how", ["silent", "drips"])
def test_it_takes_too_long(service: str, how: str) -> None:
    head = SAID[service] + b"x" * 500
    with there(silent if how == "silent" else drips(head)) as port:
        found = failed(SERVICES[service](port, tls_context(), secure=False))
    assert (found.reason, found.permanent) == (f"{service}_timeout", False)


@pytest.mark.parametrize("service", SERVICES)
def test_headers_that_drip_do_not_count_as_an_answer_once_the_time_is_over(service: str) -> None:
    good = {"smtp": b"220-a\r\n220-b\r\n" * 50}.get(service, SAID[service] + b"Fine\r\nX: y")
    with there(lambda at: (at.sendall(good), drips(b"y" * 200)(at))[1]) as port:
        found = failed(SERVICES[service](port, tls_context(), secure=False))
    assert found.reason == f"{service}_timeout"


@pytest.mark.parametrize("service", SERVICES)
@pytest.mark.parametrize(
    ("name", "until", "trusted", "reason"),
    [
        (NAME, 2021, True, "tls_expired"),
        ("other.example", 2050, True, "tls_name"),
        (NAME, 2050, False, "tls_untrusted"),
    ],
)
def test_its_certificate_is_not_right(
    tmp_path: Path, service: str, name: str, until: int, trusted: bool, reason: str
) -> None:
    file = certificate(tmp_path, name, until=until)
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(file)
    with there(silent, server) as port:
        adapter = SERVICES[service](port, tls_context(file if trusted else None), secure=True)
        found = failed(adapter)
    assert (found.reason, found.permanent) == (f"{service}_{reason}", False)


@pytest.mark.parametrize("service", SERVICES)
def test_it_speaks_no_tls(service: str) -> None:
    with there(says(b"HTTP/1.1 200 OK\r\n\r\n")) as port:
        found = failed(SERVICES[service](port, tls_context(), secure=True))
    assert (found.reason, found.permanent) == (f"{service}_tls", False)


@pytest.mark.parametrize("service", SERVICES)
@pytest.mark.parametrize("text", [b"", b"\x00\xff\x00 garbage\r\n", b"<html>"])
def test_what_it_says_is_no_answer(service: str, text: bytes) -> None:
    with there(says(text)) as port:
        found = failed(SERVICES[service](port, tls_context(), secure=False))
    assert (found.reason, found.permanent) == (f"{service}_no_answer", False)


@pytest.mark.parametrize("service", HTTP)
@pytest.mark.parametrize("status", [302, 500, 503])
def test_another_status_is_told(service: str, status: int) -> None:
    said = f"HTTP/1.1 {status} No\r\nLocation: /x\r\nContent-Length: 0\r\n\r\n".encode()
    with there(says(said)) as port:
        found = failed(HTTP[service](port, tls_context(), secure=False))
    assert (found.reason, found.permanent) == (f"{service}_{status}", False)


@pytest.mark.parametrize("service", HTTP)
def test_an_answer_of_success_is_one_however_much_follows(service: str) -> None:
    body = b"Content-Length: 100000000\r\n\r\n" + b"x" * 100_000
    with there(says(SAID[service] + b"Fine\r\n" + body)) as port:
        HTTP[service](port, tls_context(), secure=False).send("01abc", MESSAGE)


def test_a_relay_says_in_time_that_it_has_no_room() -> None:
    with there(says(b"421 too busy\r\n")) as port:
        assert failed(relay(port, tls_context(), secure=False)).reason == "smtp_421"
