"""Answers as products send them, beyond what their presets say. Each test says which product does
so; the twins that are forged stand in ``tests/attacks/test_saml_loosened.py``.
"""

from __future__ import annotations

from typing import Any, Final

import pytest
from lxml import etree

from assurance.levels import AssuranceLevel
from providers.interface import ProviderLevelTooLow, ProviderLevelUnknown, ProviderRefused
from tests.clocks import START
from tests.keys_for_tests import rsa_key
from tests.providers.saml.edits import (
    ASSERTION,
    AUTHN,
    CLASS_REF,
    CONDITIONS,
    CONFIRMATION_DATA,
    CONTEXT,
    NAME_ID,
    RESPONSE,
    STATEMENT,
    SUBJECT,
    add,
    at,
    attribute,
    put,
    text,
)
from tests.providers.saml.habits.documents import issued, key_info, keys
from tests.providers.saml.habits.messages import ENTRA
from tests.providers.saml.maker import (
    REQUEST_ID,
    SP,
    Edit,
    Recipe,
    base64_of,
    callback,
    finish,
    instant,
    provider_for,
    remembered,
    spoilt,
)
from tests.providers.saml.maker import SUBJECT as PERSON
from tests.providers.saml.sealing import XENC11, Envelope, seal, wrapped_key
from tests.providers.saml.signing import ENVELOPED, EXC_C14N, MORE, Signing

L = AssuranceLevel
LOA: Final = "urn:etoegang:core:assurance-class:"
PSS: Final = "http://www.w3.org/2007/05/xmldsig-more#"
XENC: Final = "http://www.w3.org/2001/04/xmlenc#"


# Signatures.


@pytest.mark.parametrize("digest", [XENC + "sha256", MORE + "sha384", XENC + "sha512"])
@pytest.mark.parametrize(
    "method",
    [MORE + f"rsa-sha{bits}" for bits in (256, 384, 512)]
    + [PSS + f"sha{bits}-rsa-MGF1" for bits in (256, 384, 512)],
)
def test_eidas_nodes_sign_with_pss_and_others_with_longer_digests(method: str, digest: str) -> None:
    """eIDAS Cryptographic Requirements §3; Shibboleth and Keycloak offer SHA-512."""
    signing = Signing(method=method, digest=digest)
    assert finish(Recipe(signing=signing, outer=signing)).subject == PERSON


@pytest.mark.parametrize("bits", [256, 384, 512])
def test_keycloak_and_eidas_nodes_sign_on_a_curve(bits: int) -> None:
    signing = Signing(key="curve", elliptic=True, method=MORE + f"ecdsa-sha{bits}")
    provider = provider_for(keys(key_info(base64_of(issued("curve", elliptic=True)))).encode())
    assert finish(Recipe(signing=signing, outer=signing), provider).subject == PERSON


@pytest.mark.parametrize("place", ["signature", "reference", "both"])
def test_siteminder_canonicalises_with_comments(place: str) -> None:
    """SAML Core §5.4.3 allows it; of comments there are none left when it is verified, so that text
    around one is read whole and a signature over one does not hold.
    """
    more = EXC_C14N + "WithComments"
    signing = Signing(
        canonicalisation=EXC_C14N if place == "reference" else more,
        transforms=(ENVELOPED, EXC_C14N if place == "signature" else more),
    )
    recipe = Recipe(signing=signing, outer=signing)
    assert finish(recipe).subject == PERSON
    commented = recipe.raw().replace(b"person-1<", b"person<!-- -->-1<")
    asked = remembered()
    assert provider_for().finish(asked, callback(commented)).subject == PERSON
    another = recipe.raw().replace(b"person-1<", b"person-2<!-- -->-1<")
    with pytest.raises(ProviderRefused, match="signature_invalid"):
        provider_for().finish(asked, callback(another))


# Encryption.


@pytest.mark.parametrize("bits", [256, 384, 512])
def test_shibboleth_may_seal_keys_with_longer_digests(bits: int) -> None:
    """OAEP of XML Encryption 1.1 with one digest for both of its parts."""
    digest = (MORE if bits == 384 else XENC) + f"sha{bits}"
    envelope = Envelope(transport=XENC11 + "rsa-oaep", digest=digest, mask=f"{XENC11}mgf1sha{bits}")
    assert finish(Recipe(envelope=envelope)).subject == PERSON


def several_keys(*recipients: str | None, ours_at: int, beside: bool) -> Edit:
    """Keys for these parties in place of the one key; one of them can be opened by us."""

    def edit(root: etree._Element) -> None:
        sealed = at(root, "saml:EncryptedAssertion")
        (key,) = sealed.iter(f"{{{XENC}}}EncryptedKey")
        parent = sealed if beside else key.getparent()
        assert parent is not None
        for number, recipient in enumerate(recipients):
            other = key if number == ours_at else wrapped_key(rsa_key(f"party {number}"))
            if recipient is not None:
                other.set("Recipient", recipient)
            parent.append(other)

    return edit


