"""An AuthnRequest of a portal becomes a LoginRequest, or a status (SAML Core §3.4.1). What is not
understood is refused: nothing that limits is passed over.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Final

from lxml import etree

from broker.downstream import MOST_KEPT, DownstreamName, LoginRequest
from broker.saml.errors import (
    INVALID_NAME_ID_POLICY,
    NO_AVAILABLE_IDP,
    NO_SUPPORTED_IDP,
    PROXY_COUNT_EXCEEDED,
    REQUEST_DENIED,
    REQUEST_UNSUPPORTED,
    RESPONDER,
    UNKNOWN_PRINCIPAL,
    StatusRefused,
)
from broker.saml.portal_metadata import PortalMetadata, sealing_certificate
from broker.saml.reply_to import SamlReplyTo
from broker.saml.request_target import RequestTarget
from broker.saml.requested_context import context_demand
from directory.saml_portals import SamlServiceProvider
from directory.services import Service
from providers.members import Makelaars, is_admitted
from providers.registry import ProviderRecord
from providers.saml.wire.names import (
    BEARER,
    PERSISTENT,
    REQUEST_SERVICE_UUID,
    TRANSIENT,
    saml,
    samlp,
)
from providers.saml.wire.xml_values import collapsed, number

_TRUE: Final = ("true", "1")
_MOST_NAMED: Final = 20  # makelaars of federations in one IDPList; each is looked up
UNSPECIFIED_NAME: Final = "urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified"
_FORMATS: Final[Mapping[str, str]] = {PERSISTENT: "persistent", TRANSIENT: "transient"}

_UUID: Final = re.compile(r"(?:urn:uuid:)?[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")


def parse(
    target: RequestTarget,
    services: Mapping[str, Service],
    providers: Makelaars,
    *,
    idp_entity_id: str,
    now: datetime,
) -> LoginRequest:
    """The request in the journey's own words. Raises StatusRefused."""
    root, portal = target.root, target.portal
    _check_encryption(target, now)
    _check_conditions(root, portal.entity_id)
    service = _service(target, services)
    name_id = _name_id(target)
    demand = context_demand(root, portal, service.level)
    asked = LoginRequest(
        downstream=DownstreamName.SAML,
        client_id=portal.client_id,
        service_uuid=service.uuid,
        level=demand.level,
        minimum=demand.minimum,
        passive=_said(root, "IsPassive"),
        force_authn=_said(root, "ForceAuthn"),
        makelaars=_makelaars(root, service, providers),
        reply_to=SamlReplyTo(
            acs_url=target.acs_url,
            binding=target.answer.binding,
            request_id=target.request_id,
            relay_state=target.received.relay_state,
            name_id=name_id,
            subject=_subject(target, idp_entity_id),
            classes=" ".join(demand.classes) or None,
            most=None if demand.most is None else demand.most.label,
        ).stored(),
    )
    if asked.kept_bytes > MOST_KEPT:
        raise _unsupported(
            f"ID, RelayState, Subject and classes are {asked.kept_bytes} bytes together as they "
            f"are kept, and may be {MOST_KEPT}"
        )
    return asked


def _said(root: etree._Element, name: str) -> bool:
    return collapsed(root.get(name)) in _TRUE


def _unsupported(message: str) -> StatusRefused:
    return StatusRefused(REQUEST_UNSUPPORTED, message)


def _check_encryption(target: RequestTarget, now: datetime) -> None:
    """Nobody logs in for an answer that cannot be given."""
    always = target.portal.saml.encrypt_assertion == "always"
    if always and sealing_certificate(target.metadata, now) is None:
        raise StatusRefused(
            REQUEST_DENIED,
            "your metadata here hold no encryption key that is valid now: register new ones",
            first=RESPONDER,
        )


def _check_conditions(root: etree._Element, entity_id: str) -> None:
    """An assertion here is short-lived and for the portal alone; whoever asks less gets no other
    one.
    """
    conditions = root.find(saml("Conditions"))
    if conditions is None:
        return
    audiences = [
        collapsed(one.text)
        for one in conditions.findall(f"{saml('AudienceRestriction')}/{saml('Audience')}")
    ]
    others = [one for one in conditions if one.tag != saml("AudienceRestriction")]
    if conditions.attrib or others or any(one != entity_id for one in audiences):
        raise _unsupported("Conditions may name this portal as Audience and nothing else")


