"""The Response of the broker: both signatures, then every condition, and only then what it says
(SAML Profiles §4.1.4.3). What the page shows is what was checked.
"""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives import serialization
from lxml import etree
from signxml.exceptions import SignXMLException
from signxml.verifier import XMLVerifier

from sandbox.makelaar.saml_request import NAMES, SAML, SAMLP
from sandbox.people import is_enough, level_of
from sandbox.portal.claims import grouped
from sandbox.portal.clients import PortalService
from sandbox.saml_portal.party import SamlParty
from sandbox.saml_portal.request import Asked

STATUS: Final = "urn:oasis:names:tc:SAML:2.0:status:"
SKEW: Final = timedelta(seconds=30)
LOA: Final = "urn:sluis:attribute:loa"
SERVICE: Final = "urn:etoegang:core:ServiceUUID"
KVK: Final = "urn:etoegang:1.9:EntityConcernedID:KvKnr"
COMPANY: Final = "urn:etoegang:1.11:attribute-represented:CompanyName"
OFFICE: Final = "urn:etoegang:1.13:attribute-intermediate:CompanyName"
DISPLAY_NAME: Final = "urn:oid:2.16.840.1.113730.3.1.241"


class ResponseWrong(Exception):
    """Not acceptable; the word is a key of ``sandbox.saml_portal.texts``."""


class NotLoggedIn(Exception):
    """The broker says so: ``status`` from outer to inner, ``message`` with the reference."""

    def __init__(self, status: tuple[str, ...], message: str) -> None:
        super().__init__(message)
        self.status = status
        self.message = message


@dataclass(frozen=True)
class Check:
    """One check with its outcome; both are keys or values for the page."""

    name: str
    value: str


@dataclass(frozen=True)
class Received:
    """Who, for whom, at which level; ``attributes`` as they stand in the assertion."""

    name_id: str
    name: bytes  # the NameID as it stands there: a logout names somebody with the same one
    session_index: str
    level: str
    checks: tuple[Check, ...]
    attributes: tuple[tuple[str, tuple[str, ...]], ...]

    def first(self, name: str) -> str | None:
        return next((values[0] for key, values in self.attributes if key == name and values), None)


@dataclass(frozen=True)
class Broker:
    """The broker as its metadata describe it."""

    entity_id: str
    sso_url: str
    slo_url: str
    certificates: tuple[x509.Certificate, ...]


def receive(
    value: str, asked: Asked, service: PortalService, party: SamlParty, broker: Broker
) -> Received:
    """Raises ResponseWrong, and NotLoggedIn where the broker answers with another status."""
    try:
        raw = base64.b64decode("".join(value.split()), validate=True)
    except binascii.Error:
        raise ResponseWrong("unreadable") from None
    response = _verified(raw, f"{{{SAMLP}}}Response", broker)
    _check(response.get("Destination") == party.acs_url, "destination")
    _check(response.get("InResponseTo") == asked.request_id, "request")
    _check(_text(response, "saml:Issuer") == broker.entity_id, "issuer")
    status = tuple(
        str(one.get("Value")).removeprefix(STATUS)
        for one in response.iterfind(".//samlp:StatusCode", NAMES)
    )
    if status != ("Success",):
        raise NotLoggedIn(status, _text(response, ".//samlp:StatusMessage"))
    found = response.findall("saml:Assertion", NAMES)
    _check(len(found) == 1, "assertion")
    assertion = _verified(etree.tostring(found[0]), f"{{{SAML}}}Assertion", broker)
    return _read(assertion, asked, service, party, broker)


def _check(passed: bool, name: str) -> None:
    if not passed:
        raise ResponseWrong(name)


def _text(element: etree._Element, path: str) -> str:
    return str(element.findtext(path, "", NAMES)).strip()


def _verified(raw: bytes, tag: str, broker: Broker) -> etree._Element:
    """The element that a key of the broker's metadata signed, and nothing around it."""
    for certificate in broker.certificates:
        pem = certificate.public_bytes(serialization.Encoding.PEM).decode()
        try:
            result = XMLVerifier().verify(raw, x509_cert=pem, id_attribute="ID")
        except (SignXMLException, ValueError, etree.XMLSyntaxError):
            continue
        one = result[0] if isinstance(result, list) else result
        if one.signed_xml is not None and one.signed_xml.tag == tag:
            return one.signed_xml
    raise ResponseWrong("signature")


def _read(
    assertion: etree._Element,
    asked: Asked,
    service: PortalService,
    party: SamlParty,
    broker: Broker,
) -> Received:
    now = datetime.now(UTC)
    data = assertion.find(".//saml:SubjectConfirmationData", NAMES)
    conditions = assertion.find("saml:Conditions", NAMES)
    statement = assertion.find("saml:AuthnStatement", NAMES)
    _check(data is not None and conditions is not None and statement is not None, "assertion")
    _check(_text(assertion, "saml:Issuer") == broker.entity_id, "issuer")
    _check(data.get("Recipient") == party.acs_url, "destination")
    _check(data.get("InResponseTo") == asked.request_id, "request")
    audiences = [one.text for one in conditions.iterfind(".//saml:Audience", NAMES)]
    _check(audiences == [party.entity_id], "audience")
    ends = min(_moment(data, "NotOnOrAfter"), _moment(conditions, "NotOnOrAfter"))
    _check(_moment(conditions, "NotBefore") - SKEW <= now < ends + SKEW, "time")
    level = level_of(_text(statement, ".//saml:AuthnContextClassRef")) or ""
    attributes = tuple(_attributes(assertion))
    told = dict(attributes)
    reached = level_of("".join(told.get(LOA, ()))) or ""
    _check(bool(level) and is_enough(level, service.level) and bool(reached), "level")
    _check(told.get(SERVICE) == (service.uuid,), "service")
    _check(service.mandate != "required" or bool(told.get(KVK)), "represents")
    checks = (
        Check("signature", "RSA-SHA256"),
        Check("issuer", broker.entity_id),
        Check("request", "ok"),
        Check("destination", party.acs_url),
        Check("audience", party.entity_id),
        Check("time", "ok"),
        Check("level", f"{reached} ≥ {service.level}"),
        Check("service", service.name),
        Check("represents", _represented(told)),
    )
    name_id = assertion.find("saml:Subject/saml:NameID", NAMES)
    _check(name_id is not None, "assertion")
    return Received(
        str(name_id.text or "").strip(),
        etree.tostring(name_id, with_tail=False),
        statement.get("SessionIndex", ""),
        reached,
        checks,
        attributes,
    )


def _moment(element: etree._Element, name: str) -> datetime:
    try:
        return datetime.strptime(str(element.get(name)), "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
    except ValueError:
        raise ResponseWrong("time") from None


def _attributes(assertion: etree._Element) -> list[tuple[str, tuple[str, ...]]]:
    return [
        (
            str(one.get("Name")),
            tuple(str(v.text or "") for v in one.findall("saml:AttributeValue", NAMES)),
        )
        for one in assertion.iterfind("saml:AttributeStatement/saml:Attribute", NAMES)
    ]


def _represented(told: dict[str, tuple[str, ...]]) -> str:
    """For whom, and through whom; ``self``: for nobody else."""
    if KVK not in told:
        return "self"
    name = " ".join((*told.get(COMPANY, ()), f"(KvK {grouped(told[KVK][0])})"))
    return f"{name} via {told[OFFICE][0]}" if told.get(OFFICE) else name
