"""The dialect of eHerkenning towards portals (DV–HM 1.13): what a herkenningsmakelaar says to a
dienstverlener, with identifiers encrypted one by one for the portal.

It says what the ordinary answer says, by the same claims, in the words that a portal knows which
spoke to a makelaar before. The acting subject is a pseudonym of this portal's sector.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from lxml import etree

from broker.downstream import LoginResult
from broker.saml.attributes import Attribute
from broker.saml.attributes import statement as plain_statement
from consent.authority import Authority, Party, PartyIdType
from consent.release import may_leave
from directory.saml_portals import SamlServiceProvider
from directory.services import Service
from keys.sealing import Sealer
from keys.xml.sealing_beside import SealFor, seal_into
from providers.saml.dialects.dialect import PSEUDONYM_OF_ETD
from providers.saml.wire.names import (
    ACTING_SUBJECT,
    BRANCH,
    COMPANY_NAME,
    INTERMEDIARY,
    INTERMEDIARY_NAME,
    INTERMEDIARY_RSIN,
    KVK_QUALIFIER,
    LEGAL_SUBJECT,
    PERSISTENT,
    RSIN_QUALIFIER,
    SAML,
    SERVICE_ID,
    SERVICE_UUID,
    URI_NAME,
    saml,
)

_KINDS: Final = {PartyIdType.KVK: KVK_QUALIFIER, PartyIdType.RSIN: RSIN_QUALIFIER}
_BETWEEN: Final = {KVK_QUALIFIER: INTERMEDIARY[0], RSIN_QUALIFIER: INTERMEDIARY_RSIN}


@dataclass(frozen=True)
class Identifiers:
    """An attribute whose values are encrypted: each a kind and a number."""

    name: str
    values: tuple[tuple[str, str], ...]


def acting_pseudonym(sealer: Sealer, persistent: str) -> str:
    """``<64 hex>@<32 hex>``: of the person in the sector of this portal, whose persistent name is
    this; neither leads to the other.
    """
    left = sealer.fingerprint("saml-acting", persistent)
    return f"{left}@{sealer.fingerprint('saml-acting-kind', persistent)[:32]}"


def statement(
    result: LoginResult, portal: SamlServiceProvider, service: Service, acting: str, to: SealFor
) -> etree._Element:
    """The AttributeStatement. Who acts and which service always; for whom as the registration lists
    it.
    """
    claims = {one.name for one in portal.claims if may_leave(one.name, service.consent)}
    sealed = [Identifiers(ACTING_SUBJECT, ((PSEUDONYM_OF_ETD.qualifier, acting),))]
    said = [Attribute(SERVICE_ID, (service.service_id,)), Attribute(SERVICE_UUID, (service.uuid,))]
    if "represents" in claims and result.authority is not None:
        more_sealed, more = _represents(result.authority)
        sealed += more_sealed
        said += more
    root = etree.Element(saml("x"), nsmap={"saml": SAML})
    plain_statement(root, tuple(one for one in said if one.values))
    (element,) = root
    for place, one in enumerate(sealed):
        element.insert(place, _sealed(one, to))
    root.remove(element)
    return element


def _represents(authority: Authority) -> tuple[list[Identifiers], list[Attribute]]:
    """In a chain the intermediary beside the organisation; a limit always."""
    represented, between = authority.represented, authority.intermediary
    sealed = [Identifiers(LEGAL_SUBJECT, tuple(_numbers(represented)))]
    said = [Attribute(BRANCH, authority.branches)]
    said += [Attribute(COMPANY_NAME, tuple(filter(None, [represented.name])))]
    if between is not None:
        for kind, number in _numbers(between):
            sealed.append(Identifiers(_BETWEEN[kind], ((kind, number),)))
        said += [Attribute(INTERMEDIARY_NAME, tuple(filter(None, [between.name])))]
    return sealed, said


def _numbers(party: Party) -> Iterable[tuple[str, str]]:
    yield _KINDS[party.id_type], party.value
    if party.alternative is not None:
        kind, value = party.alternative
        yield _KINDS[kind], value


def _sealed(one: Identifiers, to: SealFor) -> etree._Element:
    attribute = etree.Element(
        saml("Attribute"), {"Name": one.name, "NameFormat": URI_NAME}, nsmap={"saml": SAML}
    )
    for kind, number in one.values:
        name_id = etree.Element(
            saml("NameID"), {"Format": PERSISTENT, "NameQualifier": kind}, nsmap={"saml": SAML}
        )
        name_id.text = number
        value = etree.SubElement(attribute, saml("AttributeValue"))
        seal_into(etree.SubElement(value, saml("EncryptedID")), name_id, to)
    return attribute
