"""Ordinary SAML: people with a name, a level in the words that are asked, and no mandates."""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

from providers.saml.dialects.dialect import SamlDialect

_OID: Final = "urn:oid:2.5.4."  # X.520 (RFC 4519)
_CLAIMS: Final = "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/"  # of Entra ID and AD FS

SAML2INT: Final = SamlDialect(
    name="saml2int",
    title="SAML 2.0",
    levels=(),  # those that the record asks in
    first_names=(f"{_OID}42", f"{_CLAIMS}givenname"),
    family_names=(f"{_OID}4", f"{_CLAIMS}surname"),
    settings=MappingProxyType({"extensions": "none"}),
)
