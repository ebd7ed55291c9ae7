"""What a dienstverlener of eTD gives its makelaar: metadata of its own with an
AttributeConsumingService for each service, and its part of the dienstencatalogus
(``urn:etoegang:1.13:service-catalog``). Both signed, with the certificate beside the signature as
the scheme has it for documents.
"""

from __future__ import annotations

import base64
import secrets
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import groupby
from typing import Final

from cryptography.hazmat.primitives.serialization import Encoding
from lxml import etree

from directory.services import Service
from keys.keyring import KeyRing, PrivateKey
from keys.saml_keys import OwnRole, shown_for_encryption, signing_key
from keys.xml import schema
from keys.xml.key_names import key_name
from keys.xml.names import DS, ds
from keys.xml.signature import sign_enveloped
from providers.saml.wire.names import (
    BRANCH,
    KVK_QUALIFIER,
    MD,
    REQUEST_SERVICE_UUID,
    RSIN_QUALIFIER,
    SAML,
    md,
    saml,
)

ESC: Final = "urn:etoegang:1.13:service-catalog"
VERSION: Final = "urn:etoegang:1.13:53"
ENTITY_TYPES: Final[Mapping[str, str]] = {"KvKnr": KVK_QUALIFIER, "RSIN": RSIN_QUALIFIER}
_LANG: Final = "{http://www.w3.org/XML/1998/namespace}lang"
_LONGEST: Final = {"ServiceName": 64, "ServiceDescription": 1024, "OrganizationDisplayName": 64}


class CatalogueRefused(Exception):
    """Something that the catalogue must hold is not registered; one line for each."""

    def __init__(self, lines: Sequence[str]) -> None:
        super().__init__("; ".join(lines))
        self.lines = tuple(lines)


@dataclass(frozen=True)
class CatalogueFacts:
    """``makelaar``: the OIN of the herkenningsmakelaar. ``entity_types``: sets of kinds of numbers
    of which a makelaar must meet one whole. ``urls``: ServiceUUID to where the service begins.
    """

    services: Sequence[Service]
    makelaar: str
    entity_types: Sequence[Sequence[str]]
    urls: Mapping[str, str]
    now: datetime


def listed(services: Sequence[Service]) -> tuple[Service, ...]:
    """Those that a makelaar knows by an index, in its order."""
    found = [one for one in services if one.attribute_consuming_service_index is not None]
    return tuple(sorted(found, key=lambda one: one.attribute_consuming_service_index or 0))


def dv_metadata(ours: bytes, entity_id: str, keyring: KeyRing, scheme: str) -> bytes:
    """Our metadata under the name that the scheme gave us, with nothing that it forbids, signed.
    ``scheme``: ``etd`` names a service by its ServiceID, ``st-saml`` by its ServiceUUID.
    """
    root = etree.fromstring(ours)
    root.set("entityID", entity_id)
    root.set("ID", _new_id())
    for element in list(root.iter(md("NameIDFormat"))):
        _drop(element)
    for element in list(root.iter(md("RequestedAttribute"))):
        if (element.get("Name") == REQUEST_SERVICE_UUID) != (scheme == "st-saml"):
            _drop(element)
    _sign(root, keyring)
    schema.check_metadata(root)
    return _written(root)


def service_catalogue(facts: CatalogueFacts, keyring: KeyRing) -> bytes:
    """A ServiceProvider for each owner of services, with a definition and an instance for each
    service. Raises CatalogueRefused.
    """
    services = listed(facts.services)
    if lacking := list(_lacking(services, facts)):
        raise CatalogueRefused(lacking)
    root = etree.Element(
        _esc("ServiceCatalogue"),
        {
            "ID": _new_id(),
            _esc("IssueInstant"): facts.now.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
            _esc("Version"): VERSION,
        },
        nsmap={"esc": ESC, "saml": SAML, "md": MD, "ds": DS},
    )
    by_owner = sorted(services, key=lambda one: one.provider_oin)
    for oin, owned in groupby(by_owner, key=lambda one: one.provider_oin):
        _provider(root, oin, list(owned), facts, keyring)
    _sign(root, keyring)
    return _written(root)


def _lacking(services: Sequence[Service], facts: CatalogueFacts) -> Iterator[str]:
    if not services:
        yield "no service has an attribute_consuming_service_index: write one with each"
    for service in services:
        at = f"Service {service.uuid}"
        if service.privacy_url is None:
            yield f"{at}: privacy_url is missing; the catalogue asks one"
        if service.uuid not in facts.urls:
            yield f"{at}: no portal that offers it has a home_url, where it begins"
        for language in ("nl", "en"):
            for name, text in (
                ("ServiceName", service.name.in_(language)),
                ("ServiceDescription", _description(service, language)),
                ("OrganizationDisplayName", service.provider_name.in_(language)),
            ):
                if len(text) > _LONGEST[name]:
                    yield f"{at}: {name} ({language}) is longer than {_LONGEST[name]} signs"


