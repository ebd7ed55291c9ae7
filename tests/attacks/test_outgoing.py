"""Addresses that lead inside, parties that answer badly (A-04, X-09); each with its good twin."""

from __future__ import annotations

import ast
import ssl
from collections.abc import Callable
from pathlib import Path

import pytest

from state.addresses import OutgoingRefused
from state.outgoing import OutgoingClient, OutgoingFailed
from tests.listener import Said, Seen, listening
from tests.proxies import certificate

PUBLIC = "93.184.216.34"
HTTPS = "https://makelaar.example/"


class Called(Exception):
    """A connection would have been made."""


def outgoing_to(*addresses: str) -> OutgoingClient:
    return OutgoingClient(["localhost:8001"], resolver=lambda _host, _port: list(addresses))


def connections_raise(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(address: tuple[str, int], *_: object) -> None:
        raise Called(address[0])

    monkeypatch.setattr("socket.create_connection", refuse)


@pytest.mark.parametrize(
    "url",
    [
        pytest.param(url, id=f"A-04 {url[:40]}")
        for url in (
            "http://makelaar.example/",
            "https://127.0.0.1/",
            "https://127.1/",
            "https://[::1]/",
            "https://[::ffff:127.0.0.1]/",
            "https://2130706433/",
            "https://0x7f.0.0.1/",
            "https://0177.0.0.1/",
            "https://0.0.0.0/",
            "https://169.254.169.254/latest/meta-data/",
            "https://localhost/",
            "http://localhost:8002/",
            "http://localhost:8001@makelaar.example/",
            "https://user@makelaar.example/",
            "https://makelaar.example:22/",
            "https://makelaar.example:80/",
            "https://makelaar.example:99999/",
            "https://makelaar.example\\@127.0.0.1/",
            "https://makelaar.example/#f",
            "https://makelaar.example./",
            "https://maakelaar%2eexample/",
            "https://makelaar.example/\r\nX: y",
            "https://makelaar。example/",
            "file:///etc/passwd",
            "gopher://makelaar.example/",
            "ftp://makelaar.example/",
            "//makelaar.example/",
            "https://",
            "https://makelaar.example/" + "a" * 3000,
        )
    ],
)
def test_an_address_in_disguise_is_refused(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    connections_raise(monkeypatch)
    with pytest.raises(OutgoingRefused):
        outgoing_to(PUBLIC).get(url)


@pytest.mark.parametrize(
    "addresses",
    [
        pytest.param(["127.0.0.1"], id="A-04 a name of this machine"),
        pytest.param(["10.0.0.8"], id="A-04 a name of the inside"),
        pytest.param(["169.254.169.254"], id="A-04 a name of the cloud"),
        pytest.param(["::ffff:10.0.0.8"], id="A-04 IPv4 in IPv6"),
        pytest.param([PUBLIC, "127.0.0.1"], id="A-04 one inside among others"),
        pytest.param(["fe80::1%eth0"], id="A-04 a scoped address"),
        pytest.param(["nonsense"], id="A-04 no address"),
    ],
)
def test_a_name_that_leads_inside_is_refused(
    addresses: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    connections_raise(monkeypatch)
    with pytest.raises(OutgoingRefused, match="address"):
        outgoing_to(*addresses).get(HTTPS)


@pytest.mark.parametrize(
    ("allow", "url", "address", "called"),
    [
        pytest.param("makelaar.example", HTTPS, "10.0.0.8", True, id="a name"),
        pytest.param("10.0.0.0/8", HTTPS, "10.0.0.8", True, id="a network"),
        pytest.param("idp", "https://idp/", "10.0.0.8", True, id="a single word"),
        pytest.param("10.0.0.8", "https://10.0.0.8/", "10.0.0.8", True, id="an address"),
        pytest.param("other.example", HTTPS, "10.0.0.8", False, id="A-04 another name"),
        pytest.param("10.1.0.0/16", HTTPS, "10.0.0.8", False, id="A-04 another network"),
        pytest.param("10.0.0.8:9443", HTTPS, "10.0.0.8", False, id="A-04 another port"),
        pytest.param(
            "makelaar.example", "https://makelaar.example:22/", "10.0.0.8", False, id="A-04 ssh"
        ),
        pytest.param(
            "makelaar.example", "http://makelaar.example/", "10.0.0.8", False, id="A-04 http"
        ),
        pytest.param("makelaar.example", HTTPS, "127.0.0.1", False, id="A-04 ourselves"),
        pytest.param("makelaar.example", HTTPS, "169.254.169.254", False, id="A-04 a cloud"),
        pytest.param("10.0.0.0/8", HTTPS, "::ffff:127.0.0.1", False, id="A-04 wrapped"),
        pytest.param("100.64.0.0/10", HTTPS, "100.100.100.200", False, id="A-04 a cloud inside"),
    ],
)
def test_who_is_allowed_inside_is_called_and_nobody_beside(
    allow: str, url: str, address: str, called: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    connections_raise(monkeypatch)
    outgoing = OutgoingClient(allow=[allow], resolver=lambda _host, _port: [address])
    with pytest.raises(Called if called else OutgoingRefused):
        outgoing.get(url)


def test_A_04_of_an_allowed_name_too_every_address_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    connections_raise(monkeypatch)
    found = ["10.0.0.8", "127.0.0.1"]
    outgoing = OutgoingClient(allow=["makelaar.example"], resolver=lambda _h, _p: found)
    with pytest.raises(OutgoingRefused, match="address_never"):
        outgoing.get(HTTPS)
    found.pop()
    with pytest.raises(Called, match=r"10\.0\.0\.8"):
        outgoing.get(HTTPS)


def test_A_04_the_good_twin_is_called_at_the_address_that_was_checked(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # A second look at the name would lead inside: DNS rebinding.
    answers = [[PUBLIC], ["127.0.0.1"]]
    connections_raise(monkeypatch)
    outgoing = OutgoingClient(resolver=lambda _host, _port: answers.pop(0))
    with pytest.raises(Called, match=PUBLIC):
        outgoing.get(HTTPS)
    assert len(answers) == 1


def test_A_04_a_redirect_is_not_followed() -> None:
    with listening(lambda _: Said(b"inside")) as inside:
        to_inside = {"Location": f"http://{inside.authority}/"}
        with listening(lambda _: Said(status=302, headers=to_inside)) as server:
            outgoing = OutgoingClient([server.authority, inside.authority])
            with pytest.raises(OutgoingFailed, match="redirected"):
                outgoing.get(f"http://{server.authority}/")
            assert inside.seen == []
            assert outgoing.get(f"http://{inside.authority}/").body == b"inside"


class Ticking:
    """A clock on which every look costs ``step`` seconds."""

    def __init__(self, step: float) -> None:
        self.now, self.step = 0.0, step

    def __call__(self) -> float:
        self.now += self.step
        return self.now


@pytest.mark.parametrize(
    ("answering", "step", "reason"),
    [
        pytest.param(lambda _: Said(b"x" * 3000), 0.0, "too_large", id="A-04 X-09 too much"),
        pytest.param(
            lambda _: Said(pieces=(b"x" * 500,) * 9), 0.0, "too_large", id="X-09 without length"
        ),
        pytest.param(lambda _: Said(b"half", length=8), 0.0, "cut_short", id="X-09 cut short"),
        pytest.param(lambda _: Said(b"x" * 9), 1.8, "timeout", id="A-04 X-09 slow"),
        pytest.param(
            lambda _: Said(headers={f"X-{i}": "y" for i in range(300)}),
            0.0,
            "no_answer",
            id="X-09 endless headers",
        ),
    ],
)
def test_an_answer_that_is_too_much_or_too_slow_is_dropped(
    answering: Callable[[Seen], Said], step: float, reason: str
) -> None:
    with listening(answering) as server:
        outgoing = OutgoingClient([server.authority], monotonic=Ticking(step))
        with pytest.raises(OutgoingFailed, match=reason):
            outgoing.get(f"http://{server.authority}/", max_bytes=2000)
    with listening(lambda _: Said(b"x" * 2000)) as good:
        outgoing = OutgoingClient([good.authority], monotonic=Ticking(0.0))
        assert len(outgoing.get(f"http://{good.authority}/", max_bytes=2000).body) == 2000


@pytest.mark.parametrize(
    ("name", "trusted"),
    [
        pytest.param("localhost", True, id="good"),
        pytest.param("localhost", False, id="X-09 certificate of nobody we trust"),
        pytest.param("other.example", True, id="X-09 certificate of another name"),
    ],
)
def test_tls_is_verified_for_the_name(name: str, trusted: bool, tmp_path: Path) -> None:
    pem = certificate(tmp_path, name)
    server_side = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server_side.load_cert_chain(pem)
    ours = ssl.create_default_context(cafile=str(pem) if trusted else None)
    with listening(lambda _: Said(b"ok"), tls=server_side) as server:
        authority = f"localhost:{server.port}"
        outgoing = OutgoingClient([authority], tls=ours, resolver=lambda _h, _p: ["127.0.0.1"])
        if (name, trusted) == ("localhost", True):
            assert outgoing.get(f"https://{authority}/").body == b"ok"
        else:
            reason = "tls_name" if trusted else "tls_untrusted"
            with pytest.raises(OutgoingFailed, match=f"^{reason}$") as failed:
                outgoing.get(f"https://{authority}/")
            assert server.seen == []
            assert failed.value.setting == ("" if trusted else "outgoing.ca_file")


WAYS_OUT = ("http.client", "httpx", "requests", "socket", "urllib.request", "urllib3")
# None of these calls what a party, an operator or a document names.
BESIDE = {
    "admin/operations/listening.py",  # is called
    "admin/operations/management.py",
    "admin/presence.py",  # the name of this machine
    "admin/virus_scan/clamd.py",  # what the installation itself runs
    "broker/monitoring/telemetry.py",
}


def test_A_04_nobody_calls_out_by_another_way() -> None:
    """Every address that a party, an operator or a document names is checked by the client of
    these tests: no other module of the product has a way to call.
    """
    root = Path(__file__).parents[2]
    found = set()
    for room in ("admin", "assurance", "broker", "consent", "directory", "keys", "providers"):
        found |= {
            str(path.relative_to(root))
            for path in (root / room).rglob("*.py")
            if any(_imports(path, way) for way in WAYS_OUT)
        }
    assert found == BESIDE


def _imports(path: Path, way: str) -> bool:
    names = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {one.name for one in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names |= {node.module, *(f"{node.module}.{one.name}" for one in node.names)}
    return any(name == way or name.startswith(f"{way}.") for name in names)
