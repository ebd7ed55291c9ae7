"""clamd is asked by its own protocol, and only an answer that is understood counts."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from time import monotonic, sleep
from typing import Final

import pytest

from admin.virus_scan.clamd import Clamd
from admin.virus_scan.scanner import NoScanner, ScannerDown, make_scanner
from broker.organisation_settings import IdentityDocumentSettings
from tests.clamd import FakeClamd, fake_clamd
from tests.scans import EICAR
from tests.servers import free_port

LONG: Final = 60.0  # seconds; more than any test takes, also on a machine that others use


@pytest.fixture
def daemon() -> Iterator[FakeClamd]:
    with fake_clamd() as one:
        yield one


def test_a_clean_file_is_clean_and_arrives_whole(daemon: FakeClamd) -> None:
    content = bytes(range(256)) * 1000  # several pieces
    assert Clamd(daemon.where).is_clean(content)
    assert daemon.scanned == [content]


def test_a_virus_is_found(daemon: FakeClamd) -> None:
    assert not Clamd(daemon.where).is_clean(b"x" * 100_000 + EICAR)


def test_it_listens_at_a_file_too(tmp_path: Path) -> None:
    with fake_clamd(tmp_path / "clamd.ctl") as daemon:
        assert Clamd(daemon.where).is_clean(b"x")
        Clamd(daemon.where).ping()


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (b"INSTREAM size limit exceeded. ERROR\0", "too_large"),
        (b"stream: ERROR\0", "not_understood"),
        (b"stream: OK", "not_understood"),  # cut off
        (b"OK\0", "not_understood"),
        (b"stream: OK, mostly\0", "not_understood"),
        (b"\0", "not_understood"),
        (b"", "not_understood"),
        (b"a" * 10_000, "not_understood"),
    ],
)
def test_another_answer_is_none(daemon: FakeClamd, answer: bytes, reason: str) -> None:
    daemon.answer = answer
    with pytest.raises(ScannerDown) as down:
        Clamd(daemon.where).is_clean(b"x")
    assert down.value.reason == reason


def test_one_that_is_slow_is_not_waited_for(daemon: FakeClamd) -> None:
    daemon.waits, began = LONG, monotonic()
    for _ in range(3):  # of two at once: who waited in vain leaves its place
        with pytest.raises(ScannerDown) as down:
            Clamd(daemon.where, within=0.2).is_clean(b"x")
        assert down.value.reason == "timeout"
    assert monotonic() - began < LONG


def test_all_files_of_a_page_have_one_budget(daemon: FakeClamd) -> None:
    daemon.waits = LONG
    both = Clamd(daemon.where, within=0.5)
    for _ in ("front", "back"):
        with pytest.raises(ScannerDown) as down:
            both.is_clean(b"x")
        assert down.value.reason == "timeout"
    assert daemon.asked <= 1, "nothing was left for the second"


def test_while_it_is_silent_it_holds_two_threads(daemon: FakeClamd) -> None:
    """Of four: the other two serve logins. Afterwards there is place again."""

    def look() -> str:
        try:
            return str(Clamd(daemon.where, within=LONG).is_clean(b"x"))
        except ScannerDown as down:
            return down.reason

    daemon.waits, end = LONG, monotonic() + LONG
    with ThreadPoolExecutor(2) as threads:
        waiting = [threads.submit(look) for _ in range(2)]
        while daemon.asked < 2:
            assert monotonic() < end
            sleep(0.01)
        assert [look(), look()] == ["busy", "busy"]
        daemon.let_go.set()
        assert [one.result() for one in waiting] == ["True", "True"]
    assert look() == "True" and look() == "True"


def test_one_that_reads_nothing_is_not_waited_for() -> None:
    with socket.create_server(("127.0.0.1", 0)) as deaf:
        where, began = f"127.0.0.1:{deaf.getsockname()[1]}", monotonic()
        with pytest.raises(ScannerDown) as down:
            Clamd(where, within=0.3).is_clean(b"x" * 50_000_000)
    assert down.value.reason == "timeout" and monotonic() - began < LONG


@pytest.mark.parametrize(
    ("where", "reason"),
    [
        ("127.0.0.1:{port}", "connection_refused"),
        ("clamd.invalid:3310", "name_not_found"),
        ("unix:/nowhere/clamd.ctl", "no_such_socket"),
    ],
)
def test_one_that_is_not_there(where: str, reason: str, monkeypatch: pytest.MonkeyPatch) -> None:
    if reason == "name_not_found":

        def unknown(*_: object, **__: object) -> None:
            raise socket.gaierror(socket.EAI_NONAME, "not known")

        monkeypatch.setattr(socket, "getaddrinfo", unknown)
    with pytest.raises(ScannerDown) as down:
        Clamd(where.format(port=free_port())).is_clean(b"x")
    assert down.value.reason == reason


def test_a_ping_is_answered_or_not(daemon: FakeClamd) -> None:
    Clamd(daemon.where).ping()
    daemon.answer = b"HELLO\0"
    with pytest.raises(ScannerDown):
        Clamd(daemon.where).ping()


def test_the_settings_choose() -> None:
    assert isinstance(make_scanner(IdentityDocumentSettings()), NoScanner)
    chosen = IdentityDocumentSettings(asked=True, scanner="clamd", clamd="unix:/run/clamd.ctl")
    assert isinstance(make_scanner(chosen), Clamd)


@pytest.mark.parametrize("text", ["clamd", "unix:clamd.ctl", ":3310", "host:", "host:0", "h:99999"])
def test_an_address_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"127\.0\.0\.1:3310"):
        IdentityDocumentSettings(clamd=text)
