"""HTTP-Redirect as it arrives: what is read, within which bounds, and over which octets a signature
counts.
"""

from __future__ import annotations

import base64
import zlib
from dataclasses import replace
from urllib.parse import quote

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from hypothesis import given
from hypothesis import strategies as st

from providers.saml.wire import redirect
from providers.saml.wire.redirect import LARGEST, inflated, read_query, verify_query
from providers.saml.wire.refused import WireRefused
from tests.broker.saml.portals import MORE, certificate, deflated, query

MESSAGE = b"<samlp:AuthnRequest/>"


def cert(name: str = "portal", **more: int) -> x509.Certificate:
    return x509.load_der_x509_certificate(base64.b64decode(certificate(name, **more)))


def read(text: str) -> redirect.RedirectQuery:
    return read_query(text.encode(), "SAMLRequest")


def reason(text: str) -> str:
    with pytest.raises(WireRefused) as refused:
        read(text)
    return refused.value.reason


@given(st.binary(max_size=200).map(lambda some: b"<" + some), st.text(max_size=50))
def test_what_was_sent_is_read(message: bytes, relay_state: str) -> None:
    found = read(query(message, relay_state.encode(errors="ignore").decode(), key=None))
    assert found.message == message
    assert found.relay_state == relay_state.encode(errors="ignore").decode()
    assert found.algorithm is None


@pytest.mark.parametrize("algorithm", ["rsa-sha256", "rsa-sha384", "rsa-sha512", "ecdsa-sha256"])
@pytest.mark.parametrize("lower", [False, True], ids=["capitals", ".NET small letters"])
def test_a_signature_counts_over_the_octets_as_sent(algorithm: str, *, lower: bool) -> None:
    key = "ec-portal" if algorithm.startswith("ecdsa") else "portal"
    found = read(query(MESSAGE, "a b/é", key=key, algorithm=MORE + algorithm, lower=lower))
    verify_query(found, [cert("other"), cert(key)])


def test_open_saml_writes_a_signature_on_a_curve_in_der() -> None:
    """Spring Security and Shibboleth: in an address it is as Java makes it."""
    sent = query(MESSAGE, "staat", key="ec-portal", algorithm=MORE + "ecdsa-sha256")
    good = read(sent)
    half = len(good.signature) // 2
    first, second = good.signature[:half], good.signature[half:]
    der = encode_dss_signature(int.from_bytes(first), int.from_bytes(second))
    verify_query(replace(good, signature=der), [cert("ec-portal")])
    for wrong in (der[:-1], der + b"x", der[:-1] + bytes([der[-1] ^ 1]), b"", good.signature[1:]):
        with pytest.raises(WireRefused, match="signature_invalid"):
            verify_query(replace(good, signature=wrong), [cert("ec-portal")])


SIGNED = query(MESSAGE, "staat")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (SIGNED.replace("RelayState=staat", "RelayState=staaT"), "signature_invalid"),
        (SIGNED.replace("RelayState=staat&", ""), "signature_invalid"),
        (SIGNED.replace("RelayState=staat", "RelayState=%73taat"), "signature_invalid"),
        (
            query(MESSAGE, "staat", order=("RelayState", "SAMLRequest", "SigAlg")),
            "signature_invalid",
        ),
        (query(MESSAGE, "staat", order=("SAMLRequest", "SigAlg")), "signature_invalid"),
        (query(MESSAGE, "staat", key="other"), "signature_invalid"),
        (query(MESSAGE, "staat", key=None), "signature_missing"),
        (
            query(MESSAGE, "staat", algorithm="http://www.w3.org/2000/09/xmldsig#rsa-sha1"),
            "signature_algorithm",
        ),
        (SIGNED.replace("rsa-sha256", "rsa-sha512"), "signature_invalid"),
    ],
)
def test_I_04_another_query_is_not_what_was_signed(text: str, expected: str) -> None:
    verify_query(read(SIGNED), [cert()])
    with pytest.raises(WireRefused) as refused:
        verify_query(read(text), [cert()])
    assert refused.value.reason == expected


def test_sharpzip_of_old_net_puts_a_header_of_zlib_around_it() -> None:
    """The signature covers the octets as they were sent."""
    sent = query(MESSAGE, "staat")
    assert read(sent).message == MESSAGE
    with_header = zlib.compress(MESSAGE)
    assert inflated(with_header) == MESSAGE == inflated(zlib.compress(MESSAGE, 0))
    value = quote(base64.b64encode(with_header).decode())
    assert read(f"SAMLRequest={value}").message == MESSAGE


