"""eIDAS nodes: the SAML Message Format and Attribute Profile 1.2. Natural persons who act for
nobody.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

from providers.saml.dialects.dialect import SamlDialect

PERSON: Final = "http://eidas.europa.eu/attributes/naturalperson/"

EIDAS: Final = SamlDialect(
    name="eidas",
    title="eIDAS 1.2",
    levels=("eidas",),
    first_names=(f"{PERSON}CurrentGivenName",),
    family_names=(f"{PERSON}CurrentFamilyName",),
    settings=MappingProxyType(
        {
            "extensions": "eidas",
            "authn_context_names": "eidas",
            "subject": "attribute",
            "subject_attribute": f"{PERSON}PersonIdentifier",
        }
    ),
)
