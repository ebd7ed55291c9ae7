"""What no habit excuses in metadata: each beside what it was made of, which is taken."""

from __future__ import annotations

import base64
import gzip
from collections.abc import Callable
from datetime import timedelta
from typing import Final

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from lxml import etree

from assurance.levels import AssuranceLevel
from keys.certificates import self_signed
from providers.interface import AuthenticationRequest, ProviderUnavailable
from providers.saml.metadata import MAX_BYTES, MAX_ELEMENTS, MetadataRefused, read_metadata
from providers.saml.wire.names import MD
from tests.clocks import START
from tests.keys_for_tests import MADE_AT
from tests.providers.saml.habits.documents import (
    ENTITY,
    GOOD,
    ROLE,
    SAML2,
    beside,
    entity_of,
    key_info,
    keys,
    lists,
    with_,
)
from tests.providers.saml.maker import (
    ENTITY_ID,
    SERVICE,
    SUBJECT,
    Recipe,
    base64_of,
    certificate,
    finish,
    provider_for,
    remembered,
)
from tests.providers.saml.signing import Signing, sign

POST: Final = "https://makelaar.example/sso/POST?tenant=1"


def said(document: str | bytes, entity_id: str | None = None) -> str:
    """Why it is refused; what it was made of is taken."""
    assert read_metadata(GOOD).entity_id == ENTITY_ID
    with pytest.raises(MetadataRefused) as refused:
        read_metadata(document, entity_id=entity_id)
    return str(refused.value)


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: f"<!DOCTYPE x>{GOOD}", "dtd"),
        (lambda: f'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY e "y">]>{GOOD}', "dtd"),
        (lambda: f"<!doctype x>{GOOD}", "dtd"),
        (lambda: f"<!DOCTYPE x>{GOOD}".encode("utf-16"), "dtd"),
        (lambda: f'<?xml version="1.1"?>{GOOD}', "xml_version"),
        (lambda: f"<?xml version='1.1' encoding='UTF-8'?>{GOOD}", "xml_version"),
        (lambda: f'\n<?xml version="2.0"?>{GOOD}', "xml_version"),
        (lambda: with_("<md:IDPSSO", "<?x y?><md:IDPSSO"), "processing_instruction"),
        (lambda: GOOD + "x", "not_well_formed"),
        (lambda: GOOD + GOOD, "not_well_formed"),
        (lambda: GOOD.replace("</md:IDP", "\x00</md:IDP"), "encoding"),
        (lambda: with_("sso/POST", "sso/\ud800"), "encoding"),
        (lambda: GOOD.encode("utf-7").replace(b"<", b"+ADw-"), "not_well_formed"),
        (lambda: f'<?xml version="1.0" encoding="UTF-7"?>{GOOD}'.encode(), "utf-7 is not read"),
        (lambda: GOOD + " " * MAX_BYTES, "too_large"),
        (lambda: beside("<x/>" * MAX_ELEMENTS), "too_many_elements"),
        (lambda: beside("<x>" * 70 + "</x>" * 70), "too_deep"),
        (lambda: beside("<x xmlns='relative'/>"), "namespace"),
    ],
    ids=range(18),
)
def test_bounds_and_threats_are_those_of_every_xml(
    make: Callable[[], str | bytes], words: str
) -> None:
    assert words in said(make())


@pytest.mark.parametrize(
    ("written", "words"),
    [
        ("https://makelaar.example/sso&#13;&#10;X-A: b", "a line break"),
        ("https://makelaar.example/sso&#10;", "a line break"),
        ("&#13;https://makelaar.example/sso", "a line break"),
        ("https://makelaar.example/a b", "a space"),
        ("https://user@makelaar.example/sso", "a user name"),
        ("https://user:word@makelaar.example/sso", "a user name"),
        ("https://makelaar.example@evil.example/sso", "a user name"),
        ("https:///sso", "names no host"),
        ("https://", "names no host"),
        ("https://?x", "names no host"),
        ("javascript:alert(1)", "only https"),
        ("data:text/html,x", "only https"),
        ("ftp://makelaar.example/", "only https"),
        ("//makelaar.example/sso", "does not begin with a scheme"),
        ("/sso", "does not begin with a scheme"),
        ("", "empty"),
        ("https://makelaar.example/sso#x", "fragment"),
        ("https://mäkelaar.example/sso", "ASCII"),
        ("https://makelaar.example/%zz", "no address may hold"),
        ("https://makelaar.example:x/sso", "host or port"),
        ("https://1.2.3/sso", "no host name"),
    ],
)
def test_an_address_that_no_browser_may_follow_is_told(written: str, words: str) -> None:
    told = said(with_(POST, written))
    assert "no https address" in told and words in told and "\n" not in told
    assert read_metadata(with_(POST, "http://127.0.0.1:8001/sso")).sso  # this machine alone


