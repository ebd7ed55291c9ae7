"""Parties that fail on the line, wherever we call one: each call has one time in all and one size,
and its reason names what was seen. The times are those of the product, shortened.
"""

from __future__ import annotations

import io
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import SimpleNamespace
from typing import Any, Final

import pytest

from admin.trade_register.entries import RegisterTrouble
from admin.trade_register.kvk_api import KvkApi
from broker.oidc.backchannel_logout import LogoutAdapter, logout_message
from broker.oidc.client_keys import ClientKeys
from providers.calls import MakelaarEndpoint
from providers.interface import ProviderUnavailable
from providers.oidc.discovery import fetch_document
from providers.saml.metadata_source import fetch_metadata
from state import outgoing
from state.outbox import DeliveryFailed
from state.outgoing import OutgoingClient, OutgoingFailed
from state.outgoing_tls import tls_context
from tests.broker.examples import ISSUER, a_client
from tests.clocks import FakeClock
from tests.keys_for_tests import make_keyring, make_sealer
from tests.listener import Said, listening
from tests.proxies import serving

SECONDS: Final = 0.6  # of a call, in all
OF_A_LIST: Final = 1.2
FOR_A_BUSY_MACHINE: Final = 1.5
NAME: Final = "localhost"
PIECE: Final = b"x" * 64 * 1024
HUGE: Final = 100 * 1024 * 1024
READ_AT_MOST: Final = 20 * 1024 * 1024  # with what lies in buffers between


# Whom we call, and how each tells that it failed.


def keys_of_a_portal(calls: OutgoingClient, url: str) -> str:
    keys = ClientKeys(calls, FakeClock())
    portal = a_client(token_endpoint_auth_method="private_key_jwt", jwks_uri=url)
    assert list(keys.candidates(portal)) == []
    return str(keys.trouble(portal))


def logout_at_a_portal(calls: OutgoingClient, url: str) -> str:
    portal = a_client(backchannel_logout_uri=url)
    told = logout_message(
        make_sealer(), portal, person_id="jan", session_id="a-session", reference=None
    )
    adapter = LogoutAdapter(
        clients=lambda: {portal.client_id: portal},
        keyring=make_keyring,
        issuer=ISSUER,
        outgoing=calls,
        clock=FakeClock(),
    )
    with pytest.raises(DeliveryFailed) as failed:
        adapter.send("message-1", told)
    return str(failed.value)


def trade_register(calls: OutgoingClient, url: str) -> str:
    with pytest.raises(RegisterTrouble) as failed:
        KvkApi(calls, url, "key").find("90001201")
    return failed.value.reason


def metadata(calls: OutgoingClient, url: str) -> str:
    party: Any = SimpleNamespace(address=url, kind="client", name="waterkaart")
    with pytest.raises(OutgoingFailed) as failed:
        fetch_metadata(party, calls)
    return failed.value.explained


def list_of_a_federation(calls: OutgoingClient, url: str) -> str:
    with pytest.raises(OutgoingFailed) as failed:
        calls.download(url, io.BytesIO(), max_bytes=8 * 1024 * 1024, party="list of x")
    return failed.value.explained


def at_makelaar(endpoint: MakelaarEndpoint) -> Callable[[OutgoingClient, str], str]:
    def called(calls: OutgoingClient, url: str) -> str:
        with pytest.raises(ProviderUnavailable) as failed:
            fetch_document(calls, url, 1024 * 1024, endpoint)
        return str(failed.value)

    called.__name__ = f"{endpoint} of a makelaar"
    return called


CALLED: Final = (
    keys_of_a_portal,
    logout_at_a_portal,
    trade_register,
    metadata,
    list_of_a_federation,
    at_makelaar(MakelaarEndpoint.DISCOVERY),
    at_makelaar(MakelaarEndpoint.JWKS),
)


# How they fail. Each gives the address to call.


@contextmanager
def _bare(talk: Callable[[socket.socket, threading.Event], None]) -> Iterator[str]:
    """A server that speaks no HTTP of its own; the address of a document there."""
    over = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.05)

        def serve() -> None:
            while not over.is_set():
                try:
                    connection, _ = server.accept()
                except TimeoutError:
                    continue
                with connection, suppress(OSError):  # the caller heard enough
                    talk(connection, over)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        try:
            yield f"127.0.0.1:{server.getsockname()[1]}"
        finally:
            over.set()
            thread.join()


