"""Signatures that Sluis makes are verified by others, and the other way round."""

from __future__ import annotations

import base64
from collections.abc import Callable
from copy import deepcopy
from datetime import timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import dsa, ec, ed25519, rsa
from cryptography.hazmat.primitives.asymmetric.types import CertificateIssuerPrivateKeyTypes
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID
from lxml import etree
from signxml.algorithms import CanonicalizationMethod, SignatureConstructionMethod
from signxml.exceptions import SignXMLException
from signxml.signer import XMLSigner
from signxml.verifier import XMLVerifier

from keys.certificates import fingerprint, to_pem
from keys.keyring import KeyUse, PrivateKey
from keys.xml.guard import XmlRefused
from keys.xml.signature import (
    MAX_PREFIXES,
    has_signature,
    is_strong,
    sign_enveloped,
    verify_enveloped,
)
from tests.keys_for_tests import MADE_AT, ec_key, make_private_key, rsa_key
from tests.providers.saml.maker import certificate, unsigned
from tests.providers.saml.signing import (
    EXC_C14N,
    MORE,
    Signing,
    complete,
    sign,
    template,
)

DS = "{http://www.w3.org/2000/09/xmldsig#}"
XENC = "http://www.w3.org/2001/04/xmlenc#"


@pytest.fixture
def ours() -> PrivateKey:
    return make_private_key(KeyUse.SAML_SIGNING, "RSA")


def document() -> etree._Element:
    return etree.fromstring('<x ID="_a"><y>words</y></x>')


def test_others_verify_what_sluis_signs(ours: PrivateKey) -> None:
    assert ours.certificate is not None
    signed = document()
    sign_enveloped(signed, ours, position=0)
    found = XMLVerifier().verify(
        etree.tostring(signed), x509_cert=to_pem(ours.certificate), id_attribute="ID"
    )
    assert found.signed_xml.findtext("y") == "words"
    signed.find("y").text = "others"
    with pytest.raises(SignXMLException):
        XMLVerifier().verify(
            etree.tostring(signed), x509_cert=to_pem(ours.certificate), id_attribute="ID"
        )


def test_sluis_verifies_what_others_sign() -> None:
    signer = XMLSigner(
        method=SignatureConstructionMethod.enveloped,
        signature_algorithm="rsa-sha256",
        digest_algorithm="sha256",
        c14n_algorithm=CanonicalizationMethod.EXCLUSIVE_XML_CANONICALIZATION_1_0,
    )
    signed = signer.sign(
        document(),
        key=rsa_key("makelaar"),
        cert=[certificate()],
        reference_uri="_a",
        id_attribute="ID",
    )
    signed = etree.fromstring(etree.tostring(signed))
    verify_enveloped(signed, [certificate()])
    signed.find("y").text = "others"
    with pytest.raises(XmlRefused) as caught:
        verify_enveloped(signed, [certificate()])
    assert caught.value.reason == "signature_invalid"


@pytest.mark.parametrize(
    "how",
    [
        Signing(),
        Signing(method=MORE + "rsa-sha384", digest=MORE + "sha384"),
        Signing(method=MORE + "rsa-sha512", digest=XENC + "sha512"),
    ],
    ids=["SHA-256", "SHA-384", "SHA-512"],
)
def test_the_accepted_algorithms(how: Signing) -> None:
    response = unsigned()
    sign(response, how)
    verify_enveloped(response, [certificate()])


def test_any_of_several_keys_will_do_and_no_other() -> None:
    response = unsigned()
    sign(response)
    verify_enveloped(response, [certificate("old"), certificate()])
    for keys, reason in (([certificate("old")], "signature_invalid"), ([], "signature_key")):
        with pytest.raises(XmlRefused) as caught:
            verify_enveloped(response, keys)
        assert caught.value.reason == reason


def test_prefixes_for_canonicalisation_may_be_listed() -> None:
    """Many libraries list them; the list is part of what is signed."""

    response = unsigned()
    signature = template(response, Signing())
    transform = signature[0][2][0][1]
    etree.SubElement(transform, f"{{{EXC_C14N}}}InclusiveNamespaces", PrefixList="saml xs")
    complete(signature)
    verify_enveloped(response, [certificate()])
    transform.append(etree.Element(f"{{{EXC_C14N}}}Other"))
    with pytest.raises(XmlRefused) as caught:
        verify_enveloped(response, [certificate()])
    assert caught.value.reason == "signature_transform"


