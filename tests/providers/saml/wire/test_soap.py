"""SOAP 1.1 around a message: what is put in comes out, and nothing escapes but a refusal."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from keys.xml.guard import XmlRefused
from providers.saml.wire import soap
from providers.saml.wire.refused import WireRefused
from providers.saml.wire.soap import FaultCode, SoapFault

SPACE = soap.ENVELOPE
MESSAGE = '<a xmlns="urn:x" ID="_1">tekst</a>'


def envelope(inside: str, head: str = "", space: str = SPACE) -> bytes:
    return f'<e:Envelope xmlns:e="{space}">{head}{inside}</e:Envelope>'.encode()


def test_what_is_put_in_comes_out() -> None:
    raw = soap.enveloped(etree.fromstring(MESSAGE))
    assert raw.startswith(b"<?xml version='1.0' encoding='UTF-8'?>")
    assert etree.tostring(soap.opened(raw), method="c14n2") == etree.tostring(
        etree.fromstring(MESSAGE), method="c14n2"
    )


@pytest.mark.parametrize(
    "raw",
    [
        pytest.param(envelope(f"<e:Body>{MESSAGE}</e:Body>"), id="another prefix"),
        pytest.param(
            envelope(f"\n <e:Header/>\n <e:Body>\n{MESSAGE}\n</e:Body>\n"), id="white space"
        ),
        pytest.param(
            envelope(f'<e:Header><x xmlns="urn:x"/></e:Header><e:Body>{MESSAGE}</e:Body>'),
            id="a header that may be passed over",
        ),
        pytest.param(
            b"\xef\xbb\xbf" + envelope(f"<e:Body>{MESSAGE}</e:Body>"), id="a byte order mark"
        ),
        pytest.param(
            envelope(f"<e:Body>{MESSAGE}</e:Body>").decode().encode("utf-16"), id="UTF-16"
        ),
        pytest.param(envelope(f"<!-- x --><e:Body>{MESSAGE}</e:Body>"), id="a comment"),
    ],
)
def test_how_products_write_it(raw: bytes) -> None:
    assert soap.opened(raw).text == "tekst"


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (envelope(""), "soap"),
        (envelope("<e:Body/>"), "soap"),
        (envelope(f"<e:Body>{MESSAGE}{MESSAGE.replace('_1', '_2')}</e:Body>"), "soap"),
        (envelope(f"<e:Body>{MESSAGE}</e:Body><e:Body/>"), "soap"),
        (envelope(f"<e:Body>{MESSAGE}</e:Body><e:Header/>"), "soap"),
        (envelope(f"<e:Header/><e:Header/><e:Body>{MESSAGE}</e:Body>"), "soap"),
        (envelope(f"<x/><e:Body>{MESSAGE}</e:Body>"), "soap"),
        (envelope(f"<e:Body>{MESSAGE}</e:Body>", space="urn:soap:9"), "soap_version"),
        (MESSAGE.encode(), "soap"),
        (
            envelope(
                f'<e:Header><x xmlns="urn:x" e:mustUnderstand=" 1 "/></e:Header>'
                f"<e:Body>{MESSAGE}</e:Body>"
            ),
            "soap_header",
        ),
        (b"\xff\xfe\x00", "encoding"),
        (b"<a>" + b"x" * 300_000 + b"</a>", "too_large"),
    ],
)
def test_what_is_no_message_in_an_envelope(raw: bytes, reason: str) -> None:
    with pytest.raises(WireRefused) as refused:
        soap.opened(raw)
    assert refused.value.reason == reason


@pytest.mark.parametrize("code", FaultCode)
def test_a_fault_says_whose_it_is(code: FaultCode) -> None:
    with pytest.raises(SoapFault) as caught:
        soap.opened(soap.fault(code, "wat <er> misging"))
    assert (caught.value.code, caught.value.says) == (code.value, "wat <er> misging")


@given(
    st.one_of(
        st.binary(max_size=200),
        st.text(max_size=200).map(str.encode),
        st.text("<>/=e:BodyHader \"'!?&;[]-\n", max_size=200).map(
            lambda text: envelope(f"<e:Body>{text}</e:Body>")
        ),
    )
)
def test_whatever_comes_is_read_or_refused(raw: bytes) -> None:
    with contextlib.suppress(WireRefused, XmlRefused, SoapFault):
        soap.opened(raw)
