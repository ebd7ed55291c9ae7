"""Metadata that must work: read, asked and answered."""

from __future__ import annotations

from typing import Any

from providers.saml.metadata import MakelaarMetadata, read_metadata
from tests.providers.saml.maker import (
    ENTITY_ID,
    SUBJECT,
    Recipe,
    certificate,
    finish,
    provider_for,
)


def works(document: str | bytes, **more: Any) -> MakelaarMetadata:
    """The makelaar can be asked, its own answer is accepted, and one of another key is not."""
    found = read_metadata(document, **more)
    assert (found.entity_id, certificate() in found.signing) == (ENTITY_ID, True)
    provider = provider_for(document)
    assert finish(Recipe(), provider).subject == SUBJECT
    for stranger in ("ws-federation", "other-role"):
        assert certificate(stranger) not in found.signing
    return found
