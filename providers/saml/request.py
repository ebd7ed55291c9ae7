"""The AuthnRequest (Core §3.4.1): what is asked of the makelaar, with the least level that will
do.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import UTC, datetime

from lxml import etree

from assurance.levels import AssuranceLevel
from keys.keyring import PrivateKey
from keys.xml.signature import sign_enveloped
from providers.saml.wire.names import (
    POST,
    REQUEST_SERVICE_UUID,
    SAML,
    SAMLP,
    URI_NAME,
    saml,
    samlp,
)


@dataclass(frozen=True)
class AuthnRequestFacts:
    """What an AuthnRequest says. ``contexts``: the level classes to ask for, least first."""

    destination: str
    issuer: str
    acs_url: str
    contexts: tuple[str, ...]
    force_authn: bool
    service_uuid: str
    now: datetime


def new_id() -> str:
    """A message id: 160 random bits behind an underscore, because an ID may not begin with a
    digit.
    """
    return "_" + secrets.token_hex(20)


def contexts_for(level: AssuranceLevel, own: dict[str, AssuranceLevel]) -> tuple[str, ...]:
    """The classes that will do: the makelaar's own names where its record maps them, else those of
    eTD.
    """
    names = {value: name for name, value in reversed(own.items())}
    return (names.get(level, level.loa),)


def authn_request(facts: AuthnRequestFacts, identifier: str) -> etree._Element:
    """The message, not yet signed."""
    root = etree.Element(
        samlp("AuthnRequest"),
        {
            "ID": identifier,
            "Version": "2.0",
            "IssueInstant": facts.now.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
            "Destination": facts.destination,
            "AssertionConsumerServiceURL": facts.acs_url,
            "ProtocolBinding": POST,
            **({"ForceAuthn": "true"} if facts.force_authn else {}),
        },
        nsmap={"samlp": SAMLP, "saml": SAML},
    )
    etree.SubElement(root, saml("Issuer")).text = facts.issuer
    _service(root, facts.service_uuid)
    wanted = etree.SubElement(root, samlp("RequestedAuthnContext"), Comparison="minimum")
    for context in facts.contexts:
        etree.SubElement(wanted, saml("AuthnContextClassRef")).text = context
    return root


def _service(root: etree._Element, uuid: str) -> None:
    """The service, so that a makelaar that vouches for mandates knows for which one."""
    extensions = etree.SubElement(root, samlp("Extensions"))
    attribute = etree.SubElement(
        extensions, saml("Attribute"), Name=REQUEST_SERVICE_UUID, NameFormat=URI_NAME
    )
    etree.SubElement(attribute, saml("AttributeValue")).text = uuid


def serialised(request: etree._Element) -> bytes:
    return bytes(etree.tostring(request))


def signed(request: etree._Element, key: PrivateKey) -> bytes:
    """The message with an enveloped signature behind its Issuer, for HTTP-POST."""
    sign_enveloped(request, key, position=1)
    return serialised(request)
