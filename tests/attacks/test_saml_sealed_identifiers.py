"""Identifiers that are sealed wrongly, weakly or for somebody else, and what an outsider may learn
from that (S-34 … S-37, S-72). The good
twins are habits of real parties in ``tests/providers/saml/habits/test_dutch_schemes.py``.
"""

from __future__ import annotations

from dataclasses import replace

import pytest
from lxml import etree

from providers.interface import ProviderRefused
from tests.attacks.etd_verdicts import FULL, refused, said
from tests.damage import flipped
from tests.keys_for_tests import rsa_key
from tests.providers.saml.edits import ASSERTION, STATEMENT, add, at, drop, put
from tests.providers.saml.etd import (
    ACTING,
    BRANCH,
    DIRECT,
    LEGAL,
    SERVICE_NAMED,
    Etd,
    NameId,
    company,
    ids,
    logged_in,
    person,
)
from tests.providers.saml.etd_sealing import CBC, EtdEnvelope, KeyFor, encrypted_for
from tests.providers.saml.maker import Edit
from tests.providers.saml.sealing import XENC

# Encryption.


@pytest.mark.parametrize("which", [ACTING, LEGAL])
def test_S_37_identifiers_must_be_sealed(which: str) -> None:
    clear = {ACTING: person, LEGAL: company}[which](sealed=None)
    others = [one for one in (person(), company()) if one[0] != which]
    measured = refused(Etd((clear, *others, *SERVICE_NAMED)), "identifier_clear")
    assert measured["element"] == which
    assert measured["setting"] == "saml.allow_clear_identifiers"


SPOILT: list[EtdEnvelope] = [
    *[EtdEnvelope(spoil=flipped(place)) for place in range(0, 700, 23)],
    *[EtdEnvelope(spoil=lambda data, n=n: data[:n]) for n in (0, 5, 16, 17, 32, -1)],  # type: ignore[misc]
    EtdEnvelope(plain=lambda _: b""),
    EtdEnvelope(plain=lambda _: b"90001201"),
    EtdEnvelope(plain=lambda plain: plain + plain),
    EtdEnvelope(plain=lambda plain: b"<!DOCTYPE x>" + plain),
    EtdEnvelope(plain=lambda plain: plain.replace(b"NameID", b"Issuer")),
    EtdEnvelope(plain=lambda plain: plain.replace(b"KvKnr", b"Kvknr")),
    EtdEnvelope(plain=lambda plain: plain.replace(b"90001201", b"9000120")),
    EtdEnvelope(plain=lambda plain: plain.replace(b"90001201", b"90001201 90001542")),
    EtdEnvelope(plain=lambda plain: plain.replace(b">90001201<", b"><x>90001201</x><")),
    EtdEnvelope(keys=(KeyFor(key=rsa_key("thief")),)),
]


def test_S_35_whatever_is_wrong_with_a_sealed_identifier_reads_the_same() -> None:
    """Padding, XML, element, kind and number: one refusal, so that nobody learns from trying."""
    assert logged_in(DIRECT).authority
    found = set()
    for how in SPOILT:
        answer = Etd((person(), company(sealed=how), *SERVICE_NAMED))
        try:
            (mandate,) = logged_in(answer).authority
        except ProviderRefused as caught:
            found.add((caught.reason, caught.detail, tuple(sorted(caught.measured.items()))))
        else:  # a bit of the padding, or of what XML passes over
            assert mandate.represented.value == "90001201"
    ((reason, detail, _),) = found
    assert (reason, detail) == ("identifier_unread", "")


