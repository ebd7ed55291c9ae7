"""A makelaar that speaks SAML: valid responses, each part of which a test can spoil at any stage.

``before`` changes the message before anything is signed, ``between`` after the assertion and before
the response is signed, ``after`` when all is signed: what a thief on the way can do.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import cache
from typing import Any, Final

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from lxml import etree

from assurance.levels import AssuranceLevel
from keys.certificates import self_signed
from keys.keyring import KeyRing
from providers.interface import Callback, Identity, Remembered
from providers.registry import ProviderRecord
from providers.saml.provider import SamlProvider
from providers.saml_settings import SamlSettings
from state.outgoing import OutgoingClient, OutgoingFailed
from tests.called import Called
from tests.clocks import START
from tests.keys_for_tests import MADE_AT, make_keyring, rsa_key
from tests.providers.saml.sealing import Envelope, seal
from tests.providers.saml.signing import PLAIN, Signing, sign

Edit = Callable[[etree._Element], object]

SP: Final = "https://login.example/saml/metadata"
ACS: Final = "https://login.example/saml/acs"
SLO: Final = "https://login.example/saml/slo"
ENTITY_ID: Final = "https://makelaar.example/metadata"
REQUEST_ID: Final = "_the-request"
SERVICE: Final = "7f4a3c1e-5d2b-4b7e-9f53-0d8c6a1b2e34"
SERVICE_ID: Final = "urn:etoegang:DV:00000004000000001000:services:0001"
SUBJECT: Final = "person-1"
NAMES: Final = {
    "samlp": "urn:oasis:names:tc:SAML:2.0:protocol",
    "saml": "urn:oasis:names:tc:SAML:2.0:assertion",
    "ds": "http://www.w3.org/2000/09/xmldsig#",
    "xenc": "http://www.w3.org/2001/04/xmlenc#",
    "md": "urn:oasis:names:tc:SAML:2.0:metadata",
}
_ASSERTION: Final = """\
<saml:Assertion xmlns:saml="{saml}" ID="_{name}-assertion" Version="2.0" IssueInstant="{now}">
<saml:Issuer>{issuer}</saml:Issuer>
<saml:Subject>
<saml:NameID Format="urn:oasis:names:tc:SAML:2.0:nameid-format:persistent">{subject}</saml:NameID>
<saml:SubjectConfirmation Method="urn:oasis:names:tc:SAML:2.0:cm:bearer">
<saml:SubjectConfirmationData InResponseTo="{request}" Recipient="{acs}" NotOnOrAfter="{until}"/>
</saml:SubjectConfirmation></saml:Subject>
<saml:Conditions NotBefore="{now}" NotOnOrAfter="{until}">
<saml:AudienceRestriction><saml:Audience>{sp}</saml:Audience></saml:AudienceRestriction>
</saml:Conditions>
<saml:AuthnStatement AuthnInstant="{now}"><saml:AuthnContext>
<saml:AuthnContextClassRef>urn:etoegang:core:assurance-class:loa3</saml:AuthnContextClassRef>
</saml:AuthnContext></saml:AuthnStatement>
<saml:AttributeStatement><saml:Attribute Name="urn:etoegang:1.9:attribute:FirstName">
<saml:AttributeValue>Robin</saml:AttributeValue></saml:Attribute></saml:AttributeStatement>
</saml:Assertion>"""
_RESPONSE: Final = """\
<samlp:Response xmlns:samlp="{samlp}" xmlns:saml="{saml}" ID="_{name}-response" Version="2.0"
 IssueInstant="{now}" InResponseTo="{request}" Destination="{acs}">
<saml:Issuer>{issuer}</saml:Issuer>
<samlp:Status><samlp:StatusCode Value="urn:oasis:names:tc:SAML:2.0:status:Success"/></samlp:Status>
{assertion}</samlp:Response>"""


def instant(seconds: float = 0, since: datetime = START) -> str:
    """A moment as SAML writes it, counted from the start of the clock."""
    return (since + timedelta(seconds=seconds)).strftime("%Y-%m-%dT%H:%M:%SZ")


@cache
def certificate(name: str = "makelaar") -> x509.Certificate:
    """For the RSA key with this name."""
    return self_signed(rsa_key(name), name, MADE_AT)


def base64_of(one: x509.Certificate) -> str:
    return base64.b64encode(one.public_bytes(Encoding.DER)).decode()


@dataclass(frozen=True)
class Words:
    """What a response names."""

    issuer: str = ENTITY_ID
    subject: str = SUBJECT
    request: str = REQUEST_ID
    acs: str = ACS
    sp: str = SP
    name: str = "the"  # in the IDs
    at: datetime = START


WORDS: Final = Words()


def unsigned(words: Words = WORDS) -> etree._Element:
    """A response without signatures."""
    values = {
        **NAMES,
        **vars(words),
        "now": instant(0, words.at),
        "until": instant(120, words.at),
    }
    text = _RESPONSE.format(**values, assertion=_ASSERTION.format(**values))
    return etree.fromstring(text.replace(">\n<", "><"))


def assertion_of(response: etree._Element) -> etree._Element:
    found = response.find("saml:Assertion", NAMES)
    assert found is not None
    return found


def assertion_xml(subject: str, identifier: str = "_forged") -> etree._Element:
    """An unsigned assertion about somebody else."""
    made = assertion_of(unsigned(Words(subject=subject)))
    made.set("ID", identifier)
    return made


@dataclass(frozen=True)
class Recipe:
    """How a response is made. ``settings`` are of the makelaar's record, ours or of its SAML."""

    before: Sequence[Edit] = ()
    between: Sequence[Edit] = ()
    after: Sequence[Edit] = ()
    settings: dict[str, Any] = field(default_factory=dict)
    signs: str = "both"  # or assertion, response, none
    signing: Signing = PLAIN  # of the assertion
    outer: Signing = PLAIN  # of the response
    envelope: Envelope | None = None
    words: Words = WORDS

    def twin(self) -> Recipe:
        """The same message, unspoilt."""
        return replace(self, before=(), between=(), after=())

    def tree(self) -> etree._Element:
        response = unsigned(self.words)
        _apply(self.before, response)
        if self.signs in ("both", "assertion"):
            for assertion in response.findall("saml:Assertion", NAMES):
                sign(assertion, self.signing)
        if self.envelope is not None:
            for assertion in response.findall("saml:Assertion", NAMES):
                response.replace(assertion, seal(assertion, self.envelope))
        _apply(self.between, response)
        if self.signs in ("both", "response"):
            sign(response, self.outer)
        _apply(self.after, response)
        return response

    def raw(self) -> bytes:
        return bytes(etree.tostring(self.tree()))


