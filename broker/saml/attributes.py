"""Attributes: what a finished login says to one portal, by the claims that its registration lists.
The table below is what portals build on (docs/developers/saml.md); names of the Dutch schemes where
there are any.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from lxml import etree

from broker.downstream import LoginResult
from consent.authority import Authority, Party, PartyIdType
from consent.release import may_leave
from directory.saml_portals import SamlServiceProvider
from directory.services import Service
from providers.authority import BRANCH
from providers.saml.wire.names import (
    COMPANY_NAME,
    INTERMEDIARY,
    INTERMEDIARY_NAME,
    KVK_QUALIFIER,
    RSIN_QUALIFIER,
    SERVICE_ID,
    SERVICE_UUID,
    URI_NAME,
    XS,
    XSI,
    saml,
)

OURS: Final = "urn:sluis:attribute:"
NAME: Final = "urn:oid:2.16.840.1.113730.3.1.241"  # displayName (RFC 2798)
EMAIL: Final = "urn:oid:0.9.2342.19200300.100.1.3"  # mail (RFC 4524)
_FRIENDLY: Final = {NAME: "displayName", EMAIL: "mail"}
_NUMBERS: Final = {PartyIdType.KVK: KVK_QUALIFIER, PartyIdType.RSIN: RSIN_QUALIFIER}
_INTERMEDIARY_NUMBERS: Final = {
    PartyIdType.KVK: INTERMEDIARY[0],
    PartyIdType.RSIN: "urn:etoegang:1.9:IntermediateEntityID:RSIN",
}


@dataclass(frozen=True)
class Attribute:
    name: str
    values: tuple[str, ...]


def attributes(
    result: LoginResult, portal: SamlServiceProvider, service: Service
) -> tuple[Attribute, ...]:
    """The level and the service always: a request that nobody signed may have been changed on the
    way. The rest as the registration lists it, where it may leave and is there.
    """
    found = [
        Attribute(f"{OURS}loa", (result.level.loa,)),
        Attribute(SERVICE_UUID, (service.uuid,)),
    ]
    for claim in portal.claims:
        if may_leave(claim.name, service.consent):
            found += (one for one in _of_claim(claim.name, result, service) if one.values)
    return tuple(found)


def _of_claim(claim: str, result: LoginResult, service: Service) -> Iterator[Attribute]:
    authority = result.authority
    if claim == "name":
        yield _one(NAME, result.display_name)
    elif claim == "email":
        yield _one(EMAIL, result.email)
    elif claim == "idp":
        yield _one(f"{OURS}idp", result.provider_entity)
    elif claim == "assurance":
        yield _one(f"{OURS}provider_level", result.provider_level.loa)
        yield _one(f"{OURS}proofing_level", result.proofing.loa)
        yield _one(f"{OURS}second_factor", result.second_factor)
    elif claim == "represents" and authority is not None:
        yield from _represents(authority)
    elif claim == "mandate" and authority is not None:
        yield from _mandate(authority, service)


def _represents(authority: Authority) -> Iterator[Attribute]:
    """In a chain the intermediary beside the organisation whose service it is."""
    yield from _party(authority.represented, _NUMBERS, COMPANY_NAME)
    yield Attribute(BRANCH, authority.branches)
    if authority.intermediary is not None:
        yield from _party(authority.intermediary, _INTERMEDIARY_NUMBERS, INTERMEDIARY_NAME)


def _party(party: Party, names: dict[PartyIdType, str], called: str) -> Iterator[Attribute]:
    yield _one(names[party.id_type], party.value)
    if party.alternative is not None:
        kind, value = party.alternative
        yield _one(names[kind], value)
    yield _one(called, party.name)


def _mandate(authority: Authority, service: Service) -> Iterator[Attribute]:
    yield _one(SERVICE_ID, service.service_id)
    yield _one(f"{OURS}mandate_level", authority.level.loa)
    yield _one(f"{OURS}mandate_kind", authority.kind.value)
    yield _one(f"{OURS}mandate_register", authority.source)
    until = authority.valid_until
    yield _one(f"{OURS}mandate_valid_until", None if until is None else written(until))


def _one(name: str, value: str | None) -> Attribute:
    return Attribute(name, (value,) if value else ())


def written(moment: datetime) -> str:
    """A moment as SAML writes it (Core §1.3.3)."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def statement(parent: etree._Element, said: tuple[Attribute, ...]) -> None:
    """The AttributeStatement. A tree: what a value holds is never markup."""
    element = etree.SubElement(parent, saml("AttributeStatement"))
    for one in said:
        attribute = etree.SubElement(
            element, saml("Attribute"), {"Name": one.name, "NameFormat": URI_NAME}
        )
        if one.name in _FRIENDLY:
            attribute.set("FriendlyName", _FRIENDLY[one.name])
        for value in one.values:
            inner = etree.SubElement(attribute, saml("AttributeValue"), nsmap={"xs": XS})
            inner.set(f"{{{XSI}}}type", "xs:string")
            inner.text = _plain(value)


def _plain(text: str) -> str:
    """Without signs that XML cannot hold (XML 1.0 §2.2)."""
    return "".join(sign for sign in text if sign.isprintable())