def _service(target: RequestTarget, services: Mapping[str, Service]) -> Service:
    """The one that the request names, else the default of this portal."""
    portal = target.portal
    offered = {uuid: services[uuid] for uuid in portal.services if uuid in services}
    named = {one for one in (_of_index(target, services), _of_extensions(target.root)) if one}
    if len(named) > 1:
        raise _unsupported("AttributeConsumingServiceIndex and Extensions name two services")
    default = portal.default_service or (portal.services[0] if len(portal.services) == 1 else None)
    wanted = named.pop() if named else default or default_of(portal, target.metadata, services)
    if wanted is None:
        raise _unsupported("name a service with AttributeConsumingServiceIndex")
    if wanted not in offered:
        raise _unsupported("this portal does not offer that service")
    return offered[wanted]


def default_of(
    portal: SamlServiceProvider, metadata: PortalMetadata, services: Mapping[str, Service]
) -> str | None:
    """Where the registration names no default: that of the metadata."""
    index = next((one.index for one in metadata.services if one.is_default), None)
    return None if index is None else _at(index, portal, metadata, services)


def _of_index(target: RequestTarget, services: Mapping[str, Service]) -> str | None:
    """The service at the number in the request. A number that leads to no service of ours, as in
    metadata that list attributes, leaves the choice to the registration.
    """
    said = collapsed(target.root.get("AttributeConsumingServiceIndex"))
    if said is None:
        return None
    index = number(said)
    if index is None:
        raise _unsupported("AttributeConsumingServiceIndex is a number of at most 65535")
    return _at(index, target.portal, target.metadata, services)


def _at(
    index: int,
    portal: SamlServiceProvider,
    metadata: PortalMetadata,
    services: Mapping[str, Service],
) -> str | None:
    registered = portal.saml.services_by_index
    numbered = {one.index: one for one in metadata.services}
    if index in registered:
        return registered[index]
    if index not in numbered:
        raise _unsupported(f"AttributeConsumingServiceIndex {index} is not in the metadata")
    names = numbered[index].names
    found = {
        uuid
        for uuid, service in services.items()
        if any(name in (service.service_id, uuid, f"urn:uuid:{uuid}") for name in names)
    }
    if len(found) > 1:
        raise _unsupported(f"AttributeConsumingService {index} names several services")
    if not found and any(_is_of_a_service(name) for name in names):
        raise _unsupported(f"AttributeConsumingService {index} names a service that is not here")
    return found.pop() if found else None


def _is_of_a_service(name: str) -> bool:
    """A name that means a service and no attribute: its UUID, or its id in the scheme."""
    return bool(_UUID.fullmatch(name)) or name.startswith("urn:etoegang:DV:")


def _of_extensions(root: etree._Element) -> str | None:
    """The ServiceUUID as brokers send it on (ST-SAML)."""
    path = f"{samlp('Extensions')}//{saml('Attribute')}"
    found = [
        attribute
        for attribute in root.iterfind(path)
        if collapsed(attribute.get("Name")) == REQUEST_SERVICE_UUID
    ]
    if not found:
        return None
    values = [collapsed(one.text) for a in found for one in a.findall(saml("AttributeValue"))]
    if len(found) != 1 or len(values) != 1 or not values[0]:
        raise _unsupported("ServiceUUID in Extensions stands once and has one value")
    return values[0]