@pytest.mark.parametrize("beside", [False, True], ids=["in KeyInfo", "beside the data"])
@pytest.mark.parametrize(
    ("recipients", "ours_at"),
    [
        ((SP,), 0),
        (("https://other.example", SP), 1),
        ((SP, "https://other.example"), 0),
        ((None, SP), 1),
        ((SP, SP), 1),  # two keys of ours, of which one was replaced since
        ((None, None), 1),
        (("https://old-name.example",), 0),  # by a name that we had
    ],
)
def test_eherkenning_and_shibboleth_encrypt_for_several(
    recipients: tuple[str | None, ...], ours_at: int, beside: bool
) -> None:
    """One EncryptedKey per certificate in our metadata (DV–HM 1.13), or per recipient."""
    edit = several_keys(*recipients, ours_at=ours_at, beside=beside)
    recipe = Recipe(envelope=Envelope(beside=beside), between=[edit])
    assert finish(recipe).subject == PERSON


def test_a_key_that_cannot_be_opened_here_stands_beside_ours() -> None:
    """A party with an older product gets RSA 1.5; ours is what is opened."""

    def edit(root: etree._Element) -> None:
        sealed = at(root, "saml:EncryptedAssertion")
        (key,) = sealed.iter(f"{{{XENC}}}EncryptedKey")
        other = wrapped_key(rsa_key("party"), transport=XENC + "rsa-1_5")
        key.addprevious(other)

    assert finish(Recipe(envelope=Envelope(), between=[edit])).subject == PERSON


def test_shibboleth_encrypts_the_name() -> None:
    """``encryptNameIDs`` of its profile: an EncryptedID as subject."""

    def edit(root: etree._Element) -> None:
        plain = at(root, NAME_ID)
        parent = plain.getparent()
        assert parent is not None
        parent.replace(plain, seal(plain, Envelope(name="EncryptedID")))

    assert finish(spoilt(edit)).subject == PERSON
    assert finish(spoilt(edit, envelope=Envelope())).subject == PERSON
    transient = put(NAME_ID, "Format", "urn:oasis:names:tc:SAML:2.0:nameid-format:transient")
    by = {"subject": "attribute", "subject_attribute": "urn:x:person"}
    person = attribute("urn:x:person", "number-7")
    assert finish(spoilt(transient, edit, person, settings=by)).subject == "number-7"


# Times.


@pytest.mark.parametrize("zone", ["+00:00", "-00:00", ".1234567+00:00", ".5Z"])
def test_net_products_write_utc_as_an_offset(zone: str) -> None:
    """Libraries of .NET and PHP write ``+00:00``; it is UTC all the same (Core §1.3.3)."""

    def moment(seconds: float) -> str:
        return instant(seconds).replace("Z", zone)

    edits = [
        put(RESPONSE, "IssueInstant", moment(0)),
        put(ASSERTION, "IssueInstant", moment(0)),
        put(CONDITIONS, "NotBefore", moment(-10)),
        put(CONDITIONS, "NotOnOrAfter", moment(60)),
        put(CONFIRMATION_DATA, "NotOnOrAfter", moment(60)),
        put(AUTHN, "AuthnInstant", moment(-5)),
        put(AUTHN, "SessionNotOnOrAfter", moment(900)),
    ]
    found = finish(spoilt(*edits))
    assert found.authenticated_at.replace(microsecond=0) in (
        START.replace(hour=8, minute=59, second=55), START)  # fmt: skip


def test_entra_id_lets_an_assertion_last_seventy_minutes() -> None:
    """Known from its documentation: NotOnOrAfter 70 minutes behind NotBefore."""
    provider = provider_for(**ENTRA.record())
    asked = remembered(L.EH2)
    assert provider.finish(asked, callback(ENTRA.raw())).subject == ENTRA.subject


# Confirmations, statements, contexts.

HOLDER: Final = (
    '<saml:SubjectConfirmation Method="urn:oasis:names:tc:SAML:2.0:cm:holder-of-key">'
    "<saml:SubjectConfirmationData/></saml:SubjectConfirmation>"
)
FOR_ANOTHER: Final = (
    '<saml:SubjectConfirmation Method="urn:oasis:names:tc:SAML:2.0:cm:bearer">'
    '<saml:SubjectConfirmationData Recipient="https://other.example/acs" '
    f'InResponseTo="{REQUEST_ID}" NotOnOrAfter="{instant(120)}"/></saml:SubjectConfirmation>'
)


