"""Calls through the proxy of the installation, over real sockets and TLS."""

from __future__ import annotations

import base64
import ssl
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from state.adapters.way_out import WayOut
from state.adapters.webhook import WebhookAdapter
from state.addresses import OutgoingRefused
from state.breaker import FAILURES_TO_OPEN
from state.outbox import DeliveryFailed, Message
from state.outgoing import PORTS, OutgoingClient, OutgoingFailed
from state.outgoing_allow import read_allowed
from state.outgoing_proxy import Proxy, read_proxy
from state.outgoing_tls import tls_context
from tests.listener import Listener, Said, listening
from tests.proxies import TunnelProxy, certificate, proxying, serving
from tests.servers import free_port

NAME, PUBLIC = "makelaar.example", "93.184.216.34"
URL = f"https://{NAME}/x?y=z"
BY_NAME, BY_ADDRESS = f"{NAME}:443", f"{PUBLIC}:443"
MESSAGE = Message("mail", "a@example.nl", "Hallo", "Tekst", None)


@pytest.fixture
def party(tmp_path: Path) -> Iterator[Listener]:
    with listening(lambda _: Said(b"fine"), tls=serving(tmp_path, NAME)) as server:
        yield server


@pytest.fixture
def ours(tmp_path: Path, party: Listener) -> ssl.SSLContext:
    return tls_context(tmp_path / f"{NAME}.pem")


def leads(party: Listener) -> dict[str, tuple[str, int]]:
    return dict.fromkeys((BY_NAME, BY_ADDRESS), (party.host, party.port))


def through(
    proxy: TunnelProxy, ours: ssl.SSLContext, *, scheme: str = "http", user: str = "", **more: Any
) -> OutgoingClient:
    at = f"localhost:{proxy.port}" if scheme == "https" else proxy.authority
    chosen = {name: more.pop(name) for name in ("password", "resolves", "direct") if name in more}
    found = read_proxy(f"{scheme}://{user}{at}", **chosen)
    return OutgoingClient(proxy=found, tls=ours, **{"resolver": lambda _h, _p: [PUBLIC], **more})


def test_a_call_goes_through_to_the_address_that_was_checked(
    party: Listener, ours: ssl.SSLContext
) -> None:
    with proxying(leads(party)) as proxy:
        assert through(proxy, ours).get(URL).body == b"fine"
    assert proxy.tunnels == [BY_ADDRESS]
    assert (party.seen[0].path, party.seen[0].headers["host"]) == ("/x?y=z", NAME)
    assert "Proxy-Authorization" not in proxy.asked[0]


def test_a_proxy_that_resolves_is_given_the_name(party: Listener, ours: ssl.SSLContext) -> None:
    def never(host: str, port: int) -> list[str]:
        raise AssertionError

    with proxying(leads(party)) as proxy:
        outgoing = through(proxy, ours, resolves=True, resolver=never)
        assert outgoing.post_form(URL, {"a": "b"}).body == b"fine"
    assert proxy.tunnels == [BY_NAME]
    assert party.seen[0].body == b"a=b"


def test_a_proxy_may_want_a_name_and_a_password(party: Listener, ours: ssl.SSLContext) -> None:
    with proxying(leads(party)) as proxy:
        through(proxy, ours, user="slu%69s@", password="s:é").get(URL)
    encoded = base64.b64encode("sluis:s:é".encode()).decode()
    assert f"Proxy-Authorization: Basic {encoded}\r\n" in proxy.asked[0]
    assert "authorization" not in party.seen[0].headers


def test_a_proxy_may_speak_tls_itself(
    party: Listener, tmp_path: Path, ours: ssl.SSLContext
) -> None:
    server_side = serving(tmp_path, "localhost")
    ours.load_verify_locations(tmp_path / "localhost.pem")
    with proxying(leads(party), tls=server_side) as proxy:
        assert through(proxy, ours, scheme="https").get(URL).body == b"fine"
    assert proxy.tunnels == [BY_ADDRESS]


def test_A_04_an_inside_address_is_refused_before_the_proxy_hears_of_it(
    party: Listener, ours: ssl.SSLContext
) -> None:
    with proxying(leads(party)) as proxy:
        for address in ("10.0.0.8", "127.0.0.1"):
            with pytest.raises(OutgoingRefused, match="address"):
                through(proxy, ours, resolver=lambda _h, _p, a=address: [a]).get(URL)
        for url in ("https://10.0.0.8/", "https://idp/", "http://makelaar.example/"):
            with pytest.raises(OutgoingRefused):
                through(proxy, ours, resolves=True).get(url)
    assert proxy.asked == []


