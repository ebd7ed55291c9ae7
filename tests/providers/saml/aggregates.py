"""Lists of federations, of a few entities or of thousands, signed as a federation signs them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Final
from xml.sax.saxutils import escape

from lxml import etree

from tests.clocks import START
from tests.providers.saml.maker import base64_of, certificate, instant
from tests.providers.saml.signing import Signing, sign

SIGNER: Final = "federation"
LIST_ID: Final = "_federation"
DAY: Final = timedelta(days=1).total_seconds()
_HEAD: Final = """\
<md:EntitiesDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata"
 xmlns:ds="http://www.w3.org/2000/09/xmldsig#"
 xmlns:mdrpi="urn:oasis:names:tc:SAML:metadata:rpi"
 xmlns:mdui="urn:oasis:names:tc:SAML:metadata:ui"
 xmlns:mdattr="urn:oasis:names:tc:SAML:metadata:attribute"
 xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion"
 xmlns:shibmd="urn:mace:shibboleth:metadata:1.0" {attributes}>
  <md:Extensions>
    <mdrpi:PublicationInfo publisher="https://federation.example"{created}/>
  </md:Extensions>
"""
_ENTITY: Final = """\
  <md:EntityDescriptor entityID="{entity_id}"{attributes}>
    <md:Extensions>
      <mdrpi:RegistrationInfo registrationAuthority="{authority}"/>
      <mdattr:EntityAttributes>
        <saml:Attribute Name="http://macedir.org/entity-category"
          NameFormat="urn:oasis:names:tc:SAML:2.0:attrname-format:uri">{categories}
        </saml:Attribute>
      </mdattr:EntityAttributes>
    </md:Extensions>
    <md:{role}SSODescriptor protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol">
      <md:Extensions>
        <shibmd:Scope regexp="false">{scope}</shibmd:Scope>
        <mdui:UIInfo>
          <mdui:DisplayName xml:lang="en">{en}</mdui:DisplayName>
          <mdui:DisplayName xml:lang="nl">{nl}</mdui:DisplayName>
          <mdui:Keywords xml:lang="en">{keywords}</mdui:Keywords>
          <mdui:Logo height="60" width="80">https://{scope}/logo.png</mdui:Logo>
        </mdui:UIInfo>
      </md:Extensions>
      <md:KeyDescriptor use="signing">
        <ds:KeyInfo><ds:X509Data><ds:X509Certificate>
{key}
        </ds:X509Certificate></ds:X509Data></ds:KeyInfo>
      </md:KeyDescriptor>
      {endpoints}
    </md:{role}SSODescriptor>{more}
    <md:Organization>
      <md:OrganizationName xml:lang="en">{en}</md:OrganizationName>
      <md:OrganizationDisplayName xml:lang="en">{en}</md:OrganizationDisplayName>
      <md:OrganizationURL xml:lang="en">https://{scope}/</md:OrganizationURL>
    </md:Organization>
    <md:ContactPerson contactType="technical">
      <md:GivenName>Beheer</md:GivenName>
      <md:EmailAddress>mailto:beheer@{scope}</md:EmailAddress>
    </md:ContactPerson>
  </md:EntityDescriptor>
