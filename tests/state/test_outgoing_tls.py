"""Mutual TLS: what we show to who asks, against servers that really ask."""

from __future__ import annotations

import os
import ssl
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    PrivateFormat,
)

from state.outgoing import OutgoingClient, OutgoingFailed
from state.outgoing_failures import of_tls
from state.outgoing_tls import ClientCertificate, KeptCertificate, tls_context, tls_showing
from tests.keys_for_tests import ec_key
from tests.listener import Said, listening
from tests.proxies import certificate, serving

NAME = "localhost"


def asking(directory: Path, trusted: Path) -> ssl.SSLContext:
    """TLS of a server that wants a certificate of this authority."""
    context = serving(directory, NAME)
    context.verify_mode = ssl.CERT_REQUIRED
    context.maximum_version = ssl.TLSVersion.TLSv1_2  # says so before anything is sent
    context.load_verify_locations(cafile=trusted)
    return context


def client(directory: Path, port: int) -> OutgoingClient:
    """Of somebody who knows the server's authority; its name leads to this machine."""
    ca = directory / f"{NAME}.pem"
    return OutgoingClient(
        [f"{NAME}:{port}"],
        tls=tls_context(ca),
        showing=lambda one: tls_showing(one, ca),
        resolver=lambda _h, _p: ["127.0.0.1"],
    )


def test_who_asks_for_our_certificate_sees_it(tmp_path: Path) -> None:
    ours = certificate(tmp_path, "sluis.example")
    with listening(lambda _: Said(b"fine"), tls=asking(tmp_path, ours)) as server:
        plain = client(tmp_path, server.port)
        url = f"https://{NAME}:{server.port}/"
        showing = plain.presenting(ClientCertificate(ours))
        assert showing.post_xml(url, b"<a/>").body == b"fine"
        assert server.seen[0].headers["content-type"] == "text/xml; charset=utf-8"
        with pytest.raises(OutgoingFailed, match=r"^tls"):
            plain.get(url)  # the client that was there before shows nothing
        other = certificate(tmp_path, "other.example")
        with pytest.raises(OutgoingFailed, match=r"^tls_client$"):
            plain.presenting(ClientCertificate(other)).get(url)
    assert len(server.seen) == 1


@pytest.mark.parametrize(
    ("reason", "word"),
    [
        ("TLSV13_ALERT_CERTIFICATE_REQUIRED", "tls_client"),
        ("SSLV3_ALERT_CERTIFICATE_EXPIRED", "tls_client"),
        ("TLSV1_ALERT_UNKNOWN_CA", "tls_client"),
        ("SSLV3_ALERT_HANDSHAKE_FAILURE", "tls"),  # it may be about anything
        ("WRONG_VERSION_NUMBER", "tls"),
    ],
)
def test_what_a_party_says_of_our_certificate(reason: str, word: str) -> None:
    error = ssl.SSLError(1, reason)
    error.reason = reason
    assert of_tls(error) == word


def test_key_and_certificate_may_stand_in_two_files(tmp_path: Path) -> None:
    whole = certificate(tmp_path, "sluis.example").read_text()
    at = whole.index("-----BEGIN PRIVATE KEY")
    (tmp_path / "c.pem").write_text(whole[:at])
    (tmp_path / "k.pem").write_text(whole[at:])
    both = ClientCertificate(tmp_path / "c.pem", tmp_path / "k.pem")
    ours = tmp_path / "sluis.example.pem"
    with listening(lambda _: Said(b"fine"), tls=asking(tmp_path, ours)) as server:
        found = client(tmp_path, server.port).presenting(both)
        assert found.get(f"https://{NAME}:{server.port}/").body == b"fine"


def test_who_does_not_ask_sees_none_and_is_still_verified(tmp_path: Path) -> None:
    ours = ClientCertificate(certificate(tmp_path, "sluis.example"))
    with listening(lambda _: Said(b"fine"), tls=serving(tmp_path, NAME)) as server:
        assert client(tmp_path, server.port).presenting(ours).get(
            f"https://{NAME}:{server.port}/"
        ).body == b"fine"  # fmt: skip
    with listening(lambda _: Said(b"fine"), tls=serving(tmp_path, "other.example")) as server:
        with pytest.raises(OutgoingFailed, match=r"^tls_untrusted$"):
            client(tmp_path, server.port).presenting(ours).get(f"https://{NAME}:{server.port}/")
        assert server.seen == []


