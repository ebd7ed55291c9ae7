"""Our metadata as identity provider (SAML Metadata §2.4.3): the same for every portal, and there
before any is registered.
"""

from __future__ import annotations

from lxml import etree

from broker.saml.addresses import (
    RESOLUTION_INDEX,
    artifact_url,
    idp_entity_id,
    slo_url,
    sso_url,
)
from keys.keyring import KeyRing
from keys.saml_keys import OwnRole, shown_for_signing
from keys.xml.names import DS
from providers.saml.wire.key_descriptors import add_keys
from providers.saml.wire.logout_services import add_logout_services
from providers.saml.wire.names import MD, PERSISTENT, POST, REDIRECT, SAMLP, SOAP, TRANSIENT, md


def idp_metadata(keyring: KeyRing, base_url: str) -> bytes:
    """With every published key: the next one is known before it signs."""
    root = etree.Element(
        md("EntityDescriptor"),
        {"entityID": idp_entity_id(base_url)},
        nsmap={"md": MD, "ds": DS},
    )
    role = etree.SubElement(root, md("IDPSSODescriptor"), {"protocolSupportEnumeration": SAMLP})
    add_keys(role, "signing", shown_for_signing(keyring, OwnRole.IDP))
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
    add_logout_services(role, slo_url(base_url))
    for name_format in (PERSISTENT, TRANSIENT):
        etree.SubElement(role, md("NameIDFormat")).text = name_format
    for binding in (REDIRECT, POST):
        etree.SubElement(
            role,
            md("SingleSignOnService"),
            {"Binding": binding, "Location": sso_url(base_url)},
        )
    return bytes(etree.tostring(root, xml_declaration=True, encoding="UTF-8"))
