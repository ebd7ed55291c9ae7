"""Signatures with parts doubled, emptied or led outside (S-16, S-19, S-26, S-27)."""

from __future__ import annotations

from copy import deepcopy

import pytest
from lxml import etree

from tests.listener import Said, listening
from tests.providers.saml.edits import (
    ASSERTION,
    NAME_ID,
    add,
    at,
    drop,
    put,
    text,
)
from tests.providers.saml.maker import (
    Recipe,
    tampered,
)
from tests.providers.saml.signing import (
    DS,
    EXC_C14N,
    sign,
)
from tests.providers.saml.verdicts import refused, refused_bytes

ONLY_ASSERTION = {"signs": "assertion", "settings": {"require_signed": "assertion"}}
SIGNATURE = f"{ASSERTION}/ds:Signature"
INFO = f"{SIGNATURE}/ds:SignedInfo"
REFERENCE = f"{INFO}/ds:Reference"
DIGEST = f"{REFERENCE}/ds:DigestValue"
XPATH = "http://www.w3.org/TR/1999/REC-xpath-19991116"
XSLT = "http://www.w3.org/TR/1999/REC-xslt-19991116"


# The parts of a signature.


def doubled(path: str) -> Recipe:
    def edit(root: etree._Element) -> None:
        element = at(root, path)
        element.addnext(deepcopy(element))

    return tampered(edit, **ONLY_ASSERTION)


def forged_beside_comment(raw: bytes) -> bytes:
    """Another subject, with its digest before or behind a comment and the signed one."""
    root = etree.fromstring(raw)
    at(root, NAME_ID).text = "victim"
    scratch = deepcopy(root)
    scratch_signature = at(scratch, SIGNATURE)
    scratch_signature.getparent().remove(scratch_signature)
    sign(at(scratch, ASSERTION))
    forged = at(scratch, DIGEST).text
    digest = at(root, DIGEST)
    assert digest.text is not None
    return etree.tostring(root).replace(
        digest.text.encode(), f"<!--{forged}-->{digest.text}".encode()
    )


@pytest.mark.parametrize(
    ("recipe", "reason"),
    [
        pytest.param(doubled(INFO), "schema", id="S-19 a second SignedInfo"),
        pytest.param(doubled(DIGEST), "schema", id="S-19 a second DigestValue"),
        pytest.param(doubled(REFERENCE), "signature_shape", id="S-26 a second reference"),
        pytest.param(doubled(SIGNATURE), "schema", id="S-19 a second signature"),
        pytest.param(
            tampered(add(SIGNATURE, "<ds:Object><ds:SignedInfo/></ds:Object>"), **ONLY_ASSERTION),
            "schema",
            id="S-19 a SignedInfo in an object",
        ),
        pytest.param(
            tampered(add(SIGNATURE, "<ds:Object/>"), **ONLY_ASSERTION),
            "signature_shape",
            id="S-19 an object",
        ),
        pytest.param(
            tampered(add(DIGEST, "<ds:DigestValue/>"), **ONLY_ASSERTION),
            "schema",
            id="S-19 a DigestValue inside",
        ),
        pytest.param(
            tampered(
                add(f"{REFERENCE}/ds:Transforms/ds:Transform", f'<ds:XPath xmlns:x="{XPATH}"/>'),
                **ONLY_ASSERTION,
            ),
            "signature_transform",
            id="S-27 an XPath inside a transform",
        ),
        pytest.param(
            tampered(add(f"{REFERENCE}/ds:DigestMethod", "<saml:x/>"), **ONLY_ASSERTION),
            "signature_algorithm",
            id="S-19 a child of the digest method",
        ),
        pytest.param(
            tampered(
                add(f"{INFO}/ds:SignatureMethod", "<ds:HMACOutputLength>8</ds:HMACOutputLength>"),
                **ONLY_ASSERTION,
            ),
            "signature_shape",
            id="S-19 a child of the signature method",
        ),
        pytest.param(
            tampered(drop(f"{REFERENCE}/ds:Transforms"), **ONLY_ASSERTION),
            "signature_shape",
            id="S-27 no transforms",
        ),
        pytest.param(
            tampered(text(f"{SIGNATURE}/ds:SignatureValue", ""), **ONLY_ASSERTION),
            "signature_invalid",
            id="S-16 an empty signature value",
        ),
        pytest.param(
            tampered(text(DIGEST, ""), **ONLY_ASSERTION),
            "signature_invalid",
            id="S-16 an empty digest",
        ),
        pytest.param(
            tampered(
                text(DIGEST, "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="), **ONLY_ASSERTION
            ),
            "signature_invalid",
            id="S-16 the digest of nothing",
        ),
    ],
)
def test_a_signature_has_each_part_once(recipe: Recipe, reason: str) -> None:
    refused(recipe, reason)


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        pytest.param(
            f"{REFERENCE}/ds:Transforms/ds:Transform[2]",
            "signature_transform",
            id="S-72 of the element",
        ),
        pytest.param(f"{INFO}/ds:CanonicalizationMethod", "schema", id="S-72 of the signature"),
    ],
)
def test_very_many_prefixes_are_not_searched_for(path: str, reason: str) -> None:
    """Unsigned and small, they would keep a worker busy for minutes."""
    names = " ".join(["none"] * 20_000)
    listed = f'<ec:InclusiveNamespaces xmlns:ec="{EXC_C14N}" PrefixList="{names}"/>'
    refused(tampered(add(path, listed), **ONLY_ASSERTION), reason)


