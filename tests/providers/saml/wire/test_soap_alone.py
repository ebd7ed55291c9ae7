"""One message in an envelope of SOAP 1.1 as a document of its own, and nothing beside it."""

from __future__ import annotations

import pytest
from lxml import etree

from keys.xml.guard import XmlRefused
from providers.saml.wire.redirect import LARGEST
from providers.saml.wire.refused import WireRefused
from providers.saml.wire.soap import ENVELOPE, alone, enveloped

MESSAGE = "<m:Message xmlns:m='urn:m' ID='_a'>text</m:Message>"


def read(raw: bytes) -> etree._Element:
    return alone(raw, max_bytes=LARGEST, max_elements=300)


def envelope(
    body: str = MESSAGE, header: str = "", tag: str = "Envelope", space: str = ""
) -> bytes:
    name = space or ENVELOPE
    return f"<s:{tag} xmlns:s='{name}'>{header}<s:Body>{body}</s:Body></s:{tag}>".encode()


def test_what_is_put_in_comes_out() -> None:
    found = read(enveloped(etree.fromstring(MESSAGE)))
    assert (found.tag, found.text, found.getparent()) == ("{urn:m}Message", "text", None)


@pytest.mark.parametrize(
    "header",
    [
        "",
        "<s:Header/>",
        "<s:Header><a:B xmlns:a='urn:a'/></s:Header>",
        "<s:Header><a:B xmlns:a='urn:a' s:mustUnderstand='0'/></s:Header>",
    ],
)
def test_headers_that_nobody_must_understand_do_no_harm(header: str) -> None:
    assert read(envelope(header=header)).text == "text"


@pytest.mark.parametrize(
    "raw",
    [
        envelope(header="<s:Header><a:B xmlns:a='urn:a' s:mustUnderstand='1'/></s:Header>"),
        envelope(header="<s:Header><a:B xmlns:a='urn:a' s:mustUnderstand='true'/></s:Header>"),
        envelope(header="<s:Header><a:B xmlns:a='urn:a' s:mustUnderstand='yes'/></s:Header>"),
        envelope(body="<s:Fault><faultcode>s:Server</faultcode></s:Fault>"),
        envelope(body=""),
        envelope(body=MESSAGE + MESSAGE.replace("_a", "_b")),
        envelope(tag="Other"),
        envelope(space="http://www.w3.org/2003/05/soap-envelope"),
        MESSAGE.encode(),
        envelope() + b"<x/>",
        b"<!DOCTYPE x>" + envelope(),
        b"",
        b"x" * (64 * 1024 + 1),
        envelope(body="<x/>" * 400),
    ],
)
def test_anything_else_is_refused(raw: bytes) -> None:
    with pytest.raises((WireRefused, XmlRefused)):
        read(raw)


def test_a_message_keeps_the_namespaces_around_it() -> None:
    raw = envelope(body="<Message xmlns='urn:m' ID='_a'><s:Inner/></Message>")
    assert read(raw)[0].tag == f"{{{ENVELOPE}}}Inner"