def test_A_04_the_party_behind_the_proxy_proves_its_name(
    tmp_path: Path, ours: ssl.SSLContext
) -> None:
    with (
        listening(lambda _: Said(b"fine"), tls=serving(tmp_path, "other.example")) as other,
        proxying(leads(other)) as proxy,
    ):
        ours.load_verify_locations(tmp_path / "other.example.pem")
        with pytest.raises(OutgoingFailed, match="tls_name"):
            through(proxy, ours).get(URL)
    assert other.seen == []


@pytest.mark.parametrize("direct", [NAME, f"{PUBLIC}/32", PUBLIC])
def test_who_is_called_around_the_proxy_is(
    direct: str, ours: ssl.SSLContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    called = []

    def note(address: tuple[str, int], *_: object) -> None:
        called.append(address)
        raise ConnectionRefusedError

    monkeypatch.setattr("socket.create_connection", note)
    proxy = TunnelProxy("127.0.0.1", 3128, {})
    with pytest.raises(OutgoingFailed, match="refused"):
        through(proxy, ours, direct=read_allowed([direct], PORTS)).get(URL)
    assert called == [(PUBLIC, 443)]


def test_development_addresses_are_called_around_the_proxy(ours: ssl.SSLContext) -> None:
    with listening(lambda _: Said(b"here")) as server, proxying({}) as proxy:
        found = read_proxy(f"http://{proxy.authority}")
        outgoing = OutgoingClient([server.authority], proxy=found, tls=ours)
        assert outgoing.get(f"http://{server.authority}/").body == b"here"
    assert proxy.asked == []


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (b"HTTP/1.1 407 Proxy Authentication Required\r\n\r\n", "proxy_login"),
        (b"HTTP/1.1 403 Forbidden\r\n\r\n", "proxy_refused"),
        (b"HTTP/1.1 301 Moved\r\nLocation: /\r\n\r\n", "proxy_refused"),
        (b"<html>\r\n\r\n", "proxy_no_answer"),
        (b"HTTP/1.1 200 OK\r\nX: " + b"y" * 9000 + b"\r\n\r\n", "proxy_no_answer"),
        (b"HTTP/1.1 2", "proxy_no_answer"),
    ],
)
def test_what_the_proxy_refuses_is_no_failure_of_the_party(
    answer: bytes, reason: str, party: Listener, ours: ssl.SSLContext
) -> None:
    with proxying(leads(party), answer) as proxy:
        outgoing = through(proxy, ours)
        for _ in range(FAILURES_TO_OPEN + 1):
            with pytest.raises(OutgoingFailed, match=f"^{reason}$") as failed:
                outgoing.get(URL)
            assert failed.value.is_of_proxy and failed.value.setting == "outgoing.proxy"
        proxy.answer = None
        assert outgoing.get(URL).body == b"fine"


@pytest.mark.parametrize("status", [502, 503, 504])
def test_a_party_that_the_proxy_cannot_reach_is_left_alone_like_any_other(
    status: int, party: Listener, ours: ssl.SSLContext
) -> None:
    with proxying(leads(party), f"HTTP/1.1 {status} Away\r\n\r\n".encode()) as proxy:
        outgoing = through(proxy, ours)
        for _ in range(FAILURES_TO_OPEN):
            with pytest.raises(OutgoingFailed, match=r"^no_answer$"):
                outgoing.get(URL)
        with pytest.raises(OutgoingFailed, match=r"^circuit_open$"):
            outgoing.get(URL)


def test_a_proxy_that_cannot_reach_the_first_address_is_asked_for_the_next(
    party: Listener, ours: ssl.SSLContext
) -> None:
    found = ["2606:2800:220:1:248:1893:25c8:1946", PUBLIC]
    with proxying(leads(party)) as proxy:
        assert through(proxy, ours, resolver=lambda _h, _p: found).get(URL).body == b"fine"
    assert proxy.tunnels == [f"[{found[0]}]:443", BY_ADDRESS]


def test_a_proxy_that_is_away_rests_for_all_parties_together(ours: ssl.SSLContext) -> None:
    proxy = TunnelProxy("127.0.0.1", free_port(), {})
    outgoing = through(proxy, ours)
    for number in range(FAILURES_TO_OPEN):
        with pytest.raises(OutgoingFailed, match=r"^proxy_no_answer$"):
            outgoing.get(f"https://m{number}.example/")
    with pytest.raises(OutgoingFailed, match=r"^proxy_circuit_open$") as failed:
        outgoing.get("https://another.example/")
    assert failed.value.retry_after is not None and failed.value.is_of_proxy


