"""A makelaar is away in every way that there is, on a real socket: ``sluis doctor --parties`` and a
login have one word for it, and doctor says what was seen at which address, and who mends it.
"""

from __future__ import annotations

import socket
import ssl
from pathlib import Path
from typing import Final

import pytest

from admin.parties import oidc_makelaars
from admin.parties.trouble import PartyTrouble
from admin.registrations.rule import failure
from providers.calls import MakelaarEndpoint, of_call, of_status
from providers.interface import ProviderUnavailable
from providers.oidc import discovery
from providers.registry import OidcSettings
from providers.trouble import Trouble
from state import outgoing
from state.outgoing import OutgoingClient, OutgoingFailed
from state.outgoing_failures import FAILURES
from state.outgoing_tls import tls_context
from tests.clocks import START
from tests.proxies import certificate
from tests.servers import free_port
from tests.state.adapters.test_outages import NAME, Answer, drips, says, silent, there

T = Trouble


def http(status: int, body: bytes = b"", more: bytes = b"") -> bytes:
    head = b"HTTP/1.1 %d Said\r\nContent-Length: %d\r\n" % (status, len(body))
    return head + more + b"\r\n" + body


# What the makelaar does; how a login calls it, and what doctor says of what was seen and to do.
AWAY: Final[dict[str, tuple[Answer, Trouble, str, str]]] = {
    "silent": (silent, T.UNAVAILABLE, "does not answer in time", "firewall"),
    "drips": (drips(http(200, b"{}")), T.UNAVAILABLE, "does not answer in time", "firewall"),
    "leaves": (says(b""), T.UNAVAILABLE, "nothing answers", "whether it runs"),
    "garbage": (says(b"\x00\xff\r\n\r\n"), T.UNAVAILABLE, "nothing answers", "whether it runs"),
    "500": (says(http(500)), T.UNAVAILABLE, "status 500", "let the party look at its server"),
    "404": (says(http(404)), T.DISCOVERY_NOT_FOUND, "status 404", "correct the address"),
    "302": (
        says(http(302, more=b"Location: /elders\r\n")),
        T.DISCOVERY_NOT_FOUND,
        "sends us on",
        "where it ends",
    ),
    "HTML": (says(http(200, b"<html>")), T.DISCOVERY_UNREADABLE, "no JSON", "correct"),
    "empty": (says(http(200)), T.DISCOVERY_UNREADABLE, "no JSON", "correct"),
    "huge": (
        says(http(200, b"x" * (discovery.MAX_BYTES + 1))),
        T.DISCOVERY_UNREADABLE,
        "more than we read",
        "say less",
    ),
    "cut short": (
        says(http(200, b"x" * 9).replace(b"9", b"99")),
        T.UNAVAILABLE,
        "stops half-way",
        "look",
    ),
}
TLS: Final[dict[str, tuple[str, int, bool, Trouble, str, str]]] = {
    "over": (NAME, 2021, True, T.TLS_EXPIRED, "is over", "renew"),
    "another name": ("other.example", 2050, True, T.TLS_NAME, "another name", "host"),
    "strange authority": (NAME, 2050, False, T.UNTRUSTED, "not known here", "outgoing.ca_file"),
}


@pytest.fixture(autouse=True)
def brief(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outgoing, "TOTAL_SECONDS", 0.6)


def settings(port: int, scheme: str = "http") -> OidcSettings:
    return OidcSettings.model_validate(
        {
            "issuer": f"{scheme}://{NAME}:{port}",
            "client_id": "sluis",
            "token_endpoint_auth_method": "private_key_jwt",
        }
    )


def doctor(at: OidcSettings, client: OutgoingClient) -> PartyTrouble:
    (found,) = oidc_makelaars.troubles(
        at, client, keyring=None, redirect_uri="https://x.example", now=START
    )
    return found


def login(at: OidcSettings, client: OutgoingClient) -> str:
    with pytest.raises(ProviderUnavailable) as why:
        discovery.fetch_metadata(client, at, "makelaar")
    return why.value.reason


@pytest.mark.parametrize("how", AWAY)
def test_what_it_does_is_told_in_one_word_with_what_was_seen(how: str) -> None:
    answer, trouble, seen, remedy = AWAY[how]
    with there(answer) as port:
        client = OutgoingClient([f"{NAME}:{port}"])
        found = doctor(settings(port), client)
        assert login(settings(port), client) == found.reason == trouble
    assert f"{NAME}:{port}" in found.seen and seen in found.seen
    assert remedy in found.remedy and found.field == "oidc.issuer"


@pytest.mark.parametrize("how", TLS)
def test_what_is_wrong_with_its_certificate_is_told_as_that(tmp_path: Path, how: str) -> None:
    name, until, trusted, trouble, seen, remedy = TLS[how]
    file = certificate(tmp_path, name, until=until)
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(file)
    with there(silent, server) as port:
        tls = tls_context(file if trusted else None)
        client = OutgoingClient([f"{NAME}:{port}"], tls=tls)
        found = doctor(settings(port, "https"), client)
        assert login(settings(port, "https"), client) == found.reason == trouble
    assert seen in found.seen and remedy in found.remedy


def test_nobody_listens_or_the_name_is_not_known(monkeypatch: pytest.MonkeyPatch) -> None:
    port = free_port()
    found = doctor(settings(port), OutgoingClient([f"{NAME}:{port}"]))
    assert found.reason == T.CONNECTION and "nobody listens" in found.seen

    def unknown(*_: object, **__: object) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    found = doctor(settings(port), OutgoingClient([f"{NAME}:{port}"]))
    assert found.reason == T.NAME and "not in DNS" in found.seen


def test_every_word_of_a_failure_has_a_sentence_with_who_mends_it() -> None:
    for word in FAILURES:
        seen, remedy = failure(OutgoingFailed(word))
        of_ours = word.startswith("proxy_") or word == "name_not_found_here"
        assert seen and (of_ours or remedy != "try again later"), word
    assert of_status(MakelaarEndpoint.TOKEN, 500) is T.UNAVAILABLE
    assert of_call(MakelaarEndpoint.TOKEN, OutgoingFailed("too_slow")) is T.SLOW