"""
_IDP: Final = """\
<md:SingleLogoutService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect"
        Location="https://{scope}/slo"/>
      <md:NameIDFormat>urn:oasis:names:tc:SAML:2.0:nameid-format:persistent</md:NameIDFormat>
      <md:SingleSignOnService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect"
        Location="{sso}"/>
      <md:SingleSignOnService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST"
        Location="{sso}"/>"""
_SP: Final = """\
<md:AssertionConsumerService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST"
        Location="https://{scope}/acs" index="0"/>"""


@cache
def _shown(key: str) -> str:
    """The certificate of this key; to make one costs a signature."""
    return base64_of(certificate(key))


@dataclass(frozen=True)
class Member:
    """One entity; ``key`` names a key of the tests."""

    entity_id: str = "https://idp.noord.example/metadata"
    nl: str = "Hogeschool Noord"
    en: str = "North University"
    scope: str = "noord.example"
    key: str = "makelaar"
    sso: str = ""
    keywords: str = "noorderlicht"
    authority: str = "https://federation.example"
    categories: tuple[str, ...] = ("http://refeds.org/category/research-and-scholarship",)
    role: str = "IDP"
    attributes: str = ""
    more: str = ""  # XML behind the role

    def xml(self) -> str:
        """The entity, in a list that declares its prefixes."""
        endpoints = (_IDP if self.role == "IDP" else _SP).format(
            scope=self.scope, sso=self.sso or f"https://{self.scope}/sso"
        )
        values = "".join(
            f"<saml:AttributeValue>{escape(one)}</saml:AttributeValue>" for one in self.categories
        )
        return _ENTITY.format(
            entity_id=escape(self.entity_id),
            attributes=self.attributes,
            authority=escape(self.authority),
            categories=values,
            role=self.role,
            scope=escape(self.scope),
            en=escape(self.en),
            nl=escape(self.nl),
            keywords=escape(self.keywords),
            key=_shown(self.key) if self.key else "AAAA",
            endpoints=endpoints,
            more=self.more,
        )


NOORD: Final = Member()
ZUID: Final = Member(
    "https://idp.zuid.example/metadata",
    "Universiteit Zuid",
    "South University",
    "zuid.example",
    keywords="zuiderzon",
)
PORTAL: Final = Member("https://sp.example/metadata", "Portaal", "Portal", "sp.example", role="SP")


@dataclass(frozen=True)
class Listed:
    """What a list holds and how it is signed; times in seconds from the start of the clock."""

    members: tuple[Member, ...] = (NOORD, ZUID, PORTAL)
    until: float | None = 10 * DAY
    created: float | None = 0
    signer: str | None = SIGNER
    how: Signing = field(default_factory=lambda: Signing(key=SIGNER))
    inside: str = ""  # XML behind the members
    since: datetime = START

    def xml(self) -> str:
        """Not signed yet."""
        until = f' validUntil="{instant(self.until, self.since)}"' if self.until is not None else ""
        created = (
            f' creationInstant="{instant(self.created, self.since)}"'
            if self.created is not None
            else ""
        )
        head = _HEAD.format(attributes=f'ID="{LIST_ID}"{until}', created=created)
        members = "".join(member.xml() for member in self.members)
        return f"{head}{members}{self.inside}</md:EntitiesDescriptor>"

    def document(self) -> bytes:
        """As it is published."""
        root = etree.fromstring(self.xml().encode())
        if self.signer is not None:
            sign_list(root, self.signer)
        return bytes(etree.tostring(root))

    def write(self, path: Path) -> Path:
        """The file."""
        path.write_bytes(self.document())
        return path


def sign_list(root: etree._Element, signer: str = SIGNER) -> None:
    """As a federation does: with its certificate in the signature."""
    shown = _shown(signer)
    info = f"<ds:X509Data><ds:X509Certificate>{shown}</ds:X509Certificate></ds:X509Data>"
    sign(root, Signing(key=signer, key_info=info))


def many(number: int) -> tuple[Member, ...]:
    """So many makelaars, each with a name of its own."""
    return tuple(
        Member(
            f"https://idp.member{each}.example/metadata",
            f"Instelling {each:05}",
            f"Institution {each:05}",
            f"member{each}.example",
            keywords=f"zoekwoord{each}",
        )
        for each in range(number)
    )


def as_published(number: int) -> Iterator[str]:
    """So many entities as large as those of real federations: with a role as attribute authority
    that repeats the key, a key for encryption, and what a makelaar says of itself.
    """
    key = _shown("makelaar")
    shown = f"<ds:X509Data><ds:X509Certificate>{key}</ds:X509Certificate></ds:X509Data>"
    info = f"<ds:KeyInfo>{shown}</ds:KeyInfo>"
    keys = "".join(
        f'<md:KeyDescriptor use="{use}">{info}</md:KeyDescriptor>'
        for use in ("signing", "encryption")
    )
    more = (
        '<md:AttributeAuthorityDescriptor protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:'
        f'protocol">{keys}<md:AttributeService Binding="urn:oasis:names:tc:SAML:2.0:bindings:SOAP" '
        'Location="https://attributes.example/soap"/></md:AttributeAuthorityDescriptor>'
    )
    for member in many(number):
        yield replace(member, more=more).xml()


def write_large(path: Path, number: int, since: datetime) -> Path:
    """A signed list of so many, without keeping it in memory longer than it is signed."""
    listed = Listed(members=(), inside="".join(as_published(number)), since=since)
    return listed.write(path)
