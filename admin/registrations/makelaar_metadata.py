"""What the metadata of a SAML makelaar must hold for its registration to work."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Final

from providers.registry import SamlSettings
from providers.saml.metadata import MakelaarMetadata, read_metadata
from providers.saml.wire.names import POST, REDIRECT

_NEWER: Final = "ask the makelaar for newer metadata"
BINDINGS: Final[Mapping[str, str]] = {"redirect": REDIRECT, "post": POST}


def troubles(saml: SamlSettings, xml: str, now: datetime | None) -> Iterator[tuple[str, str]]:
    """Why a makelaar with these metadata could never be asked, by the field to mend. Without
    ``now`` nothing is said of what ended. Raises MetadataRefused.
    """
    described = read_metadata(xml, entity_id=saml.entity_id)
    if described.entity_id != saml.entity_id:
        yield "entity_id", f"the metadata says {described.entity_id}"
    if now is not None:
        yield from _ended(saml, described, now)
    if described.location(BINDINGS[saml.request_binding]) is None:
        offered = " and ".join(word for word, uri in BINDINGS.items() if described.location(uri))
        yield (
            "request_binding",
            (
                f"it is {saml.request_binding}, and the metadata have an address for {offered} "
                f"alone; write {offered}"
            ),
        )
    if described.wants_signed_requests and not saml.sign_requests:
        yield "sign_requests", "it is false, and the metadata want signed requests; write true"


def _ended(
    saml: SamlSettings, described: MakelaarMetadata, now: datetime
) -> Iterator[tuple[str, str]]:
    if described.has_ended(now):
        yield (
            "metadata",
            f"its validUntil {described.valid_until:%Y-%m-%d %H:%M} UTC has passed; {_NEWER}",
        )
    if saml.follows_metadata and not any(
        one.not_valid_after_utc > now for one in described.signing
    ):
        last = max(one.not_valid_after_utc for one in described.signing)
        field = "metadata_query" if saml.metadata_query is not None else "metadata_url"
        yield field, f"its last signing certificate ended on {last:%Y-%m-%d}; {_NEWER}"