def _provider(
    root: etree._Element,
    oin: str,
    services: Sequence[Service],
    facts: CatalogueFacts,
    keyring: KeyRing,
) -> None:
    provider = etree.SubElement(root, _esc("ServiceProvider"), {_esc("IsPublic"): "true"})
    _text(provider, "ServiceProviderID", oin)
    _in_languages(provider, "OrganizationDisplayName", services[0].provider_name.in_)
    for service in services:
        _definition(provider, service, facts)
    for service in services:
        _instance(provider, service, facts, keyring)


def _definition(parent: etree._Element, service: Service, facts: CatalogueFacts) -> None:
    """The service itself: what mandates are registered for."""
    element = etree.SubElement(parent, _esc("ServiceDefinition"), {_esc("IsPublic"): "true"})
    _text(element, "ServiceUUID", service.uuid)
    _in_languages(element, "ServiceName", service.name.in_)
    _in_languages(element, "ServiceDescription", lambda one: _description(service, one))
    level = service.catalogue_level or service.level
    etree.SubElement(element, saml("AuthnContextClassRef")).text = level.loa
    _text(element, "HerkenningsmakelaarId", facts.makelaar)
    for number, kinds in enumerate(facts.entity_types, 1):
        for kind in kinds:
            allowed = _text(element, "EntityConcernedTypesAllowed", ENTITY_TYPES[kind])
            allowed.set(_esc("setNumber"), str(number))
    if service.branch_restrictions:
        _text(element, "ServiceRestrictionsAllowed", BRANCH)


def _instance(
    parent: etree._Element, service: Service, facts: CatalogueFacts, keyring: KeyRing
) -> None:
    """Where it is offered, and with which key identifiers are encrypted. Its own UUID follows from
    its ServiceID, so that it stays.
    """
    element = etree.SubElement(parent, _esc("ServiceInstance"), {_esc("IsPublic"): "true"})
    _text(element, "ServiceID", service.service_id)
    _text(element, "ServiceUUID", str(uuid.uuid5(uuid.NAMESPACE_URL, service.service_id)))
    _text(element, "InstanceOfService", service.uuid)
    for language in ("nl", "en"):
        _text(element, "ServiceURL", facts.urls[service.uuid]).set(_LANG, language)
    for language in ("nl", "en"):
        _text(element, "PrivacyPolicyURL", service.privacy_url or "").set(_LANG, language)
    _text(element, "HerkenningsmakelaarId", facts.makelaar)
    _text(element, "SSOSupport", "false")
    for key in shown_for_encryption(keyring):
        _certificate(etree.SubElement(element, _esc("ServiceCertificate")), key)


def _certificate(parent: etree._Element, key: PrivateKey) -> None:
    assert key.certificate is not None
    descriptor = etree.SubElement(parent, md("KeyDescriptor"), use="encryption")
    info = etree.SubElement(descriptor, ds("KeyInfo"))
    etree.SubElement(info, ds("KeyName")).text = key_name(key.certificate)
    _x509(info, key)


def _x509(info: etree._Element, key: PrivateKey) -> None:
    assert key.certificate is not None
    der = key.certificate.public_bytes(Encoding.DER)
    data = etree.SubElement(info, ds("X509Data"))
    etree.SubElement(data, ds("X509Certificate")).text = base64.b64encode(der).decode()


def _sign(root: etree._Element, keyring: KeyRing) -> None:
    """Enveloped, first of all; the certificate stands outside what is signed."""
    key = signing_key(keyring, OwnRole.SP)
    sign_enveloped(root, key, position=0)
    _x509(etree.SubElement(root[0], ds("KeyInfo")), key)


def _description(service: Service, language: str) -> str:
    return (service.description or service.name).in_(language)


def _in_languages(parent: etree._Element, name: str, text: Callable[[str], str]) -> None:
    for language in ("nl", "en"):
        _text(parent, name, text(language)).set(_LANG, language)


def _text(parent: etree._Element, name: str, text: str) -> etree._Element:
    element = etree.SubElement(parent, _esc(name))
    element.text = text
    return element


def _esc(name: str) -> str:
    return f"{{{ESC}}}{name}"


def _drop(element: etree._Element) -> None:
    parent = element.getparent()
    assert parent is not None
    parent.remove(element)


def _new_id() -> str:
    return f"_{secrets.token_hex(20)}"


def _written(root: etree._Element) -> bytes:
    return bytes(etree.tostring(root, xml_declaration=True, encoding="UTF-8"))