@pytest.mark.parametrize("place", [1, 2], ids=["before ours", "behind ours"])
@pytest.mark.parametrize(
    "other", [HOLDER, FOR_ANOTHER, '<saml:SubjectConfirmation Method="urn:x"/>']
)
def test_a_makelaar_confirms_for_several_of_which_one_is_ours(other: str, place: int) -> None:
    """Profiles §4.1.4.2 asks for one that fits; a gateway of several service providers and
    products with holder-of-key write more.
    """
    assert finish(spoilt(add(SUBJECT, other, place))).subject == PERSON


def statement(level: str, seconds: int = 0) -> str:
    return (
        f'<saml:AuthnStatement AuthnInstant="{instant(seconds)}"><saml:AuthnContext>'
        f"<saml:AuthnContextClassRef>{level}</saml:AuthnContextClassRef></saml:AuthnContext>"
        "</saml:AuthnStatement>"
    )


@pytest.mark.parametrize("place", [3, 4], ids=["before", "behind"])
@pytest.mark.parametrize(
    ("weaker", "told"),
    [(LOA + "loa2", ProviderLevelTooLow), ("urn:x:unknown", ProviderLevelUnknown)],
)
def test_forgerock_states_each_step_of_a_login(
    weaker: str, told: type[Exception], place: int
) -> None:
    """A password and then an app, each a statement: the one that reaches the level counts."""
    found = finish(spoilt(add(ASSERTION, statement(weaker, -60), place)))
    assert (found.authentication, found.authenticated_at) == (L.EH3, START)
    with pytest.raises(told):
        finish(spoilt(text(CLASS_REF, weaker), add(ASSERTION, statement(weaker), place)))


@pytest.mark.parametrize("declared", [
    f"<saml:AuthnContextDeclRef>{LOA}loa3</saml:AuthnContextDeclRef>",
    "<saml:AuthnContextDeclRef>secure/name/password/uri</saml:AuthnContextDeclRef>",
    '<saml:AuthnContextDecl><x xmlns="urn:x:declaration"/></saml:AuthnContextDecl>',
])  # fmt: skip
def test_netiq_declares_a_context_beside_its_class(declared: str) -> None:
    """NetIQ Access Manager: the class counts, and the declaration beside it lifts nothing."""
    recipe = spoilt(add(CONTEXT, declared), settings={"level_ceiling": "EH4"})
    assert finish(recipe).authentication is L.EH3
    low = spoilt(add(CONTEXT, declared), text(CLASS_REF, LOA + "loa2"))
    with pytest.raises(ProviderLevelTooLow):
        finish(low)


# Attributes.


def groups(number: int) -> Edit:
    values = [f"00000000-0000-4000-8000-{n:012d}" for n in range(number)]
    return attribute("http://schemas.xmlsoap.org/claims/Group", *values)


def test_ad_fs_sends_two_thousand_groups() -> None:
    """AD FS with a rule that passes every group on; nobody reads them here."""
    assert finish(spoilt(groups(2000))).subject == PERSON


def test_keycloak_repeats_an_attribute_for_each_role() -> None:
    """Without "single role attribute" each role is an attribute of its own."""
    roles = [attribute("Role", name) for name in ("a", "b", "a")]
    assert finish(spoilt(*roles)).subject == PERSON


def typed(name: str, value: str, kind: str) -> Edit:
    return add(
        STATEMENT,
        f'<saml:Attribute Name="{name}"><saml:AttributeValue xmlns:e="http://eidas.europa.eu/x" '
        f'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:type="{kind}">{value}'
        "</saml:AttributeValue></saml:Attribute>",
    )


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("e:CurrentFamilyNameType", "García"),
        (" e:DateOfBirthType\n", "1980-01-01"),
        ("e:AddressType", "<e:Town>x</e:Town>"),
    ],
)
def test_eidas_nodes_type_values_by_a_schema_of_their_own(kind: str, value: str) -> None:
    """eIDAS SAML Attribute Profile: types that only eIDAS knows; where nobody reads them."""
    assert finish(spoilt(typed("http://eidas.europa.eu/x/y", value, kind))).subject == PERSON


def test_an_eidas_identifier_counts_where_the_record_names_it() -> None:
    name = "http://eidas.europa.eu/attributes/naturalperson/PersonIdentifier"
    by: dict[str, Any] = {"subject": "attribute", "subject_attribute": name}
    person = typed(name, "ES/NL/1", "e:PersonIdentifierType")
    assert finish(spoilt(person, settings=by)).subject == "ES/NL/1"


def test_a_response_that_is_not_signed_has_no_destination() -> None:
    """Products that sign assertions only leave it out (Bindings §3.5.5.2)."""
    gone = put(RESPONSE, "Destination", None)
    recipe = spoilt(gone, signs="assertion", settings={"require_signed": "assertion"})
    assert finish(recipe).subject == PERSON
