"""Encrypted assertions that are weak, spoilt or for somebody else (S-34 … S-37)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from lxml import etree

from keys.keyring import KeyRing, KeyState, KeyUse
from providers.interface import ProviderRefused
from tests.damage import flipped
from tests.keys_for_tests import make_keyring, make_private_key, rsa_key
from tests.providers.saml.edits import ASSERTION, STATEMENT, add, at, parsed
from tests.providers.saml.maker import SUBJECT, Edit, Recipe, finish, provider_for, spoilt, tampered
from tests.providers.saml.sealing import (
    DS,
    XENC,
    XENC11,
    Envelope,
    seal,
)
from tests.providers.saml.signing import resign
from tests.providers.saml.verdicts import refused

SEALED = "saml:EncryptedAssertion"
GOOD = Envelope()
MUST_BE_SEALED = {"require_encrypted_assertion": True}


def reason_of(recipe: Recipe, **more: object) -> str:
    with pytest.raises(ProviderRefused) as caught:
        finish(recipe, provider_for(**{**recipe.settings, **more}))  # type: ignore[arg-type]
    return caught.value.reason


@pytest.mark.parametrize(
    "envelope",
    [
        GOOD,
        Envelope(content=XENC11 + "aes128-gcm", bits=128),
        Envelope(digest=DS + "sha1"),
        Envelope(digest=XENC + "sha256"),
        Envelope(transport=XENC11 + "rsa-oaep", digest=XENC + "sha256", mask=XENC11 + "mgf1sha256"),
        Envelope(beside=True),
    ],
    ids=["usual", "AES-128", "OAEP SHA-1", "OAEP SHA-256", "OAEP 1.1", "key beside the data"],
)
def test_the_good_twins_are_accepted(envelope: Envelope) -> None:
    assert finish(Recipe(envelope=envelope, settings=MUST_BE_SEALED)).subject == SUBJECT


@pytest.mark.parametrize(
    "envelope",
    [
        pytest.param(Envelope(transport=XENC + "rsa-1_5"), id="S-34 RSA 1.5"),
        pytest.param(
            Envelope(content=XENC + "tripledes-cbc", bits=192), id="S-34 3DES by its name"
        ),
        pytest.param(Envelope(content=XENC + "aes256-cbc"), id="S-34 CBC with 256 bits"),
        pytest.param(Envelope(content=XENC + "aes128-cbc", bits=128), id="S-34 CBC with 128 bits"),
        pytest.param(Envelope(content="urn:unknown"), id="S-34 an unknown cipher"),
        pytest.param(Envelope(transport="urn:unknown"), id="S-34 an unknown transport"),
        pytest.param(Envelope(digest=DS + "md5"), id="S-34 an unknown digest of OAEP"),
        pytest.param(Envelope(mask=XENC11 + "mgf1sha224"), id="S-34 an unknown mask"),
    ],
)
def test_other_algorithms_are_refused_before_decrypting(
    envelope: Envelope, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert finish(Recipe(envelope=GOOD)).subject == SUBJECT
    monkeypatch.setattr("keys.xml.encryption._open", _never)
    assert reason_of(Recipe(envelope=envelope)) == "encryption_algorithm"


def _never(*_: object) -> None:
    raise AssertionError("decrypted")


@pytest.mark.parametrize("bits", [128, 256])
def test_S_34_cbc_is_opened_only_by_permission_and_below_a_verified_signature(bits: int) -> None:
    cbc = Envelope(content=f"{XENC}aes{bits}-cbc", bits=bits)
    allowed = {"allow_cbc": True}
    assert finish(Recipe(envelope=cbc, settings=allowed)).subject == SUBJECT
    assert reason_of(Recipe(envelope=cbc)) == "encryption_algorithm"
    bare = Recipe(envelope=cbc, signs="assertion", settings={"require_signed": "assertion"})
    assert reason_of(bare, **allowed) == "encryption_algorithm"


# What an outsider can learn.


def spoilt_after(spoil: Callable[[bytes], bytes]) -> Envelope:
    return Envelope(spoil=spoil)


ONLY_INSIDE = {"require_signed": "assertion"}
CUTS: list[Callable[[bytes], bytes]] = [
    lambda data: b"",
    lambda data: data[:5],
    lambda data: data[:12],
    lambda data: data[:-1],
    lambda data: data + b"\x00",
]
PLAINS: list[Callable[[bytes], bytes]] = [
    lambda plain: b"",
    lambda plain: b"text",
    lambda plain: plain + plain,
    lambda plain: plain[:-1],
    lambda plain: b"<!DOCTYPE x>" + plain,
    lambda plain: b'<?xml version="1.0"?>' + plain,
    lambda plain: plain.decode().encode("utf-16"),
    lambda plain: b"</context><context>" + plain,
    lambda plain: plain.replace(b"Assertion", b"Elsewise"),
    lambda plain: b"words" + plain,
    lambda plain: plain + b"words",
    lambda plain: plain.replace(b"><", b">" + b"<x/>" * 3000 + b"<", 1),
]


def test_S_35_every_broken_ciphertext_is_refused_with_one_reason() -> None:
    provider = provider_for(**ONLY_INSIDE)
    places = [flipped(place) for place in range(0, 4000, 37)]
    envelopes = [Envelope(spoil=spoil) for spoil in (*places, *CUTS)]
    envelopes += [Envelope(spoil_key=spoil) for spoil in (*places[:30], *CUTS)]
    envelopes += [Envelope(plain=plain) for plain in PLAINS]
    envelopes += [Envelope(bits=128), Envelope(bits=192)]  # the key of another cipher
    assert finish(Recipe(envelope=GOOD, signs="assertion"), provider).subject == SUBJECT
    for envelope in envelopes:
        with pytest.raises(ProviderRefused) as caught:
            finish(Recipe(envelope=envelope, signs="assertion"), provider)
        assert (caught.value.reason, caught.value.detail) == ("decryption_failed", "")


def test_S_35_a_changed_ciphertext_below_a_signature_is_never_opened(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """With CBC allowed, an outsider learns nothing either: the signature over it fails first."""
    cbc = Envelope(content=XENC + "aes256-cbc")
    allowed = {"allow_cbc": True}

    def flip(root: etree._Element) -> None:
        value = at(root, f"{SEALED}/xenc:EncryptedData/xenc:CipherData/xenc:CipherValue")
        assert value.text is not None
        value.text = ("A" if value.text[0] != "A" else "B") + value.text[1:]

    assert finish(Recipe(envelope=cbc, settings=allowed)).subject == SUBJECT
    monkeypatch.setattr("keys.xml.encryption._open", _never)
    assert reason_of(tampered(flip, envelope=cbc), **allowed) == "signature_invalid"


def test_a_broken_padding_is_no_other_failure() -> None:
    cbc = Envelope(content=XENC + "aes256-cbc", spoil=flipped(-20))
    short = Envelope(content=XENC + "aes256-cbc", spoil=lambda data: data[:16])
    for envelope in (cbc, short):
        assert reason_of(Recipe(envelope=envelope), allow_cbc=True) == "decryption_failed"


# For whom.


def test_S_36_an_assertion_for_somebody_else_is_refused() -> None:
    assert finish(Recipe(envelope=GOOD)).subject == SUBJECT
    assert reason_of(Recipe(envelope=Envelope(recipient=rsa_key("elsewhere")))) == (
        "decryption_failed"
    )


@pytest.mark.parametrize("state", [KeyState.ACTIVE, KeyState.NEXT, KeyState.RETIRING])
def test_S_36_a_key_opens_as_long_as_it_is_published(state: KeyState) -> None:
    old = make_private_key(KeyUse.SAML_ENCRYPTION, "RSA", state, "old")
    assert isinstance(old.key, rsa.RSAPrivateKey)
    recipe = Recipe(envelope=Envelope(recipient=old.key))
    ring = KeyRing((*make_keyring().keys, old))
    assert finish(recipe, provider_for(keyring=ring)).subject == SUBJECT
    assert finish(Recipe(envelope=GOOD), provider_for(keyring=ring)).subject == SUBJECT
    assert reason_of(recipe) == "decryption_failed"  # without it in the ring: retired


def test_S_36_a_key_for_signing_does_not_decrypt() -> None:
    signing = make_private_key(KeyUse.SAML_SIGNING, "RSA").key
    assert isinstance(signing, rsa.RSAPrivateKey)
    assert reason_of(Recipe(envelope=Envelope(recipient=signing))) == "decryption_failed"


# Encrypted parts of an assertion.


ATTRIBUTE = '<saml:Attribute Name="x"><saml:AttributeValue>y</saml:AttributeValue></saml:Attribute>'
SPOILT_PART = Envelope(spoil=flipped(40))


def sealed_attribute(how: Envelope = GOOD) -> etree._Element:
    return seal(parsed(ATTRIBUTE), replace(how, name="EncryptedAttribute"))


def sealed_value(name: str, how: Envelope = GOOD) -> Edit:
    def edit(root: etree._Element) -> None:
        value = parsed(
            '<saml:Attribute Name="urn:x:number"><saml:AttributeValue/></saml:Attribute>'
        )
        value[0].append(seal(parsed(name), replace(how, name="EncryptedID")))
        at(root, STATEMENT).append(value)

    return edit


def test_encrypted_parts_that_are_understood_are_read() -> None:
    """Of any makelaar: a value that is a sealed name, and an attribute that is sealed whole."""
    by = {"subject": "attribute", "subject_attribute": "urn:x:number"}
    assert finish(
        spoilt(sealed_value("<saml:NameID>number</saml:NameID>"), settings=by)
    ).subject == ("number")
    by_attribute = {"subject": "attribute", "subject_attribute": "x"}
    sealed = add(STATEMENT, sealed_attribute())
    assert finish(spoilt(sealed, settings=by_attribute)).subject == "y"


@pytest.mark.parametrize(
    ("recipe", "reason"),
    [
        pytest.param(
            spoilt(add(f"{ASSERTION}/saml:Subject", "<saml:EncryptedID/>", 0)),
            "schema",
            id="S-37 an empty EncryptedID",
        ),
        pytest.param(
            spoilt(add(STATEMENT, "<saml:EncryptedAttribute/>")),
            "schema",
            id="S-37 an empty EncryptedAttribute",
        ),
        pytest.param(
            spoilt(add(STATEMENT, sealed_attribute(SPOILT_PART))),
            "identifier_unread",
            id="S-37 an EncryptedAttribute",
        ),
        pytest.param(
            spoilt(sealed_value("<saml:NameID>number</saml:NameID>", SPOILT_PART)),
            "identifier_unread",
            id="S-37 an EncryptedID as value",
        ),
        pytest.param(
            spoilt(sealed_value("<saml:Issuer>number</saml:Issuer>")),
            "identifier_unread",
            id="S-37 something else in an EncryptedID",
        ),
        pytest.param(
            spoilt(sealed_value('<saml:NameID NameQualifier="urn:x"/>')),
            "identifier_unread",
            id="S-37 nobody in an EncryptedID",
        ),
        pytest.param(
            spoilt(add(STATEMENT, sealed_attribute(Envelope(content=XENC + "aes256-cbc")))),
            "encryption_algorithm",
            id="S-34 CBC where nobody allowed it",
        ),
        pytest.param(
            tampered(add(".", "<saml:EncryptedAssertion/>"), resign),
            "schema",
            id="S-37 an empty EncryptedAssertion",
        ),
    ],
)
def test_encrypted_parts_that_are_not_understood_are_refused(recipe: Recipe, reason: str) -> None:
    refused(recipe, reason)


def test_a_plain_assertion_is_refused_where_it_must_be_encrypted() -> None:
    assert finish(Recipe(envelope=GOOD, settings=MUST_BE_SEALED)).subject == SUBJECT
    assert reason_of(Recipe(settings=MUST_BE_SEALED)) == "assertion_not_encrypted"
