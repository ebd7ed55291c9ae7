"""Bytes that are too many or no XML in UTF-8 (S-72 … S-74)."""

from __future__ import annotations

import base64
import zlib

import pytest

from keys.xml import guard
from providers.interface import ProviderRefused
from tests.providers.saml.maker import (
    SUBJECT,
    Recipe,
    callback,
    provider_for,
    remembered,
)
from tests.providers.saml.spoiling import Change, before_root, inside_name_id, value
from tests.providers.saml.verdicts import refused_bytes

# Size.


def nest(depth: int) -> bytes:
    return b"<x>" * depth + b"</x>" * depth


def in_attribute(inner: bytes) -> Change:
    return lambda raw: raw.replace(b">Robin<", b">" + inner + b"<")


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        pytest.param(in_attribute(b"a" * guard.MAX_BYTES), "too_large", id="S-72 a huge value"),
        pytest.param(in_attribute(nest(100_000)), "too_large", id="S-72 100 000 deep"),
        pytest.param(in_attribute(nest(20_000)), "not_well_formed", id="S-72 20 000 deep"),
        pytest.param(in_attribute(nest(100)), "too_deep", id="S-72 100 deep"),
        pytest.param(in_attribute(b"<x/>" * 3000), "too_many_elements", id="S-72 3000 elements"),
        pytest.param(
            in_attribute(b"<x %s/>" % b" ".join(b'a%d=""' % n for n in range(20_000))),
            "too_many_attributes",
            id="S-72 20 000 attributes",
        ),
        pytest.param(
            in_attribute(
                b"<x %s>%s</x>"
                % (b" ".join(b'xmlns:a%d="urn:a"' % n for n in range(5000)), b"<x/>" * 1500)
            ),
            "too_many_namespaces",
            id="S-72 5000 namespaces",
        ),
    ],
)
def test_what_is_too_much_is_refused(change: Change, reason: str) -> None:
    refused_bytes(change, reason)


def test_S_72_size_is_judged_before_anything_is_parsed(monkeypatch: pytest.MonkeyPatch) -> None:
    raw = Recipe().raw()
    provider = provider_for()
    assert provider.finish(remembered(), callback(raw)).subject == SUBJECT
    monkeypatch.setattr("keys.xml.guard.etree.fromstring", _never)
    monkeypatch.setattr("providers.saml.wire.bindings.base64.b64decode", _never)
    big = raw + b" " * guard.MAX_BYTES * 2
    with pytest.raises(ProviderRefused) as caught:
        provider.finish(remembered(), callback(value(big)))
    assert caught.value.reason == "too_large"


def _never(*_: object, **__: object) -> None:
    raise AssertionError("read")


