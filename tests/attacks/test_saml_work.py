"""Whatever arrives, by whatever door: nothing but a refusal comes out, and it costs no more than
the caps allow. Counted in operations; how long they take is for ``make bench``.
"""

from __future__ import annotations

import base64
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from copy import deepcopy
from typing import Any, Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from broker.saml import messages
from broker.saml.authn_request import parse
from broker.saml.errors import StatusRefused, UntrustedRequest
from broker.saml.portal_metadata import PortalMetadataRefused, read_portal_metadata
from broker.saml.request_target import request_target
from keys.keyring import KeyRing, KeyState, KeyUse
from keys.xml.encryption import MAX_KEYS
from providers.saml.metadata import MetadataRefused, read_metadata
from providers.saml.wire.metadata_keys import MAX_CERTIFICATES
from tests.attacks.counted_work import counted
from tests.attacks.test_saml_fuzz import KINDS, REFUSALS
from tests.broker.examples import SERVICE, a_record, a_service
from tests.broker.saml.portals import (
    ENTITY,
    IDP,
    SSO,
    Asked,
    a_portal,
    certificate,
    deflated,
    form,
    key_descriptor,
    metadata,
    query,
    signed,
)
from tests.clocks import START
from tests.keys_for_tests import make_keyring, make_private_key
from tests.providers.saml.maker import (
    ENTITY_ID,
    Recipe,
    callback,
    metadata_of,
    provider_for,
    remembered,
)
from tests.providers.saml.maker import certificate as of_makelaar
from tests.providers.saml.sealing import Envelope

EXAMPLES: Final = settings(max_examples=120, deadline=None)
# Two certificates of the makelaar, and three keys of ours: the current one, the next, one kept.
TWO: Final = metadata_of(of_makelaar("another"), of_makelaar())
RING: Final = KeyRing(
    (
        *make_keyring().keys,
        make_private_key(KeyUse.SAML_ENCRYPTION, "RSA", KeyState.NEXT),
        make_private_key(KeyUse.SAML_ENCRYPTION, "RSA", KeyState.RETIRING),
    )
)
SIGNERS, DECRYPTERS = 2, 3
RESPONSES: Final = {name: raw for name, (raw, _) in KINDS.items()}
LOOSE: Final[dict[str, Any]] = {
    "require_signed": "assertion",
    "allow_cbc": True,
    "allow_cbc_signed_inside": True,
}
REQUEST: Final = signed(Asked().text())
PORTAL: Final = a_portal(
    metadata(
        keys=key_descriptor(certificate("another")) + key_descriptor(certificate("portal")),
    )
)
PARTS: Final = [
    *("samlp:Response", "samlp:AuthnRequest", "samlp:Status", "samlp:Extensions", "samlp:Scoping"),
    *("saml:Assertion", "saml:EncryptedAssertion", "saml:EncryptedID", "saml:Issuer"),
    *("saml:Subject", "saml:NameID", "saml:Conditions", "saml:Advice", "saml:AttributeValue"),
    *("ds:Signature", "ds:SignedInfo", "ds:Reference", "ds:KeyInfo", "ds:Object", "ds:X509Data"),
    *("xenc:EncryptedData", "xenc:EncryptedKey", "xenc:CipherValue", "md:EntityDescriptor"),
    *("md:EntitiesDescriptor", "md:IDPSSODescriptor", "md:SPSSODescriptor", "md:KeyDescriptor"),
    "md:SingleSignOnService",
]
SPACES: Final = (
    'xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" '
    'xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion" '
    'xmlns:ds="http://www.w3.org/2000/09/xmldsig#" '
    'xmlns:xenc="http://www.w3.org/2001/04/xmlenc#" '
    'xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata"'
)


def response_arrives(raw: bytes) -> bool:
    provider = provider_for(TWO, RING, **LOOSE)
    try:
        provider.finish(remembered(), callback(raw))
    except REFUSALS:
        return False
    return True


