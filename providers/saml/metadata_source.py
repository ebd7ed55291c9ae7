"""Metadata fetched from where a party publishes them, with what is needed to ask only for newer
ones.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from keys.xml import encodings
from keys.xml.encodings import EncodingRefused
from providers.saml.metadata_party import MetadataParty
from providers.saml.wire.metadata_document import MAX_BYTES, undecoded
from providers.saml.wire.metadata_refused import MetadataRefused
from state.outgoing import ACCEPT_METADATA, OutgoingClient
from state.outgoing_answer import HttpAnswer

_LONGEST: Final = 200  # signs of a validator that is kept


@dataclass(frozen=True)
class FetchedMetadata:
    """``etag`` and ``last_modified``: as the server gave them (RFC 9110 §8.8)."""

    document: str
    etag: str | None = None
    last_modified: str | None = None


def validators_of(etag: str | None, last_modified: str | None) -> dict[str, str]:
    """The headers that ask only for what is newer (RFC 9110 §13.1)."""
    conditions = {"If-None-Match": etag, "If-Modified-Since": last_modified}
    return {name: value for name, value in conditions.items() if value is not None}


def is_new(answer: HttpAnswer, url: str, asked: Mapping[str, str]) -> bool:
    """False where it is as it was when these validators were given. Raises MetadataRefused for any
    answer but 200; also for "not modified" to who gave none.
    """
    if answer.status == 304 and asked:
        return False
    if answer.status != 200:
        raise MetadataRefused(
            f"{url} answered {answer.status}",
            reason=f"status_{answer.status // 100}xx",
            seen=str(answer.status),
            expected="200",
        )
    return True


def fetch_metadata(
    party: MetadataParty,
    outgoing: OutgoingClient,
    *,
    etag: str | None = None,
    last_modified: str | None = None,
) -> FetchedMetadata | None:
    """None: they are as they were when these validators were given. Raises OutgoingRefused,
    OutgoingFailed and MetadataRefused.
    """
    url = party.address
    if url is None:
        raise MetadataRefused("no address is registered", reason="no_address")
    headers = validators_of(etag, last_modified)
    answer = outgoing.get(
        url,
        accept=ACCEPT_METADATA,
        max_bytes=MAX_BYTES,
        headers=headers,
        party=f"metadata of {party.kind} {party.name}",
    )
    if not is_new(answer, url, headers):
        return None
    try:
        document = encodings.xml_text(answer.body)
    except EncodingRefused as refused:
        raise undecoded(refused, answer.body) from None
    return FetchedMetadata(
        document,
        validator(answer.headers.get("etag")),
        validator(answer.headers.get("last-modified")),
    )


def validator(value: str | None) -> str | None:
    """An ETag or date that can be sent back as it came; None for any other."""
    is_fit = value is not None and value.isascii() and value.isprintable()
    return value if is_fit and value and len(value) <= _LONGEST else None