def deflated(raw: bytes) -> bytes:
    compressor = zlib.compressobj(9, wbits=-zlib.MAX_WBITS)
    return compressor.compress(raw) + compressor.flush()


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        pytest.param(deflated, "encoding", id="S-73 the response itself"),
        pytest.param(
            lambda raw: deflated(raw + b" " * 100_000_000), "encoding", id="S-73 100 million"
        ),
        pytest.param(zlib.compress, "encoding", id="S-73 with a header"),
    ],
)
def test_nothing_is_inflated(change: Change, reason: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("zlib.decompress", _never)
    monkeypatch.setattr("zlib.decompressobj", _never)
    refused_bytes(change, reason)


# Encodings.

DECLARED = b'<?xml version="1.0" encoding="%s"?>'


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        pytest.param(lambda raw: value(raw)[:-8] + "!" + value(raw)[-8:], "base64", id="S-74 !"),
        pytest.param(
            lambda raw: base64.urlsafe_b64encode(raw + b"\n<!--\xc3\xbf\xc3\xbe-->???").decode(),
            "base64",
            id="S-74 base64 of addresses",
        ),
        pytest.param(lambda raw: value(raw)[:-5], "base64", id="S-74 cut off"),
        pytest.param(lambda raw: value(raw) + "=", "base64", id="S-74 padding too much"),
        pytest.param(lambda raw: "é" + value(raw), "base64", id="S-74 other letters"),
        pytest.param(lambda raw: value(raw) + "\x00", "base64", id="S-74 NUL behind"),
        pytest.param(lambda raw: raw.decode(), "base64", id="S-74 no base64"),
        pytest.param(lambda raw: "", "message_missing", id="S-74 nothing"),
        pytest.param(
            lambda raw: (DECLARED % b"UTF-8" + raw).decode().encode("utf-16"),
            "encoding",
            id="S-74 UTF-16 that says UTF-8",
        ),
        pytest.param(
            lambda raw: raw.decode().encode("utf-16-le"), "encoding", id="S-74 UTF-16 without mark"
        ),
        pytest.param(lambda raw: raw.decode().encode("utf-32"), "encoding", id="S-74 UTF-32"),
        pytest.param(before_root(b"\xef\xbb\xbf" * 2), "encoding", id="S-74 two marks"),
        pytest.param(
            before_root(b"\xef\xbb\xbf" + DECLARED % b"UTF-16"),
            "encoding",
            id="S-74 UTF-8 that says UTF-16",
        ),
        pytest.param(before_root(DECLARED % b"UTF-7"), "encoding", id="S-74 UTF-7"),
        pytest.param(before_root(DECLARED % b"ISO-8859-1"), "encoding", id="S-74 Latin-1"),
        pytest.param(
            before_root(b"<?xml version='1.0' encoding = 'UTF-7'?>"),
            "encoding",
            id="S-74 UTF-7 with spaces",
        ),
        pytest.param(
            before_root(b'<?xml version="1.0"' + b" " * 500 + b'encoding="ISO-8859-1"?>'),
            "encoding",
            id="S-74 Latin-1 far away",
        ),
        pytest.param(inside_name_id(b"\xff"), "encoding", id="S-74 no UTF-8"),
        pytest.param(inside_name_id(b"\x00"), "encoding", id="S-74 NUL"),
        pytest.param(inside_name_id(b"\x01"), "not_well_formed", id="S-74 a control character"),
        pytest.param(lambda raw: raw + raw, "not_well_formed", id="S-74 two documents"),
        pytest.param(lambda raw: raw + b"words", "not_well_formed", id="S-74 text behind"),
        pytest.param(before_root(b"words"), "not_well_formed", id="S-74 text before"),
        pytest.param(lambda raw: raw[:-20], "not_well_formed", id="S-74 cut short"),
        pytest.param(lambda raw: b" ", "not_well_formed", id="S-74 a space"),
    ],
)
def test_bytes_that_are_no_xml_in_utf8_are_refused(change: Change, reason: str) -> None:
    refused_bytes(change, reason)


@pytest.mark.parametrize("encoding", [b"UTF-8", b"utf-8", b"US-ASCII"])
def test_the_good_twins_are_accepted(encoding: bytes) -> None:
    raw = DECLARED % encoding + b"\n<!-- made by a makelaar -->\n" + Recipe().raw()
    provider = provider_for()
    assert provider.finish(remembered(), callback(raw)).subject == SUBJECT
    in_lines = base64.encodebytes(raw).decode().replace("\n", "\r\n")
    assert provider.finish(remembered(), callback(in_lines)).subject == SUBJECT


@pytest.mark.parametrize("mark", ["utf-8-sig", "utf-16"])
@pytest.mark.parametrize("declared", [True, False])
def test_net_marks_its_bytes_and_the_signature_holds(mark: str, *, declared: bool) -> None:
    """What is signed is UTF-8, whatever a message travels as; one changed sign breaks it."""
    said = (DECLARED % mark.removesuffix("-sig").encode()).decode() if declared else ""
    text = said + Recipe().raw().decode()
    assert provider_for().finish(remembered(), callback(text.encode(mark))).subject == SUBJECT
    other = text.replace(SUBJECT, SUBJECT[::-1])
    assert other != text
    with pytest.raises(ProviderRefused) as caught:
        provider_for().finish(remembered(), callback(other.encode(mark)))
    assert caught.value.reason == "signature_invalid"