def _name_id(target: RequestTarget) -> str:
    """Which of both formats the NameID has. ``AllowCreate`` changes nothing: the pseudonym of a
    person follows from the person and the portal, it is not made.
    """
    policy = target.root.find(samlp("NameIDPolicy"))
    ours = target.portal.saml.name_id
    if policy is None:
        return ours
    if collapsed(policy.get("SPNameQualifier")) not in (None, "", target.portal.entity_id):
        raise StatusRefused(
            INVALID_NAME_ID_POLICY, "SPNameQualifier must be the entityID of this portal"
        )
    said = collapsed(policy.get("Format"))
    if said in (None, "", UNSPECIFIED_NAME):
        return ours
    if said not in _FORMATS:
        if target.portal.saml.ignore_name_id_format:
            return ours
        raise StatusRefused(
            INVALID_NAME_ID_POLICY,
            "the Format of a NameID here is persistent or transient, so send one of these or "
            "none; who logged in is never told by e-mail address, which is an attribute. Cannot "
            "your product leave it out? Let the operator set saml.ignore_name_id_format",
        )
    if _FORMATS[said] == "persistent" and ours == "transient":
        raise StatusRefused(
            INVALID_NAME_ID_POLICY, "this portal is registered for transient names alone"
        )
    return _FORMATS[said]


def _subject(target: RequestTarget, idp_entity_id: str) -> str | None:
    """The persistent NameID that must log in, as we gave it. Nobody else can be recognised."""
    subject = target.root.find(saml("Subject"))
    if subject is None:
        return None
    for confirmation in subject.findall(saml("SubjectConfirmation")):
        if collapsed(confirmation.get("Method")) != BEARER or len(confirmation):
            raise _unsupported("the SubjectConfirmation of an answer is bearer, and plain")
    name_id = subject.find(saml("NameID"))
    if name_id is None and [one.tag for one in subject] == [
        saml("SubjectConfirmation") for _ in subject
    ]:
        return None
    if name_id is None or not _is_ours(name_id, target, idp_entity_id):
        raise StatusRefused(
            UNKNOWN_PRINCIPAL, "Subject may hold a persistent NameID of this portal and no other"
        )
    return str(name_id.text or "").strip()


def _is_ours(name_id: etree._Element, target: RequestTarget, idp_entity_id: str) -> bool:
    return (
        collapsed(name_id.get("Format")) == PERSISTENT
        and name_id.get("NameQualifier") in (None, idp_entity_id)
        and name_id.get("SPNameQualifier") in (None, target.portal.entity_id)
        and bool(str(name_id.text or "").strip())
        and not len(name_id)
    )


def _makelaars(
    root: etree._Element, service: Service, providers: Makelaars
) -> tuple[str, ...] | None:
    """The makelaars that alone may answer (Core §3.4.1.2); None: the request names none."""
    scoping = root.find(samlp("Scoping"))
    if scoping is None:
        return None
    onwards = collapsed(scoping.get("ProxyCount"))
    if onwards is not None and number(onwards) == 0:
        raise StatusRefused(
            PROXY_COUNT_EXCEEDED,
            "logins here are made at a makelaar: send ProxyCount 1 or leave it out",
            first=RESPONDER,
        )
    entries = scoping.findall(f"{samlp('IDPList')}/{samlp('IDPEntry')}")
    if not entries:
        return None
    named = {collapsed(one.get("ProviderID")) for one in entries}
    known = [record for record in _named(named, providers) if is_admitted(service, record)]
    if not known:
        raise StatusRefused(NO_SUPPORTED_IDP, "IDPList names no makelaar of this service")
    live = tuple(record.id for record in known if record.state == "live")
    if not live:
        raise StatusRefused(
            NO_AVAILABLE_IDP, "the makelaars of IDPList cannot be used now", first=RESPONDER
        )
    return live


def _named(named: set[str | None], providers: Makelaars) -> Iterator[ProviderRecord]:
    """Makelaars by id or by what they are called, members of federations among them."""
    own = [one for one in providers.values() if named & {one.id, entity_of(one)}]
    yield from own
    left = named - {word for one in own for word in (one.id, entity_of(one))}
    for word in sorted(word for word in left if word)[:_MOST_NAMED]:
        found = providers.members.by_id(word) or providers.members.by_entity_id(word)
        if found is not None:
            yield found


def entity_of(record: ProviderRecord) -> str:
    """What a makelaar is called: its entityID or issuer."""
    if record.saml is not None:
        return record.saml.entity_id
    return record.oidc.issuer if record.oidc is not None else record.id