def _silence(_: socket.socket, over: threading.Event) -> None:
    over.wait(60)


def _drops(head: bytes) -> Callable[[socket.socket, threading.Event], None]:
    def talk(connection: socket.socket, over: threading.Event) -> None:
        connection.sendall(head)
        while not over.wait(0.02):
            connection.sendall(b" ")

    return talk


def _cut(connection: socket.socket, _: threading.Event) -> None:
    connection.recv(1024)
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 400\r\n\r\n{")
    connection.shutdown(socket.SHUT_WR)
    time.sleep(0.05)


LINES: Final[dict[str, tuple[Any, str]]] = {
    "it says nothing": (_silence, "timeout"),
    "its head drips": (_drops(b"HTTP/1.1 200 OK\r\nX-Slow: "), "timeout"),
    "its content drips": (_drops(b"HTTP/1.1 200 OK\r\n\r\n{"), "timeout"),
    "its interim answers drip": (_drops(b"HTTP/1.1 100 Continue\r\nX-Slow: "), "timeout"),
    "it breaks off": (_cut, "cut_short"),
}


def calls_to(authority: str, directory: Path | None = None) -> OutgoingClient:
    return OutgoingClient(
        [authority],
        tls=tls_context(directory / f"{NAME}.pem") if directory is not None else None,
        resolver=lambda _host, _port: ["127.0.0.1"],
    )


@pytest.fixture(autouse=True)
def _shortened(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outgoing, "TOTAL_SECONDS", SECONDS)
    monkeypatch.setattr(outgoing, "DOWNLOAD_SECONDS", OF_A_LIST)


@pytest.mark.parametrize("line", LINES)
@pytest.mark.parametrize("called", CALLED, ids=lambda one: one.__name__)
def test_a_line_that_fails_is_left_in_time_and_told(called: Any, line: str) -> None:
    talk, reason = LINES[line]
    total = OF_A_LIST if called is list_of_a_federation else SECONDS
    with _bare(talk) as authority:
        began = time.monotonic()
        told = called(calls_to(authority), f"http://{authority}/x")
        assert time.monotonic() - began < total + FOR_A_BUSY_MACHINE
    assert reason in told


@pytest.mark.parametrize("called", CALLED, ids=lambda one: one.__name__)
def test_what_is_too_large_is_not_read_to_its_end(called: Any) -> None:
    sent = 0

    def endless() -> Iterator[bytes]:
        nonlocal sent
        while sent < HUGE:
            sent += len(PIECE)
            yield PIECE

    with listening(lambda _: Said(pieces=endless())) as server:
        told = called(calls_to(server.authority), f"http://{server.authority}/x")
    assert "too_large" in told
    assert sent <= READ_AT_MOST


@pytest.mark.parametrize("called", CALLED, ids=lambda one: one.__name__)
def test_nobody_is_followed_elsewhere(called: Any) -> None:
    with listening(lambda _: Said()) as elsewhere:
        away = {"Location": f"http://{elsewhere.authority}/"}
        with listening(lambda _: Said(status=302, headers=away)) as server:
            told = called(calls_to(server.authority), f"http://{server.authority}/x")
        assert elsewhere.seen == []
    assert "redirected" in told


@pytest.mark.parametrize("called", CALLED, ids=lambda one: one.__name__)
def test_a_certificate_of_somebody_else_is_told_before_anything_is_sent(
    called: Any, tmp_path: Path
) -> None:
    serving(tmp_path, NAME)  # whom we know
    with listening(lambda _: Said(b"{}"), tls=serving(tmp_path, "other.example")) as server:
        authority = f"{NAME}:{server.port}"
        told = called(calls_to(authority, tmp_path), f"https://{authority}/x")
        assert server.seen == []
    assert "tls_untrusted" in told


@pytest.mark.parametrize("called", CALLED, ids=lambda one: one.__name__)
def test_where_nobody_listens_is_told_at_once(called: Any) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        authority = f"127.0.0.1:{server.getsockname()[1]}"
    told = called(calls_to(authority), f"http://{authority}/x")
    assert "refused" in told
