"""What may be read as XML at all: each bound at its edge."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from keys.xml.guard import (
    MAX_ATTRIBUTES,
    MAX_BYTES,
    MAX_DEPTH,
    MAX_ELEMENTS,
    MAX_NAMESPACES,
    XmlRefused,
    parse,
)


def nested(depth: int) -> bytes:
    return b"<x>" * depth + b"</x>" * depth


def attributes(number: int) -> bytes:
    return b"<x %s/>" % b" ".join(b'a%d=""' % n for n in range(number))


def namespaces(number: int) -> bytes:
    return b"<x %s/>" % b" ".join(b'xmlns:a%d="urn:a"' % n for n in range(number))


def sized(number: int) -> bytes:
    return b"<x>" + b"a" * (number - 7) + b"</x>"


@pytest.mark.parametrize(
    ("make", "most", "reason"),
    [
        (sized, MAX_BYTES, "too_large"),
        (nested, MAX_DEPTH, "too_deep"),
        (lambda n: b"<x>" + b"<y/>" * (n - 1) + b"</x>", MAX_ELEMENTS, "too_many_elements"),
        (attributes, MAX_ATTRIBUTES, "too_many_attributes"),
        (namespaces, MAX_NAMESPACES, "too_many_namespaces"),
        (lambda n: b'<x ID="%s"/>' % (b"a" * n), 256, "id"),
    ],
    ids=["bytes", "depth", "elements", "attributes", "namespaces", "length of an ID"],
)
def test_a_bound_holds_from_the_next_one_on(
    make: Callable[[int], bytes], most: int, reason: str
) -> None:
    assert parse(make(most)).tag == "x"
    with pytest.raises(XmlRefused) as caught:
        parse(make(most + 1))
    assert caught.value.reason == reason


def test_metadata_may_be_larger() -> None:
    assert parse(sized(MAX_BYTES * 2), max_bytes=MAX_BYTES * 2).tag == "x"


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (b"", "not_well_formed"),
        (b"<x", "not_well_formed"),
        (b"<x></y>", "not_well_formed"),
        (b"<x/><x/>", "not_well_formed"),
        (b"<a:x/>", "not_well_formed"),
        (b"<x a='1' a='2'/>", "not_well_formed"),
        (b"<x>&e;</x>", "not_well_formed"),
        (b"<!DOCTYPE x><x/>", "dtd"),
        (b"<x><!ENTITY e ''></x>", "dtd"),
        (b'<?xml version="1.1"?><x/>', "xml_version"),
        (b"<?xml version='1.1' encoding='utf-8'?><x/>", "xml_version"),
        (b'<?xml version = "2.0"?><x/>', "xml_version"),
        (b"<?p?><x/>", "processing_instruction"),
        (b"<x/><?p?>", "processing_instruction"),
        (b"<x><y><?p?></y></x>", "processing_instruction"),
        (b"<x xmlns='relative'/>", "namespace"),
        (b"<x><y xmlns:a='relative'/></x>", "namespace"),
        (b"<x ID='a'><y ID='a'/></x>", "id"),
        (b"<x ID='a'><y Id='a'/></x>", "id"),
        (b"<x id=''/>", "id"),
        (b"<x ID='1'/>", "id"),
        (b"<x xmlns:a='urn:a' a:ID='a'/>", "id"),
        (b"<x xmlns:a='urn:a' a:Id='a' ID='a'/>", "id"),
        (b"<x xml:id='a'/>", "id"),
        (b"\xef\xbb\xbf<x/>", "encoding"),
        (b"<x>\xff</x>", "encoding"),
        (b"<x>\xed\xa0\x80</x>", "encoding"),
        (b"<x>\x00</x>", "encoding"),
        (b'<?xml version="1.0" encoding="utf-16"?><x/>', "encoding"),
    ],
    ids=repr,
)
def test_what_is_refused(raw: bytes, reason: str) -> None:
    with pytest.raises(XmlRefused) as caught:
        parse(raw)
    assert caught.value.reason == reason


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        (b"<x>ab</x>", "ab"),
        (b"<x>a<!-- c -->b</x>", "ab"),
        (b"<x>a<![CDATA[b]]></x>", "ab"),
        (b"<x><![CDATA[<y/>]]></x>", "<y/>"),
        (b"<x>&#97;b</x>", "ab"),
        (b"<x>&lt;&amp;</x>", "<&"),
        ("<x>é</x>".encode(), "é"),
        (b'<?xml version="1.0" encoding="UTF-8"?>\n<!-- c --><x>ab</x><!-- d -->', "ab"),
        (b"<x xmlns:a='urn:a' a:identity='1' valid='2' paid='3'>ab</x>", "ab"),
        (b"<x xmlns='http://example.org/'><y xmlns=''/></x>", None),
    ],
    ids=repr,
)
def test_the_good_twins_are_read_whole(raw: bytes, text: str | None) -> None:
    root = parse(raw)
    assert root.text == text


def test_instructions_may_stand_around_the_root_where_that_was_said() -> None:
    for raw in (b"<?p?><x/>", b"<x/><?p?>", b"<!-- c --><?xml-stylesheet href='x'?><x/>"):
        assert parse(raw, around_root=True).tag == "x"
        with pytest.raises(XmlRefused, match="processing_instruction"):
            parse(raw)
    with pytest.raises(XmlRefused, match="processing_instruction"):
        parse(b"<x><?p?></x>", around_root=True)