def listing(where: str, prefixes: str, *, lists: int = 1) -> etree._Element:
    """A signed response whose signature lists prefixes in this canonicalisation."""
    response = unsigned()
    signature = template(response, Signing())
    method = signature[0][2][0][1] if where == "Transform" else signature[0][0]
    listed = etree.SubElement(method, f"{{{EXC_C14N}}}InclusiveNamespaces", PrefixList=prefixes)
    complete(signature)
    for _ in range(lists - 1):
        method.append(deepcopy(listed))
    return response


@pytest.mark.parametrize("where", ["Transform", "CanonicalizationMethod"])
def test_as_many_prefixes_as_products_list_and_no_more(where: str) -> None:
    """Each costs a search at every element, with every key, for whoever sends it."""
    most = " ".join(f"p{number}" for number in range(MAX_PREFIXES))
    verify_enveloped(listing(where, most), [certificate()])
    for one in (listing(where, f"{most} saml"), listing(where, "xs", lists=2)):
        with pytest.raises(XmlRefused) as caught:
            verify_enveloped(one, [certificate()])
        assert caught.value.reason == "signature_transform"


def test_what_stands_outside_is_not_vouched_for() -> None:
    """The signature of a child says nothing about its parent."""
    outer = etree.fromstring("<outer/>")
    response = unsigned()
    sign(response)
    outer.append(response)
    verify_enveloped(outer[0], [certificate()])
    with pytest.raises(XmlRefused) as caught:
        verify_enveloped(outer, [certificate()])
    assert caught.value.reason == "signature_missing"
    assert not has_signature(outer)
    assert has_signature(outer[0])


@pytest.mark.parametrize(
    ("make", "strong"),
    [
        (rsa_key, True),
        (ec_key, True),
        (lambda: rsa.generate_private_key(public_exponent=65537, key_size=1024), False),
        (lambda: ec.generate_private_key(ec.SECP192R1()), False),
        (lambda: dsa.generate_private_key(2048), False),
        (ed25519.Ed25519PrivateKey.generate, False),
    ],
    ids=["RSA 2048", "P-256", "RSA 1024", "P-192", "DSA", "Ed25519"],
)
def test_keys_that_are_strong_enough(
    make: Callable[[], CertificateIssuerPrivateKeyTypes], strong: bool
) -> None:
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "key")])
    issuer = rsa_key("issuer")
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(make().public_key())
        .serial_number(1)
        .not_valid_before(MADE_AT)
        .not_valid_after(MADE_AT + timedelta(days=1))
        .sign(issuer, SHA256())
    )
    assert is_strong(made) is strong


@pytest.mark.parametrize(
    ("key_info", "signed_by"),
    [
        ("x509", ""),  # its fingerprint
        ("nothing", "no certificate in it"),
        ("rubbish", "a certificate that cannot be read"),
    ],
)
def test_a_signature_that_does_not_fit_tells_by_whom_it_says_to_be(
    key_info: str, signed_by: str
) -> None:
    signed = document()
    sign(signed, Signing(key="other"))
    signed_by = signed_by or fingerprint(certificate("other"))[:16]
    place = signed.find(f"{DS}Signature")
    assert place is not None
    for old in place.findall(f"{DS}KeyInfo"):
        place.remove(old)
    text = base64.b64encode(certificate("other").public_bytes(Encoding.DER)).decode()
    if key_info != "nothing":
        data = etree.SubElement(etree.SubElement(place, f"{DS}KeyInfo"), f"{DS}X509Data")
        found = etree.SubElement(data, f"{DS}X509Certificate")
        found.text = text if key_info == "x509" else "no certificate"
    with pytest.raises(XmlRefused) as refused:
        verify_enveloped(signed, (certificate("makelaar"), certificate("third")))
    trusted = ", ".join(fingerprint(certificate(one))[:16] for one in ("makelaar", "third"))
    assert refused.value.reason == "signature_invalid"
    assert refused.value.measured["signed_by"] == signed_by
    assert refused.value.measured["trusted"] == trusted
