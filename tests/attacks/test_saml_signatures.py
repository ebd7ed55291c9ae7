"""Signatures that are missing or of another shape than agreed (S-23 … S-25, S-27, S-32)."""

from __future__ import annotations

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from lxml import etree

from providers.interface import ProviderRefused
from tests.keys_for_tests import rsa_key
from tests.providers.saml.edits import (
    ASSERTION,
    ISSUER,
    NAME_ID,
    SUBJECT,
    at,
    text,
)
from tests.providers.saml.maker import (
    SUBJECT as PERSON,
)
from tests.providers.saml.maker import (
    Recipe,
    finish,
    tampered,
)
from tests.providers.saml.signing import (
    C14N,
    DS,
    ENVELOPED,
    EXC_C14N,
    MORE,
    Signing,
    complete,
    resign,
    sign,
    template,
)
from tests.providers.saml.verdicts import refused

ONLY_ASSERTION = {"signs": "assertion", "settings": {"require_signed": "assertion"}}
SIGNATURE = f"{ASSERTION}/ds:Signature"
INFO = f"{SIGNATURE}/ds:SignedInfo"
REFERENCE = f"{INFO}/ds:Reference"


# What is signed.


@pytest.mark.parametrize(
    ("signs", "require", "reason"),
    [
        pytest.param("none", "both", "signature_missing", id="S-23 by default"),
        pytest.param("none", "assertion", "signature_missing", id="S-23 assertion"),
        pytest.param("none", "response", "signature_missing", id="S-23 response"),
        pytest.param("assertion", "both", "signature_missing", id="S-24 only the assertion"),
        pytest.param("response", "both", "signature_missing", id="S-24 only the response"),
        pytest.param("response", "assertion", "signature_missing", id="S-24 the wrong one"),
        pytest.param("assertion", "response", "signature_missing", id="S-24 the other wrong one"),
    ],
)
def test_what_the_record_demands_must_be_signed(signs: str, require: str, reason: str) -> None:
    settings = {"require_signed": require}
    assert finish(Recipe(settings=settings)).subject == PERSON
    with pytest.raises(ProviderRefused) as caught:
        finish(Recipe(signs=signs, settings=settings))
    assert caught.value.reason == reason


@pytest.mark.parametrize("signs", ["assertion", "response"])
def test_S_24_one_signature_is_enough_where_the_record_says_so(signs: str) -> None:
    assert finish(Recipe(signs=signs, settings={"require_signed": signs})).subject == PERSON


@pytest.mark.parametrize(
    ("where", "signs"),
    [
        pytest.param(ASSERTION, "response", id="S-24 of the assertion"),
        pytest.param(".", "assertion", id="S-24 of the response"),
    ],
)
def test_a_signature_that_nobody_asked_for_must_be_right(where: str, signs: str) -> None:
    """Below ``require_signed`` a second signature is optional, not ignored."""

    def other_hand(root: etree._Element) -> None:
        sign(at(root, where), Signing(key="somebody"))

    stage = "before" if signs == "response" else "after"
    refused(
        Recipe(signs=signs, settings={"require_signed": signs}, **{stage: [other_hand]}),
        "signature_invalid",
    )


@pytest.mark.parametrize(
    "path",
    [NAME_ID, ISSUER, f"{ASSERTION}/saml:AttributeStatement/saml:Attribute/saml:AttributeValue"],
)
def test_S_25_a_word_changed_after_signing_is_refused(path: str) -> None:
    refused(tampered(text(path, "other"), **ONLY_ASSERTION), "signature_invalid")


def subject_signed(root: etree._Element) -> None:
    """The signature of the assertion covers its Subject, which got an ID."""
    at(root, SUBJECT).set("ID", "_subject")
    signature = template(at(root, ASSERTION), Signing(uri="#_subject"))
    complete(signature)


UNSIGNED = {"signs": "none", "settings": {"require_signed": "assertion"}}


