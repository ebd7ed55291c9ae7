"""XML that is meant for the parser (S-17, S-20 … S-22, S-71)."""

from __future__ import annotations

import pytest

from tests.listener import Said, listening
from tests.providers.saml.edits import NAME_ID, STATEMENT, add, text
from tests.providers.saml.maker import (
    ENTITY_ID,
    SP,
    SUBJECT,
    Recipe,
    callback,
    finish,
    provider_for,
    remembered,
    spoilt,
)
from tests.providers.saml.spoiling import Change, before_root, inside_name_id
from tests.providers.saml.verdicts import refused, refused_bytes

BILLION = (
    b'<!DOCTYPE x [<!ENTITY a "lol">'
    + b"".join(b'<!ENTITY %c "%s">' % (98 + i, (b"&%c;" % (97 + i)) * 10) for i in range(9))
    + b"]>"
)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        pytest.param(before_root(b"<!DOCTYPE x>"), "dtd", id="S-17 a DOCTYPE without entities"),
        pytest.param(before_root(b"<!doctype x>"), "dtd", id="S-17 in small letters"),
        pytest.param(
            before_root(b'<!DOCTYPE x [<!ENTITY e "_x">]>'), "dtd", id="S-17 with an entity"
        ),
        pytest.param(
            before_root(b'<!DOCTYPE x [<!ATTLIST x ID CDATA "_x">]>'),
            "dtd",
            id="S-17 with an attribute list",
        ),
        pytest.param(
            inside_name_id(b"<![CDATA[<!DOCTYPE x>]]>"), "dtd", id="S-17 a DOCTYPE in CDATA"
        ),
        pytest.param(
            inside_name_id(b"<!-- <!DOCTYPE x> -->"), "dtd", id="S-17 a DOCTYPE in a comment"
        ),
        pytest.param(
            lambda raw: raw.replace(b'ID="_the', b'ID="_t&e;he'),
            "not_well_formed",
            id="S-20 an undeclared entity in the ID",
        ),
        pytest.param(
            lambda raw: b'<!DOCTYPE x [<!ENTITY e "">]>' + raw.replace(b'"_the', b'"_t&e;he'),
            "dtd",
            id="S-20 a declared entity in the ID",
        ),
        pytest.param(
            inside_name_id(b"<?x y?>"),
            "processing_instruction",
            id="S-22 a processing instruction in the NameID",
        ),
        pytest.param(
            before_root(b"<?xml-stylesheet href='x'?>"),
            "processing_instruction",
            id="S-22 a processing instruction before the response",
        ),
        pytest.param(
            lambda raw: raw + b"<?x y?>",
            "processing_instruction",
            id="S-22 a processing instruction behind the response",
        ),
        pytest.param(before_root(BILLION), "dtd", id="S-71 entities of entities"),
        pytest.param(
            before_root(b'<!DOCTYPE x [<!ENTITY a "' + b"a" * 50_000 + b'">]>'),
            "dtd",
            id="S-71 a long entity",
        ),
    ],
)
def test_what_only_a_parser_wants_is_refused(change: Change, reason: str) -> None:
    refused_bytes(change, reason)


@pytest.mark.parametrize(
    "declaration",
    [
        pytest.param('<!ENTITY e SYSTEM "{url}">', id="S-71 an external entity"),
        pytest.param('<!ENTITY e SYSTEM "file:///etc/hostname">', id="S-71 a file"),
        pytest.param('<!ENTITY % p SYSTEM "{url}"> %p;', id="S-71 a parameter entity"),
    ],
)
def test_entities_read_nothing(declaration: str) -> None:
    with listening(lambda _: Said(b"person-2")) as listener:
        text = declaration.format(url=f"http://{listener.authority}/x")
        refused_bytes(
            lambda raw: f"<!DOCTYPE x [{text}]>".encode() + raw.replace(b">person-1<", b">&e;<"),
            "dtd",
        )
        assert not listener.seen


def test_S_71_an_external_subset_and_a_schema_location_are_not_fetched() -> None:
    with listening(lambda _: Said(b"")) as listener:
        url = f"http://{listener.authority}/x".encode()
        refused_bytes(lambda raw: b'<!DOCTYPE x SYSTEM "' + url + b'">' + raw, "dtd")
        location = (
            b'<samlp:Response xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" '
            b'xsi:schemaLocation="urn:oasis:names:tc:SAML:2.0:protocol ' + url + b'" '
        )
        raw = Recipe(signs="assertion").raw().replace(b"<samlp:Response ", location, 1)
        provider = provider_for(require_signed="assertion")
        assert provider.finish(remembered(), callback(raw)).subject == SUBJECT
        assert not listener.seen


# Text around comments and CDATA is read whole, or not at all.

COMMENT = b"<!-- -->"


@pytest.mark.parametrize(
    ("path", "word"),
    [
        pytest.param(NAME_ID, b"person-1", id="S-21 in the NameID"),
        pytest.param("saml:Assertion/saml:Issuer", ENTITY_ID.encode(), id="S-21 in the issuer"),
        pytest.param("", SP.encode(), id="S-21 in the audience"),
        pytest.param("", b"Robin", id="S-21 in an attribute"),
        pytest.param("", b"urn:etoegang:core:assurance-class:loa3", id="S-21 in the level"),
    ],
)
def test_a_comment_does_not_cut_a_word(path: str, word: bytes) -> None:
    """Added on the way it changes nothing: canonical XML has no comments."""
    raw = Recipe().raw()
    cut = raw.replace(b">" + word + b"<", b">" + word[:5] + COMMENT + word[5:] + b"<")
    assert cut != raw
    provider = provider_for()
    whole = provider.finish(remembered(), callback(raw))
    assert provider.finish(remembered(), callback(cut)) == whole


@pytest.mark.parametrize(
    "xml",
    [
        pytest.param("admin<!-- -->.evil", id="S-21 a comment in a signed NameID"),
        pytest.param("admin<![CDATA[.evil]]>", id="S-22 CDATA in a signed NameID"),
        pytest.param("<![CDATA[admin]]>.evil", id="S-22 CDATA at the start"),
        pytest.param("adm&#105;n.evil", id="S-22 a character reference"),
    ],
)
def test_the_whole_text_is_the_subject(xml: str) -> None:
    """Signed as text, written so on the way: never the first part alone."""
    raw = Recipe(before=[text(NAME_ID, "admin.evil")]).raw()
    written = raw.replace(b"admin.evil", xml.encode())
    provider = provider_for()
    assert provider.finish(remembered(), callback(raw)).subject == "admin.evil"
    assert provider.finish(remembered(), callback(written)).subject == "admin.evil"


def test_S_21_an_element_inside_a_word_is_refused() -> None:
    refused(spoilt(add(NAME_ID, "<saml:x/>")), "schema")


def test_a_value_with_a_type_is_read() -> None:
    typed = (
        '<saml:Attribute Name="urn:etoegang:1.9:attribute:FamilyName"><saml:AttributeValue '
        'xmlns:xs="http://www.w3.org/2001/XMLSchema" '
        'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:type="xs:string">'
        "Voorbeeld</saml:AttributeValue></saml:Attribute>"
    )
    identity = finish(Recipe(before=[add(STATEMENT, typed)]))
    assert identity.attributes == {"display_name": ("Robin Voorbeeld",)}
