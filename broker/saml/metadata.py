"""Our metadata as identity provider (SAML Metadata §2.4.3): the same for every portal, and there
before any is registered.
"""

from __future__ import annotations

import base64

from cryptography.hazmat.primitives.serialization import Encoding
from lxml import etree

from broker.saml.addresses import RESOLUTION_INDEX, artifact_url, idp_entity_id, sso_url
from keys.keyring import KeyRing, KeyUse
from keys.xml.names import DS, ds
from providers.saml.wire.names import MD, PERSISTENT, POST, REDIRECT, SAMLP, SOAP, TRANSIENT, md


def idp_metadata(keyring: KeyRing, base_url: str) -> bytes:
    """With every published key: the next one is known before it signs."""
    root = etree.Element(
        md("EntityDescriptor"),
        {"entityID": idp_entity_id(base_url)},
        nsmap={"md": MD, "ds": DS},
    )
    role = etree.SubElement(root, md("IDPSSODescriptor"), {"protocolSupportEnumeration": SAMLP})
    for key in keyring.published(KeyUse.SAML_SIGNING):
        assert key.certificate is not None
        descriptor = etree.SubElement(role, md("KeyDescriptor"), use="signing")
        info = etree.SubElement(descriptor, ds("KeyInfo"))
        data = etree.SubElement(info, ds("X509Data"))
        der = key.certificate.public_bytes(Encoding.DER)
        etree.SubElement(data, ds("X509Certificate")).text = base64.b64encode(der).decode()
    etree.SubElement(
        role,
        md("ArtifactResolutionService"),
        {
            "Binding": SOAP,
            "Location": artifact_url(base_url),
            "index": str(RESOLUTION_INDEX),
            "isDefault": "true",
        },
    )
    for name_format in (PERSISTENT, TRANSIENT):
        etree.SubElement(role, md("NameIDFormat")).text = name_format
    for binding in (REDIRECT, POST):
        etree.SubElement(
            role,
            md("SingleSignOnService"),
            {"Binding": binding, "Location": sso_url(base_url)},
        )
    return bytes(etree.tostring(root, xml_declaration=True, encoding="UTF-8"))
