"""Encrypted elements: what is opened, and how little a failure says."""

from __future__ import annotations

import pytest
import xmlsec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from lxml import etree

from keys.keyring import KeyUse
from keys.xml.encryption import MAX_KEYS, decrypt_element
from keys.xml.guard import XmlRefused
from tests.keys_for_tests import make_private_key
from tests.providers.saml.sealing import CIPHER_VALUE, XENC, XENC11, Envelope, ours, seal

KEYS = [make_private_key(KeyUse.SAML_ENCRYPTION, "RSA")]


def words(xml: str = '<x ID="_a">words</x>') -> etree._Element:
    return etree.fromstring(xml)


def test_an_element_is_opened_as_it_was() -> None:
    found = decrypt_element(seal(words()), KEYS)
    assert (found.tag, found.text, dict(found.attrib)) == ("x", "words", {"ID": "_a"})


def test_prefixes_of_the_place_where_it_stood_are_known() -> None:
    sealed = seal(words(), Envelope(plain=lambda _: b"<saml:x/>"))
    assert decrypt_element(sealed, KEYS).tag.endswith("assertion}x")


def test_what_another_library_encrypts_is_opened() -> None:
    manager = xmlsec.KeysManager()
    pem = ours().public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    manager.add_key(xmlsec.Key.from_memory(pem, xmlsec.constants.KeyDataFormatPem))
    root = etree.fromstring("<outer><x>words</x></outer>")
    data = xmlsec.template.encrypted_data_create(
        root, xmlsec.constants.TransformAes256Gcm, type=xmlsec.constants.TypeEncElement, ns="xenc"
    )
    xmlsec.template.encrypted_data_ensure_cipher_value(data)
    info = xmlsec.template.encrypted_data_ensure_key_info(data, ns="ds")
    key = xmlsec.template.add_encrypted_key(info, xmlsec.constants.TransformRsaOaep)
    xmlsec.template.encrypted_data_ensure_cipher_value(key)
    context = xmlsec.EncryptionContext(manager)
    context.key = xmlsec.Key.generate(
        xmlsec.constants.KeyDataAes, 256, xmlsec.constants.KeyDataTypeSession
    )
    context.encrypt_xml(data, root[0])
    sent = etree.fromstring(etree.tostring(root))
    assert decrypt_element(sent, KEYS).text == "words"


@pytest.mark.parametrize(
    "xml",
    ["<x/>", "<x>text</x>", '<x xmlns="urn:a"><y/></x>'],
)
def test_cbc_is_opened_where_the_caller_allows_it(xml: str) -> None:
    sealed = seal(words(xml), Envelope(content=XENC + "aes128-cbc", bits=128))
    assert decrypt_element(sealed, KEYS, allow_cbc=True).tag == words(xml).tag
    with pytest.raises(XmlRefused) as caught:
        decrypt_element(sealed, KEYS)
    assert caught.value.reason == "encryption_algorithm"


@pytest.mark.parametrize("bits", [128, 192, 256])
def test_xmlsec_of_java_seals_with_gcm_of_each_size(bits: int) -> None:
    how = Envelope(content=f"{XENC11}aes{bits}-gcm", bits=bits)
    assert decrypt_element(seal(words(), how), KEYS).tag == words().tag
    other = Envelope(content=how.content, bits=384 - bits if bits != 192 else 256)
    with pytest.raises(XmlRefused):
        decrypt_element(seal(words(), other), KEYS)


def doubled(tag: str, times: int = 1) -> etree._Element:
    sealed = seal(words())
    element = next(sealed.iter(f"{{{XENC}}}{tag}"))
    for _ in range(times):
        element.addnext(etree.fromstring(etree.tostring(element)))
    return sealed


def without(tag: str) -> etree._Element:
    sealed = seal(words())
    element = next(sealed.iter(f"{{{XENC}}}{tag}"))
    element.getparent().remove(element)
    return sealed


def with_value(value: str) -> etree._Element:
    sealed = seal(words())
    for element in sealed.iter(CIPHER_VALUE):
        element.text = value
    return sealed


def test_of_several_keys_one_that_opens_is_enough_up_to_a_bound() -> None:
    assert decrypt_element(doubled("EncryptedKey", MAX_KEYS - 1), KEYS).text == "words"


@pytest.mark.parametrize(
    ("sealed", "reason"),
    [
        (doubled("EncryptedData"), "decryption_failed"),
        (doubled("EncryptedKey", MAX_KEYS), "decryption_failed"),
        (without("EncryptedData"), "decryption_failed"),
        (without("EncryptedKey"), "decryption_failed"),
        (without("CipherData"), "decryption_failed"),
        (without("EncryptionMethod"), "encryption_algorithm"),
        (with_value("!"), "decryption_failed"),
        (with_value(""), "decryption_failed"),
        (with_value("AAAA"), "decryption_failed"),
        (seal(words(), Envelope(transport=XENC + "rsa-1_5")), "encryption_algorithm"),
        (seal(words(), Envelope(content=XENC + "aes192-cbc")), "encryption_algorithm"),
        (seal(words(), Envelope(plain=lambda _: b"<x>&e;</x>")), "decryption_failed"),
        (seal(words(), Envelope(plain=lambda _: b"<!-- -->")), "decryption_failed"),
    ],
    ids=range(13),
)
def test_what_cannot_be_opened_is_refused(sealed: etree._Element, reason: str) -> None:
    assert decrypt_element(seal(words()), KEYS).text == "words"
    with pytest.raises(XmlRefused) as caught:
        decrypt_element(sealed, KEYS)
    assert caught.value.reason == reason


def test_without_a_key_nothing_is_opened() -> None:
    with pytest.raises(XmlRefused) as caught:
        decrypt_element(seal(words()), [])
    assert caught.value.reason == "decryption_failed"