def test_S_19_a_comment_inside_a_digest_value_gives_no_second_digest() -> None:
    refused_bytes(forged_beside_comment, "signature_invalid", Recipe(**ONLY_ASSERTION))


@pytest.mark.parametrize(
    ("declared", "reason"),
    [
        pytest.param('xmlns:other="relative"', "namespace", id="S-16 relative"),
        pytest.param('xmlns:other="//host/path"', "namespace", id="S-16 without scheme"),
        pytest.param('xmlns:other="1:x"', "not_well_formed", id="S-16 not a scheme"),
        pytest.param('xmlns:other="urn:a b"', "not_well_formed", id="S-16 with a space"),
    ],
)
@pytest.mark.parametrize("element", ["samlp:Response", "saml:Assertion"])
def test_a_namespace_that_is_no_absolute_uri_is_refused(
    declared: str, reason: str, element: str
) -> None:
    start = f"<{element} ".encode()
    refused_bytes(lambda raw: raw.replace(start, start + declared.encode() + b" ", 1), reason)


# References and hints that lead outside.


@pytest.mark.parametrize(
    "reference",
    [
        pytest.param("http://{authority}/evil.xml", id="S-26 an address"),
        pytest.param("file:///etc/hostname", id="S-26 a file"),
        pytest.param("evil.xml", id="S-26 a relative file"),
    ],
)
def test_a_reference_outside_is_not_followed(reference: str) -> None:
    with listening(lambda _: Said(b"<x/>")) as listener:
        uri = reference.format(authority=listener.authority)
        refused(tampered(put(REFERENCE, "URI", uri), **ONLY_ASSERTION), "signature_reference")
        assert not listener.seen


@pytest.mark.parametrize(
    "algorithm",
    [
        pytest.param(XSLT, id="S-27 XSLT"),
        pytest.param(XPATH, id="S-27 XPath"),
        pytest.param(DS + "base64", id="S-27 base64"),
        pytest.param("http://www.w3.org/2002/06/xmldsig-filter2", id="S-27 XPath filter"),
    ],
)
def test_other_transforms_are_not_executed(algorithm: str) -> None:
    with listening(lambda _: Said(b"<x/>")) as listener:
        sheet = (
            '<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform">'
            f'<xsl:include href="http://{listener.authority}/x"/></xsl:stylesheet>'
        )
        transform = f'<ds:Transform Algorithm="{algorithm}">{sheet}</ds:Transform>'
        refused(
            tampered(add(f"{REFERENCE}/ds:Transforms", transform, 0), **ONLY_ASSERTION),
            "signature_transform",
        )
        assert not listener.seen