def _apply(edits: Sequence[Edit], response: etree._Element) -> None:
    for edit in edits:
        edit(response)


def spoilt(*before: Edit, **more: Any) -> Recipe:
    """A message of the makelaar itself that is wrong before it is signed."""
    return Recipe(before=before, **more)


def tampered(*after: Edit, **more: Any) -> Recipe:
    """A right message that somebody changed on its way."""
    return Recipe(after=after, **more)


def metadata_of(
    *certificates: x509.Certificate, entity_id: str = ENTITY_ID, roles: str = ""
) -> bytes:
    """Metadata with these signing certificates; ``roles``: more XML beside the role."""
    keys = "".join(key_descriptor(one, "signing") for one in certificates)
    return (
        f'<md:EntityDescriptor xmlns:md="{NAMES["md"]}" xmlns:ds="{NAMES["ds"]}" '
        f'entityID="{entity_id}">{roles}'
        f'<md:IDPSSODescriptor protocolSupportEnumeration="{NAMES["samlp"]}">{keys}'
        + "".join(
            '<md:SingleSignOnService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-'
            f'{name}" Location="https://makelaar.example/sso/{name}?tenant=1"/>'
            for name in ("Redirect", "POST")
        )
        + "</md:IDPSSODescriptor></md:EntityDescriptor>"
    ).encode()


def key_descriptor(one: x509.Certificate, use: str | None) -> str:
    named = f' use="{use}"' if use else ""
    return (
        f"<md:KeyDescriptor{named}><ds:KeyInfo><ds:X509Data><ds:X509Certificate>"
        f"{base64_of(one)}</ds:X509Certificate></ds:X509Data></ds:KeyInfo></md:KeyDescriptor>"
    )


def record_of(**changes: Any) -> ProviderRecord:
    """Settings by the names of ProviderRecord or of SamlSettings."""
    ours = {n: v for n, v in changes.items() if n in ProviderRecord.model_fields}
    saml = {n: v for n, v in changes.items() if n not in ProviderRecord.model_fields}
    settings = SamlSettings.model_validate({"entity_id": ENTITY_ID, **saml})
    base = {"id": "polderpoort", "name": "Polderpoort", "level_ceiling": "EH3"}
    return ProviderRecord.model_validate({**base, "saml": settings, **ours})


def provider_for(
    metadata: bytes | str | None = None,
    keyring: KeyRing | None = None,
    outgoing: OutgoingClient | None = None,
    **changes: Any,
) -> SamlProvider:
    return SamlProvider(
        record=record_of(**changes),
        metadata=metadata or metadata_of(certificate()),
        keyring=keyring or make_keyring(),
        outgoing=outgoing or Called(OutgoingFailed("no_answer")),
        sp_entity_id=SP,
        acs_url=ACS,
    )


def remembered(
    level: AssuranceLevel = AssuranceLevel.EH3, at: datetime = START, **values: str
) -> Remembered:
    kept = {"service_uuid": SERVICE, "service_id": SERVICE_ID, **values}
    return Remembered("polderpoort", REQUEST_ID, at, level, kept)


def callback(raw: bytes | str, at: datetime = START, method: str = "POST") -> Callback:
    """The form post that carries this document, or this value as it stands."""
    value = raw if isinstance(raw, str) else base64.b64encode(raw).decode()
    return Callback(method, (("SAMLResponse", value), ("RelayState", "a-login.1")), ACS, at)


def finish(
    recipe: Recipe,
    provider: SamlProvider | None = None,
    asked: Remembered | None = None,
    at: datetime = START,
) -> Identity:
    """What the product makes of it."""
    provider = provider or provider_for(**recipe.settings)
    return provider.finish(asked or remembered(), callback(recipe.raw(), at))
