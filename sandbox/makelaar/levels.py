"""Classes with which a makelaar outside the schemes says a level."""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

ENTRA_CLASSES: Final = MappingProxyType(
    {
        "EH2": "urn:oasis:names:tc:SAML:2.0:ac:classes:Password",
        "EH2+": "http://schemas.microsoft.com/claims/multipleauthn",
    }
)
