"""A party that speaks SAML is written with its metadata: what was fetched is kept beside the
document, which names the source alone.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from pydantic import BaseModel

from admin.registrations import registered
from admin.registrations.applier import Applier, Write
from admin.registrations.differences import Difference, DocumentOutcome, shown
from admin.registrations.documents import Entry
from broker.configuration import registered as as_registered
from providers.saml.metadata_pace import next_look
from providers.saml.metadata_party import MetadataParty, in_use, party_of
from providers.saml.wire.metadata_changes import MetadataChanges, changes_between
from providers.saml.wire.metadata_facts import KeyFact, MetadataFacts
from providers.saml.wire.metadata_refused import MetadataRefused
from state import party_metadata, registrations
from state.party_metadata import KeptCopy
from state.registrations import Kind


def writer(kind: Kind) -> Write:
    """Writes documents of one kind by their names, and what is kept of their metadata."""
    plain = registered.writer(kind)

    def write(applier: Applier, entry: Entry) -> DocumentOutcome:
        before = _facts_of(_in_use(applier, kind, entry.model.key))
        outcome = plain(applier, entry)
        party = party_of(entry.model)
        if party is None:
            if applier.at_hand.keeps_metadata(kind, entry.model.key):
                party_metadata.forget(applier.session, kind, entry.model.key)
            return outcome
        after = _keep(applier, entry, party)
        if after is None or before is None:
            return outcome
        told = tuple(differences(changes_between(before, after)))
        word = "changed" if told else outcome.word
        return replace(outcome, word=word, differences=(*outcome.differences, *told))

    return write


def differences(changes: MetadataChanges) -> Iterator[Difference]:
    """Keys by fingerprint and dates, addresses, and the words beside them."""
    for key in changes.keys_removed:
        yield Difference("saml.metadata key", key_told(key), None)
    for key in changes.keys_added:
        yield Difference("saml.metadata key", None, key_told(key))
    for address in changes.addresses_removed:
        told = shown("", f"{address.service} {address.location}")
        yield Difference("saml.metadata address", told, None)
    for address in changes.addresses_added:
        told = shown("", f"{address.service} {address.location}")
        yield Difference("saml.metadata address", None, told)
    for name, was, becomes in changes.words:
        yield Difference(f"saml.metadata {name}", shown("", was), shown("", becomes))


def key_told(key: KeyFact) -> str:
    """Its use, the begin of its fingerprint, and when its certificate holds."""
    use = key.use or "signing and encryption"
    return f"{use} {key.fingerprint[:16]} {key.not_before:%Y-%m-%d} to {key.not_after:%Y-%m-%d}"


def _keep(applier: Applier, entry: Entry, party: MetadataParty) -> MetadataFacts | None:
    """The facts of what holds from now on; None where what was kept stays."""
    keeps = applier.at_hand.keeps_metadata(party.kind, party.name)
    row = party_metadata.row_of(applier.session, party.kind, party.name) if keeps else None
    if row is not None and row.origin == party.origin and not entry.is_fetched:
        return None
    facts = entry.facts
    if facts is None:
        return None
    due = next_look(facts, applier.now) if entry.is_fetched else applier.now
    party_metadata.begin(
        applier.session,
        party.kind,
        party.name,
        origin=party.origin,
        document=entry.metadata if entry.is_fetched else None,
        ends_at=facts.ends_at,
        due_at=due if party.settings.follows_metadata else None,
        now=applier.now,
        is_new=not keeps,
    )
    if entry.is_fetched:
        registrations.raise_revision(applier.session)
    return facts


def _in_use(applier: Applier, kind: Kind, name: str) -> BaseModel | None:
    row = applier.at_hand.registration(kind, name)
    if row is None or row.withdrawn_at is not None:
        return None
    copies = {}
    if not applier.at_hand.keeps_metadata(kind, name):
        return as_registered(row)
    kept = party_metadata.row_of(applier.session, kind, name)
    if kept is not None and kept.document is not None:
        copies[kind, name] = KeptCopy(kept.origin, kept.document)
    return in_use(as_registered(row), copies)


def _facts_of(model: BaseModel | None) -> MetadataFacts | None:
    """None where there are none that can be read, by the rules of today."""
    party = party_of(model) if model is not None else None
    if party is None or party.settings.metadata is None:
        return None
    try:
        return party.facts(party.settings.metadata)
    except MetadataRefused:
        return None
