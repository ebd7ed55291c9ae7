"""Valid responses, changed at random: they mean what they meant, or they are refused."""

from __future__ import annotations

from copy import deepcopy

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from providers.interface import (
    Identity,
    ProviderCancelled,
    ProviderLevelTooLow,
    ProviderLevelUnknown,
    ProviderRefused,
    ProviderUnavailable,
)
from providers.saml.provider import SamlProvider
from tests.attacks.test_saml_loosened import CBC, behind, confirmation, sealed_name, statement
from tests.providers.saml.edits import SUBJECT, add
from tests.providers.saml.maker import (
    Recipe,
    assertion_xml,
    callback,
    provider_for,
    remembered,
    spoilt,
)
from tests.providers.saml.sealing import Envelope

REFUSALS = (
    ProviderRefused,
    ProviderCancelled,
    ProviderLevelTooLow,
    ProviderLevelUnknown,
    ProviderUnavailable,
)
EXAMPLES = settings(max_examples=150, deadline=None)
KINDS = {
    "both": (Recipe().raw(), provider_for()),
    "assertion": (Recipe(signs="assertion").raw(), provider_for(require_signed="assertion")),
    "response": (Recipe(signs="response").raw(), provider_for(require_signed="response")),
    "encrypted": (
        Recipe(signs="assertion", envelope=Envelope()).raw(),
        provider_for(require_signed="assertion", allow_cbc=True),
    ),
    "sealed with CBC": (
        Recipe(signs="assertion", envelope=Envelope(content=CBC)).raw(),
        provider_for(require_signed="assertion", allow_cbc=True, allow_cbc_signed_inside=True),
    ),
    "several": (
        spoilt(
            add(SUBJECT, confirmation(recipient="https://other.example/acs")),
            behind(statement("urn:x:unknown")),
            sealed_name(Envelope(name="EncryptedID")),
            signs="assertion",
        ).raw(),
        provider_for(require_signed="assertion"),
    ),
}
WORDS = st.sampled_from(
    [b"<!---->", b"<?x?>", b"<![CDATA[x]]>", b"&#65;", b"victim", b"<x/>", b"\x00", b'"', b">"]
)


def judged(provider: SamlProvider, raw: bytes) -> Identity | None:
    """None where it is refused. Anything else that is raised fails the test."""
    try:
        return provider.finish(remembered(), callback(raw))
    except REFUSALS:
        return None


def same(found: Identity | None, good: Identity | None) -> bool:
    """The same but for the id of an envelope that nobody signed."""
    assert good is not None
    if found is None:
        return True
    facts = ("provider_id", "subject", "authentication", "authenticated_at", "attributes")
    return all(getattr(found, name) == getattr(good, name) for name in (*facts, "authority"))


@pytest.mark.parametrize("kind", KINDS)
def test_changed_bytes_never_make_another_person(kind: str) -> None:
    raw, provider = KINDS[kind]
    good = judged(provider, raw)

    @EXAMPLES
    @given(
        place=st.integers(0, len(raw) - 1),
        length=st.integers(0, 40),
        put=st.one_of(st.binary(max_size=8), WORDS),
        other=st.integers(0, len(raw) - 1),
        moves=st.booleans(),
    )
    def changed(place: int, length: int, put: bytes, other: int, moves: bool) -> None:
        cut = raw[:place] + put + raw[place + length :]
        if moves:
            cut = cut[:other] + raw[place : place + length] + cut[other:]
        assert same(judged(provider, cut), good)

    changed()


@pytest.mark.parametrize("kind", KINDS)
def test_moved_elements_never_make_another_person(kind: str) -> None:
    """Whole elements copied, moved and forged anywhere: every wrapping that there is."""
    raw, provider = KINDS[kind]
    good = judged(provider, raw)
    size = len(list(etree.fromstring(raw).iter()))
    forged = assertion_xml("victim")

    @EXAMPLES
    @given(
        moved=st.integers(1, size - 1),
        into=st.integers(0, size - 1),
        at=st.integers(0, 6),
        stays=st.booleans(),
        renames=st.booleans(),
        forges=st.integers(0, size),
    )
    def changed(moved: int, into: int, at: int, stays: bool, renames: bool, forges: int) -> None:
        root = etree.fromstring(raw)
        elements = list(root.iter())
        part, place = elements[moved], elements[into]
        if part is place or part in list(place.iterancestors()):
            return
        if stays or renames:
            part = deepcopy(part)
        if renames:
            for element in part.iter():
                if element.get("ID"):
                    element.set("ID", element.get("ID", "") + "x")
        place.insert(at, part)
        if forges < size:
            elements[forges].insert(at, deepcopy(forged))
        for name in root.iter("{urn:oasis:names:tc:SAML:2.0:assertion}NameID"):
            if renames:
                name.text = "victim"
                break
        assert same(judged(provider, etree.tostring(root)), good)

    changed()
