"""Metadata changed at random: refused with a reason, or read; signed ones mean what they meant."""

from __future__ import annotations

from copy import deepcopy
from typing import Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from providers.saml.metadata import MakelaarMetadata, MetadataRefused, read_metadata
from providers.saml.wire.entities import IDP
from providers.saml.wire.metadata_document import Signers
from providers.saml.wire.metadata_facts import MetadataFacts, read_facts
from providers.saml.wire.metadata_keys import fingerprint
from tests.providers.saml.habits.documents import ENTITY, entity_of, lists, with_
from tests.providers.saml.maker import ENTITY_ID, certificate
from tests.providers.saml.signing import Signing, sign

EXAMPLES = settings(max_examples=200, deadline=None)
PINNED: Final = Signing(key="federation")
WITH_ID: Final = with_(" entityID=", ' ID="_e" validUntil="2030-01-01T00:00:00Z" entityID=', ENTITY)
WORDS = st.sampled_from(
    [b"<!---->", b"<?x?>", b"<![CDATA[x]]>", b"&#65;", b"&#13;", b"<x/>", b"\x00", b'"', b">", b"@"]
)


def signed_entity() -> bytes:
    root = etree.fromstring(WITH_ID)
    sign(root, PINNED)
    return bytes(etree.tostring(root))


def signed_in_list() -> bytes:
    root = etree.fromstring(lists(entity_of("https://b.example", "thief"), WITH_ID))
    sign(root[1], PINNED)
    return bytes(etree.tostring(root))


def signed_list() -> bytes:
    root = etree.fromstring(lists(entity_of("https://b.example", "thief"), WITH_ID, ID="_list"))
    sign(root, PINNED)
    return bytes(etree.tostring(root))


KINDS: Final = {"entity": signed_entity(), "in a list": signed_in_list(), "list": signed_list()}


def read(raw: bytes, *, pinned: bool) -> MakelaarMetadata | None:
    """None where it is refused. Anything else that is raised fails the test."""
    signer = certificate("federation") if pinned else None
    facts = facts_of(raw, pinned=pinned)
    try:
        found = read_metadata(raw, signer, ENTITY_ID)
    except MetadataRefused:
        return None
    if facts is not None:
        is_whole(facts, found)
    return found


def facts_of(raw: bytes, *, pinned: bool) -> MetadataFacts | None:
    """None where they are refused; then nobody takes these metadata."""
    signers = Signers((certificate("federation"),)) if pinned else None
    try:
        return read_facts(raw, ENTITY_ID, IDP, signers)
    except MetadataRefused:
        return None


def is_whole(facts: MetadataFacts, found: MakelaarMetadata) -> None:
    """Nothing is trusted at a login that is no fact: it would change without anybody's word."""
    keys = {key.fingerprint for key in facts.keys if key.use in ("", "signing")}
    assert {fingerprint(one) for one in found.signing} <= keys
    addresses = [
        (one.binding, one.location)
        for one in facts.addresses
        if one.service == "SingleSignOnService"
    ]
    assert [one for one in addresses if one in found.sso] == list(found.sso)
    assert (facts.entity_id, facts.valid_until) == (found.entity_id, found.valid_until)


def means_the_same(raw: bytes, good: MakelaarMetadata) -> None:
    """What is pinned was signed so, but for an end that a list around it may say sooner."""
    read(raw, pinned=False)
    found = read(raw, pinned=True)
    if found is not None and found.entity_id == ENTITY_ID:
        assert (found.sso, found.signing) == (good.sso, good.signing)
        assert found.valid_until is not None and good.valid_until is not None
        assert found.valid_until <= good.valid_until


@pytest.mark.parametrize("kind", KINDS)
def test_changed_bytes_never_make_another_makelaar(kind: str) -> None:
    raw = KINDS[kind]
    good = read(raw, pinned=True)
    assert good is not None

    @EXAMPLES
    @given(
        place=st.integers(0, len(raw) - 1),
        length=st.integers(0, 40),
        put=st.one_of(st.binary(max_size=8), WORDS),
    )
    def changed(place: int, length: int, put: bytes) -> None:
        means_the_same(raw[:place] + put + raw[place + length :], good)

    changed()


@pytest.mark.parametrize("kind", KINDS)
def test_moved_elements_never_make_another_makelaar(kind: str) -> None:
    """Entities, roles, keys and signatures copied, moved and forged anywhere."""
    raw = KINDS[kind]
    good = read(raw, pinned=True)
    assert good is not None
    size = len(list(etree.fromstring(raw).iter()))
    forged = etree.fromstring(entity_of(ENTITY_ID, "thief"))

    @EXAMPLES
    @given(
        moved=st.integers(1, size - 1),
        into=st.integers(0, size - 1),
        at=st.integers(0, 4),
        stays=st.booleans(),
        renames=st.booleans(),
        forges=st.integers(0, size),
        role=st.booleans(),
    )
    def changed(
        moved: int, into: int, at: int, stays: bool, renames: bool, forges: int, role: bool
    ) -> None:
        root = etree.fromstring(raw)
        elements = list(root.iter())
        part, place = elements[moved], elements[into]
        if part is place or part in list(place.iterancestors()):
            return
        if stays or renames:
            part = deepcopy(part)
        if renames:
            for element in part.iter():
                element.attrib.pop("ID", None)
        place.insert(at, part)
        if forges < size:
            elements[forges].insert(at, deepcopy(forged[0] if role else forged))
        means_the_same(etree.tostring(root), good)

    changed()


def test_an_element_that_nobody_knows_is_a_fact_and_no_place_to_log_in() -> None:
    """Found by fuzzing: it repeats the address of one that is known."""
    good = read(ENTITY.encode(), pinned=False)
    assert good is not None
    binding, location = good.sso[-1]
    unknown = f'<md:SingleSignOnSerhmvice Binding="{binding}" Location="{location}"/>'
    raw = with_("<md:SingleSignOnService", f"{unknown}<md:SingleSignOnService", ENTITY).encode()
    found, facts = read(raw, pinned=False), facts_of(raw, pinned=False)
    assert found is not None and facts is not None
    assert found.sso == good.sso
    assert facts.addresses[0].service == "SingleSignOnSerhmvice"
