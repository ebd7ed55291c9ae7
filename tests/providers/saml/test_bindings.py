"""SAML on the wire: forms in, addresses and forms out."""

from __future__ import annotations

import base64
import zlib
from urllib.parse import parse_qsl, unquote_plus, urlsplit

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding
from hypothesis import given
from hypothesis import strategies as st

from keys.keyring import KeyUse
from keys.xml.guard import MAX_BYTES
from providers.interface import Callback, ProviderRefused
from providers.saml.bindings import response_bytes
from providers.saml.wire.bindings import MAX_BASE64, form_value, redirect_url
from providers.saml.wire.refused import WireRefused
from tests.clocks import START
from tests.keys_for_tests import make_private_key
from tests.providers.saml.maker import ACS

KEY = make_private_key(KeyUse.SAML_SIGNING, "RSA")
Parameters = tuple[tuple[str, str], ...]


def posted(*parameters: tuple[str, str], method: str = "POST") -> bytes:
    return response_bytes(Callback(method, parameters, ACS, START))


@given(st.binary().map(lambda some: b"<" + some))
def test_a_form_value_is_read_back(message: bytes) -> None:
    value = form_value(message)
    lines = base64.encodebytes(message).decode()
    assert posted(("SAMLResponse", value)) == message
    assert posted(("SAMLResponse", lines), ("RelayState", "x")) == message


@pytest.mark.parametrize(
    ("parameters", "reason"),
    [
        ((), "message_missing"),
        ((("SAMLResponse", ""),), "message_missing"),
        ((("SAMLResponse", " "),), "base64"),
        ((("SAMLResponse", "AAAA"), ("SAMLResponse", "AAAA")), "repeated_parameter"),
        ((("SAMLResponse", "AAAA"), ("SAMLRequest", "AAAA")), "binding"),
        ((("SAMLResponse", "AAAA"), ("SAMLart", "AAAA")), "binding"),
        ((("SAMLResponse", "AAA"),), "base64"),
        ((("SAMLResponse", "AA=A"),), "base64"),
        ((("SAMLResponse", "AA=="), ("SAMLRequest", "")), "binding"),
        ((("SAMLResponse", "-_AA"),), "base64"),
        ((("SAMLResponse", "A" * (MAX_BASE64 + 1)),), "too_large"),
    ],
    ids=range(11),
)
def test_another_form_is_refused(parameters: Parameters, reason: str) -> None:
    assert posted(("SAMLResponse", "AAAA")) == bytes(3)
    with pytest.raises((ProviderRefused, WireRefused)) as caught:
        posted(*parameters)
    assert caught.value.reason == reason


def test_another_method_is_refused() -> None:
    with pytest.raises(ProviderRefused) as caught:
        posted(("SAMLResponse", "AAAA"), method="GET")
    assert caught.value.reason == "binding"


def test_the_largest_message_fits_through_the_form() -> None:
    lines = base64.encodebytes(bytes(MAX_BYTES)).decode()
    assert len(form_value(bytes(MAX_BYTES))) < MAX_BASE64
    assert len(posted(("SAMLResponse", form_value(bytes(MAX_BYTES))))) == MAX_BYTES
    assert len(lines) > MAX_BYTES


# Redirect.


def verified(url: str) -> dict[str, str]:
    """The parameters, when the signature covers the octets as they stand (Bindings §3.4.4.1)."""
    query = urlsplit(url).query
    query = query[query.index("SAMLRequest=") :]
    signed, _, signature = query.rpartition("&Signature=")
    public = KEY.key.public_key()
    public.verify(  # type: ignore[call-arg, union-attr]
        base64.b64decode(unquote_plus(signature)),
        signed.encode(),
        padding.PKCS1v15(),  # type: ignore[arg-type]
        hashes.SHA256(),
    )
    return dict(parse_qsl(signed, strict_parsing=True))


@given(message=st.binary(max_size=200), state=st.text("abc123.+/=& %é", min_size=1, max_size=40))
def test_others_verify_the_address(message: bytes, state: str) -> None:
    found = verified(redirect_url("https://makelaar.example/sso", message, state, KEY))
    assert found["RelayState"] == state
    assert zlib.decompress(base64.b64decode(found["SAMLRequest"]), -15) == message
    assert found["SigAlg"] == "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256"


def test_the_order_is_the_order_that_is_signed() -> None:
    url = redirect_url("https://makelaar.example/sso", b"message", "state", KEY)
    names = [name for name, _ in parse_qsl(urlsplit(url).query)]
    assert names == ["SAMLRequest", "RelayState", "SigAlg", "Signature"]
    with pytest.raises(InvalidSignature):
        verified(url.replace("RelayState=state", "RelayState=other"))


@pytest.mark.parametrize(
    ("location", "start"),
    [
        ("https://makelaar.example/sso", "https://makelaar.example/sso?SAMLRequest="),
        ("https://makelaar.example/sso?a=b", "https://makelaar.example/sso?a=b&SAMLRequest="),
    ],
)
def test_an_address_keeps_its_own_parameters(location: str, start: str) -> None:
    url = redirect_url(location, b"message", "state", KEY)
    assert url.startswith(start)
    assert verified(url)["RelayState"] == "state"
