"""What the metadata of a SAML makelaar must hold for its registration to work."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import Final

from admin.registrations.rule import refusal
from providers.saml.metadata import MakelaarMetadata, read_metadata
from providers.saml.wire.names import POST, REDIRECT
from providers.saml_settings import SamlSettings
from state.addresses import OutgoingRefused

NO_RESOLUTION: Final = (
    "it is artifact, and the metadata have no ArtifactResolutionService for SOAP with an https "
    "address and an index of its own; ask the makelaar for it, or write post"
)
_NEWER: Final = "ask the makelaar for newer metadata"
BINDINGS: Final[Mapping[str, str]] = {"redirect": REDIRECT, "post": POST}


def troubles(
    saml: SamlSettings, xml: str, now: datetime | None, check: Callable[[str], object]
) -> Iterator[tuple[str, str]]:
    """Why a makelaar with these metadata could never be asked, or its answer never be fetched, by
    the field to mend. ``check`` raises OutgoingRefused for an address that is never called.
    Without ``now`` nothing is said of what ended. Raises MetadataRefused.
    """
    described = read_metadata(xml, entity_id=saml.entity_id)
    if described.entity_id != saml.entity_id:
        yield (
            "entity_id",
            f"the metadata are of {described.entity_id}; write that, if it is the party that you "
            "mean, or get those of the right one",
        )
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
    if saml.response_binding == "artifact":
        if not described.resolution:
            yield "response_binding", NO_RESOLUTION
        yield from _never_called(described, check)
    if described.wants_signed_requests and not saml.sign_requests:
        yield "sign_requests", "it is false, and the metadata want signed requests; write true"


def _never_called(
    described: MakelaarMetadata, check: Callable[[str], object]
) -> Iterator[tuple[str, str]]:
    """Why an artifact of this makelaar could not be resolved, by our own rules."""
    for one in described.resolution:
        try:
            check(one.url)
        except OutgoingRefused as refused:
            what, instead = refusal(refused)
            told = f"its ArtifactResolutionService {one.url} is never called: {what}; {instead}"
            yield "metadata", told


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
