"""Metadata as products write it: the role in use is found, and nothing beside it is judged. Each
test says which product writes so and where that is known from.
"""

from __future__ import annotations

import codecs

import pytest
from lxml import etree

from providers.saml.metadata import read_metadata
from tests.providers.saml.habits.documents import (
    CERTIFICATE,
    ENTITY,
    GOOD,
    KEY,
    ROLE,
    SAML2,
    beside,
    entity_of,
    lists,
    with_,
)
from tests.providers.saml.habits.reading import works
from tests.providers.saml.maker import (
    ENTITY_ID,
    NAMES,
    certificate,
    key_descriptor,
)
from tests.providers.saml.signing import Signing, sign

WS_FEDERATION = (
    'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" '
    'xmlns:fed="http://docs.oasis-open.org/wsfed/federation/200706" '
    'xmlns:auth="http://docs.oasis-open.org/wsfed/authorization/200706"'
)


def service(kind: str) -> str:
    """A role of WS-Federation with a key of its own."""
    key = key_descriptor(certificate("ws-federation"), "signing")
    return (
        f'<md:RoleDescriptor xsi:type="fed:{kind}" protocolSupportEnumeration='
        f'"http://docs.oasis-open.org/wsfed/federation/200706">{key}<fed:ClaimTypesOffered>'
        '<auth:ClaimType Uri="urn:x" Optional="true"><auth:DisplayName>x</auth:DisplayName>'
        "</auth:ClaimType></fed:ClaimTypesOffered></md:RoleDescriptor>"
    )


SERVICE_PROVIDER = (
    f'<md:SPSSODescriptor protocolSupportEnumeration="{SAML2}">'
    f"{key_descriptor(certificate('other-role'), 'signing')}"
    '<md:AssertionConsumerService Binding="urn:x" Location="http://10.0.0.1/acs" index="0"/>'
    "</md:SPSSODescriptor>"
)
AD_FS = beside(
    service("ApplicationServiceType") + service("SecurityTokenServiceType") + SERVICE_PROVIDER,
    WS_FEDERATION,
)


def test_ad_fs_and_entra_id_have_roles_of_ws_federation_beside() -> None:
    """AD FS and Entra ID: ``RoleDescriptor`` with a type of WS-Federation, a service provider's
    role with addresses of their own. Known from FederationMetadata.xml of both.
    """
    works(AD_FS)


def test_ad_fs_signs_over_roles_that_nobody_reads() -> None:
    """AD FS and Entra ID sign the whole entity: it is verified as it stands. Known from
    FederationMetadata.xml.
    """
    root = etree.fromstring(AD_FS)
    root.set("ID", "_8f4c2c0e-7a1b-4d5e-9f10-2a3b4c5d6e7f")
    sign(root, Signing(key="federation"))
    signed = etree.tostring(root)
    works(signed, signed_by=certificate("federation"))
    works(codecs.BOM_UTF8 + signed, signed_by=certificate("federation"))


def test_entra_id_begins_with_a_byte_order_mark() -> None:
    """Entra ID. Known from its address of metadata."""
    works(codecs.BOM_UTF8 + b'<?xml version="1.0" encoding="utf-8"?>' + GOOD.encode())


ACCENTS = (
    '<md:Organization><md:OrganizationName xml:lang="nl">Coöperatie Café</md:OrganizationName>'
    '<md:OrganizationDisplayName xml:lang="nl">Café</md:OrganizationDisplayName>'
    '<md:OrganizationURL xml:lang="nl">https://x.example/</md:OrganizationURL></md:Organization>'
)
NAMED = with_("</md:IDPSSODescriptor>", f"</md:IDPSSODescriptor>{ACCENTS}")


@pytest.mark.parametrize(
    ("declared", "codec"),
    [
        ("ISO-8859-1", "latin-1"),
        ("iso-8859-15", "iso-8859-15"),
        ("windows-1252", "cp1252"),
        ("UTF-16", "utf-16"),
        ("UTF-16", "utf-16-le"),
        ("UTF-16", "utf-16-be"),
        ("UTF-8", "utf-8"),
        ("UTF-8", "utf-8-sig"),
    ],
)
def test_an_editor_on_windows_saves_it_in_another_encoding(declared: str, codec: str) -> None:
    """Notepad, PowerShell's ``>`` and older Java products. Known from files that operators sent."""
    document = f"<?xml version='1.0' encoding='{declared}'?>\r\n{NAMED}"
    works(document.encode(codec))