@pytest.mark.parametrize(
    ("signing", "reason"),
    [
        pytest.param(Signing(uri=""), "signature_reference", id="S-25 the whole document"),
        pytest.param(Signing(uri="#_the-response"), "signature_reference", id="S-25 the response"),
        pytest.param(
            Signing(uri="#xpointer(/)"), "signature_reference", id="S-25 a pointer to the root"
        ),
        pytest.param(
            Signing(uri="#xpointer(id('_the-assertion'))"),
            "signature_reference",
            id="S-25 a pointer to the ID",
        ),
        pytest.param(
            Signing(transforms=(EXC_C14N,)), "signature_transform", id="S-27 not enveloped"
        ),
        pytest.param(
            Signing(transforms=(ENVELOPED,)), "signature_transform", id="S-27 without exc-c14n"
        ),
        pytest.param(
            Signing(transforms=(ENVELOPED, C14N)), "signature_transform", id="S-27 other c14n"
        ),
        pytest.param(
            Signing(transforms=(ENVELOPED, EXC_C14N, EXC_C14N)),
            "signature_transform",
            id="S-27 a third one",
        ),
        pytest.param(
            Signing(transforms=(EXC_C14N, ENVELOPED)), "signature_transform", id="S-27 in disorder"
        ),
        pytest.param(
            Signing(canonicalisation=C14N), "signature_algorithm", id="S-27 c14n of the signature"
        ),
        pytest.param(
            Signing(canonicalisation=C14N + "#WithComments"),
            "signature_algorithm",
            id="S-27 c14n of the signature with comments",
        ),
        pytest.param(
            Signing(method=DS + "rsa-sha1"), "signature_algorithm", id="S-32 RSA with SHA-1"
        ),
        pytest.param(Signing(digest=DS + "sha1"), "signature_algorithm", id="S-32 SHA-1 digest"),
        pytest.param(
            Signing(method=MORE + "rsa-md5"), "signature_algorithm", id="S-32 RSA with MD5"
        ),
        pytest.param(Signing(digest=MORE + "md5"), "signature_algorithm", id="S-32 MD5 digest"),
        pytest.param(Signing(method=DS + "dsa-sha1"), "signature_algorithm", id="S-32 DSA"),
        pytest.param(
            Signing(
                method=MORE + "hmac-sha256",
                secret=rsa_key("makelaar")
                .public_key()
                .public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo),
            ),
            "signature_algorithm",
            id="S-32 HMAC with the public key as secret",
        ),
    ],
)
def test_a_signature_of_another_shape_is_refused(signing: Signing, reason: str) -> None:
    """Signed by the makelaar's own key; where no library makes such a signature, named so."""

    def signed(root: etree._Element) -> None:
        signature = template(at(root, ASSERTION), signing)
        try:
            complete(signature, signing)
        except Exception:  # not offered any more: the name alone must do
            at(root, SIGNATURE).getparent().remove(signature)
            sign(at(root, ASSERTION))
            _rename(root, signing)

    assert finish(Recipe(**ONLY_ASSERTION)).subject == PERSON
    with pytest.raises(ProviderRefused) as caught:
        finish(Recipe(before=[signed], **UNSIGNED))
    assert caught.value.reason == reason


def _rename(root: etree._Element, signing: Signing) -> None:
    at(root, f"{INFO}/ds:SignatureMethod").set("Algorithm", signing.method)
    at(root, f"{REFERENCE}/ds:DigestMethod").set("Algorithm", signing.digest)
    transforms = at(root, f"{REFERENCE}/ds:Transforms")
    for transform, name in zip(transforms, signing.transforms, strict=True):
        transform.set("Algorithm", name)


def test_S_25_a_signature_over_the_subject_alone_is_refused() -> None:
    assert finish(Recipe(**ONLY_ASSERTION)).subject == PERSON
    with pytest.raises(ProviderRefused) as caught:
        finish(Recipe(before=[subject_signed], **UNSIGNED))
    assert caught.value.reason == "schema"


def test_S_25_a_response_signed_anew_by_its_makelaar_is_accepted() -> None:
    """The good twin of every change above: what the makelaar signs again is right."""
    assert finish(Recipe(before=[text(NAME_ID, "other")])).subject == "other"
    assert finish(Recipe(after=[resign])).subject == PERSON