def request_arrives(raw: bytes) -> bool:
    read = False
    for arrives in (
        lambda: messages.from_post(form(raw)),
        lambda: messages.from_redirect(query(raw).encode()),
    ):
        with suppress(UntrustedRequest, StatusRefused):
            target = request_target(arrives(), {ENTITY: PORTAL}, sso_url=SSO, now=START)
            services, makelaar = {SERVICE: a_service(level="EH2")}, a_record()
            parse(target, services, {makelaar.id: makelaar}, idp_entity_id=IDP, now=START)
            read = True
    return read


def metadata_arrive(raw: bytes) -> bool:
    read = False
    with suppress(MetadataRefused):
        read_metadata(raw, of_makelaar("federation"), ENTITY_ID)
        read = True
    with suppress(PortalMetadataRefused, UnicodeDecodeError):
        read_portal_metadata(raw.decode(), ENTITY)
        read = True
    return read


# What each may cost at most: an answer, a request by both bindings, metadata read by both roles.
MOST: Final[dict[str, dict[str, int]]] = {
    "response": {
        "parsed": 3,  # itself, what was encrypted, and the name in that
        "compared": 2,
        "verified": 2 * SIGNERS,
        "decrypted": 2 * MAX_KEYS * DECRYPTERS,
        "inflated": 0,
    },
    "request": {"parsed": 2, "compared": 2, "verified": 3 * 2, "decrypted": 0, "inflated": 1},
    "metadata": {"parsed": 2, "compared": 0, "verified": 64, "decrypted": 0, "inflated": 0},
}
DOORS: Final[dict[str, Callable[[bytes], bool]]] = {
    "response": response_arrives,
    "request": request_arrives,
    "metadata": metadata_arrive,
}


def too_much(door: str, work: Counter[str]) -> dict[str, int]:
    """What it did more often than it may."""
    return {word: n for word, n in work.items() if n > MOST[door].get(word, 0)}


def costs(door: str, raw: bytes) -> Counter[str]:
    read_portal_metadata.cache_clear()
    if door == "request":  # the metadata of the portal are read once, and kept
        read_portal_metadata(PORTAL.saml.metadata or "", ENTITY)
    with counted() as work:
        DOORS[door](raw)
    return work


def test_good_messages_are_counted_as_well() -> None:
    for name, raw in RESPONSES.items():
        if name == "response":
            continue  # its assertion is not signed, which this makelaar asks
        with counted() as work:
            assert response_arrives(raw), name
        assert work["parsed"] and work["verified"] and not too_much("response", work), name
    sealed = Recipe(signs="assertion", envelope=Envelope()).raw()
    assert costs("response", sealed)["decrypted"] == 1
    work = costs("request", REQUEST)
    assert (work["parsed"], work["inflated"], work["verified"]) == (2, 1, 6)
    assert metadata_arrive(metadata().encode()) and request_arrives(REQUEST)


@pytest.mark.parametrize("kind", RESPONSES)
def test_parts_of_a_response_many_times_cost_no_more(kind: str) -> None:
    raw = RESPONSES[kind]
    size = len(list(etree.fromstring(raw).iter()))

    @EXAMPLES
    @given(
        part=st.integers(1, size - 1),
        into=st.integers(0, size - 1),
        times=st.integers(1, 40),
        at=st.integers(0, 4),
    )
    def multiplied(part: int, into: int, times: int, at: int) -> None:
        raw_of_many = many(raw, part, into, times, at)
        if raw_of_many is not None:
            assert not too_much("response", costs("response", raw_of_many))

    multiplied()


