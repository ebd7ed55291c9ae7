"""A makelaar that speaks SAML: its metadata, as registered and as it publishes them today."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final

from admin.parties.trouble import PartyTrouble, Stuck, fetched
from admin.registrations.files import FileRefused, xml_text
from admin.registrations.makelaar_metadata import BINDINGS
from admin.registrations.rule import shown
from providers.interface import ProviderUnavailable
from providers.saml.client_certificate import by_files
from providers.saml.metadata import MAX_BYTES, MakelaarMetadata, MetadataRefused, read_metadata
from providers.saml.wire.metadata_document import Signers
from providers.saml_settings import SamlSettings
from providers.trouble import Trouble
from state.outgoing import OutgoingClient

ENDS_SOON: Final = timedelta(days=30)
OLD: Final = timedelta(days=365)
_ACCEPT: Final = "application/samlmetadata+xml, application/xml, text/xml, */*;q=0.1"


def troubles(
    settings: SamlSettings, calls: OutgoingClient, *, now: datetime, since: datetime | None
) -> Iterator[PartyTrouble]:
    """``since``: when it was registered so; None where it is not yet."""
    kept: MakelaarMetadata | None = None
    try:
        if settings.metadata is not None:
            kept = _read(settings, settings.metadata, "saml.metadata")
            yield from _ends(kept, now)
            yield from _certificate(settings, calls)
        url = settings.metadata_address(settings.entity_id)
        if url is not None:
            field = "saml.metadata_url" if settings.metadata_url else "saml.metadata_query"
            answer = fetched(calls, url, field, accept=_ACCEPT, max_bytes=MAX_BYTES)
            today = _read(settings, _text(answer.body, field), field)
            yield from _ends(today, now) if kept is None else _changed(kept, today, field)
        elif since is not None and now - since > OLD:
            yield PartyTrouble(
                "saml.metadata",
                f"it was registered on {since:%Y-%m-%d} and looked at never since",
                "compare it with what the makelaar publishes, and apply that",
            )
    except Stuck as stuck:
        yield stuck.trouble


def _certificate(settings: SamlSettings, calls: OutgoingClient) -> Iterator[PartyTrouble]:
    """Can what we show to the makelaar be shown?"""
    try:
        by_files(calls, settings)
    except ProviderUnavailable as unavailable:
        yield PartyTrouble(
            "saml.tls_certificate_file",
            f"it cannot be used: {unavailable.measured['seen']}",
            "put the certificate and its key there in PEM, readable for Sluis",
            unavailable.reason,
        )


def _text(raw: bytes, field: str) -> str:
    try:
        return xml_text(raw)
    except FileRefused as refused:
        raise Stuck(field, str(refused), "let the makelaar publish UTF-8") from None


def _read(settings: SamlSettings, text: str, field: str) -> MakelaarMetadata:
    """Raises Stuck."""
    try:
        found = read_metadata(text, Signers.of(settings), settings.entity_id)
    except (MetadataRefused, ValueError) as refused:
        remedy = "get the metadata of one makelaar, as it is"
        raise Stuck(field, str(refused), remedy, Trouble.METADATA.value) from None
    if found.entity_id != settings.entity_id:
        raise Stuck(
            "saml.entity_id",
            f"the metadata says {shown(found.entity_id)}, the registration {settings.entity_id!r}",
            f"write saml.entity_id: {shown(found.entity_id)} if that is this makelaar",
        )
    if found.location(BINDINGS[settings.request_binding]) is None:
        raise Stuck(
            "saml.request_binding",
            f"it is {settings.request_binding}, and the makelaar has no address for that",
            f"write {' or '.join(word for word in BINDINGS if word != settings.request_binding)}",
            Trouble.BINDING.value,
        )
    if settings.response_binding == "artifact" and not found.resolution:
        raise Stuck(
            "saml.response_binding",
            "it is artifact, and the makelaar names no ArtifactResolutionService for SOAP",
            "ask the makelaar for it, or write post",
            Trouble.METADATA.value,
        )
    return found


def _ends(metadata: MakelaarMetadata, now: datetime) -> Iterator[PartyTrouble]:
    """The last certificate counts: before it ends another one signs. Metadata may end as a whole,
    by their own word.
    """
    until = metadata.valid_until
    if until is not None and until - now <= ENDS_SOON:
        word, reason = ("passed", Trouble.METADATA.value) if until <= now else ("comes", "")
        yield PartyTrouble(
            "saml.metadata",
            f"its validUntil {word} on {until:%Y-%m-%d}, and then nobody logs in there",
            "apply newer metadata before that day",
            reason,
        )
    end = max(one.not_valid_after_utc for one in metadata.signing)
    if end - now <= ENDS_SOON:
        word = "ended" if end <= now else "ends"
        yield PartyTrouble(
            "saml.metadata",
            f"its last signing certificate {word} on {end:%Y-%m-%d}",
            "ask the makelaar for metadata with the next one, and apply it",
        )


def _changed(kept: MakelaarMetadata, today: MakelaarMetadata, field: str) -> Iterator[PartyTrouble]:
    """A worker takes them, or an operator must: until then they do not hold."""
    again = "look with sluis metadata status, and approve it if it waits"
    if set(today.signing) - set(kept.signing):
        yield PartyTrouble(field, "the makelaar announces a key that is not taken here yet", again)
    if (today.sso, today.resolution) != (kept.sso, kept.resolution):
        yield PartyTrouble(field, "the makelaar has other addresses by now", again)
