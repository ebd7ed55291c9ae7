"""The Response to a portal, signed (SAML Core §3.3.3). How it travels: ``broker.saml.carrying``."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from cryptography import x509
from lxml import etree

from broker.saml.assertion import new_id
from broker.saml.attributes import written
from broker.saml.errors import SamlStatus
from broker.saml.reply_to import SamlReplyTo
from keys.keyring import KeyRing
from keys.saml_keys import OwnRole, signing_key
from keys.xml.sealing import encrypted
from keys.xml.signature import sign_enveloped
from providers.saml.wire.key_descriptors import key_name
from providers.saml.wire.names import SAML, SAMLP, SUCCESS, saml, samlp


@dataclass(frozen=True)
class Envelope:
    """Who answers which request, with which keys. ``names_key``: signatures name theirs."""

    issuer: str
    to: SamlReplyTo
    keyring: KeyRing
    now: datetime
    names_key: bool = False


def success(
    envelope: Envelope, assertion: etree._Element, seal_for: x509.Certificate | None
) -> bytes:
    """Assertion and Response are signed, both; ``seal_for``: encrypt the assertion, signature and
    all, for this certificate.
    """
    _sign(envelope, assertion)
    response = _response(envelope, SUCCESS, None, None)
    if seal_for is None:
        response.append(assertion)
    else:
        sealed = etree.SubElement(response, saml("EncryptedAssertion"))
        sealed.append(encrypted(assertion, seal_for))
    return _signed(envelope, response)


def failure(envelope: Envelope, status: SamlStatus, message: str) -> bytes:
    """A status and no assertion, signed as well."""
    return _signed(envelope, _response(envelope, status.first, status.second, message))


def _sign(envelope: Envelope, element: etree._Element) -> None:
    key = signing_key(envelope.keyring, OwnRole.IDP)
    sign_enveloped(element, key, 1, key_name=key_name(key) if envelope.names_key else None)


def _response(
    envelope: Envelope, first: str, second: str | None, message: str | None
) -> etree._Element:
    root = etree.Element(
        samlp("Response"),
        {
            "ID": new_id(),
            "Version": "2.0",
            "IssueInstant": written(envelope.now),
            "Destination": envelope.to.acs_url,
        },
        nsmap={"samlp": SAMLP, "saml": SAML},
    )
    if envelope.to.request_id is not None:
        root.set("InResponseTo", envelope.to.request_id)
    etree.SubElement(root, saml("Issuer")).text = envelope.issuer
    status = etree.SubElement(root, samlp("Status"))
    code = etree.SubElement(status, samlp("StatusCode"), Value=first)
    if second is not None:
        etree.SubElement(code, samlp("StatusCode"), Value=second)
    if message is not None:
        etree.SubElement(status, samlp("StatusMessage")).text = message
    return root


def _signed(envelope: Envelope, response: etree._Element) -> bytes:
    _sign(envelope, response)
    return bytes(etree.tostring(response))
