"""Metadata over a real wire: bounded, without redirects, and only when they are newer."""

from __future__ import annotations

import pytest

from providers.saml.metadata_party import MetadataParty
from providers.saml.metadata_source import fetch_metadata
from providers.saml.wire.metadata_document import MAX_BYTES
from providers.saml.wire.metadata_refused import MetadataRefused
from providers.saml_settings import SamlSettings
from state.outgoing import OutgoingClient, OutgoingFailed
from state.registrations import Kind
from tests.listener import Said, Seen, listening
from tests.providers.saml.maker import ENTITY_ID, certificate, metadata_of

METADATA = metadata_of(certificate())


def at(authority: str) -> tuple[MetadataParty, OutgoingClient]:
    settings = SamlSettings(entity_id=ENTITY_ID, metadata_url=f"http://{authority}/metadata")
    party = MetadataParty(Kind.IDENTITY_PROVIDER, "m", ENTITY_ID, settings)
    return party, OutgoingClient([authority])


def test_they_come_with_what_is_needed_to_ask_only_for_newer_ones() -> None:
    dated = "Mon, 02 Nov 2026 09:00:00 GMT"

    def answer(seen: Seen) -> Said:
        if seen.headers.get("if-none-match") == '"1"':
            assert seen.headers["if-modified-since"] == dated
            return Said(status=304)
        return Said(METADATA, headers={"ETag": '"1"', "Last-Modified": dated})

    with listening(answer) as server:
        party, outgoing = at(server.authority)
        found = fetch_metadata(party, outgoing)
        assert found is not None
        assert (found.document, found.etag) == (METADATA.decode(), '"1"')
        again = fetch_metadata(party, outgoing, etag=found.etag, last_modified=found.last_modified)
        assert again is None


def test_nobody_who_was_not_asked_says_that_nothing_changed() -> None:
    with listening(lambda _: Said(status=304)) as server, pytest.raises(MetadataRefused) as refused:
        fetch_metadata(*at(server.authority))
    assert (refused.value.reason, refused.value.seen) == ("status_3xx", "304")


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_A_05_a_redirect_is_not_followed(status: int) -> None:
    def answer(seen: Seen) -> Said:
        assert seen.path == "/metadata"
        return Said(status=status, headers={"Location": "/elsewhere"})

    with listening(answer) as server:
        party, outgoing = at(server.authority)
        with pytest.raises(OutgoingFailed, match="redirected"):
            fetch_metadata(party, outgoing)


def test_A_05_more_than_may_be_read_is_not_read() -> None:
    whole = METADATA + b" " * (MAX_BYTES - len(METADATA))
    with listening(lambda _: Said(whole)) as server:
        found = fetch_metadata(*at(server.authority))
    assert found is not None and len(found.document) == MAX_BYTES
    with listening(lambda _: Said(whole + b" ")) as server:
        party, outgoing = at(server.authority)
        with pytest.raises(OutgoingFailed, match="too_large"):
            fetch_metadata(party, outgoing)
