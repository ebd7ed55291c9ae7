"""Answers as parties of eHerkenning, DigiD and TVS send them, on the skeletons of the schemes (eTD
DV–HM 1.13, ST-SAML 1.0). The forged twins stand in ``tests/attacks/test_saml_dialects.py``.
"""

from __future__ import annotations

from dataclasses import replace

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from lxml import etree

from assurance.levels import AssuranceLevel
from consent.authority import AuthorityKind, PartyIdType
from keys.keyring import KeyRing, KeyState, KeyUse
from keys.xml.key_names import key_name
from providers.saml.advice import unpacked
from tests.keys_for_tests import make_keyring, make_private_key, rsa_key
from tests.providers.saml.edits import ASSERTION, at
from tests.providers.saml.etd import (
    BETWEEN,
    BETWEEN_NEW,
    BRANCH,
    BSN,
    DIRECT,
    ETD,
    GDI,
    ID,
    KVK,
    LEGAL,
    NUMBER,
    PERSISTENT,
    PERSON,
    PSEUDO,
    PSEUDONYM,
    RSIN,
    SERVICE_NAMED,
    UUID,
    Etd,
    NameId,
    company,
    digid,
    ids,
    logged_in,
    person,
    texts,
)
from tests.providers.saml.etd_sealing import CBC, EtdEnvelope, KeyFor, encrypted_for
from tests.providers.saml.maker import (
    SERVICE,
    SERVICE_ID,
    SP,
    callback,
    provider_for,
    remembered,
)
from tests.providers.saml.sealing import XENC, XENC11

L = AssuranceLevel
FULL = "000012345678"
PERSON_KEY = f"{PSEUDO}\x1f{PERSON}"


def test_eherkenning_says_who_acts_for_which_company() -> None:
    """A direct mandate: 6.3 of the scheme's messages, attributes before the statement."""
    found = logged_in(DIRECT)
    assert found.subject == PERSON_KEY
    (mandate,) = found.authority
    assert (mandate.represented.id_type, mandate.represented.value) == (PartyIdType.KVK, "90001201")
    assert (mandate.kind, mandate.branches) == (AuthorityKind.DIRECT, ())
    assert mandate.level is found.authentication is L.EH3


def test_eherkenning_names_a_company_by_two_numbers() -> None:
    """One AttributeValue for each kind of number."""
    both = ids(LEGAL, NameId("90001201", KVK), NameId("123456782", RSIN))
    (mandate,) = logged_in(Etd((person(), both, *SERVICE_NAMED))).authority
    assert mandate.represented.alternative == (PartyIdType.RSIN, "123456782")


def test_two_identifiers_may_stand_in_one_value() -> None:
    inner = NameId("90001201", KVK).xml() + NameId("123456782", RSIN).xml()
    (mandate,) = logged_in(Etd((person(), (LEGAL, (inner,)), *SERVICE_NAMED))).authority
    assert mandate.represented.alternative == (PartyIdType.RSIN, "123456782")


@pytest.mark.parametrize(
    "between",
    [
        ids(BETWEEN, NameId("90001542", KVK)),
        ids(BETWEEN, NameId("90001542", ETD + "1.9:IntermediateEntityID:KvKnr")),
        ids(BETWEEN.removesuffix("nr"), NameId("90001542", ETD + "1.9:IntermediateEntityID:KvK")),
        ids(BETWEEN_NEW, NameId("90001542", KVK)),
        texts(BETWEEN, "90001542"),
    ],
    ids=["sealed", "of its own kind", "as the text spells it", "the newer form", "as a text"],
)
def test_eherkenning_names_an_intermediary(between: tuple[str, tuple[str, ...]]) -> None:
    name = texts(ETD + "1.13:attribute-intermediate:CompanyName", "Kantoor B.V.")
    (chain,) = logged_in(Etd((person(), company(), between, name, *SERVICE_NAMED))).authority
    assert chain.kind is AuthorityKind.CHAIN
    assert chain.intermediary is not None
    assert (chain.intermediary.value, chain.intermediary.name) == ("90001542", "Kantoor B.V.")


