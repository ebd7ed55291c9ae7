"""In whose handwriting a makelaar writes: that of the schemes, or of a product."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from cryptography import x509

from sandbox.makelaar import entra, saml_response
from sandbox.makelaar.catalogue import Makelaar
from sandbox.makelaar.levels import ENTRA_CLASSES
from sandbox.makelaar.metadata import identity_provider_metadata
from sandbox.makelaar.saml_response import facts_of
from sandbox.makelaar.state import Answer, SamlReply
from sandbox.people import EIDAS, ETD


def names_of(makelaar: Makelaar) -> Mapping[str, str]:
    """Level → what it is called in answers."""
    if makelaar.profile.habits == "entra":
        return ENTRA_CLASSES
    return ETD if makelaar.profile.protocol == "saml" else EIDAS


def metadata_of(makelaar: Makelaar) -> bytes:
    """Its SAML metadata."""
    if makelaar.profile.habits == "entra":
        return entra.metadata(makelaar)
    return identity_provider_metadata(makelaar)


def success(
    makelaar: Makelaar,
    reply: SamlReply,
    answer: Answer,
    service: str | None,
    now: datetime,
    recipient_key: x509.Certificate | None,
    *,
    dialect: str = "clear",
) -> bytes:
    """A Response with one assertion, right or wrong as ``answer.fault`` says."""
    if makelaar.profile.habits == "entra":
        facts = facts_of(makelaar, reply, answer, service, now)
        return entra.success(makelaar, facts, answer, recipient_key)
    return saml_response.success(
        makelaar, reply, answer, service, now, recipient_key, dialect=dialect
    )
