"""Lists of federations that must not be believed (A-05): what is hostile is refused as a whole, one
bad member is left out, and no member says more than the registration and the list let it.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from copy import deepcopy
from dataclasses import replace
from pathlib import Path
from typing import Any, Final
from xml.sax.saxutils import escape

import pytest
from lxml import etree

from keys.xml import large_file
from providers.interface import Identity, ProviderRefused
from providers.saml.federation import reading
from providers.saml.federation.aggregate import read_aggregate
from providers.saml.federation.member_facts import MemberFacts, member_facts
from providers.saml.federation.verified_list import LeftOut, verified_list
from providers.saml.wire.metadata_document import Signers
from providers.saml.wire.metadata_keys import fingerprint
from providers.saml.wire.metadata_refused import MetadataRefused
from tests.providers.saml.aggregates import (
    LIST_ID,
    NOORD,
    PORTAL,
    SIGNER,
    ZUID,
    Listed,
    Member,
    sign_list,
)
from tests.providers.saml.maker import NAMES, certificate, finish, spoilt
from tests.providers.saml.read_here import lists_read_here

PINNED: Final = Signers((certificate(SIGNER),), frozenset())
BY_PRINT: Final = Signers((), frozenset({fingerprint(certificate(SIGNER))}))
GOOD: Final = Listed()
EVIL: Final = Member("https://evil.example/metadata", "Kwaad", "Evil", "evil.example", "thief")
LIST: Final = f"{{{NAMES['md']}}}EntitiesDescriptor"
ENTITY: Final = f"{{{NAMES['md']}}}EntityDescriptor"


def tree(listed: Listed = GOOD) -> etree._Element:
    return etree.fromstring(listed.document())


def written(root: etree._Element) -> bytes:
    return bytes(etree.tostring(root))


def evil() -> etree._Element:
    return tree(Listed(members=(EVIL,), signer=None)).find(ENTITY)


def added_afterwards() -> bytes:
    root = tree()
    root.append(evil())
    return written(root)


def wrapped_outside() -> bytes:
    """The signed list inside another one, which has a member more."""
    outer = etree.Element(LIST, ID="_outer", nsmap={"md": NAMES["md"]})
    outer.append(evil())
    outer.append(tree())
    return written(outer)


def signature_moved_out() -> bytes:
    """The same, and the signature of the inner list stands at the outer one."""
    outer = etree.Element(LIST, ID="_outer", nsmap={"md": NAMES["md"]})
    inner = tree()
    signature = inner.find("ds:Signature", NAMES)
    outer.append(signature)
    outer.append(evil())
    outer.append(inner)
    return written(outer)


def named_as_the_signed() -> bytes:
    """The outer list has the ID of the signed one, which stands inside it."""
    outer = etree.fromstring(signature_moved_out())
    outer.set("ID", LIST_ID)
    return written(outer)


def inside_the_signature() -> bytes:
    """What is signed lies in an Object, where nobody looks for members."""
    inner, root = tree(), tree()
    inner.set("ID", "_inner")
    root.find(ENTITY).getparent().replace(root.find(ENTITY), evil())
    signature = root.find("ds:Signature", NAMES)
    hidden = etree.SubElement(signature, f"{{{NAMES['ds']}}}Object")
    hidden.append(inner)
    return written(root)


def id_twice() -> bytes:
    root = tree(Listed(signer=None))
    root.findall(ENTITY)[1].set("ID", LIST_ID)
    sign_list_alone(root)
    return written(root)


def sign_list_alone(root: etree._Element) -> None:
    twin = root.findall(ENTITY)[1]
    del twin.attrib["ID"]
    sign_list(root)
    twin.set("ID", LIST_ID)


def two_signatures() -> bytes:
    root = tree()
    root.insert(1, deepcopy(root.find("ds:Signature", NAMES)))
    return written(root)


def with_dtd(dtd: str) -> Callable[[], bytes]:
    return lambda: f"<!DOCTYPE md:EntitiesDescriptor [{dtd}]>".encode() + GOOD.document()


def signed_members_only() -> bytes:
    """Each member is signed, the list is not: members can be left out and put together."""
    root = tree(Listed(signer=None))
    for number, entity in enumerate(root.findall(ENTITY)):
        entity.set("ID", f"_entity{number}")
        sign_list(entity)
    return written(root)


def edited(before: str, after: str) -> Callable[[], bytes]:
    return lambda: GOOD.document().replace(before.encode(), after.encode(), 1)


HOSTILE: Final = [
    pytest.param(Listed(signer=None).document, "signature_missing", id="A-05 nobody signed"),
    pytest.param(Listed(signer="thief").document, "signature_invalid", id="A-05 somebody else"),
    pytest.param(signed_members_only, "signature_missing", id="A-05 only its members are signed"),
    pytest.param(added_afterwards, "signature_invalid", id="A-05 a member put in"),
    pytest.param(wrapped_outside, "signature_missing", id="A-05 wrapped in another list"),
    pytest.param(signature_moved_out, "signature_reference", id="A-05 a signature moved out"),
    pytest.param(named_as_the_signed, "id", id="A-05 wrapped under one name"),
    pytest.param(inside_the_signature, "signature_shape", id="A-05 the signed list hidden"),
    pytest.param(id_twice, "id", id="A-05 the ID of the list twice"),
    pytest.param(two_signatures, "signature_shape", id="A-05 two signatures"),
    pytest.param(
        edited("https://noord.example/sso", "https://evil.example/sso"),
        "signature_invalid",
        id="A-05 an address put in",
    ),
    pytest.param(edited("2026-11-12T", "2036-11-12T"), "signature_invalid", id="A-05 lengthened"),
    pytest.param(
        edited("noord.example</shibmd:Scope>", "zuid.example</shibmd:Scope>"),
        "signature_invalid",
        id="A-05 a scope put in",
    ),
    pytest.param(with_dtd(""), "dtd", id="A-05 a document type"),
    pytest.param(with_dtd('<!ENTITY a SYSTEM "file:///etc/passwd">'), "dtd", id="A-05 our file"),
    pytest.param(with_dtd('<!ENTITY a "aa"><!ENTITY b "&a;&a;">'), "dtd", id="A-05 a bomb"),
    pytest.param(
        lambda: b"\xff\xfe" + GOOD.xml().encode("utf-16-le"), "encoding", id="A-05 another encoding"
    ),
    pytest.param(lambda: GOOD.document()[:-40], "not_well_formed", id="A-05 cut off"),
    pytest.param(lambda: b"<html/>", "root", id="A-05 a page"),
    pytest.param(lambda: b"", "not_well_formed", id="A-05 nothing"),
    pytest.param(lambda: b"<a>" * 400 + b"</a>" * 400, "not_well_formed", id="A-05 too deep"),
]


@pytest.mark.parametrize(("made", "reason"), HOSTILE)
def test_a_hostile_list_is_refused_and_its_good_twin_is_read(
    tmp_path: Path, made: Callable[[], bytes], reason: str
) -> None:
    file = tmp_path / "list.xml"
    file.write_bytes(made())
    for signers in (PINNED, BY_PRINT):
        with pytest.raises(MetadataRefused) as refused:
            read_aggregate(file, signers)
        assert refused.value.reason == reason
    GOOD.write(file)
    for signers in (PINNED, BY_PRINT):
        read = read_aggregate(file, signers)
        assert [one.get("entityID") for one in read.makelaars()] == [
            NOORD.entity_id,
            ZUID.entity_id,
        ]


def test_A_05_a_list_that_is_too_large_is_not_parsed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = GOOD.write(tmp_path / "list.xml")
    monkeypatch.setattr(large_file, "MAX_BYTES", file.stat().st_size - 1)
    with pytest.raises(MetadataRefused) as refused:
        read_aggregate(file, PINNED)
    assert refused.value.reason == "too_large"
    monkeypatch.setattr(large_file, "MAX_BYTES", file.stat().st_size)
    read_aggregate(file, PINNED)


def test_A_05_a_document_type_between_two_pieces_is_seen(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "list.xml"
    file.write_bytes(b"<?xml version='1.0'?> <!DOCTYPE a><a/>")
    for size in range(20, 36):
        monkeypatch.setattr(large_file, "_CHUNK", size)
        with pytest.raises(MetadataRefused) as refused:
            read_aggregate(file, PINNED)
        assert refused.value.reason == "dtd"


def test_members_of_lists_in_the_list_are_read_and_what_stands_in_extensions_is_not(
    tmp_path: Path,
) -> None:
    inner = f"<md:EntitiesDescriptor>{ZUID.xml()}</md:EntitiesDescriptor>"
    hidden = f"<md:Extensions>{EVIL.xml()}</md:Extensions>"
    listed = Listed(
        members=(NOORD,),
        inside=f"{inner}<md:EntitiesDescriptor>{hidden}{PORTAL.xml()}</md:EntitiesDescriptor>",
    )
    read = read_aggregate(listed.write(tmp_path / "list.xml"), PINNED)
    assert [one.get("entityID") for one in read.makelaars()] == [NOORD.entity_id, ZUID.entity_id]


def facts(member: Member, tmp_path: Path) -> MemberFacts:
    read = read_aggregate(Listed(members=(member,)).write(tmp_path / "list.xml"), PINNED)
    (entity,) = read.makelaars()
    return member_facts(entity)


LOGO = "https://noord.example/logo.png"


@pytest.mark.parametrize(
    "logo",
    [
        pytest.param("javascript:alert(1)", id="A-03 script"),
        pytest.param("data:image/svg+xml,%3Csvg onload=alert(1)%3E", id="A-03 script in an image"),
        pytest.param("https://noord.example/" + "l" * 5000, id="A-03 huge"),
        pytest.param("http://169.254.169.254/latest", id="A-03 an address inside"),
        pytest.param(LOGO, id="A-03 an ordinary one"),
    ],
)
def test_a_logo_in_metadata_is_neither_fetched_nor_kept(logo: str, tmp_path: Path) -> None:
    """We show no logo of anybody: what cannot be drawn cannot attack."""
    text = Listed(members=(NOORD,)).xml()
    assert LOGO in text
    root = etree.fromstring(text.replace(LOGO, escape(logo)).encode())
    sign_list(root)
    file = tmp_path / "logo.xml"
    file.write_bytes(etree.tostring(root))
    (entity,) = read_aggregate(file, PINNED).makelaars()
    found = member_facts(entity)
    assert logo not in repr(found) and "logo" not in repr(found)
    assert found == facts(NOORD, tmp_path), "all else is read"


@pytest.mark.parametrize(
    ("member", "reason"),
    [
        (replace(NOORD, key=""), "certificates"),
        (replace(NOORD, sso="javascript:alert(1)//"), "addresses"),
        (replace(NOORD, sso="http://noord.example/sso"), "addresses"),
        (replace(NOORD, entity_id="https://noord.example/\u0430"), "entity"),
        (replace(NOORD, entity_id="https://" + "n" * 1024), "entity"),
        (replace(NOORD, entity_id=""), "entity"),
        (replace(NOORD, attributes=' validUntil="soon"'), "time"),
        (
            replace(NOORD, categories=tuple(f"https://c.example/{n}" for n in range(60))),
            "too_large",
        ),
    ],
)
def test_A_05_a_member_that_cannot_be_believed_is_left_out(
    tmp_path: Path, member: Member, reason: str
) -> None:
    with pytest.raises(MetadataRefused) as refused:
        facts(member, tmp_path)
    assert refused.value.reason == reason
    assert facts(NOORD, tmp_path).entity_id == NOORD.entity_id


def test_A_05_names_steer_no_screen_and_are_not_long(tmp_path: Path) -> None:
    read = facts(replace(NOORD, nl="\u202eNoord\u200b <b>" + "x" * 200, en="A\nB"), tmp_path)
    assert read.name_nl.startswith("Noord <b>xxx") and len(read.name_nl) == 64
    assert read.name_en == "A B"


@pytest.mark.parametrize("name", ["https://[x", "http://noord]/metadata", "urn:x:[::1", "//[", "x"])
def test_A_05_an_entityID_that_is_no_address_stops_nobody(tmp_path: Path, name: str) -> None:
    odd = replace(NOORD, entity_id=name)
    file = Listed(members=(odd, ZUID)).write(tmp_path / "list.xml")
    prints = (fingerprint(certificate(SIGNER)),)
    with lists_read_here(), verified_list(file, None, prints) as found:
        read = list(found.members)
    assert [one.entity_id for one in read] == [name, ZUID.entity_id]
    assert all(isinstance(one, MemberFacts) for one in read)


def test_A_05_a_member_on_which_we_stumble_is_left_out_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def stumbling(entity: etree._Element) -> MemberFacts:
        if entity.get("entityID") == NOORD.entity_id:
            raise ValueError("secret of ours")
        return member_facts(entity)

    monkeypatch.setattr(reading, "member_facts", stumbling)
    reading.write_all(read_aggregate(GOOD.write(tmp_path / "list.xml"), PINNED))
    _, first, second, end = map(json.loads, capsys.readouterr().out.splitlines())
    assert (first["left_out"], first["reason"]) == (NOORD.entity_id, "our_error")
    assert "ValueError" in first["told"] and "secret" not in first["told"]
    assert (second["entity_id"], end) == (ZUID.entity_id, {"end": 2})


def test_A_05_an_expression_as_scope_allows_nothing(tmp_path: Path) -> None:
    listed = (
        Listed(members=(NOORD,)).xml().replace('regexp="false">noord.example', 'regexp="true">.*')
    )
    root = etree.fromstring(listed.encode())
    sign_list(root)
    file = tmp_path / "list.xml"
    file.write_bytes(written(root))
    (entity,) = read_aggregate(file, PINNED).makelaars()
    assert member_facts(entity).scopes == ()


def said(value: str) -> Callable[[etree._Element], object]:
    def edit(response: etree._Element) -> None:
        statement = response.find(".//saml:AttributeStatement", NAMES)
        attribute = etree.SubElement(statement, f"{{{NAMES['saml']}}}Attribute", Name=SUBJECT_ID)
        etree.SubElement(attribute, f"{{{NAMES['saml']}}}AttributeValue").text = value

    return edit


SUBJECT_ID: Final = "urn:oasis:names:tc:SAML:attribute:subject-id"


def logged_in(value: str, scopes: list[str] | None) -> Identity:
    saml: dict[str, Any] = {"subject": "attribute", "subject_attribute": SUBJECT_ID}
    return finish(spoilt(said(value), settings={**saml, "scopes": scopes}))


@pytest.mark.parametrize(
    ("value", "scopes"),
    [
        ("dean@zuid.example", ["noord.example"]),
        ("dean@sub.noord.example", ["noord.example"]),
        ("dean@noord.example@zuid.example", ["noord.example"]),
        ("dean", ["noord.example"]),
        ("dean@noord.example", []),
    ],
)
def test_A_05_a_member_speaks_of_its_own_domain_alone(value: str, scopes: list[str]) -> None:
    with pytest.raises(ProviderRefused) as refused:
        logged_in(value, scopes)
    assert refused.value.reason == "subject"


@pytest.mark.parametrize(
    ("value", "scopes"),
    [
        ("dean@noord.example", ["zuid.example", "noord.example"]),
        ("dean@NOORD.example", ["noord.example"]),
        ("dean@zuid.example", None),  # a makelaar of its own, of which nothing was registered
    ],
)
def test_of_its_own_domain_it_is_believed(value: str, scopes: list[str] | None) -> None:
    assert logged_in(value, scopes).subject == value


def test_A_05_a_process_that_takes_too_much_hands_out_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The limit is that of the process itself: what it would take of the server is not there."""
    file = GOOD.write(tmp_path / "list.xml")
    monkeypatch.setattr("providers.saml.federation.verified_list._MODULE", "tests.attacks.greedy")
    with pytest.raises(MetadataRefused) as refused, verified_list(file, None, ()):
        pytest.fail("handed out")
    assert refused.value.reason in ("not_read", "too_large")


def test_the_lines_of_the_process_are_the_list(tmp_path: Path) -> None:
    bad = replace(ZUID, key="")
    file = Listed(members=(NOORD, bad, PORTAL)).write(tmp_path / "list.xml")
    prints = (fingerprint(certificate(SIGNER)),)
    with verified_list(file, None, prints) as found:
        assert found.signed_by == prints[0]
        first, second = found.members
    assert isinstance(first, MemberFacts) and first.entity_id == NOORD.entity_id
    assert isinstance(second, LeftOut) and second.reason == "certificates"
    assert reading.TIMES_THE_FILE == 6
