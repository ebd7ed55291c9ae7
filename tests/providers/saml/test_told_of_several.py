"""What a refusal tells where several may stand and none fits: what was wrong with the first; and
what it tells of what was allowed since.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

import pytest
from lxml import etree

from providers.interface import ProviderRefused
from tests.providers.saml.edits import (
    ASSERTION,
    AUTHN,
    CLASS_REF,
    CONFIRMATION_DATA,
    STATEMENT,
    SUBJECT,
    add,
    at,
    put,
    text,
)
from tests.providers.saml.maker import (
    ACS,
    Recipe,
    callback,
    finish,
    provider_for,
    remembered,
    spoilt,
    unsigned,
)
from tests.providers.saml.sealing import XENC, Envelope, ours, wrapped_key
from tests.providers.saml.verdicts import not_understood, refused, too_low

LEGAL: Final = "urn:etoegang:core:LegalSubjectID"
BEARER: Final = "urn:oasis:names:tc:SAML:2.0:cm:bearer"
OTHER: Final = "https://other.example"
LOA2: Final = "urn:etoegang:core:assurance-class:loa2"
LOW: Final = (
    '<saml:AuthnStatement AuthnInstant="2026-11-02T09:00:00Z"><saml:AuthnContext>'
    f"<saml:AuthnContextClassRef>{LOA2}</saml:AuthnContextClassRef></saml:AuthnContext>"
    "</saml:AuthnStatement>"
)


def test_of_several_keys_the_first_says_why_none_is_used() -> None:
    def beside(root: Any) -> None:
        other = wrapped_key(ours())
        other[0].set("Algorithm", "urn:x:other")
        next(root.iter(f"{{{XENC}}}EncryptedKey")).addnext(other)

    first = Recipe(envelope=Envelope(transport=XENC + "rsa-1_5"), between=[beside])
    with pytest.raises(ProviderRefused) as caught:
        finish(first)
    told = {"element": "EncryptedKey", "seen": XENC + "rsa-1_5"}
    assert told.items() <= caught.value.measured.items()
    assert finish(replace(first, envelope=Envelope())).subject


def test_of_several_confirmations_the_first_says_why_none_fits() -> None:
    other = f'<saml:SubjectConfirmation Method="{BEARER}"><saml:SubjectConfirmationData/>'
    recipe = spoilt(
        put(CONFIRMATION_DATA, "Recipient", OTHER),
        add(SUBJECT, other + "</saml:SubjectConfirmation>"),
    )
    told = {"element": "SubjectConfirmationData Recipient", "seen": OTHER, "expected": ACS}
    assert told.items() <= refused(recipe, "recipient").items()


def test_of_several_statements_the_first_says_why_none_fits() -> None:
    """A word that is not known is told, whatever stands behind it."""
    behind = add(ASSERTION, etree.tostring(at(unsigned(), AUTHN)).decode(), 4)
    unknown = text(CLASS_REF, "urn:x:unknown")
    assert finish(spoilt(unknown, behind)).subject  # the second fits
    low = add(ASSERTION, LOW, 4)
    told = {"word": "urn:x:unknown", "setting": "levels"}
    assert told.items() <= not_understood(spoilt(unknown, low)).items()
    too_low(spoilt(text(CLASS_REF, LOA2), add(ASSERTION, LOW.replace(LOA2, "urn:x:unknown"), 4)))


def test_a_mandate_of_a_foreign_type_names_the_attribute() -> None:
    value = (
        f'<saml:Attribute Name="{LEGAL}"><saml:AttributeValue xmlns:x="urn:x:types" '
        'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:type="x:Y">12345678'
        "</saml:AttributeValue></saml:Attribute>"
    )
    told = {"element": LEGAL, "seen": "a type of another schema"}
    assert told.items() <= refused(spoilt(add(STATEMENT, value)), "attribute_values").items()


def test_a_version_of_xml_that_nobody_reads_is_told() -> None:
    provider, raw = provider_for(), b'<?xml version="1.0"?>' + Recipe().raw()
    assert provider.finish(remembered(), callback(raw)).subject
    with pytest.raises(ProviderRefused) as caught:
        provider.finish(remembered(), callback(raw.replace(b"1.0", b"1.1", 1)))
    told = {"element": "XML declaration", "seen": "1.1", "expected": "1.0"}
    assert (caught.value.reason, caught.value.measured) == ("xml_version", told)