@pytest.mark.parametrize(
    "how",
    [
        pytest.param(EtdEnvelope(content=XENC + "tripledes-cbc"), id="S-34 3DES"),
        pytest.param(EtdEnvelope(keys=(KeyFor(transport=XENC + "rsa-1_5"),)), id="S-34 RSA 1.5"),
        pytest.param(EtdEnvelope(content="urn:unknown"), id="S-34 an unknown cipher"),
    ],
)
def test_weak_ciphers_are_refused_before_anything_is_opened(
    how: EtdEnvelope, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert logged_in(DIRECT).authority
    answer = Etd((company(sealed=replace(how, content=XENC + "aes256-cbc")), *SERVICE_NAMED))
    raw = answer.raw().replace((XENC + "aes256-cbc").encode(), how.content.encode())
    assert raw
    monkeypatch.setattr("keys.xml.encryption._open", _never)

    def renamed(root: etree._Element) -> None:
        for method in root.iter(f"{{{XENC}}}EncryptionMethod"):
            if method.get("Algorithm") == CBC:
                method.set("Algorithm", how.content)

    with pytest.raises(ProviderRefused) as caught:
        logged_in(replace(answer, first=(renamed,)))
    assert caught.value.reason == "encryption_algorithm"


def _never(*_: object) -> None:
    raise AssertionError("decrypted")


def test_S_34_cbc_is_opened_where_the_record_allows_it(monkeypatch: pytest.MonkeyPatch) -> None:
    assert logged_in(DIRECT).authority
    with pytest.raises(ProviderRefused) as caught:
        logged_in(DIRECT, allow_cbc=False)
    assert caught.value.reason == "encryption_algorithm"
    assert caught.value.measured["line"] == "allow_cbc: true"


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda root: _flip(root), "signature_invalid"),
        (put(f"{ASSERTION}/saml:Conditions", "NotOnOrAfter", "2026-11-02T08:00:00Z"),
         "signature_invalid"),
        (drop(f"{ASSERTION}/ds:Signature"), "signature_missing"),
    ],
)  # fmt: skip
def test_S_35_nothing_is_opened_before_its_signature_held(
    change: Edit, reason: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    good = replace(DIRECT, signs="assertion")
    assert logged_in(good).authority
    monkeypatch.setattr("keys.xml.encryption._open", _never)
    with pytest.raises(ProviderRefused) as caught:
        logged_in(replace(good, after=(change,)))
    assert caught.value.reason == reason


def _flip(root: etree._Element) -> None:
    value = at(root, f"{STATEMENT}//xenc:CipherValue")
    value.text = ("A" if (value.text or "")[0] != "A" else "B") + (value.text or "")[1:]


@pytest.mark.parametrize(
    ("edit", "reason"),
    [
        (put(f"{ASSERTION}/saml:Subject/saml:SubjectConfirmation/saml:SubjectConfirmationData",
             "Recipient", "https://other.example/acs"), "recipient"),
        (put(f"{ASSERTION}/saml:Conditions", "NotOnOrAfter", "2026-11-02T08:00:00Z"), "conditions"),
    ],
)  # fmt: skip
def test_S_35_nor_before_the_conditions_held(
    edit: Edit, reason: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("keys.xml.encryption._open", _never)
    with pytest.raises(ProviderRefused) as caught:
        logged_in(replace(DIRECT, first=(edit,)))
    assert caught.value.reason in (reason, "expired")


@pytest.mark.parametrize(
    "keys",
    [
        pytest.param((KeyFor("urn:etoegang:DV:other"),), id="S-36 our key for another recipient"),
        pytest.param((KeyFor(""),), id="S-36 for nobody at all"),
        pytest.param(
            (KeyFor("urn:etoegang:DV:other"), KeyFor(key=rsa_key("thief"))),
            id="S-36 ours is not ours, and another's is",
        ),
    ],
)
def test_an_identifier_for_another_party_is_never_opened(keys: tuple[KeyFor, ...]) -> None:
    refused(said_with(EtdEnvelope(keys=keys)), "identifier_unread")


def said_with(how: EtdEnvelope) -> Etd:
    return Etd((person(sealed=how), company(), *SERVICE_NAMED))


def test_S_72_sealed_values_without_end_are_refused() -> None:
    many = ids("urn:x:many", *[NameId("1", "urn:x") for _ in range(40)])
    few = ids("urn:x:many", *[NameId("1", "urn:x") for _ in range(5)])
    assert logged_in(said(few)).authority
    refused(said(many), "attribute_values")


@pytest.mark.parametrize(("inside", "reason"), [(5, None), (40, "attribute_values")])
def test_S_72_nor_are_they_hidden_in_a_sealed_attribute(inside: int, reason: str | None) -> None:
    name_id = '<saml:NameID NameQualifier="urn:x">1</saml:NameID>'
    values = "".join(
        f"<saml:AttributeValue>{encrypted_for(name_id)}</saml:AttributeValue>"
        for _ in range(inside)
    )
    plain = f'<saml:Attribute Name="urn:x:many">{values}</saml:Attribute>'
    sealed = encrypted_for(plain, EtdEnvelope(name="EncryptedAttribute"))
    answer = replace(DIRECT, first=(add(STATEMENT, etree.fromstring(sealed)),))
    if reason is None:
        assert logged_in(answer).authority
    else:
        refused(answer, reason)


@pytest.mark.parametrize(
    "plain",
    [
        '<saml:NameID NameQualifier="x">y</saml:NameID>',
        '<saml:Attribute Name="x"><x/></saml:Attribute>',
        '<saml:AttributeValue>y</saml:AttributeValue>',
    ],
)  # fmt: skip
def test_S_37_an_encrypted_attribute_holds_an_attribute(plain: str) -> None:
    sealed = encrypted_for(plain, EtdEnvelope(name="EncryptedAttribute"))
    answer = replace(DIRECT, first=(add(STATEMENT, etree.fromstring(sealed)),))
    refused(answer, "identifier_unread")


def test_S_66_a_limit_is_a_limit_when_it_is_sealed() -> None:
    limit = (
        f'<saml:Attribute Name="{BRANCH}"><saml:AttributeValue>{{0}}</saml:AttributeValue>'
        "</saml:Attribute>"
    )

    def limited(value: str) -> Etd:
        sealed = encrypted_for(limit.format(value), EtdEnvelope(name="EncryptedAttribute"))
        return replace(DIRECT, first=(add(STATEMENT, etree.fromstring(sealed)),))

    (mandate,) = logged_in(limited(FULL)).authority
    assert mandate.branches == (FULL,)
    refused(limited("12"), "branch")
    refused(limited(""), "branch")
