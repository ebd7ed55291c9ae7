"""The metadata of a SAML makelaar: fetched where the document names an address, and checked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Final

from cryptography import x509

from admin.registrations.documents import DocumentsRefused, Entry
from admin.registrations.files import FileRefused, xml_text
from admin.registrations.rule import failure, refusal
from broker.outgoing import outgoing_client
from broker.settings import Settings, SettingsError
from providers.registry import ProviderRecord, SamlSettings
from providers.saml.metadata import (
    MAX_BYTES,
    MakelaarMetadata,
    MetadataRefused,
    read_metadata,
)
from providers.saml.wire.names import POST, REDIRECT
from state.addresses import OutgoingRefused
from state.outgoing import ACCEPT_METADATA, OutgoingFailed

NO_RESOLUTION: Final = (
    "it is artifact, and the metadata have no ArtifactResolutionService for SOAP with an https "
    "address and an index of its own; ask the makelaar for it, or write post"
)
_NEWER: Final = "ask the makelaar for newer metadata"
BINDINGS: Final[Mapping[str, str]] = {"redirect": REDIRECT, "post": POST}


def complete(entry: Entry, settings: Settings, now: datetime | None = None) -> Entry:
    """A SAML makelaar with its metadata in hand; another one as it is. ``now``: of this machine
    unless somebody says so. Raises DocumentsRefused.
    """
    record: ProviderRecord = entry.model
    if record.saml is None:
        return entry
    saml = record.saml
    try:
        xml = saml.metadata or _fetched(saml.metadata_url, settings)
        described = read_metadata(xml, _signer(saml), saml.entity_id)
    except OutgoingRefused as refused:
        what, instead = refusal(refused)
        told = f"{saml.metadata_url} is never called: {what}; {instead}"
        raise DocumentsRefused([f"{entry.place}: saml.metadata_url: {told}"]) from None
    except OutgoingFailed as failed:
        what, instead = failure(failed)
        told = f"{saml.metadata_url}: {what}; {instead}"
        raise DocumentsRefused([f"{entry.place}: saml.metadata_url: {told}"]) from None
    except (MetadataRefused, FileRefused) as error:
        raise DocumentsRefused([f"{entry.place}: saml.metadata: {error}"]) from None
    for field, told in _troubles(saml, described, now or datetime.now(UTC)):
        raise DocumentsRefused([f"{entry.place}: saml.{field}: {told}"])
    if saml.response_binding == "artifact":
        for told in never_called(described, settings):
            raise DocumentsRefused([f"{entry.place}: saml.metadata: {told}"])
    full = record.model_copy(update={"saml": saml.model_copy(update={"metadata": xml})})
    return replace(entry, model=full)


def _troubles(
    saml: SamlSettings, described: MakelaarMetadata, now: datetime
) -> Iterator[tuple[str, str]]:
    """Why a makelaar with these metadata could never be asked, by the field to mend."""
    if described.entity_id != saml.entity_id:
        yield "entity_id", f"the metadata says {described.entity_id}"
    if described.has_ended(now):
        yield (
            "metadata",
            f"its validUntil {described.valid_until:%Y-%m-%d %H:%M} UTC has passed; {_NEWER}",
        )
    if saml.metadata_url is not None and not any(
        one.not_valid_after_utc > now for one in described.signing
    ):
        last = max(one.not_valid_after_utc for one in described.signing)
        yield "metadata_url", f"its last signing certificate ended on {last:%Y-%m-%d}; {_NEWER}"
    if described.location(BINDINGS[saml.request_binding]) is None:
        offered = " and ".join(word for word, uri in BINDINGS.items() if described.location(uri))
        yield (
            "request_binding",
            (
                f"it is {saml.request_binding}, and the metadata have an address for {offered} "
                f"alone; write {offered}"
            ),
        )
    if saml.response_binding == "artifact" and not described.resolution:
        yield "response_binding", NO_RESOLUTION
    if described.wants_signed_requests and not saml.sign_requests:
        yield "sign_requests", "it is false, and the metadata want signed requests; write true"


def never_called(described: MakelaarMetadata, settings: Settings) -> Iterator[str]:
    """Why an artifact of this makelaar could not be resolved, by our own rules."""
    calls = outgoing_client(settings)
    for one in described.resolution:
        try:
            calls.check(one.url)
        except OutgoingRefused as refused:
            what, instead = refusal(refused)
            yield f"its ArtifactResolutionService {one.url} is never called: {what}; {instead}"


def _signer(saml: SamlSettings) -> x509.Certificate | None:
    """Who must have signed the metadata; that it is a certificate is a rule."""
    pem = saml.metadata_signing_certificate
    return x509.load_pem_x509_certificate(pem.encode()) if pem is not None else None


def _fetched(url: str | None, settings: Settings) -> str:
    if url is None:
        raise MetadataRefused("give metadata_file or metadata_url")
    try:
        outgoing = outgoing_client(settings)
        answer = outgoing.get(url, accept=ACCEPT_METADATA, max_bytes=MAX_BYTES)
    except SettingsError as error:
        raise MetadataRefused(str(error)) from None
    if answer.status != 200:
        raise MetadataRefused(f"{url} answered {answer.status}")
    return xml_text(answer.body)
