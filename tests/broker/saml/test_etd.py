"""The dialect of eHerkenning towards portals: what a portal reads that spoke to a makelaar before,
with identifiers that it alone can open. Opened here with ``cryptography`` alone.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from lxml import etree

from broker.downstream import LoginRefused
from consent.authority import AuthorityKind, Party, PartyIdType
from directory.saml_portals import SamlServiceProvider
from keys.xml import schema
from tests.broker.examples import SERVICE, a_service, an_authority
from tests.broker.saml.answering import (
    CLAIMS,
    TO,
    answered,
    configuration,
    our_certificate,
    prepared,
)
from tests.broker.saml.portals import (
    ENTITY,
    NAMES,
    TRANSIENT,
    a_portal,
    certificate,
    key_descriptor,
    metadata,
    private_key,
    verified,
)

ETD: Final = "urn:etoegang:"
XENC: Final = "http://www.w3.org/2001/04/xmlenc#"
KVK: Final = ETD + "1.9:EntityConcernedID:KvKnr"
RSIN: Final = ETD + "1.9:EntityConcernedID:RSIN"
PSEUDO: Final = ETD + "1.13:EntityConcernedID:Pseudo"
BAKERY: Final = Party(PartyIdType.KVK, "90001201", "De Korenmolen", (PartyIdType.RSIN, "123456782"))
OFFICE: Final = Party(PartyIdType.KVK, "90001542", "Kantoor")
BRANCHES: Final = ("000012345678", "000087654321")
KEYS: Final = key_descriptor(certificate("portal")) + key_descriptor(
    certificate("sealing"), "encryption"
)


def etd_portal(keys: str = KEYS, claims: Any = CLAIMS, **saml: Any) -> SamlServiceProvider:
    section = {"dialect": "etd", **saml}
    return a_portal(metadata(keys=keys), claims=claims, saml=section)


def opened(sealed: etree._Element, key: str = "sealing", recipient: str = ENTITY) -> etree._Element:
    """The NameID in this EncryptedID, with the key of the portal and nothing of ours."""
    private = private_key(key)
    assert isinstance(private, rsa.RSAPrivateKey)
    (data,) = sealed.findall("xenc:EncryptedData", NAMES)
    oaep = padding.OAEP(padding.MGF1(hashes.SHA1()), hashes.SHA1(), None)
    secret = None
    for one in sealed.findall("xenc:EncryptedKey", NAMES):
        assert one.get("Recipient") == recipient
        assert re.fullmatch("[0-9a-f]{64}", one.findtext(".//ds:KeyName", "", NAMES))
        try:
            secret = private.decrypt(_value(one), oaep)
        except ValueError:
            continue
    assert secret is not None and len(secret) == 32
    content, method = _value(data), data.find("xenc:EncryptionMethod", NAMES)
    assert method is not None
    if str(method.get("Algorithm")).endswith("gcm"):
        return etree.fromstring(AESGCM(secret).decrypt(content[:12], content[12:], None))
    decryptor = Cipher(algorithms.AES(secret), modes.CBC(content[:16])).decryptor()
    plain = decryptor.update(content[16:]) + decryptor.finalize()
    return etree.fromstring(plain[: -plain[-1]])


def _value(element: etree._Element) -> bytes:
    return base64.b64decode(element.findtext("xenc:CipherData/xenc:CipherValue", "", NAMES))


def read(
    response: etree._Element, key: str = "sealing", recipient: str = ENTITY
) -> Mapping[str, list[Any]]:
    """Texts, and identifiers as (kind, number)."""
    found: dict[str, list[Any]] = {}
    for attribute in response.iterfind(".//saml:Attribute", NAMES):
        for value in attribute.findall("saml:AttributeValue", NAMES):
            sealed = value.find("saml:EncryptedID", NAMES)
            name_id = None if sealed is None else opened(sealed, key, recipient)
            said = value.text if name_id is None else (name_id.get("NameQualifier"), name_id.text)
            found.setdefault(str(attribute.get("Name")), []).append(said)
    return found


@pytest.mark.parametrize("cipher", ["aes256-gcm", "aes256-cbc"])
def test_a_portal_of_eherkenning_reads_who_acts_for_whom(cipher: str) -> None:
    portal = etd_portal(identifier_encryption=cipher)
    to = replace(TO, name_id=portal.saml.name_id)  # what a request leaves open
    said = prepared(portal, to, authority=an_authority(represented=BAKERY))
    raw = base64.b64decode(said.reply.fields["SAMLResponse"])
    response = verified(raw, our_certificate())
    schema.check_protocol(etree.fromstring(raw))
    found = read(response)
    ((kind, pseudonym),) = found.pop(ETD + "core:ActingSubjectID")
    assert kind == PSEUDO
    assert re.fullmatch("[0-9a-f]{64}@[0-9a-f]{32}", pseudonym)
    assert found == {
        ETD + "core:LegalSubjectID": [(KVK, "90001201"), (RSIN, "123456782")],
        ETD + "core:ServiceID": [a_service().service_id],
        ETD + "core:ServiceUUID": [SERVICE],
        ETD + "1.11:attribute-represented:CompanyName": ["De Korenmolen"],
    }
    name_id = response.find(".//saml:Subject/saml:NameID", NAMES)
    assert name_id is not None and name_id.get("Format") == TRANSIENT
    level = response.findtext(".//saml:AuthnContextClassRef", None, NAMES)
    assert level == ETD + "core:assurance-class:loa3"
    used = {one.get("Algorithm") for one in response.iter(f"{{{XENC}}}EncryptionMethod")}
    assert {str(one).rpartition("#")[2] for one in used} == {cipher, "rsa-oaep-mgf1p"}


def test_the_scheme_has_no_number_in_the_clear() -> None:
    raw = base64.b64decode(
        prepared(etd_portal(), authority=an_authority(represented=BAKERY)).reply.fields[
            "SAMLResponse"
        ]
    )
    for number in (b"90001201", b"123456782"):
        assert number not in raw


def test_an_intermediary_and_a_limit_are_said() -> None:
    chain = an_authority(represented=BAKERY, kind=AuthorityKind.CHAIN, intermediary=OFFICE)
    found = read(answered(etd_portal(), authority=chain))
    assert found[ETD + "1.9:IntermediateEntityID:KvKnr"] == [(KVK, "90001542")]
    assert found[ETD + "1.13:attribute-intermediate:CompanyName"] == ["Kantoor"]
    limited = an_authority(branches=BRANCHES)
    found = read(answered(etd_portal(), authority=limited))
    assert found[ETD + "1.9:ServiceRestriction:Vestigingsnr"] == list(BRANCHES)


def test_what_is_not_registered_is_not_said() -> None:
    """Who acts is the name of the person at this portal, as a NameID is; for whom takes a claim."""
    found = read(answered(etd_portal(claims=()), authority=an_authority(branches=BRANCHES)))
    assert set(found) == {
        ETD + "core:ActingSubjectID",
        ETD + "core:ServiceID",
        ETD + "core:ServiceUUID",
    }


def test_a_person_is_the_same_there_each_time_and_another_elsewhere() -> None:
    def acting(**fields: Any) -> Any:
        portal = a_portal(metadata(keys=KEYS), saml={"dialect": "etd"}, **fields)
        return read(answered(portal))[ETD + "core:ActingSubjectID"]

    assert acting() == acting()
    assert acting() != acting(sector_identifier="other.example")
    assert acting(sector_identifier="one.example") == acting(
        sector_identifier="one.example", client_id="other"
    )


def test_both_keys_of_a_portal_open_while_it_replaces_one() -> None:
    both_keys = KEYS + key_descriptor(certificate("sealing-2"), "encryption")
    response = answered(etd_portal(both_keys))
    (first, second) = (read(response, key) for key in ("sealing", "sealing-2"))
    assert first == second


@pytest.mark.parametrize(
    "keys",
    [
        key_descriptor(certificate("portal")),
        key_descriptor(certificate("portal"))
        + key_descriptor(certificate("old", begins=-10, days=5), "encryption"),
        key_descriptor(certificate("portal"))
        + key_descriptor(certificate("ec-sealing"), "encryption"),
    ],
    ids=["none", "ended", "elliptic"],
)
def test_nothing_is_said_in_the_clear_where_the_portal_has_no_key(keys: str) -> None:
    with pytest.raises(LoginRefused) as refused:
        prepared(etd_portal(keys), authority=an_authority())
    assert refused.value.public_key == "encryption_key_missing"


def test_the_whole_assertion_may_be_encrypted_beside() -> None:
    response = answered(etd_portal(encrypt_assertion="always"))
    assert response.find("saml:EncryptedAssertion", NAMES) is not None


def test_the_dialect_fills_in_what_goes_with_it() -> None:
    plain = a_portal()
    assert (plain.acr, plain.saml.name_id, plain.saml.dialect) == (
        "eidas",
        "persistent",
        "ordinary",
    )
    spoken = etd_portal()
    assert (spoken.acr, spoken.saml.name_id) == ("etd", "transient")
    own = a_portal(acr="eidas", saml={"dialect": "etd", "name_id": "persistent"})
    assert (own.acr, own.saml.name_id) == ("eidas", "persistent")
    assert SamlServiceProvider.model_validate(spoken.model_dump(mode="json")) == spoken


def test_a_service_that_lets_no_data_leave_lets_none_leave() -> None:
    """``consent: none`` holds what needs a page; on whose behalf is what the login is for."""
    known = configuration(consent="none")
    ordinary = answered(a_portal(claims=CLAIMS), known=known, authority=an_authority())
    names = {one.get("Name") for one in ordinary.iterfind(".//saml:Attribute", NAMES)}
    found = read(answered(etd_portal(), known=known, authority=an_authority()))
    ordinary_says = f"{ETD}1.9:EntityConcernedID:KvKnr" in names
    assert (f"{ETD}core:LegalSubjectID" in found) is ordinary_says


def test_names_are_text_and_never_markup() -> None:
    evil = Party(PartyIdType.KVK, "90001201", '</saml:AttributeValue><x a="1">&')
    found = read(answered(etd_portal(), authority=an_authority(represented=evil)))
    assert found[f"{ETD}1.11:attribute-represented:CompanyName"] == [evil.name]
