"""Our own certificate in TLS: calls for artifacts and of logouts show the one that is kept with our
other keys, to a server that really wants one.
"""

from __future__ import annotations

import ssl
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Any, Final

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from lxml import etree
from sqlalchemy.orm import Session

from assurance.session_names import SessionName
from keys.certificates import to_pem
from keys.jwks import thumbprint
from keys.keyring import KeyRing, KeyState, KeyUse, PrivateKey, load_keyring
from keys.rotation import add_key, ensure_keys
from providers.interface import ProviderUnavailable
from providers.saml.client_certificate import by_keys, kept_certificate
from providers.trouble import Trouble
from state.outbox import DeliveryFailed
from state.outgoing import OutgoingClient
from state.outgoing_tls import tls_context, tls_showing
from tests.clocks import START, FakeClock
from tests.keys.authority import issued
from tests.keys.conftest import clock, engine, postgresql_url, session, sessions
from tests.keys_for_tests import make_keyring, make_sealer, rsa_key
from tests.listener import Listener, Said, Seen, listening
from tests.providers.saml.back_channel import Around, brought, metadata, resolution_service
from tests.providers.saml.maker import SUBJECT, Recipe, provider_for, remembered
from tests.proxies import serving

__all__ = ["clock", "engine", "postgresql_url", "session", "sessions"]
HOST: Final = "localhost"
USE: Final = KeyUse.SAML_TLS_CLIENT
XML: Final = {"Content-Type": "text/xml; charset=utf-8"}


@cache
def vouched(name: str) -> x509.Certificate:
    """It vouches for itself, for as long as tests may run."""
    begin, end = START.replace(year=2020), START.replace(year=2090)
    return issued(rsa_key(name).public_key(), subject=name, by=name, begin=begin, end=end)


def ring(*names: str) -> KeyRing:
    """With the current TLS key of each name."""
    made = [
        PrivateKey(
            thumbprint(rsa_key(name)), USE, "RSA", rsa_key(name), vouched(name), KeyState.ACTIVE
        )
        for name in names
    ]
    return KeyRing((*make_keyring().keys, *made))


@contextmanager
def there(tmp_path: Path, trusted: Sequence[str]) -> Iterator[Listener]:
    """A makelaar that answers artifacts to who shows a certificate of one of these names."""
    context = serving(tmp_path, HOST)
    context.verify_mode = ssl.CERT_REQUIRED
    context.maximum_version = ssl.TLSVersion.TLSv1_2  # says so before anything is sent
    context.load_verify_locations(cadata="".join(to_pem(vouched(one)) for one in trusted))

    def answer(seen: Seen) -> Said:
        asked = etree.fromstring(seen.body)[0][0]
        return Said(Around(response=Recipe().tree())(asked).body, headers=XML)

    with listening(answer, tls=context) as server:
        yield server


def client(tmp_path: Path, port: int) -> OutgoingClient:
    ca = tmp_path / f"{HOST}.pem"
    return OutgoingClient(
        [f"{HOST}:{port}"],
        tls=tls_context(ca),
        showing=lambda one: tls_showing(one, ca),
        resolver=lambda _h, _p: ["127.0.0.1"],
    )


def fetched(tmp_path: Path, server: Listener, keyring: KeyRing, **settings: Any) -> str:
    """Who it is, of the answer that this makelaar keeps."""
    url = f"https://{HOST}:{server.port}/artifact"
    provider = provider_for(
        metadata(resolution_service(url)),
        keyring,
        client(tmp_path, server.port),
        response_binding="artifact",
        **settings,
    )
    return provider.finish(remembered(), brought()).subject


def who(seen: Seen) -> str:
    """Whose certificate was shown."""
    assert seen.shown is not None
    return x509.load_der_x509_certificate(seen.shown).subject.rfc4514_string()


def test_an_artifact_is_fetched_with_the_certificate_that_is_kept(tmp_path: Path) -> None:
    with there(tmp_path, ["ours"]) as server:
        assert fetched(tmp_path, server, ring("ours")) == SUBJECT
    assert [who(one) for one in server.seen] == ["CN=ours"]