def test_eherkenning_limits_a_mandate_to_branches() -> None:
    limit = texts(BRANCH, FULL, "000087654321")
    (mandate,) = logged_in(Etd((person(), company(), limit, *SERVICE_NAMED))).authority
    assert mandate.branches == (FULL, "000087654321")


def test_an_attribute_may_be_encrypted_whole() -> None:
    """The name of the company, as eTD sends further attributes."""
    name = ETD + "1.11:attribute-represented:CompanyName"
    plain = (
        f'<saml:Attribute Name="{name}"><saml:AttributeValue>Bakkerij De Korenmolen'
        "</saml:AttributeValue></saml:Attribute>"
    )

    def sealed(root: etree._Element) -> None:
        at(root, f"{ASSERTION}/saml:AttributeStatement").append(
            etree.fromstring(encrypted_for(plain, EtdEnvelope(name="EncryptedAttribute")))
        )

    (mandate,) = logged_in(replace(DIRECT, first=(sealed,))).authority
    assert mandate.represented.name == "Bakkerij De Korenmolen"


@pytest.mark.parametrize(
    "content", [CBC, XENC + "aes128-cbc", XENC11 + "aes256-gcm", XENC11 + "aes128-gcm"]
)
def test_identifiers_are_encrypted_in_cbc_as_prescribed_or_better(content: str) -> None:
    how = EtdEnvelope(content=content)
    assert logged_in(Etd((person(sealed=how), company(sealed=how), *SERVICE_NAMED))).authority


def test_a_retrieval_method_points_at_nothing() -> None:
    """An example of ST-SAML has an address that does not match."""
    how = EtdEnvelope(reference="#_elsewhere")
    assert logged_in(Etd((person(sealed=how), company(), *SERVICE_NAMED))).authority


OURS = make_private_key(KeyUse.SAML_ENCRYPTION, "RSA")
NEXT = make_private_key(KeyUse.SAML_ENCRYPTION, "RSA", KeyState.NEXT, "next")
assert OURS.certificate is not None
assert isinstance(NEXT.key, rsa.RSAPrivateKey)
FINGERPRINT = OURS.certificate.fingerprint(hashes.SHA1()).hex()


@pytest.mark.parametrize(
    "keys",
    [
        (KeyFor(name=OURS.kid),),
        (KeyFor(name=key_name(OURS.certificate)),),
        (KeyFor(name=FINGERPRINT.upper()),),
        (KeyFor(name="a name that nobody knows"),),
        (KeyFor(recipient=None),),
        (KeyFor("urn:etoegang:DV:other", rsa_key("other")), KeyFor()),
        (KeyFor(), KeyFor("urn:etoegang:DV:other", rsa_key("other"))),
        (KeyFor(key=rsa_key("gone"), name="gone"), KeyFor(name=OURS.kid)),
        (KeyFor("urn:etoegang:DV:other", rsa_key("o"), transport=XENC + "rsa-1_5"), KeyFor()),
    ],
    ids=[
        "our id",
        "SHA-256",
        "SHA-1",
        "unknown",
        "for nobody named",
        "other first",
        "other last",
        "two certificates of ours",
        "another that we would not open",
    ],
)
def test_a_key_is_chosen_by_recipient_and_name(keys: tuple[KeyFor, ...]) -> None:
    """One EncryptedKey for each certificate in our metadata, or for each recipient."""
    how = EtdEnvelope(keys=keys)
    assert logged_in(Etd((person(sealed=how), company(), *SERVICE_NAMED))).subject == PERSON_KEY


def test_two_keys_decrypt_while_one_takes_over() -> None:
    ring = KeyRing((*make_keyring().keys, NEXT))
    assert isinstance(NEXT.key, rsa.RSAPrivateKey)
    for keys in (
        (KeyFor(key=NEXT.key),),
        (KeyFor(),),
        (KeyFor(key=NEXT.key, name=NEXT.kid), KeyFor(name=OURS.kid)),
    ):
        answer = Etd((person(sealed=EtdEnvelope(keys=keys)), company(), *SERVICE_NAMED))
        provider = provider_for(keyring=ring, **answer.record())
        found = provider.finish(remembered(), callback(answer.raw()))
        assert found.subject == PERSON_KEY