@pytest.mark.parametrize(
    ("sent", "expected"),
    [
        (zlib.compress(MESSAGE)[:-4] + b"abcd", "deflate"),  # another checksum
        (zlib.compress(MESSAGE)[:-1], "deflate"),
        (zlib.compress(MESSAGE) + b"x", "deflate"),
        (b"\x78\xbb" + zlib.compress(MESSAGE)[2:], "deflate"),  # it asks for a dictionary
    ],
    ids=["checksum", "cut", "more", "dictionary"],
)
def test_a_header_of_zlib_excuses_nothing(sent: bytes, expected: str) -> None:
    assert inflated(zlib.compress(b" " * LARGEST)) == b" " * LARGEST
    with pytest.raises(WireRefused) as refused:
        inflated(sent)
    assert refused.value.reason == expected


@pytest.mark.parametrize("length", [LARGEST + 1, 50_000_000], ids=["large", "huge"])
def test_a_header_of_zlib_makes_nothing_smaller(length: int) -> None:
    with pytest.raises(WireRefused, match="too_large"):
        inflated(zlib.compress(b" " * length))


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_net_begins_a_message_with_a_mark(encoding: str) -> None:
    text = "<samlp:AuthnRequest/>é"
    found = read(query(text.encode(encoding), "staat"))
    assert found.message == text.encode()
    verify_query(found, [cert()])


def test_where_a_parameter_stands_in_the_query_changes_nothing() -> None:
    parts = SIGNED.split("&")
    verify_query(read("&".join([*reversed(parts), "utm_source=mail"])), [cert()])


def test_no_weak_key_proves_anything() -> None:
    weak = cert("weak", bits=1024)
    for certificates in ([], [weak]):
        with pytest.raises(WireRefused, match="signature_key"):
            verify_query(read(SIGNED), certificates)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", "message_missing"),
        ("SAMLRequest=", "message_missing"),
        (f"{SIGNED}&SAMLRequest=x", "repeated_parameter"),
        (f"{SIGNED}&RelayState=x", "repeated_parameter"),
        (f"{SIGNED}&Relay%53tate=x", "repeated_parameter"),
        (f"{SIGNED}&SAMLResponse=x", "binding"),
        (f"{SIGNED}&SAMLart=x", "binding"),
        (f"{SIGNED}&SAMLEncoding=urn:x:other", "encoding"),
        (f"{SIGNED}\xe9", "encoding"),
        (SIGNED.partition("&Signature")[0], "signature_missing"),
        ("SAMLRequest=%25%25", "base64"),
        (f"SAMLRequest={quote(base64.b64encode(MESSAGE).decode())}", "deflate"),
        (f"SAMLRequest={quote(deflated(MESSAGE)[:-8])}", "deflate"),
        (f"SAMLRequest={'A' * (redirect.LONGEST + 1)}", "too_large"),
        (query(MESSAGE, key=None) + "&x=1".replace("x", "SigAlg"), "signature_missing"),
        (f"{query(MESSAGE, None, key=None)}&RelayState=%ff", "relay_state"),
    ],
)
def test_I_11_another_query_is_refused(text: str, expected: str) -> None:
    assert read(SIGNED).message == MESSAGE
    assert reason(text) == expected


def test_the_encoding_may_be_named() -> None:
    named = quote("urn:oasis:names:tc:SAML:2.0:bindings:URL-Encoding:DEFLATE")
    assert read(f"{SIGNED}&SAMLEncoding={named}").message == MESSAGE


def test_I_11_S_73_a_small_message_never_becomes_a_large_one() -> None:
    machine = zlib.compressobj(level=9, wbits=-15)
    small = machine.compress(bytes(50 * LARGEST)) + machine.flush()
    assert len(small) < redirect.LONGEST
    with pytest.raises(WireRefused, match="too_large"):
        inflated(small)
    machine = zlib.compressobj(wbits=-15)
    assert len(inflated(machine.compress(bytes(LARGEST)) + machine.flush())) == LARGEST


def test_nothing_stands_behind_a_message() -> None:
    machine = zlib.compressobj(wbits=-15)
    good = machine.compress(MESSAGE) + machine.flush()
    assert inflated(good) == MESSAGE
    with pytest.raises(WireRefused, match="deflate"):
        inflated(good + b"x")
