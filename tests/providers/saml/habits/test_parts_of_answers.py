"""What products add to an answer or say in their own way, each signed by its makelaar."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from providers.interface import ProviderRefused
from tests.providers.saml.edits import (
    ASSERTION,
    AUDIENCE,
    AUTHN,
    CLASS_REF,
    CONDITIONS,
    CONFIRMATION,
    CONFIRMATION_DATA,
    CONTEXT,
    ISSUER,
    NAME_ID,
    RESPONSE,
    RESTRICTION,
    STATEMENT,
    STATUS,
    add,
    attribute,
    put,
    text,
)
from tests.providers.saml.habits.messages import FORMAT, FORMAT11
from tests.providers.saml.maker import ENTITY_ID, SP, SUBJECT, Edit, Recipe, finish, instant, spoilt

XSI = "http://www.w3.org/2001/XMLSchema-instance"
CONSENT = "urn:oasis:names:tc:SAML:2.0:consent:unspecified"
EPTID = "urn:oid:1.3.6.1.4.1.5923.1.1.1.10"
HABITS: dict[str, Sequence[Edit]] = {
    "AD FS: consent of an unknown kind": [put(RESPONSE, "Consent", CONSENT)],
    "a status with a message that is empty": [add(STATUS, "<samlp:StatusMessage/>")],
    "a status with words": [add(STATUS, "<samlp:StatusMessage>ok</samlp:StatusMessage>")],
    "Shibboleth: from where somebody logged in": [
        put(CONFIRMATION_DATA, "Address", "192.0.2.7"),
        add(AUTHN, '<saml:SubjectLocality Address="192.0.2.7"/>', 0),
    ],
    "SURFconext and SimpleSAMLphp: who vouched before them": [
        add(CONTEXT, "<saml:AuthenticatingAuthority>urn:x</saml:AuthenticatingAuthority>"),
        add(CONTEXT, "<saml:AuthenticatingAuthority>urn:y</saml:AuthenticatingAuthority>"),
    ],
    "SURFconext: a name within an attribute": [
        attribute(EPTID, f'<saml:NameID Format="{FORMAT}persistent">abc</saml:NameID>'),
    ],
    "Shibboleth: scoped attributes, with names for people": [
        attribute(
            "urn:oid:1.3.6.1.4.1.5923.1.1.1.6",
            "jan@voorbeeld.example",
            FriendlyName="eduPersonPrincipalName",
        ),
        attribute("urn:oid:1.3.6.1.4.1.5923.1.1.1.9", "employee@voorbeeld.example"),
    ],
    "OneLogin: attributes without a value": [
        attribute("memberOf"),
        attribute("telephone", ""),
    ],
    "a value that is nil": [
        add(
            STATEMENT,
            f'<saml:Attribute Name="phone"><saml:AttributeValue xmlns:xsi="{XSI}" xsi:nil="true"/>'
            "</saml:Attribute>",
        )
    ],
    "AD FS: an objectGUID in base64, and a moment": [
        attribute("objectGUID", "kT3Yp0Zc1aXx+/=="),
        attribute("pwdLastSet", "2026-01-05T10:00:00Z"),
    ],
    "SiteMinder: to be used once": [add(CONDITIONS, "<saml:OneTimeUse/>")],
    "to be passed on to nobody": [add(CONDITIONS, '<saml:ProxyRestriction Count="0"/>')],
    "white space around an audience": [text(AUDIENCE, f"\n  {SP}\n ")],
    "further audiences beside us": [add(RESTRICTION, "<saml:Audience>urn:elders</saml:Audience>")],
    "Okta: an Issuer with its format": [
        put(ISSUER, "Format", "urn:oasis:names:tc:SAML:2.0:nameid-format:entity")
    ],
    "white space around a class": [
        text(CLASS_REF, "\n urn:etoegang:core:assurance-class:loa3 \n"),
    ],
    "another name of the same person, at us": [
        put(NAME_ID, "SPProvidedID", "jan-at-us"),
        put(NAME_ID, "SPNameQualifier", SP),
        put(NAME_ID, "NameQualifier", ENTITY_ID),
    ],
    "AD FS: a UPN of a format of Microsoft": [
        put(NAME_ID, "Format", "http://schemas.xmlsoap.org/claims/UPN"),
    ],
    "OneLogin: an e-mail address as name, by its format": [
        put(NAME_ID, "Format", f"{FORMAT11}emailAddress"),
    ],
    "SimpleSAMLphp: how long a session there lasts": [
        put(AUTHN, "SessionNotOnOrAfter", instant(28_800)),
        put(AUTHN, "SessionIndex", "id-1.2~3"),
    ],
    "advice that nobody reads": [
        add(
            ASSERTION, "<saml:Advice><saml:AssertionIDRef>_x</saml:AssertionIDRef></saml:Advice>", 3
        )
    ],
    "details of a status that nobody reads": [
        add(
            STATUS,
            '<samlp:StatusDetail><x:why xmlns:x="urn:x">none</x:why></samlp:StatusDetail>',
        )
    ],
    "Keycloak: which of its keys signed, in Extensions": [
        add(
            RESPONSE,
            '<samlp:Extensions><k:KeyInfo xmlns:k="urn:keycloak:ext:key:1.0" '
            'MessageSigningKeyId="x"/></samlp:Extensions>',
            1,
        )
    ],
}


@pytest.mark.parametrize("signs", ["both", "assertion", "response"])
@pytest.mark.parametrize("habit", HABITS)
def test_what_products_add_changes_nobody(habit: str, signs: str) -> None:
    settings = {} if signs == "both" else {"require_signed": signs}
    found = finish(spoilt(*HABITS[habit], signs=signs, settings=settings))
    assert found.subject == SUBJECT
    assert found.authentication.label == "EH3"


OTHERS: dict[str, tuple[Edit, str]] = {
    "for others alone": (text(AUDIENCE, "urn:elders"), "audience"),
    "a condition that nobody understands": (
        add(
            CONDITIONS,
            f'<saml:Condition xmlns:xsi="{XSI}" xmlns:x="urn:x" xsi:type="x:Only"/>',
        ),
        "schema",
    ),
    "white space around an Issuer, which is of the type string": (
        text(ISSUER, f"\n {ENTITY_ID} \n"),
        "issuer_mismatch",
    ),
    "confirmed by a key that nobody has": (
        put(CONFIRMATION, "Method", "urn:oasis:names:tc:SAML:2.0:cm:holder-of-key"),
        "confirmation_method",
    ),
}


@pytest.mark.parametrize("case", OTHERS)
def test_what_says_that_it_is_not_for_us_is_no_habit(case: str) -> None:
    edit, reason = OTHERS[case]
    assert finish(Recipe()).subject == SUBJECT
    with pytest.raises(ProviderRefused) as refused:
        finish(spoilt(edit))
    assert refused.value.reason == reason, refused.value.measured