def test_evidence_is_kept_and_nothing_is_read_from_it() -> None:
    """The assertions of authenticatiedienst and machtigingenregister in Advice, with XACML."""
    found = logged_in(DIRECT)
    assert found.evidence is not None
    kept = unpacked(found.evidence)
    for there in (b"XACMLAuthzDecisionStatementType", b"90009999", b"SignatureValue"):
        assert there in kept
    without = logged_in(replace(DIRECT, advice=False))
    assert without.evidence is None
    assert replace(found, evidence=None, replay_keys=()) == replace(without, replay_keys=())
    assert found.evidence not in repr(found)


@pytest.mark.parametrize("signs", ["assertion", "both"])
def test_a_response_need_not_be_signed_beside_its_assertion(signs: str) -> None:
    assert logged_in(replace(DIRECT, signs=signs)).subject == PERSON_KEY


@pytest.mark.parametrize("kind", [PSEUDO, ETD + "1.9:EntityConcernedID:Pseudo"])
@pytest.mark.parametrize("value", [PERSON, PERSON.upper(), f"\n  {PERSON}\n"])
def test_a_pseudonym_is_of_either_version_and_of_either_case(kind: str, value: str) -> None:
    """Older authenticatiediensten name 1.9; case differs between them, and is compared."""
    answer = Etd((person(value, kind), company(), *SERVICE_NAMED))
    assert logged_in(answer).subject == f"{PSEUDO}\x1f{value.strip()}"


def test_an_older_makelaar_names_the_person_by_a_lasting_name() -> None:
    """Before 1.13: persistent, with the register as qualifier, and no acting subject."""
    older = Etd((company(), *SERVICE_NAMED), name_format=PERSISTENT)
    assert logged_in(older).subject.endswith("\x1f0f9c-session")


def test_a_test_environment_sends_identifiers_in_the_clear() -> None:
    """Signicat's sometimes does; by a setting of its own."""
    clear = Etd((person(sealed=None), company(sealed=None), *SERVICE_NAMED))
    assert logged_in(clear, allow_clear_identifiers=True).subject == PERSON_KEY


def test_a_portal_function_names_several_services() -> None:
    several = texts(ID, "urn:etoegang:DV:00000004000000001000:services:0009", SERVICE_ID)
    assert logged_in(Etd((person(), company(), several, texts(UUID, SERVICE)))).authority


def test_digid_names_somebody_by_a_citizen_service_number() -> None:
    found = logged_in(digid(NameId(NUMBER, BSN)))
    assert found.subject == f"{BSN}\x1f{NUMBER}"
    assert (found.authentication, found.authority) == (L.EH2_PLUS, ())


def test_digid_names_somebody_by_a_pseudonym_before_a_number() -> None:
    both = digid(NameId(NUMBER, BSN), NameId("pseudoniem-1", PSEUDONYM))
    assert logged_in(both).subject == f"{PSEUDONYM}\x1fpseudoniem-1"
    spelt = digid(NameId("pseudoniem-1", GDI + "id:pseudonym"))
    assert logged_in(spelt).subject == f"{PSEUDONYM}\x1fpseudoniem-1"


def test_tvs_passes_eherkenning_on_under_its_own_names() -> None:
    """Only who acts and for whom is renamed (ST-SAML)."""
    said = (
        ids(GDI + "ActingSubjectID", NameId(PERSON, PSEUDO)),
        ids(GDI + "LegalSubjectID", NameId("90001201", KVK)),
        texts(BRANCH, FULL),
        *SERVICE_NAMED,
    )
    substantial = "http://eidas.europa.eu/LoA/substantial"
    answer = Etd(said, preset="digid", level=substantial)
    (mandate,) = logged_in(answer).authority
    assert (mandate.represented.value, mandate.branches) == ("90001201", (FULL,))


@pytest.mark.parametrize("host", ["eid.logius.nl", "eID.logius.nl"])
def test_logius_writes_the_host_of_its_level_in_two_ways(host: str) -> None:
    basic = digid(NameId(NUMBER, BSN), level=f"http://{host}/LoA/basic", asked=L.EH2)
    assert logged_in(basic).authentication is L.EH2


def test_our_own_name_is_the_recipient() -> None:
    assert KeyFor().recipient == SP