def test_parts_of_a_request_many_times_cost_no_more() -> None:
    size = len(list(etree.fromstring(REQUEST).iter()))

    @EXAMPLES
    @given(
        part=st.integers(1, size - 1),
        into=st.integers(0, size - 1),
        times=st.integers(1, 40),
        at=st.integers(0, 4),
    )
    def multiplied(part: int, into: int, times: int, at: int) -> None:
        raw = many(REQUEST, part, into, times, at)
        if raw is not None:
            assert not too_much("request", costs("request", raw))

    multiplied()


def many(raw: bytes, part: int, into: int, times: int, at: int) -> bytes | None:
    """The message with an element of it so many times somewhere; None where that cannot be."""
    root = etree.fromstring(raw)
    elements = list(root.iter())
    copied, place = elements[part], elements[into]
    if copied is place or copied in list(place.iterancestors()):
        return None
    for number in range(times):
        one = deepcopy(copied)
        for element in one.iter():
            if element.get("ID"):
                element.set("ID", f"{element.get('ID')}-{number}")
        place.insert(at, one)
    return bytes(etree.tostring(root))


WORD = st.text("abc_:/#.", max_size=12)
ATTRIBUTES = st.dictionaries(
    st.sampled_from(
        ["ID", "Id", "Version", "Destination", "InResponseTo", "URI", "Algorithm", "entityID"]
    ),
    WORD,
    max_size=3,
)


@st.composite
def element(draw: st.DrawFn, inside: st.SearchStrategy[str]) -> str:
    """An element of SAML with others in it, in any order that there is and is not."""
    name = draw(st.sampled_from(PARTS))
    said = "".join(f' {key}="{value}"' for key, value in draw(ATTRIBUTES).items())
    return f"<{name}{said}>{''.join(draw(st.lists(inside, max_size=4)))}</{name}>"


TREES = st.recursive(WORD, lambda inner: element(inner), max_leaves=30)


@EXAMPLES
@given(tree=element(TREES), door=st.sampled_from(sorted(DOORS)))
def test_trees_of_saml_that_nobody_makes_are_refused(tree: str, door: str) -> None:
    raw = tree.replace(" ", f" {SPACES} ", 1) if " " in tree.partition(">")[0] else None
    raw = raw or tree.replace(">", f" {SPACES}>", 1)
    assert not too_much(door, costs(door, raw.encode()))


@EXAMPLES
@given(raw=st.binary(max_size=400), door=st.sampled_from(sorted(DOORS)))
def test_bytes_are_refused(raw: bytes, door: str) -> None:
    with counted() as work:
        assert not DOORS[door](raw)
    assert not too_much(door, work)


@EXAMPLES
@given(st.text(max_size=80), st.text(max_size=20))
def test_values_of_forms_are_refused(value: str, name: str) -> None:
    """Nothing of it is base64 of XML, and much of it is no base64."""
    with suppress(*REFUSALS):
        provider_for().finish(remembered(), callback(value))
        pytest.fail("it was accepted")
    for fields in ([("SAMLRequest", value)], [(name, value)], [("RelayState", value)]):
        with suppress(UntrustedRequest):
            messages.from_post(fields)
            pytest.fail("it was accepted")


def test_what_is_small_and_inflates_is_not_parsed() -> None:
    bomb = deflated(b"<a>" + b" " * 20_000_000 + b"</a>")
    assert len(bomb) < 40_000
    with counted() as work, pytest.raises(UntrustedRequest):
        messages.from_redirect(f"SAMLRequest={bomb.replace('+', '%2B')}".encode())
    assert work["parsed"] == 0
    with counted() as work, pytest.raises(UntrustedRequest):
        messages.from_post([("SAMLRequest", base64.b64encode(bomb.encode()).decode())])
    assert work["compared"] == work["verified"] == 0


def test_metadata_of_many_certificates_are_read_no_further() -> None:
    assert MAX_CERTIFICATES < 100
    keys = key_descriptor(certificate("portal")) * (MAX_CERTIFICATES + 1)
    with pytest.raises(PortalMetadataRefused):
        read_portal_metadata(metadata(keys=keys), ENTITY)
