"""Answers of eHerkenning and of DigiD, made on the skeletons of the schemes: what an
herkenningsmakelaar states for us, with sealed identifiers and the evidence in Advice. All values
are invented.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any, Final

from lxml import etree

from assurance.levels import AssuranceLevel
from providers.interface import Identity
from tests.providers.saml.etd_sealing import PRESCRIBED, EtdEnvelope, encrypted_for
from tests.providers.saml.maker import (
    ACS,
    ENTITY_ID,
    NAMES,
    REQUEST_ID,
    SERVICE,
    SERVICE_ID,
    SP,
    Edit,
    callback,
    instant,
    provider_for,
    remembered,
)
from tests.providers.saml.signing import PLAIN, Signing, sign

L = AssuranceLevel
ETD: Final = "urn:etoegang:"
GDI: Final = "urn:nl-eid-gdi:1.0:"
ACTING: Final = ETD + "core:ActingSubjectID"
LEGAL: Final = ETD + "core:LegalSubjectID"
BETWEEN: Final = ETD + "1.9:IntermediateEntityID:KvKnr"
BETWEEN_NEW: Final = ETD + "core:IntermediateSubjectID"
BRANCH: Final = ETD + "1.9:ServiceRestriction:Vestigingsnr"
UUID: Final = ETD + "core:ServiceUUID"
ID: Final = ETD + "core:ServiceID"
KVK: Final = ETD + "1.9:EntityConcernedID:KvKnr"
RSIN: Final = ETD + "1.9:EntityConcernedID:RSIN"
PSEUDO: Final = ETD + "1.13:EntityConcernedID:Pseudo"
BSN: Final = GDI + "id:legacy-BSN"
PSEUDONYM: Final = GDI + "id:Pseudonym"
PERSON: Final = "5039c4" + "0" * 54 + "b4c7" + "@" + "0ae3" + "0" * 24 + "40d6"
NUMBER: Final = "999993653"  # a BSN that nobody has
TRANSIENT: Final = "urn:oasis:names:tc:SAML:2.0:nameid-format:transient"
PERSISTENT: Final = "urn:oasis:names:tc:SAML:2.0:nameid-format:persistent"
LOA3: Final = ETD + "core:assurance-class:loa3"
MIDDEN: Final = "urn:oasis:names:tc:SAML:2.0:ac:classes:MobileTwoFactorContract"
XS: Final = (
    'xmlns:xs="http://www.w3.org/2001/XMLSchema" '
    'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
)
_XACML: Final = "urn:oasis:xacml:2.0:saml:assertion:schema:os"


@dataclass(frozen=True)
class NameId:
    """An identifier with its kind; ``sealed`` None: in the clear."""

    value: str
    kind: str
    sealed: EtdEnvelope | None = PRESCRIBED

    def xml(self) -> str:
        plain = (
            f'<saml:NameID Format="{PERSISTENT}" NameQualifier="{self.kind}">{self.value}'
            "</saml:NameID>"
        )
        return plain if self.sealed is None else encrypted_for(plain, self.sealed)


Said = tuple[str, tuple[str, ...]]  # the name of an attribute, and its values as XML


def ids(name: str, *values: NameId) -> Said:
    """An attribute with identifiers, one in each value."""
    return name, tuple(value.xml() for value in values)


def texts(name: str, *values: str) -> Said:
    return name, values


def person(value: str = PERSON, kind: str = PSEUDO, **more: Any) -> Said:
    return ids(ACTING, NameId(value, kind, **more))


def company(number: str = "90001201", **more: Any) -> Said:
    return ids(LEGAL, NameId(number, KVK, **more))


SERVICE_NAMED: Final = (texts(ID, SERVICE_ID), texts(UUID, SERVICE))


@dataclass(frozen=True)
class Etd:
    """One answer. ``settings``: what the record says beside its preset. ``first``: edits before
    anything is signed, ``after`` when all is.
    """

    said: tuple[Said, ...] = ()
    preset: str = "eherkenning"
    level: str = LOA3
    asked: AssuranceLevel = L.EH3
    name_format: str = TRANSIENT
    advice: bool = True
    signs: str = "both"
    first: tuple[Edit, ...] = ()
    after: tuple[Edit, ...] = ()
    settings: dict[str, Any] = field(default_factory=dict)

    def raw(self) -> bytes:
        response = etree.fromstring(_RESPONSE.format(**self._values()))
        for edit in self.first:
            edit(response)
        for inner in response.findall("saml:Assertion/saml:Advice/saml:Assertion", NAMES):
            sign(inner, Signing(key="authenticatiedienst", key_info=_KEY_NAME))
        if self.signs in ("both", "assertion"):
            for assertion in response.findall("saml:Assertion", NAMES):
                sign(assertion, replace(PLAIN, key_info=_KEY_NAME))
        if self.signs in ("both", "response"):
            sign(response, replace(PLAIN, key_info=_KEY_NAME))
        for edit in self.after:
            edit(response)
        return bytes(etree.tostring(response))

    def record(self) -> dict[str, Any]:
        return {
            "preset": self.preset,
            "response_binding": "post",
            "speaks_for": "register",
            **self.settings,
        }

    def _values(self) -> dict[str, str]:
        return {
            **NAMES,
            "xs": XS,
            "request": REQUEST_ID,
            "acs": ACS,
            "issuer": ENTITY_ID,
            "sp": SP,
            "now": instant(0),
            "begin": instant(-5),
            "end": instant(120),
            "format": self.name_format,
            "level": self.level,
            "advice": _ADVICE.format(now=instant(0), xacml=_XACML) if self.advice else "",
            "attributes": "".join(_attribute(*one) for one in self.said),
        }


def _attribute(name: str, values: tuple[str, ...]) -> str:
    inner = "".join(
        f"<saml:AttributeValue>{value}</saml:AttributeValue>"
        if value.startswith("<")
        else f'<saml:AttributeValue xsi:type="xs:string">{value}</saml:AttributeValue>'
        for value in values
    )
    return f'<saml:Attribute Name="{name}">{inner}</saml:Attribute>'


_KEY_NAME: Final = "<ds:KeyName>2fd4e1c67a2d28fced849ee1bb76e7391b93eb12</ds:KeyName>"
# What other parties of the scheme said: it names other people and companies than the answer.
_ADVICE: Final = (
    '<saml:Advice><saml:Assertion ID="_ad" Version="2.0" IssueInstant="{now}">'
    "<saml:Issuer>urn:etoegang:AD:00000003000000009113:entities:9113</saml:Issuer>"
    '<saml:Subject><saml:NameID NameQualifier="urn:etoegang:AD:x">somebody-else</saml:NameID>'
    "</saml:Subject><saml:AttributeStatement>"
    '<saml:Attribute Name="urn:etoegang:core:LegalSubjectID"><saml:AttributeValue>'
    '<saml:NameID NameQualifier="urn:etoegang:1.9:EntityConcernedID:KvKnr">90009999</saml:NameID>'
    "</saml:AttributeValue></saml:Attribute>"
    '<saml:Attribute Name="urn:etoegang:core:Representation">'
    '<saml:AttributeValue xsi:type="xs:boolean">true</saml:AttributeValue></saml:Attribute>'
    "</saml:AttributeStatement>"
    '<saml:AuthnStatement AuthnInstant="{now}"><saml:AuthnContext><saml:AuthnContextClassRef>'
    "urn:etoegang:core:assurance-class:loa4</saml:AuthnContextClassRef></saml:AuthnContext>"
    "</saml:AuthnStatement></saml:Assertion>"
    '<saml:Assertion ID="_mr" Version="2.0" IssueInstant="{now}">'
    "<saml:Issuer>urn:etoegang:MR:00000003000000009213:entities:9213</saml:Issuer>"
    '<saml:Statement xmlns:xacml-saml="{xacml}" '
    'xsi:type="xacml-saml:XACMLAuthzDecisionStatementType"/></saml:Assertion></saml:Advice>'
)
_RESPONSE: Final = (
    '<samlp:Response xmlns:samlp="{samlp}" xmlns:saml="{saml}" {xs} ID="_r" Version="2.0" '
    'InResponseTo="{request}" Destination="{acs}" IssueInstant="{now}">'
    "<saml:Issuer>{issuer}</saml:Issuer><samlp:Status>"
    '<samlp:StatusCode Value="urn:oasis:names:tc:SAML:2.0:status:Success"/></samlp:Status>'
    '<saml:Assertion ID="_as" Version="2.0" IssueInstant="{now}">'
    "<saml:Issuer>{issuer}</saml:Issuer>"
    '<saml:Subject><saml:NameID Format="{format}" '
    'NameQualifier="urn:etoegang:AD:00000003000000009113:entities:9113">0f9c-session</saml:NameID>'
    '<saml:SubjectConfirmation Method="urn:oasis:names:tc:SAML:2.0:cm:bearer">'
    '<saml:SubjectConfirmationData InResponseTo="{request}" Recipient="{acs}" '
    'NotOnOrAfter="{end}"/></saml:SubjectConfirmation></saml:Subject>'
    '<saml:Conditions NotBefore="{begin}" NotOnOrAfter="{end}"><saml:AudienceRestriction>'
    "<saml:Audience>{sp}</saml:Audience></saml:AudienceRestriction></saml:Conditions>{advice}"
    "<saml:AttributeStatement>{attributes}</saml:AttributeStatement>"
    '<saml:AuthnStatement AuthnInstant="{now}" SessionIndex="0f9c-session"><saml:AuthnContext>'
    "<saml:AuthnContextClassRef>{level}</saml:AuthnContextClassRef><saml:AuthenticatingAuthority>"
    "urn:etoegang:AD:00000003000000009113:entities:9113</saml:AuthenticatingAuthority>"
    "</saml:AuthnContext></saml:AuthnStatement></saml:Assertion></samlp:Response>"
)

DIRECT: Final = Etd((person(), company(), *SERVICE_NAMED))


def digid(*values: NameId, **more: Any) -> Etd:
    """A login of DigiD under ST-SAML, with these identifiers of the person."""
    said = (ids(GDI + "ActingSubjectID", *values), texts(GDI + "ServiceUUID", SERVICE))
    return replace(Etd(said, preset="digid", level=MIDDEN, asked=L.EH2_PLUS, advice=False), **more)


def logged_in(answer: Etd, **settings: Any) -> Identity:
    """What the product makes of it."""
    provider = provider_for(**{**answer.record(), **settings})
    return provider.finish(remembered(answer.asked), callback(answer.raw()))