def test_the_party_is_left_alone_whatever_is_shown(tmp_path: Path) -> None:
    """One breaker for both: the certificate makes no other party of it."""
    ours = ClientCertificate(certificate(tmp_path, "sluis.example"))
    plain = OutgoingClient(["127.0.0.1:1"])
    for _ in range(5):
        with pytest.raises(OutgoingFailed, match=r"^refused$"):
            plain.presenting(ours).get("http://127.0.0.1:1/")
    with pytest.raises(OutgoingFailed, match=r"^circuit_open$"):
        plain.get("http://127.0.0.1:1/")


def test_the_files_are_read_again_when_they_change(tmp_path: Path) -> None:
    path = certificate(tmp_path, "sluis.example")
    one = ClientCertificate(path)
    first = tls_showing(one)
    assert tls_showing(one) is first
    path.write_bytes(certificate(tmp_path, "next.example").read_bytes())
    os.utime(path, ns=(1, 1))
    assert tls_showing(one) is not first


def encrypted(tmp_path: Path) -> Path:
    path = certificate(tmp_path, "sluis.example")
    key = ec_key("tls sluis.example").private_bytes(
        Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(b"geheim")
    )
    whole = path.read_bytes()
    path.write_bytes(whole[: whole.index(b"-----BEGIN PRIVATE KEY")] + key)
    return path


def test_files_that_are_of_no_use_say_why(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        tls_showing(ClientCertificate(tmp_path / "nowhere.pem"))
    (tmp_path / "text.pem").write_text("geen certificaat")
    with pytest.raises(ValueError, match="PEM"):
        tls_showing(ClientCertificate(tmp_path / "text.pem"))
    first, second = certificate(tmp_path, "a.example"), certificate(tmp_path, "b.example")
    with pytest.raises(ValueError, match="go together"):
        tls_showing(ClientCertificate(first, second))
    with pytest.raises(ValueError, match="encrypted"):
        tls_showing(ClientCertificate(encrypted(tmp_path)))


def kept(tmp_path: Path, name: str, key: str | None = None) -> KeptCertificate:
    """From memory; ``key``: of another name, so that the two do not go together."""
    file = tmp_path / f"{name}.pem"
    whole = file.read_bytes() if file.exists() else certificate(tmp_path, name).read_bytes()
    private = ec_key(f"tls {key or name}")

    def locked(password: bytes) -> bytes:
        protection = BestAvailableEncryption(password)
        return private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, protection)

    chain = whole[: whole.index(b"-----BEGIN PRIVATE KEY")]
    return KeptCertificate(f"{name} {key}", chain, locked)


def test_a_certificate_from_memory_is_shown_as_one_from_files(tmp_path: Path) -> None:
    ours = certificate(tmp_path, "kept.example")
    with listening(lambda _: Said(b"fine"), tls=asking(tmp_path, ours)) as server:
        found = client(tmp_path, server.port).presenting(kept(tmp_path, "kept.example"))
        url = f"https://{NAME}:{server.port}/"
        assert found.get(url).body == b"fine"
        other = kept(tmp_path, "other.example")
        with pytest.raises(OutgoingFailed, match=r"^tls_client$"):
            client(tmp_path, server.port).presenting(other).get(url)


def test_a_key_from_memory_lies_open_nowhere(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The file is of this user alone, what is in it is encrypted, and it is gone afterwards."""
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "temporary"))
    (tmp_path / "temporary").mkdir()
    seen: list[tuple[int, bytes]] = []
    load = ssl.SSLContext.load_cert_chain

    def watched(self: ssl.SSLContext, file: str, *rest: object, **more: object) -> None:
        path = Path(file)
        seen.append((path.stat().st_mode & 0o777, path.read_bytes()))
        assert path.parent == tmp_path / "temporary"
        load(self, file, *rest, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(ssl.SSLContext, "load_cert_chain", watched)
    one = kept(tmp_path, "hidden.example")
    context = tls_showing(one)
    assert tls_showing(kept(tmp_path, "hidden.example")) is context  # made once
    ((mode, whole),) = seen
    assert mode == 0o600
    assert b"BEGIN ENCRYPTED PRIVATE KEY" in whole and b"BEGIN PRIVATE KEY" not in whole
    assert list((tmp_path / "temporary").iterdir()) == []
    assert "PRIVATE" not in repr(one)


def test_a_pair_from_memory_that_does_not_fit_says_why(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="KEY_VALUES_MISMATCH"):
        tls_showing(kept(tmp_path, "a.example", key="b.example"))
