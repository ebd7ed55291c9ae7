"""The metadata of a SAML party that a document names: those in it, those that were taken before, or
what its address publishes. Checked before anything is written, and kept with the registration.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime

from sqlalchemy.orm import Session

from admin.registrations import makelaar_metadata, saml_portal_rules
from admin.registrations.documents import DocumentsRefused, Entry
from admin.registrations.rule import failure, refusal
from broker.outgoing import outgoing_client
from broker.settings import Settings, SettingsError
from directory.saml_portals import SamlServiceProvider
from providers.registry import ProviderRecord
from providers.saml.metadata_party import MetadataParty, party_of, with_metadata
from providers.saml.metadata_source import fetch_metadata
from providers.saml.wire.metadata_refused import MetadataRefused
from state import party_metadata
from state.addresses import OutgoingRefused
from state.outgoing import OutgoingFailed


def complete(
    entry: Entry,
    settings: Settings,
    now: datetime | None = None,
    session: Session | None = None,
) -> Entry:
    """A party that speaks SAML with the metadata that will hold in hand; another one as it is.
    ``now``: of this machine unless somebody says so. ``session``: where what was taken before is
    kept; it stays as long as the document names the same source. Raises DocumentsRefused.
    """
    party = party_of(entry.model)
    if party is None:
        return entry
    moment = now or datetime.now(UTC)
    kept = _kept(session, party)
    try:
        given = kept if kept is not None else party.settings.metadata
        xml = given if given is not None else _fetched(party, settings)
        facts = party.facts(xml)  # signed by whom it should be
        ended_at = moment if kept is None else None
        found = list(
            unfit(entry.model, xml, ended_at, lambda url: outgoing_client(settings).check(url))
        )
    except OutgoingRefused as refused:
        what, instead = refusal(refused)
        raise _mistake(entry, party, f"is never called: {what}; {instead}") from None
    except OutgoingFailed as failed:
        what, instead = failure(failed)
        raise _mistake(entry, party, f"{what}; {instead}") from None
    except (MetadataRefused, SettingsError) as error:
        raise DocumentsRefused([f"{entry.place}: saml.metadata: {error}"]) from None
    for field, told in found:
        raise DocumentsRefused([f"{entry.place}: saml.{field}: {told}"])
    return replace(entry, metadata=xml, is_fetched=given is None, facts=facts)


def unfit(
    model: ProviderRecord | SamlServiceProvider,
    xml: str,
    now: datetime | None,
    check: Callable[[str], object],
) -> Iterator[tuple[str, str]]:
    """Why this registration cannot work with these metadata: the field under ``saml``, and what is
    wrong. ``check`` raises OutgoingRefused for an address that is never called. Without ``now``
    nothing is said of what ended. Raises MetadataRefused.
    """
    if isinstance(model, ProviderRecord):
        assert model.saml is not None
        yield from makelaar_metadata.troubles(model.saml, xml, now, check)
        return
    for breach in saml_portal_rules.metadata_breaches(with_metadata(model, xml), now):
        yield breach.field.removeprefix("saml."), f"{breach.what}; {breach.instead}"


def _kept(session: Session | None, party: MetadataParty) -> str | None:
    """What a worker or an operator took from the same source."""
    if session is None or not party.settings.follows_metadata:
        return None
    row = party_metadata.row_of(session, party.kind, party.name)
    return row.document if row is not None and row.origin == party.origin else None


def _fetched(party: MetadataParty, settings: Settings) -> str:
    if party.address is None:
        raise MetadataRefused("there are none", "give metadata_file or metadata_url")
    try:
        found = fetch_metadata(party, outgoing_client(settings))
    except SettingsError as error:
        raise MetadataRefused(str(error)) from None
    assert found is not None  # nothing was asked of a copy
    return found.document


def _mistake(entry: Entry, party: MetadataParty, told: str) -> DocumentsRefused:
    field = "metadata_query" if party.settings.metadata_query is not None else "metadata_url"
    between = " " if told.startswith("is ") else ": "
    return DocumentsRefused([f"{entry.place}: saml.{field}: {party.address}{between}{told}"])