def test_an_address_that_is_not_used_is_not_judged() -> None:
    more = '<md:SingleLogoutService Binding="urn:x" Location="javascript:x"/><md:SingleSign'
    assert read_metadata(with_("<md:SingleSign", more)).sso == read_metadata(GOOD).sso


# Which entity.


def test_an_entity_that_is_not_in_the_list_is_told_with_those_that_are() -> None:
    many = [entity_of(f"https://{number}.example") for number in range(12)]
    told = said(lists(*many), "urn:absent")
    assert "12 entities are in it and none is 'urn:absent'" in told
    assert "'https://9.example', …" in told and "https://10.example" not in told
    assert "write saml.entity_id" in said(lists(*many))
    assert "'https://0.example', 'https://1.example'" in said(lists(*many[:2]), "urn:absent")


@pytest.mark.parametrize("near", [ENTITY_ID + "/", ENTITY_ID.upper(), "x" + ENTITY_ID])
def test_an_entity_is_named_sign_by_sign(near: str) -> None:
    assert "none is" in said(lists(ENTITY, entity_of("https://b.example")), near)


def test_two_entities_of_one_name_are_refused() -> None:
    twice = lists(ENTITY, lists(entity_of(ENTITY_ID, "thief")))
    assert "2 entities have the entityID" in said(twice, ENTITY_ID)


def test_an_entity_in_extensions_is_nobodys() -> None:
    hidden = f"<md:Extensions>{entity_of('https://hidden.example')}</md:Extensions>"
    wrapped = lists(hidden, ENTITY)
    assert read_metadata(wrapped, entity_id="https://hidden.example").entity_id == ENTITY_ID
    assert "no EntityDescriptor" in said(lists(hidden))


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("entityID", "entityId", "no entityID"),
        (f'entityID="{ENTITY_ID}"', 'entityID=" "', "no entityID"),
        (ROLE, "", "it has none"),
        (ROLE, ROLE.replace("IDPSSO", "SPSSO"), "of a portal (service provider)"),
        (SAML2, "urn:oasis:names:tc:SAML:1.1:protocol", "SAML:1.1:protocol'"),
        (SAML2, SAML2.upper(), "it has them for"),
        (f' protocolSupportEnumeration="{SAML2}"', "", "it has them for ''"),
        (ROLE, ROLE + ROLE, "and have 2"),
    ],
)
def test_without_one_role_of_saml_2_nobody_is_asked(old: str, new: str, words: str) -> None:
    document = with_(old, new)
    assert words in said(document)


def test_another_root_is_told() -> None:
    assert "their root is 'html'" in said("<html/>")


# Keys.


def weak() -> str:
    key = rsa.generate_private_key(public_exponent=65537, key_size=1024)
    return base64_of(self_signed(key, "weak", MADE_AT))


@pytest.mark.parametrize(
    ("descriptors", "words"),
    [
        ((), ["there is no KeyDescriptor"]),
        ((key_info("AAAA"),), ["a certificate in KeyDescriptor 1 cannot be read"]),
        (
            (key_info(base64_of(certificate()), use=' use="encryption"'), key_info("")),
            ["KeyDescriptor 1 is for 'encryption'", "KeyDescriptor 2 holds no X509Certificate"],
        ),
        ((key_info(base64_of(certificate()), use=' use="SIGNING"'),), ["is for 'SIGNING'"]),
    ],
)
def test_without_a_key_it_is_told_which_were_seen(
    descriptors: tuple[str, ...], words: list[str]
) -> None:
    told = said(keys(*descriptors))
    assert "no signing certificate can be used" in told
    assert all(word in told for word in words)


def test_a_weak_key_is_told_with_its_size() -> None:
    assert "KeyDescriptor 1 is RSA of 1024 bits; RSA of 2048 bits" in said(keys(key_info(weak())))


def test_a_list_of_keys_without_end_is_cut() -> None:
    assert said(keys(*[key_info("AAAA")] * 16)).count("cannot be read") == 10
    assert "more than 16 certificates" in said(keys(*[key_info("AAAA")] * 17))


# Something else.

XHTML = """<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Strict//EN" "xhtml1-strict.dtd">
<html xmlns="http://www.w3.org/1999/xhtml"><head><title>Sign in</title></head></html>"""


