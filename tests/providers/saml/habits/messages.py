"""Responses in the handwriting of products: their prefixes, order, types, windows and signatures.

The values are invented. What is signed and how an assertion is encrypted is said by ``Product``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from lxml import etree

from assurance.levels import AssuranceLevel
from tests.providers.saml.maker import ACS, ENTITY_ID, NAMES, REQUEST_ID, SP, instant
from tests.providers.saml.sealing import XENC, XENC11, Envelope, seal
from tests.providers.saml.signing import PLAIN, Signing, sign

L = AssuranceLevel
AC: Final = "urn:oasis:names:tc:SAML:2.0:ac:classes:"
FORMAT: Final = "urn:oasis:names:tc:SAML:2.0:nameid-format:"
FORMAT11: Final = "urn:oasis:names:tc:SAML:1.1:nameid-format:"
XS: Final = (
    'xmlns:xs="http://www.w3.org/2001/XMLSchema" '
    'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
)
CBC256: Final = Envelope(content=XENC + "aes256-cbc")
CBC128: Final = Envelope(content=XENC + "aes128-cbc", bits=128)
GCM256: Final = Envelope(content=XENC11 + "aes256-gcm")


@dataclass(frozen=True)
class Product:
    """One product out of the box. ``levels``: how an operator maps the classes that it says."""

    preset: str
    said: str  # the class in the statement
    subject: str
    signs: str
    levels: Mapping[str, str] = field(default_factory=dict)
    asked: AssuranceLevel = L.EH2
    name_id: str = ""  # attributes of NameID
    prefix: str = "saml:"  # of the assertion
    protocol: str = "samlp:"
    begin: int = 0  # seconds from the answer
    end: int = 300
    confirmed: int = 300
    instant_form: str = "Z"
    attributes: str = ""
    envelope: Envelope | None = None
    statement_first: bool = True
    destination: bool = True
    context_more: str = ""
    signing: Signing = PLAIN
    settings: Mapping[str, Any] = field(default_factory=dict)  # what the operator adds

    def record(self) -> dict[str, Any]:
        """The settings that a record of it has."""
        return {"preset": self.preset, "levels": dict(self.levels), **self.settings}

    def raw(self) -> bytes:
        response = etree.fromstring(self._response())
        (assertion,) = response.findall("saml:Assertion", NAMES)
        if self.signs in ("both", "assertion"):
            sign(assertion, self.signing)
        if self.envelope is not None:
            response.replace(assertion, seal(assertion, self.envelope))
        if self.signs in ("both", "response"):
            sign(response, self.signing)
        return bytes(etree.tostring(response))

    def _at(self, seconds: int) -> str:
        return instant(seconds).replace("Z", self.instant_form)

    def _response(self) -> str:
        p = self.protocol
        declared = f"xmlns:{p[:-1]}" if p else "xmlns"
        where = f' Destination="{ACS}"' if self.destination else ""
        return (
            f'<{p}Response {declared}="{NAMES["samlp"]}" ID="_r-{self.preset}" Version="2.0" '
            f'IssueInstant="{self._at(0)}" InResponseTo="{REQUEST_ID}"{where}>'
            f'<Issuer xmlns="{NAMES["saml"]}">{ENTITY_ID}</Issuer><{p}Status>'
            f'<{p}StatusCode Value="urn:oasis:names:tc:SAML:2.0:status:Success"/></{p}Status>'
            f"{self._assertion()}</{p}Response>"
        )

    def _assertion(self) -> str:
        s = self.prefix
        declared = f"xmlns:{s[:-1]}" if s else "xmlns"
        statements = [self._statement(), self._attributes()]
        if not self.statement_first:
            statements.reverse()
        return (
            f'<{s}Assertion {declared}="{NAMES["saml"]}" {XS} ID="_a-{self.preset}" '
            f'Version="2.0" IssueInstant="{self._at(0)}"><{s}Issuer>{ENTITY_ID}</{s}Issuer>'
            f"<{s}Subject><{s}NameID{self.name_id}>{self.subject}</{s}NameID>"
            f'<{s}SubjectConfirmation Method="urn:oasis:names:tc:SAML:2.0:cm:bearer">'
            f'<{s}SubjectConfirmationData InResponseTo="{REQUEST_ID}" Recipient="{ACS}" '
            f'NotOnOrAfter="{self._at(self.confirmed)}"/></{s}SubjectConfirmation></{s}Subject>'
            f'<{s}Conditions NotBefore="{self._at(self.begin)}" '
            f'NotOnOrAfter="{self._at(self.end)}"><{s}AudienceRestriction><{s}Audience>{SP}'
            f"</{s}Audience></{s}AudienceRestriction></{s}Conditions>"
            f"{''.join(statements)}</{s}Assertion>"
        )

    def _statement(self) -> str:
        s = self.prefix
        return (
            f'<{s}AuthnStatement AuthnInstant="{self._at(0)}" SessionIndex="_s">'
            f"<{s}AuthnContext><{s}AuthnContextClassRef>{self.said}</{s}AuthnContextClassRef>"
            f"{self.context_more}</{s}AuthnContext></{s}AuthnStatement>"
        )

    def _attributes(self) -> str:
        s = self.prefix
        inner = self.attributes.replace("{s}", s)
        return f"<{s}AttributeStatement>{inner}</{s}AttributeStatement>" if inner else ""


def attribute(name: str, *values: str, kind: str = "", more: str = "") -> str:
    """One attribute; ``kind``: the xsi:type of its values."""
    typed = f' xsi:type="{kind}"' if kind else ""
    inner = "".join(f"<{{s}}AttributeValue{typed}>{v}</{{s}}AttributeValue>" for v in values)
    return f'<{{s}}Attribute Name="{name}"{more}>{inner}</{{s}}Attribute>'


URI: Final = ' NameFormat="urn:oasis:names:tc:SAML:2.0:attrname-format:uri"'
BASIC: Final = ' NameFormat="urn:oasis:names:tc:SAML:2.0:attrname-format:basic"'
EIDAS_ID: Final = "http://eidas.europa.eu/attributes/naturalperson/PersonIdentifier"
NUMBER: Final = "ES/NL/12345-abc"

ENTRA_METHODS: Final = "http://schemas.microsoft.com/claims/authnmethodsreferences"
ENTRA_PASSWORD: Final = (
    "http://schemas.microsoft.com/ws/2008/06/identity/authenticationmethod/password"
)
MULTIPLE: Final = "http://schemas.microsoft.com/claims/multipleauthn"
ENTRA: Final = Product(
    preset="entra",
    said=AC + "Password",
    levels={AC + "Password": "EH2", AC + "X509": "EH3"},
    subject="kT3Yp0Zc1aXx-pairwise",
    name_id=f' Format="{FORMAT}persistent"',
    signs="assertion",
    prefix="",
    begin=-300,
    end=3900,
    confirmed=3600,
    instant_form=".123Z",
    statement_first=False,
    attributes=attribute("http://schemas.microsoft.com/identity/claims/tenantid", "1")
    + attribute(ENTRA_METHODS, ENTRA_PASSWORD),
)
AD_FS: Final = Product(
    preset="adfs",
    said=AC + "PasswordProtectedTransport",
    levels={AC + "PasswordProtectedTransport": "EH2"},
    subject="S-1-5-21-1004336348",
    name_id=f' Format="{FORMAT11}unspecified"',
    signs="assertion",
    prefix="",
    end=3600,
    instant_form=".1234567Z",
    statement_first=False,
    envelope=CBC256,
    attributes=attribute("http://schemas.xmlsoap.org/claims/Group", "a", "b"),
)
KEYCLOAK: Final = Product(
    preset="keycloak",
    said=AC + "unspecified",
    levels={AC + "unspecified": "EH2"},
    subject="G-2b7f0f0e-persistent",
    name_id=f' Format="{FORMAT}persistent"',
    signs="response",
    begin=-2,
    end=58,
    confirmed=58,
    instant_form=".456Z",
    attributes=attribute("Role", "offline_access", kind="xs:string", more=BASIC)
    + attribute("Role", "uma_authorization", kind="xs:string", more=BASIC),
)
SHIBBOLETH: Final = Product(
    preset="shibboleth",
    said=AC + "PasswordProtectedTransport",
    levels={AC + "PasswordProtectedTransport": "EH2"},
    subject="TK5KQXYZPERSISTENT",
    name_id=f' Format="{FORMAT}persistent" NameQualifier="{ENTITY_ID}" SPNameQualifier="{SP}"',
    signs="response",
    prefix="saml2:",
    protocol="saml2p:",
    instant_form=".789Z",
    envelope=Envelope(content=XENC11 + "aes128-gcm", bits=128),
    attributes=attribute("urn:oid:1.3.6.1.4.1.5923.1.1.1.9", "x", kind="xs:string", more=URI),
)
SIMPLESAMLPHP: Final = Product(
    preset="simplesamlphp",
    said="urn:etoegang:core:assurance-class:loa2",  # it echoes what was asked
    subject="0b1c2d3e4f",
    name_id=f' SPNameQualifier="{SP}" Format="{FORMAT}persistent"',
    signs="both",
    begin=-30,
    envelope=CBC128,
    attributes=attribute("uid", "robin", kind="xs:string", more=BASIC),
)
OKTA: Final = Product(
    preset="okta",
    said=AC + "PasswordProtectedTransport",
    levels={AC + "PasswordProtectedTransport": "EH2"},
    subject="00u1abcd",
    name_id=f' Format="{FORMAT11}unspecified"',
    signs="both",
    prefix="saml2:",
    protocol="saml2p:",
    begin=-300,
    instant_form=".321Z",
    envelope=CBC256,
    attributes=attribute(
        "groups",
        "Everyone",
        kind="xs:string",
        more=' NameFormat="urn:oasis:names:tc:SAML:2.0:attrname-format:unspecified"',
    ),
)
GOOGLE: Final = Product(
    preset="google",
    said=AC + "unspecified",
    levels={AC + "unspecified": "EH2"},
    subject="employee-17",
    name_id=f' Format="{FORMAT11}unspecified"',
    signs="assertion",
    prefix="saml2:",
    protocol="saml2p:",
    begin=-300,
    instant_form=".654Z",
    statement_first=False,
    attributes=attribute("department", "x", kind="xs:anyType"),
)
PINGFEDERATE: Final = Product(
    preset="pingfederate",
    said=AC + "Password",
    levels={AC + "Password": "EH2"},
    subject="robin.ping",
    name_id=f' Format="{FORMAT11}unspecified"',
    signs="response",
    begin=-300,
    instant_form=".987Z",
    attributes=attribute("memberOf", "a", "b", kind="xs:string", more=BASIC),
)
EHERKENNING: Final = Product(
    preset="eherkenning",
    said="urn:etoegang:core:assurance-class:loa3",
    asked=L.EH3,
    subject="5039c4-pseudo@0ae3",
    name_id=f' Format="{FORMAT}persistent"',
    signs="assertion",
    begin=-5,
    end=120,
    confirmed=120,
    attributes=attribute("urn:etoegang:core:ServiceID",
                         "urn:etoegang:DV:00000004000000001000:services:0001",
                         kind="xs:string"),
)  # fmt: skip
DIGID: Final = Product(
    preset="digid",
    said=AC + "MobileTwoFactorContract",
    asked=L.EH2_PLUS,
    subject="s00000000:900029365",
    signs="assertion",
    end=120,
    confirmed=120,
)
EIDAS: Final = Product(
    preset="eidas",
    said="http://eidas.europa.eu/LoA/substantial",
    asked=L.EH3,
    subject=NUMBER,
    name_id=f' Format="{FORMAT11}unspecified" NameQualifier="http://C-PEPS.gov.xx"',
    signs="response",
    prefix="saml2:",
    protocol="saml2p:",
    instant_form=".000Z",
    envelope=GCM256,
    signing=Signing(method="http://www.w3.org/2007/05/xmldsig-more#sha256-rsa-MGF1"),
    attributes=attribute(
        EIDAS_ID,
        NUMBER,
        kind="eidas-natural:PersonIdentifierType",
        more=URI
        + ' FriendlyName="PersonIdentifier" '
        + 'xmlns:eidas-natural="http://eidas.europa.eu/attributes/naturalperson"',
    ),
)
PRODUCTS: Final = (
    ENTRA, AD_FS, KEYCLOAK, SHIBBOLETH, SIMPLESAMLPHP, OKTA, GOOGLE, PINGFEDERATE,
    EHERKENNING, DIGID, EIDAS,
)  # fmt: skip
