"""The shape of messages and metadata."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from lxml import etree

from keys.xml import schema
from keys.xml.guard import XmlRefused
from keys.xml.schema import check_metadata, check_protocol
from tests.listener import Said, listening
from tests.providers.saml.edits import ASSERTION, CONDITIONS, STATUS, add, drop, put
from tests.providers.saml.maker import (
    Edit,
    assertion_of,
    certificate,
    metadata_of,
    unsigned,
)


def test_a_response_and_an_assertion_have_the_right_shape() -> None:
    check_protocol(unsigned())
    check_protocol(assertion_of(unsigned()))


@pytest.mark.parametrize(
    "edit",
    [
        drop(STATUS),
        drop("saml:Assertion/saml:Issuer"),
        put(CONDITIONS, "NotOnOrAfter", "tomorrow"),
        put(CONDITIONS, "Unknown", "x"),
        add(STATUS, "<samlp:Unknown/>"),
        add("saml:Assertion", "<saml:Issuer>twice</saml:Issuer>"),
        add("saml:Assertion", "<x/>"),
    ],
    ids=range(7),
)
def test_another_shape_is_refused(edit: Edit) -> None:
    response = unsigned()
    check_protocol(response)
    edit(response)
    with pytest.raises(XmlRefused) as caught:
        check_protocol(response)
    assert caught.value.reason == "schema"


def test_metadata_has_the_right_shape() -> None:
    good = etree.fromstring(metadata_of(certificate()))
    check_metadata(good)
    del good.attrib["entityID"]
    with pytest.raises(XmlRefused):
        check_metadata(good)


def test_another_vocabulary_is_refused() -> None:
    with pytest.raises(XmlRefused):
        check_protocol(etree.fromstring("<Response/>"))


def test_a_document_does_not_choose_its_own_schema() -> None:
    with listening(lambda _: Said(b"<schema/>")) as listener:
        response = unsigned()
        response.set(
            "{http://www.w3.org/2001/XMLSchema-instance}schemaLocation",
            f"urn:x http://{listener.authority}/x.xsd",
        )
        check_protocol(response)
        assert not listener.seen


def test_once_prepared_nothing_is_read_any_more(monkeypatch: pytest.MonkeyPatch) -> None:
    """Reading while requests come once lost a part of a schema, without a word from libxml2."""
    monkeypatch.setattr(schema, "_schemas", {})
    schema.prepare()
    monkeypatch.setattr(schema, "_load", None)
    check_protocol(unsigned())
    check_metadata(etree.fromstring(metadata_of()))
    with pytest.raises(XmlRefused):
        check_protocol(etree.fromstring("<Response/>"))


def test_many_threads_use_one_schema() -> None:
    def judge(number: int) -> bool:
        response = unsigned()
        if number % 2:
            drop(STATUS)(response)
        try:
            check_protocol(response)
        except XmlRefused:
            return False
        return True

    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(judge, range(60))) == [True, False] * 30


XSI = "http://www.w3.org/2001/XMLSchema-instance"
TYPED = '<saml:AttributeValue {0} xmlns:xsi="' + XSI + '" xsi:type="{1}">x</saml:AttributeValue>'
ATTRIBUTE = f"{ASSERTION}/saml:AttributeStatement/saml:Attribute"


@pytest.mark.parametrize(
    ("declared", "kind", "fits"),
    [
        ('xmlns:e="urn:x:types"', "e:Any", True),
        ('xmlns:e="urn:x:types"', " e:Any\n", True),
        ('xmlns:xs="http://www.w3.org/2001/XMLSchema"', "xs:string", True),
        ('xmlns:xs="http://www.w3.org/2001/XMLSchema"', "xs:nothing", False),
        ('xmlns:xs="http://www.w3.org/2001/XMLSchema"', "xs:integer", False),
        ("", "nobody:Any", False),
        ("", "saml:Nothing", False),
        ("", "", False),
    ],
)
def test_a_value_may_be_of_a_type_of_another_schema(declared: str, kind: str, fits: bool) -> None:
    response = unsigned()
    add(ATTRIBUTE, TYPED.format(declared, kind))(response)
    before = etree.tostring(response)
    if fits:
        check_protocol(response)
    else:
        with pytest.raises(XmlRefused):
            check_protocol(response)
    assert etree.tostring(response) == before


def test_a_prefix_means_what_it_means_where_it_stands() -> None:
    """Declared anew inside, and what is outside of an assertion that is judged by itself."""
    response = unsigned()
    add(ATTRIBUTE, TYPED.format('xmlns:e="urn:x:types"', "e:Any"))(response)
    add(ATTRIBUTE, TYPED.format('xmlns:e="http://www.w3.org/2001/XMLSchema"', "e:string"))(response)
    add(ATTRIBUTE, TYPED.format('xmlns:e="urn:x:types"', "e:Any"))(response)
    check_protocol(response)
    wrapped = etree.fromstring(
        b'<x xmlns:o="http://www.w3.org/2001/XMLSchema" xmlns:f="urn:f">'
        + etree.tostring(assertion_of(response))
        + b"</x>"
    )
    values = list(wrapped.iter("{urn:oasis:names:tc:SAML:2.0:assertion}AttributeValue"))
    values[0].set(f"{{{XSI}}}type", "o:string")
    values[1].set(f"{{{XSI}}}type", "f:Any")
    check_protocol(wrapped[0])


def test_many_types_among_many_namespaces_cost_one_walk() -> None:
    """Before anything is verified nobody may make us work without end."""
    names = " ".join(f'xmlns:n{number}="urn:n:{number}"' for number in range(900))
    response = etree.fromstring(
        etree.tostring(unsigned()).replace(b" ID=", f" {names} ID=".encode(), 1)
    )
    for _ in range(2000):
        add(ATTRIBUTE, TYPED.format("", "n7:Any"))(response)
    start = time.process_time()
    check_protocol(response)
    assert time.process_time() - start < 2
