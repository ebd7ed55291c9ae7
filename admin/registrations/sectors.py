"""Sectors when a portal is registered: settled once, named where Core §8.1 wants it, and moved only
where that was asked, because then everybody gets another ``sub`` there.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import replace
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from admin.registrations.at_hand import some
from admin.registrations.documents import Entry
from admin.registrations.rule import Breach, shown
from directory.portals import portal_model
from directory.sectors import alone, hosts_of, is_app, named, sector
from directory.services import RelyingParty
from state.registrations import DocumentUnknown, Kind, Registration, read_as

Before = Mapping[str, RelyingParty]  # by client id, where there was one
_HOST: Final = re.compile(r"(?=.{1,253}\Z)[a-z0-9_-]+(?:\.[a-z0-9_-]+)*")


def registered(session: Session, entries: Iterable[Entry]) -> Before:
    """As the portals of these documents were registered last, also where one was withdrawn since:
    its people may come back.
    """
    found: dict[str, RelyingParty] = {}
    for names in some(entry.model.client_id for entry in _clients(entries)):
        query = select(Registration).where(
            Registration.kind == Kind.CLIENT, Registration.name.in_(names)
        )
        for row in session.scalars(query):
            with suppress(DocumentUnknown):  # withdrawn in a version that knew other fields
                found[row.name] = read_as(row, portal_model(row.document))
    return found


def settled(known: Before, entry: Entry) -> Entry:
    """With the sector that holds from now on. An app without a host of its own is a sector by
    itself; one that stood before keeps the sector that it had.
    """
    client = entry.model
    if not isinstance(client, RelyingParty) or named(client) is not None:
        return entry
    before = known.get(client.client_id)
    keeps = before is not None and named(before) is None and sector(before) == sector(client)
    if not is_app(client) or hosts_of(client) or keeps:
        return entry
    return replace(entry, model=client.model_copy(update={"sector_identifier": alone(client)}))


def mistakes(known: Before, entries: Iterable[Entry]) -> list[str]:
    """A line for each sector that cannot be."""
    found = ((entry, _breach(known, entry.model)) for entry in _clients(entries))
    return [f"{entry.place}: {breach}" for entry, breach in found if breach is not None]


def moves(known: Before, entries: Iterable[Entry]) -> list[tuple[Entry, str]]:
    """What would give everybody another ``sub`` at a portal that is known, and how to keep it."""
    found = []
    for entry in _clients(entries):
        before = known.get(entry.model.client_id)
        if before is not None and sector(before) != sector(entry.model):
            old, new = (shown(sector(client)) for client in (before, entry.model))
            said = Breach(
                "sector_identifier",
                f"everybody would get another sub at {entry.model.client_id}: its sector was {old} "
                f"and would be {new}",
                f"write sector_identifier: {old} to keep them, or add --move-subjects",
            )
            found.append((entry, str(said)))
    return found


def warnings(known: Before, entry: Entry) -> tuple[str, ...]:
    """Sectors that are kept for the sake of the subjects, and would be otherwise today."""
    client = entry.model
    if not isinstance(client, RelyingParty) or named(client) is not None:
        return ()
    before = known.get(client.client_id)
    if before is None or sector(before) != sector(client):
        return ()
    own, kept = alone(client), sector(client)
    if is_app(client) and not hosts_of(client) and kept != own:
        what = "this app shares its subjects with every app that was registered as it was"
        instead = f"write {own} and add --move-subjects to end that: everybody gets another sub"
    elif len(hosts_of(client)) > 1:
        what = "the redirect URIs have several hosts, and it is not named (Core §8.1)"
        instead = f"write {kept}, which keeps every sub"
    else:
        return ()
    return (str(Breach("sector_identifier", what, instead)),)


def _breach(known: Before, client: RelyingParty) -> Breach | None:
    before = known.get(client.client_id)
    if before is not None and sector(before) == sector(client):
        return None
    said = named(client)
    if said is None and len(hosts_of(client)) > 1:
        hosts = ", ".join(sorted(hosts_of(client)))
        return Breach(
            "sector_identifier",
            f"the redirect URIs have several hosts ({hosts}), so it must be named (Core §8.1)",
            f"write one of the hosts, or {alone(client)} for this client alone",
        )
    if said is not None and said != alone(client) and not _HOST.fullmatch(said):
        return Breach(
            "sector_identifier",
            f"{shown(said)} is no sector",
            f"write a host in small letters, without https://, or {alone(client)}",
        )
    return None


def _clients(entries: Iterable[Entry]) -> list[Entry]:
    return [entry for entry in entries if isinstance(entry.model, RelyingParty)]