def test_a_name_that_only_the_proxy_may_know_says_which_setting_asks_it(
    ours: ssl.SSLContext,
) -> None:
    with proxying({}) as proxy, pytest.raises(OutgoingFailed) as failed:
        through(proxy, ours, resolver=lambda _h, _p: []).get(URL)
    assert (failed.value.reason, failed.value.setting) == (
        "name_not_found_here",
        "outgoing.proxy_resolves",
    )


@pytest.mark.parametrize(
    "url",
    [
        "proxy.example:3128",
        "socks5://proxy.example:1080",
        "http://",
        "http://proxy.example:x",
        "http://proxy.example:3128/path",
        "http://proxy.example:3128?x=y",
        "http://pröxy.example:3128",
        "http://u:secret@proxy.example:3128",
    ],
)
def test_a_proxy_that_cannot_be_one_is_told_with_what_to_write(url: str) -> None:
    with pytest.raises(ValueError, match="write") as refused:
        read_proxy(url)
    assert "secret" not in str(refused.value)


def test_a_password_belongs_to_somebody_and_is_not_shown() -> None:
    with pytest.raises(ValueError, match="who logs in"):
        read_proxy("http://proxy.example:3128", "secret")
    found = read_proxy("http://u@proxy.example", "secret")
    assert (found.url, found.port) == ("http://proxy.example:80", 80)
    assert found.authorization and found.authorization not in repr(found)


class TestMessages:
    """Messages of the outbox take the same way out."""

    @staticmethod
    def way(proxy: Proxy, ours: ssl.SSLContext) -> WayOut:
        return WayOut(proxy, ours)

    def test_a_webhook_is_called_through_the_proxy(
        self, party: Listener, ours: ssl.SSLContext
    ) -> None:
        with proxying(leads(party)) as proxy:
            found = read_proxy(f"http://u@{proxy.authority}", "p")
            WebhookAdapter(url=URL, way=self.way(found, ours)).send("01abc", MESSAGE)
        assert proxy.tunnels == [BY_NAME]
        assert found.authorization is not None and found.authorization in proxy.asked[0]
        assert "proxy-authorization" not in party.seen[0].headers

    def test_one_on_this_machine_or_around_the_proxy_is_called_at_once(
        self, ours: ssl.SSLContext
    ) -> None:
        with listening(lambda _: Said()) as hook, proxying({}) as proxy:
            found = read_proxy(f"http://{proxy.authority}", direct=read_allowed([NAME], PORTS))
            way = self.way(found, ours)
            WebhookAdapter(url=f"http://{hook.authority}/", way=way).send("01abc", MESSAGE)
            assert way.pool(URL) is way.pool(f"http://{hook.authority}/")
            assert way.pool(URL) is not way.pool("https://elders.example/")
        assert len(hook.seen) == 1 and proxy.asked == []

    def test_a_proxy_that_is_away_is_tried_again_later(self, ours: ssl.SSLContext) -> None:
        found = read_proxy(f"http://127.0.0.1:{free_port()}")
        with pytest.raises(DeliveryFailed) as failed:
            WebhookAdapter(url=URL, way=self.way(found, ours)).send("01abc", MESSAGE)
        assert not failed.value.permanent


class TestOwnAuthority:
    """Certificates of an authority of one's own, beside those of the system."""

    def test_it_is_believed_and_no_other(self, party: Listener, tmp_path: Path) -> None:
        own = tls_context(tmp_path / f"{NAME}.pem")
        for tls, is_fine in ((own, True), (tls_context(), False)):
            outgoing = OutgoingClient(
                allow=[f"{NAME}:{party.port}"], tls=tls, resolver=lambda _h, _p: [PUBLIC]
            )
            outgoing._addresses = lambda _target: [party.host]  # type: ignore[method-assign]
            if is_fine:
                assert outgoing.get(f"https://{NAME}:{party.port}/").body == b"fine"
            else:
                with pytest.raises(OutgoingFailed, match="tls_untrusted"):
                    outgoing.get(f"https://{NAME}:{party.port}/")

    def test_those_of_the_system_stay(self, tmp_path: Path) -> None:
        before = tls_context().cert_store_stats()["x509_ca"]
        after = tls_context(certificate(tmp_path, NAME)).cert_store_stats()["x509_ca"]
        assert after == before + 1

    def test_those_of_the_system_are_read_once(self) -> None:
        assert WayOut.straight().tls is WayOut.straight().tls

    def test_a_file_that_is_of_no_use_is_told(self, tmp_path: Path) -> None:
        with pytest.raises(ValueError, match="cannot be read"):
            tls_context(tmp_path / "nowhere.pem")
        (tmp_path / "text.pem").write_text("no certificate", encoding="utf-8")
        with pytest.raises(ValueError, match="no certificates"):
            tls_context(tmp_path / "text.pem")