def test_a_form_adds_an_empty_line_before_the_declaration() -> None:
    """Metadata copied from a web page. The declaration is then not at the beginning."""
    works(f'\n  <?xml version="1.0" encoding="UTF-8"?>\n{GOOD}')


def test_text_in_a_document_of_yaml_has_no_encoding_any_more() -> None:
    works(f'<?xml version="1.0" encoding="UTF-16"?>{NAMED}')


def test_older_keycloak_lists_its_one_entity() -> None:
    """Keycloak before 18: an ``EntitiesDescriptor`` of one. Known from its descriptor."""
    works(lists(ENTITY, Name="urn:keycloak"))
    works(lists(lists(ENTITY)))


def test_a_federation_lists_many_of_which_entity_id_names_one() -> None:
    """Aggregates of federations, nested too (SAML Metadata §2.3.1)."""
    others = [entity_of(f"https://{number}.example", "other-role") for number in range(12)]
    works(lists(*others, lists(ENTITY), others[0] + others[0]), entity_id=ENTITY_ID)


@pytest.mark.parametrize("inner", [None, "other-role"], ids=["list alone", "entity and list"])
def test_a_federation_signs_the_list_whoever_signed_the_entity(inner: str | None) -> None:
    """eduGAIN-like aggregates keep the signature of the entity, by a key that nobody pinned."""
    root = etree.fromstring(lists(entity_of("https://a.example"), ENTITY, ID="_list"))
    if inner is not None:
        root[1].set("ID", "_entity")
        sign(root[1], Signing(key=inner))
    sign(root, Signing(key="federation"))
    found = read_metadata(etree.tostring(root), certificate("federation"), ENTITY_ID)
    assert found.signing == (certificate(),)


def test_shibboleth_names_its_older_protocols_and_comments() -> None:
    """Shibboleth's idp-metadata.xml: three protocols in one role, bindings of its own, scopes in
    extensions, an attribute authority, and long comments.
    """
    role = with_(
        f'protocolSupportEnumeration="{SAML2}"',
        'errorURL="https://x.example" protocolSupportEnumeration="urn:oasis:names:tc:SAML:1.1:'
        f'protocol\n   urn:mace:shibboleth:1.0 {SAML2}"',
        ROLE,
    )
    role = with_(
        "<md:KeyDescriptor",
        '<md:Extensions><shibmd:Scope xmlns:shibmd="urn:mace:shibboleth:metadata:1.0" '
        'regexp="false">x.example</shibmd:Scope></md:Extensions><!-- key --><md:KeyDescriptor',
        role,
    )
    role = with_(
        "<md:SingleSign",
        '<md:SingleSignOnService Binding="urn:mace:shibboleth:1.0:profiles:AuthnRequest" '
        'Location="http://x.example/old"/><md:SingleSign',
        role,
    )
    document = f"<?xml version='1.0'?><!-- <EntityDescriptor> of x.example -->{with_(ROLE, role)}"
    works(with_(CERTIFICATE, f"{CERTIFICATE[:40]}<!-- new -->\n{CERTIFICATE[40:]}", document))


def test_a_second_descriptor_of_another_protocol_does_not_count() -> None:
    """Products that still speak SAML 1.1 publish a role of it beside, with keys of its own."""
    old = with_(SAML2, "urn:oasis:names:tc:SAML:1.1:protocol", ROLE)
    old = with_(KEY, key_descriptor(certificate("other-role"), "signing"), old)
    works(with_(ROLE, old + ROLE))
    works(with_(ROLE, ROLE + old))


@pytest.mark.parametrize("place", range(4))
def test_netiq_and_hand_written_files_keep_no_order(place: int) -> None:
    """``NameIDFormat`` behind, before or between what the schema orders. Known from NetIQ Access
    Manager and from files written by hand.
    """
    root = etree.fromstring(GOOD)
    name_format = etree.fromstring(
        f'<md:NameIDFormat xmlns:md="{NAMES["md"]}">urn:x:y</md:NameIDFormat>'
    )
    root[0].insert(place, name_format)
    works(etree.tostring(root))


def test_a_style_sheet_is_for_browsers() -> None:
    """SimpleSAMLphp and some Java products name one, so that people can read it."""
    sheet = '<?xml-stylesheet type="text/xsl" href="https://x.example/m.xsl"?>'
    works(f'<?xml version="1.0"?>{sheet}{GOOD}')
    works(f"{GOOD}\n<?after?>\n")