@pytest.mark.parametrize(
    ("document", "words"),
    [
        ("<!DOCTYPE html><html><title>Sign in</title></html>", "dtd: it is a web page (HTML)"),
        ("\n<!doctype HTML>\n<html lang=en><meta charset=utf-8>", "it is a web page (HTML)"),
        ("<html><head><meta charset=utf-8></head>", "it is a web page (HTML)"),
        ("<html><head/></html>", "their root is 'html'"),
        ("<html><head/></html>", "a web page, not metadata"),
        ('{"issuer": "https://makelaar.example"}', "it is JSON"),
        ("\ufeff[]", "it is JSON"),
        ("-----BEGIN CERTIFICATE-----\nMIIC\n", "it is a certificate or key (PEM)"),
        ("https://makelaar.example/metadata", "it is an address; write it in saml.metadata_url"),
        (base64.b64encode(GOOD.encode()).decode(), "it is base64"),
        (base64.b64encode(b'<?xml version="1.0"?>' + GOOD.encode()), "it is base64"),
        ("", "it is nothing"),
        (" \r\n", "it is nothing"),
        (XHTML, "dtd: it is a web page (HTML)"),
        ("$metadata['https://makelaar.example'] = [", "metadata in PHP, as SimpleSAMLphp keeps"),
        ("&lt;EntityDescriptor", "XML as a page shows it (&lt;); save the file itself"),
        ("This XML file does not appear to have …\n<x/>", "it is no XML, which begins with <"),
        ("entityID: https://makelaar.example", "it is no XML, which begins with <"),
        (b"PK\x03\x04\x14\x00\xff\xfe", "it is a ZIP file; unpack it"),
        (gzip.compress(GOOD.encode()), "it is a file packed by gzip; unpack it"),
        (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3", "it is a PDF document; ask the party"),
        (f"{GOOD}x", "it is no whole XML"),
        (f"<!DOCTYPE EntityDescriptor>{GOOD}", "a document type (DOCTYPE)"),
    ],
)
def test_what_operators_save_or_link_in_place_of_metadata_is_called_by_its_name(
    document: str | bytes, words: str
) -> None:
    """A page that asks to log in, a discovery document, the certificate alone, the address."""
    assert words in said(document)


# Signatures.


def signed(xml: str, at: Callable[[etree._Element], etree._Element], how: Signing) -> bytes:
    root = etree.fromstring(xml)
    sign(at(root), how)
    return bytes(etree.tostring(root))


PINNED: Final = Signing(key="federation")
WITH_ID: Final = with_(" entityID=", ' ID="_entity" entityID=', ENTITY)


def refusal(document: bytes) -> str:
    """Why it is refused where a signature is demanded."""
    good = signed(WITH_ID, lambda root: root, PINNED)
    pinned = certificate("federation")
    assert read_metadata(good, pinned, ENTITY_ID).entity_id == ENTITY_ID
    with pytest.raises(MetadataRefused) as refused:
        read_metadata(document, pinned, ENTITY_ID)
    return str(refused.value)


def test_a_signature_of_another_entity_covers_nothing() -> None:
    other = with_(" entityID=", ' ID="_other" entityID=', entity_of("https://b.example"))
    document = signed(lists(other, WITH_ID), lambda root: root[0], PINNED)
    assert "signature_missing" in refusal(document)


def test_a_signed_entity_wrapped_in_a_forged_one_covers_nothing() -> None:
    good = signed(WITH_ID, lambda root: root, PINNED).decode()
    thief = entity_of(ENTITY_ID, "thief")
    wrapped = thief.replace("<md:IDPSSO", f"<md:Extensions>{good}</md:Extensions><md:IDPSSO", 1)
    assert "signature_missing" in refusal(wrapped.encode())
    twice = lists(thief, good)
    assert "2 entities have the entityID" in refusal(twice.encode())


def test_a_copied_signature_does_not_cover_a_second_of_the_same_id() -> None:
    good = signed(WITH_ID, lambda root: root, PINNED).decode()
    start = good.index("<ds:Signature")
    copied = good[start : good.index("</ds:Signature>") + len("</ds:Signature>")]
    thief = with_(" entityID=", ' ID="_entity" entityID=', entity_of(ENTITY_ID, "thief"))
    hidden = f"<md:Extensions>{good}</md:Extensions>"
    evil = thief.replace("<md:IDPSSO", f"{copied}{hidden}<md:IDPSSO", 1)
    assert ": id; " in refusal(evil.encode())
    without = thief.replace("<md:IDPSSO", f"{copied}<md:IDPSSO", 1)
    assert "signature_invalid" in refusal(without.encode())


@pytest.mark.parametrize(
    ("old", "new"), [(b"/sso/POST", b"/sso/EVIL"), (b"<md:SingleSign", b"<x/><md:SingleSign")]
)
def test_a_word_changed_after_signing_is_refused(old: bytes, new: bytes) -> None:
    document = signed(WITH_ID, lambda root: root, PINNED)
    changed = document.replace(old, new, 1)
    assert changed != document
    assert "signature_invalid" in refusal(changed)


def test_a_signature_of_somebody_else_is_refused() -> None:
    stolen = signed(WITH_ID, lambda root: root, Signing(key="thief"))
    assert "signature_invalid" in refusal(stolen)
    assert "signature_missing" in refusal(WITH_ID.encode())


# When it ended.


@pytest.mark.parametrize("until", ["tomorrow", "", "2027-13-01T00:00:00Z", "2027-01-01"])
def test_an_end_that_cannot_be_read_is_no_end_never(until: str) -> None:
    assert "validUntil cannot be read" in said(
        with_(" entityID=", f' validUntil="{until}" entityID=')
    )


def test_from_its_end_on_nobody_is_asked_and_no_answer_counts() -> None:
    document = with_(" entityID=", ' validUntil="2026-11-02T09:00:10Z" entityID=').encode()
    provider = provider_for(document)
    assert finish(Recipe(), provider).subject == SUBJECT
    late = START + timedelta(seconds=10)
    with pytest.raises(ProviderUnavailable, match="validUntil") as caught:
        finish(Recipe(), provider, asked=remembered(), at=late)
    assert caught.value.reason == "metadata_unusable"
    seen = "validUntil 2026-11-02 09:00 UTC has passed"
    assert caught.value.measured == {"setting": "saml.metadata", "seen": seen}
    ask = AuthenticationRequest("x.1", AssuranceLevel.EH3, SERVICE, "Meldportaal")
    assert provider.begin(ask, START).url
    with pytest.raises(ProviderUnavailable, match="validUntil"):
        provider.begin(ask, late)


@pytest.mark.parametrize(
    ("document", "where"),
    [
        ("<EntityDescriptor>\n  <a b='x?y=1&z'/>\n", "in line 2, at sign 16"),
        ("\n\n<?xml version='1.0'?>\n<a>\n&nbsp;</a>", "in line 5, at sign 7"),
        ("\n<a>\n", "in line 3, at sign 1"),
    ],
    ids=["an ampersand", "an entity of HTML", "cut short"],
)
def test_xml_that_is_damaged_is_told_with_its_place_and_nothing_of_it(
    document: str, where: str
) -> None:
    """In the lines of the file, also where something stands before the declaration."""
    told = said(document)
    assert f"it is no whole XML: reading stops {where}; get it anew" in told
    assert said(document.encode()) == told
    assert "nbsp" not in told and "y=1" not in told


@pytest.mark.parametrize("namespace", ["", "urn:oasis:names:tc:SAML:2.0:Metadata"])
def test_a_root_of_another_namespace_is_not_told_as_the_right_one(namespace: str) -> None:
    told = said(f'<EntityDescriptor xmlns="{namespace}"/>')
    seen = f"'{namespace}'" if namespace else "none"
    assert f"the namespace of their root is {seen}, and that of SAML 2.0 is 'urn:" in told
    assert "the schema of metadata has" not in told


def test_metadata_of_ws_federation_alone_are_told_as_that() -> None:
    """AD FS and Entra ID have a page for each."""
    role = '<RoleDescriptor protocolSupportEnumeration="http://docs.oasis-open.org/wsfed"/>'
    told = said(
        f'<EntityDescriptor xmlns="{MD}" entityID="https://a.example">{role}</EntityDescriptor>'
    )
    assert "these are of WS-Federation alone: let the party switch on SAML 2.0" in told


REFUSED = {
    "no entityID": GOOD.replace("entityID=", "ID="),
    "http": GOOD.replace("https://", "http://"),
    "another protocol": GOOD.replace("SAML:2.0:protocol", "SAML:1.1:protocol"),
    "no moment": GOOD.replace("entityID=", 'validUntil="2027-01-01" entityID='),
    "SOAP alone": GOOD.replace("HTTP-Redirect", "SOAP").replace("HTTP-POST", "SOAP"),
    "no certificate": GOOD.replace("X509Certificate>", "X509SKI>"),
    "another root": "<Response/>",
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_is_refused_says_what_to_do_and_who_does_it(case: str) -> None:
    with pytest.raises(MetadataRefused) as refused:
        read_metadata(REFUSED[case])
    assert refused.value.instead and str(refused.value).endswith(f"; {refused.value.instead}")
    assert "portal.example.nl" not in str(refused.value), "the address is the makelaar's"
    assert any(who in refused.value.instead for who in ("let the ", "ask the ", "get the "))
