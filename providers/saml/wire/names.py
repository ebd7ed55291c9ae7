"""Names of SAML 2.0 and of the Dutch schemes on it."""

from __future__ import annotations

from functools import cache
from typing import Final

SAML: Final = "urn:oasis:names:tc:SAML:2.0:assertion"
SAMLP: Final = "urn:oasis:names:tc:SAML:2.0:protocol"
MD: Final = "urn:oasis:names:tc:SAML:2.0:metadata"
XS: Final = "http://www.w3.org/2001/XMLSchema"
XSI: Final = "http://www.w3.org/2001/XMLSchema-instance"
REDIRECT: Final = "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect"
POST: Final = "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST"
ARTIFACT: Final = "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Artifact"
SOAP: Final = "urn:oasis:names:tc:SAML:2.0:bindings:SOAP"
BEARER: Final = "urn:oasis:names:tc:SAML:2.0:cm:bearer"
ENTITY: Final = "urn:oasis:names:tc:SAML:2.0:nameid-format:entity"
PERSISTENT: Final = "urn:oasis:names:tc:SAML:2.0:nameid-format:persistent"
TRANSIENT: Final = "urn:oasis:names:tc:SAML:2.0:nameid-format:transient"
# Kinds of names, by the last word of what SAML calls them (Core §8.3).
NAME_ID: Final = {
    "persistent": PERSISTENT,
    "transient": TRANSIENT,
    "emailAddress": "urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress",
    "unspecified": "urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified",
}
STATUS: Final = "urn:oasis:names:tc:SAML:2.0:status:"
SUCCESS: Final = STATUS + "Success"
RESPONDER: Final = STATUS + "Responder"

# Settings of a makelaar's registration, as refusals name them.
SKEW: Final = "saml.skew_seconds"
VALIDITY: Final = "saml.max_validity_seconds"

URI_NAME: Final = "urn:oasis:names:tc:SAML:2.0:attrname-format:uri"
# What parties write for a URI as name; the schemes are not of one mind.
NAME_FORMATS: Final = (
    None,
    URI_NAME,
    "urn:oasis:names:tc:SAML:2.0:attrname-format:basic",
    "urn:oasis:names:tc:SAML:2.0:attrname-format:unspecified",
)
REQUEST_SERVICE_UUID: Final = "urn:nl-eid-gdi:1.0:ServiceUUID"  # in Extensions of a request
ACTING_SUBJECT: Final = "urn:etoegang:core:ActingSubjectID"
LEGAL_SUBJECT: Final = "urn:etoegang:core:LegalSubjectID"
SERVICE_UUID: Final = "urn:etoegang:core:ServiceUUID"
SERVICE_ID: Final = "urn:etoegang:core:ServiceID"
BRANCH: Final = "urn:etoegang:1.9:ServiceRestriction:Vestigingsnr"
# The scheme's text and its metadata spell this differently; both are understood.
INTERMEDIARY: Final = (
    "urn:etoegang:1.9:IntermediateEntityID:KvKnr",
    "urn:etoegang:1.9:IntermediateEntityID:KvK",
)
INTERMEDIARY_RSIN: Final = "urn:etoegang:1.9:IntermediateEntityID:RSIN"
REPRESENTATION: Final = "urn:etoegang:core:Representation"
INTERMEDIARY_SUBJECT: Final = "urn:etoegang:core:IntermediateSubjectID"
# As DigiD and TVS spell them.
ACTING_SUBJECT_GDI: Final = "urn:nl-eid-gdi:1.0:ActingSubjectID"
LEGAL_SUBJECT_GDI: Final = "urn:nl-eid-gdi:1.0:LegalSubjectID"
INTENDED_AUDIENCE: Final = "urn:nl-eid-gdi:1.0:IntendedAudience"  # in Extensions of a request
COMPANY_NAME: Final = "urn:etoegang:1.11:attribute-represented:CompanyName"
INTERMEDIARY_NAME: Final = "urn:etoegang:1.13:attribute-intermediate:CompanyName"
FIRST_NAME: Final = "urn:etoegang:1.9:attribute:FirstName"
FAMILY_NAME: Final = "urn:etoegang:1.9:attribute:FamilyName"
KVK_QUALIFIER: Final = "urn:etoegang:1.9:EntityConcernedID:KvKnr"
RSIN_QUALIFIER: Final = "urn:etoegang:1.9:EntityConcernedID:RSIN"


@cache
def saml(name: str) -> str:
    """``{…assertion}name``."""
    return f"{{{SAML}}}{name}"


@cache
def samlp(name: str) -> str:
    """``{…protocol}name``."""
    return f"{{{SAMLP}}}{name}"


@cache
def md(name: str) -> str:
    """``{…metadata}name``."""
    return f"{{{MD}}}{name}"