def test_white_space_around_addresses_is_a_printers() -> None:
    """XML formatters break attributes (XML Schema 2 §4.3.6)."""
    spaced = with_('Location="https://makelaar.example/sso/POST?tenant=1"',
                   'Location="\n  https://makelaar.example/sso/POST?tenant=1\t"')  # fmt: skip
    spaced = with_(f'entityID="{ENTITY_ID}"', f'entityID=" {ENTITY_ID}\n"', spaced)
    assert works(spaced).sso == read_metadata(GOOD).sso


def test_of_several_addresses_for_a_binding_the_first_is_used() -> None:
    """PingFederate and ForgeRock publish one for each of their hosts."""
    more = 'Location="https://second.example/sso"/>'
    endpoint = (
        f'<md:SingleSignOnService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST" {more}'
    )
    document = with_("</md:IDPSSODescriptor>", f"{endpoint}</md:IDPSSODescriptor>")
    post = "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST"
    assert works(document).location(post) == read_metadata(GOOD).location(post)


def test_an_herkenningsmakelaar_is_a_service_provider_too_and_names_its_keys() -> None:
    """eHerkenning (DV–HM 1.13): its role towards authenticatiediensten, artifact endpoints, a
    version of the scheme, KeyNames.
    """
    document = beside(
        '<md:Extensions><x:PublicationInfo xmlns:x="urn:oasis:names:tc:SAML:metadata:rpi" '
        'publisher="x"/></md:Extensions>' + SERVICE_PROVIDER,
        'xmlns:etd="urn:etoegang:1.13:metadata-extension" etd:version="1.13" ID="_m"',
    )
    document = with_(
        "<ds:KeyInfo><ds:X509Data><ds:X509Certificate>" + CERTIFICATE,
        "<ds:KeyInfo><ds:KeyName>k</ds:KeyName><ds:X509Data><ds:X509Certificate>" + CERTIFICATE,
        document,
    )
    document = with_(
        "<md:SingleSign",
        '<md:ArtifactResolutionService Binding="urn:oasis:names:tc:SAML:2.0:bindings:SOAP" '
        'Location="https://m.example/ars" index="0"/><md:SingleSign',
        document,
    )
    works(document)


@pytest.mark.parametrize("identifier", ["3f2504e0-4f89-11d3-9a0c-0305e82c3301", "a b", "café"])
def test_an_id_that_no_signature_refers_to_means_nothing(identifier: str) -> None:
    """A GUID as ID begins with a digit more often than not."""
    document = with_(" entityID=", f' ID="{identifier}" entityID=')
    works(with_("<md:IDPSSODescriptor", f'<md:IDPSSODescriptor ID="{identifier}"', document))


@pytest.mark.parametrize(
    ("until", "zone"),
    [
        ("2027-01-01T00:00:00Z", "Z"),
        ("2027-01-01T00:00:00.1234567Z", "seven digits"),
        ("2027-01-01T01:00:00+01:00", "an offset"),
        ("2027-01-01T00:00:00", "none"),
        (" 2027-01-01T00:00:00Z\n", "spaces"),
    ],
)
def test_an_end_is_written_in_many_ways(until: str, zone: str) -> None:
    """Shibboleth, .NET's round-trip format, and hand-written ones (xs:dateTime)."""
    found = works(with_(" entityID=", f' validUntil="{until}" entityID='))
    assert found.valid_until is not None
    assert found.valid_until.isoformat() == "2027-01-01T00:00:00+00:00"


def test_the_first_end_around_the_role_counts() -> None:
    entity = with_(" entityID=", ' validUntil="2027-03-01T00:00:00Z" entityID=', ENTITY)
    role = with_("<md:IDPSSODescriptor", '<md:IDPSSODescriptor validUntil="2027-02-01T00:00:00Z"',
                 entity)  # fmt: skip
    for document, month in (
        (entity, 3),
        (role, 2),
        (lists(role, validUntil="2027-01-01T00:00:00Z"), 1),
        (lists(role, validUntil="2028-01-01T00:00:00Z"), 2),
    ):
        found = works(document).valid_until
        assert found is not None and found.month == month


def test_a_makelaar_says_whether_it_wants_signed_requests() -> None:
    """PingFederate and eHerkenning say so; ``1`` is true in XML Schema."""
    for word, wants in (("true", True), ("1", True), ("false", False)):
        role = f'<md:IDPSSODescriptor WantAuthnRequestsSigned="{word}"'
        found = works(with_("<md:IDPSSODescriptor", role))
        assert found.wants_signed_requests is wants
    assert not works(GOOD).wants_signed_requests
