"""Encryption for somebody else: opened by other libraries and by ourselves, and never the same
twice.
"""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from lxml import etree

from keys.certificates import self_signed
from keys.keyring import KeyState, KeyUse, PrivateKey
from keys.xml.encryption import decrypt_element
from keys.xml.guard import XmlRefused
from keys.xml.names import OAEP, XENC11, xenc
from keys.xml.sealing import encrypted
from tests.keys_for_tests import rsa_key

ASSERTION = (
    b'<saml:Assertion xmlns:saml="urn:oasis:x"><saml:A b="1">caf\xc3\xa9</saml:A></saml:Assertion>'
)
NOW = datetime(2026, 1, 1, tzinfo=UTC)


def key_of(name: str) -> PrivateKey:
    return PrivateKey(name, KeyUse.SAML_ENCRYPTION, "RSA", rsa_key(name), None, KeyState.ACTIVE)


def sealed() -> etree._Element:
    outer = etree.Element("{urn:other}EncryptedAssertion")
    certificate = self_signed(rsa_key("receiver"), "receiver", NOW)
    outer.append(encrypted(etree.fromstring(ASSERTION), certificate))
    return outer


def test_the_receiver_opens_it_and_nobody_else() -> None:
    found = decrypt_element(sealed(), [key_of("receiver")])
    assert found.tag == "{urn:oasis:x}Assertion"
    assert found[0].text == "café" and found[0].get("b") == "1"
    with pytest.raises(XmlRefused):
        decrypt_element(sealed(), [key_of("other")])


def test_it_is_authenticated_and_its_key_travels_by_oaep() -> None:
    outer = sealed()
    methods = [one.get("Algorithm") for one in outer.iter(xenc("EncryptionMethod"))]
    assert methods == [f"{XENC11}aes256-gcm", OAEP]
    value = outer.find(f"{xenc('EncryptedData')}/{xenc('CipherData')}/{xenc('CipherValue')}")
    assert value is not None and value.text is not None
    value.text = ("A" if value.text[0] != "A" else "B") + value.text[1:]
    with pytest.raises(XmlRefused):
        decrypt_element(outer, [key_of("receiver")])


def test_the_same_twice_is_never_the_same() -> None:
    values = [[one.text for one in sealed().iter(xenc("CipherValue"))] for _ in range(2)]
    assert not set(values[0]) & set(values[1])


def test_the_element_is_left_as_it_was() -> None:
    element = etree.fromstring(ASSERTION)
    encrypted(element, self_signed(rsa_key("receiver"), "receiver", NOW))
    assert etree.tostring(element) == etree.tostring(etree.fromstring(ASSERTION))
