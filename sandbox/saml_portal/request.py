"""The AuthnRequest of this portal, signed (SAML Core §3.4.1, Bindings §3.4, §3.5)."""

from __future__ import annotations

import base64
import secrets
import zlib
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final
from urllib.parse import urlencode

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from lxml import etree
from signxml.algorithms import CanonicalizationMethod, SignatureConstructionMethod
from signxml.signer import XMLSigner

from sandbox.makelaar.metadata import DS, PERSISTENT, POST
from sandbox.makelaar.saml_request import RSA_SHA256, SAML, SAMLP
from sandbox.people import EIDAS
from sandbox.portal.clients import PortalService
from sandbox.saml_portal.party import SERVICES, SamlParty

ENGLISH: Final = "en"


@dataclass(frozen=True)
class Asked:
    """What the portal remembers of a login that it asked for, under its RelayState."""

    request_id: str
    service: str


def authn_request(
    party: SamlParty, service: PortalService, sso_url: str, *, fresh: bool = False
) -> etree._Element:
    """At least the level of the service; ``fresh``: a login of this moment. Not yet signed."""
    root = etree.Element(
        f"{{{SAMLP}}}AuthnRequest",
        {
            "ID": "_" + secrets.token_hex(16),
            "Version": "2.0",
            "IssueInstant": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
            "Destination": sso_url,
            "AssertionConsumerServiceURL": party.acs_url,
            "ProtocolBinding": POST,
            "AttributeConsumingServiceIndex": str(SERVICES.index(service)),
            "ForceAuthn": "true" if fresh else "false",
        },
        nsmap={"samlp": SAMLP, "saml": SAML},
    )
    etree.SubElement(root, f"{{{SAML}}}Issuer").text = party.entity_id
    etree.SubElement(
        root, f"{{{SAMLP}}}NameIDPolicy", {"Format": PERSISTENT, "AllowCreate": "true"}
    )
    context = etree.SubElement(root, f"{{{SAMLP}}}RequestedAuthnContext", {"Comparison": "minimum"})
    etree.SubElement(context, f"{{{SAML}}}AuthnContextClassRef").text = EIDAS[service.level]
    return root


def redirect_url(
    party: SamlParty,
    message: etree._Element,
    to: str,
    relay_state: str | None,
    kind: str = "SAMLRequest",
) -> str:
    """HTTP-Redirect, signed over the query as it is sent."""
    machine = zlib.compressobj(wbits=-15)
    deflated = machine.compress(etree.tostring(message)) + machine.flush()
    values = {
        kind: base64.b64encode(deflated).decode(),
        "RelayState": relay_state,
        "SigAlg": RSA_SHA256,
    }
    query = urlencode({name: value for name, value in values.items() if value is not None})
    key = party.pair.key
    assert isinstance(key, rsa.RSAPrivateKey)
    signature = key.sign(query.encode(), padding.PKCS1v15(), hashes.SHA256())
    return f"{to}?{query}&{urlencode({'Signature': base64.b64encode(signature).decode()})}"


def form_fields(party: SamlParty, message: etree._Element, relay_state: str) -> dict[str, str]:
    """HTTP-POST, with an enveloped signature behind the Issuer."""
    message.insert(1, etree.Element(f"{{{DS}}}Signature", {"Id": "placeholder"}, nsmap={"ds": DS}))
    signer = XMLSigner(
        method=SignatureConstructionMethod.enveloped,
        signature_algorithm="rsa-sha256",
        digest_algorithm="sha256",
        c14n_algorithm=CanonicalizationMethod.EXCLUSIVE_XML_CANONICALIZATION_1_0,
    )
    done = signer.sign(
        message,
        key=party.pair.key,
        cert=party.pair.certificate_pem.decode(),
        reference_uri=message.get("ID"),
        id_attribute="ID",
    )
    return {
        "SAMLRequest": base64.b64encode(etree.tostring(done)).decode(),
        "RelayState": relay_state,
    }