@pytest.mark.parametrize("keyring", [make_keyring(), ring("stranger")], ids=["none", "another"])
def test_who_shows_none_or_another_is_told_so(tmp_path: Path, keyring: KeyRing) -> None:
    with (
        there(tmp_path, ["ours"]) as server,
        pytest.raises(ProviderUnavailable) as caught,
    ):
        fetched(tmp_path, server, keyring)
    assert caught.value.reason in (Trouble.TLS_CLIENT.value, Trouble.UNAVAILABLE.value)
    assert server.seen == []


def test_the_files_of_a_record_go_before_what_is_kept(tmp_path: Path) -> None:
    pair = rsa_key("of this makelaar")
    pem = pair.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    file = tmp_path / "pair.pem"
    file.write_text(to_pem(vouched("of this makelaar")) + pem)
    with there(tmp_path, ["ours", "of this makelaar"]) as server:
        fetched(tmp_path, server, ring("ours"), tls_certificate_file=str(file))
    assert [who(one) for one in server.seen] == ["CN=of this makelaar"]


def test_the_next_certificate_is_shown_from_its_day_without_a_restart(
    tmp_path: Path, session: Session, clock: FakeClock
) -> None:
    """The same client and the same makelaar; what changes is the ring that each process reads."""
    ensure_keys(session, make_sealer(), clock)
    day = clock() + timedelta(days=30)
    for name, state, at in (("first", KeyState.ACTIVE, None), ("second", KeyState.NEXT, day)):
        add_key(
            session,
            make_sealer(),
            rsa_key(name),
            USE,
            "RSA",
            state,
            clock(),
            certificate=to_pem(vouched(name)),
            activates_at=at,
        )
    session.commit()
    with there(tmp_path, ["first", "second"]) as server:
        for now in (day - timedelta(seconds=1), day):
            ours = by_keys(client(tmp_path, server.port), load_keyring(session, make_sealer(), now))
            artifact = Around().message(etree.fromstring('<a ID="_x"/>'))
            whole = b"<e><b>" + etree.tostring(artifact) + b"</b></e>"
            ours.post_xml(f"https://{HOST}:{server.port}/artifact", whole)
    assert [who(one) for one in server.seen] == ["CN=first", "CN=second"]


def test_a_logout_by_soap_shows_it_too(tmp_path: Path) -> None:
    with there(tmp_path, ["ours"]) as server:
        url = f"https://{HOST}:{server.port}/slo"
        service = (
            '<md:SingleLogoutService Binding="urn:oasis:names:tc:SAML:2.0:bindings:SOAP" '
            f'Location="{url}"/>'
        )
        for keyring, reached in ((ring("ours"), 1), (make_keyring(), 1)):
            calls = client(tmp_path, server.port)
            logout = provider_for(metadata(service), keyring, calls).logout
            with pytest.raises(DeliveryFailed) as caught:  # it answers no LogoutResponse
                logout.call(calls, [SessionName("somebody")], START)
            assert len(server.seen) == reached, caught.value
    assert [who(one) for one in server.seen] == ["CN=ours"]


def test_a_certificate_that_tls_does_not_take_is_told_as_ours() -> None:
    """Nobody is called; the trace says which key, and nothing of it."""
    calls = OutgoingClient()

    def broken(_: object) -> ssl.SSLContext:
        raise ValueError("TLS does not take it (EE_KEY_TOO_SMALL)")

    calls._showing = broken
    with pytest.raises(ProviderUnavailable) as caught:
        by_keys(calls, ring("ours"))
    assert caught.value.reason == Trouble.CERTIFICATE_FILE.value
    assert caught.value.measured == {
        "key_use": "saml_tls_client",
        "seen": "TLS does not take it (EE_KEY_TOO_SMALL)",
    }


def test_where_none_is_kept_nothing_changes() -> None:
    calls = OutgoingClient()
    assert by_keys(calls, make_keyring()) is calls


def test_the_kept_key_leaves_memory_only_under_a_password() -> None:
    key = next(one for one in ring("ours").keys if one.use is USE)
    pem = kept_certificate(key).locked_key(b"once")
    assert pem.startswith(b"-----BEGIN ENCRYPTED PRIVATE KEY")
    assert load_pem_private_key(pem, b"once").private_numbers() == (  # type: ignore[union-attr]
        rsa_key("ours").private_numbers()
    )
    with pytest.raises(ValueError):
        load_pem_private_key(pem, b"another")
