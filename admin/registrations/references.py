"""References between documents: what a file names must stand in the files or in the database, and
must not be about to leave.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from admin.registrations import account_rows
from admin.registrations.documents import Entry
from broker.configuration import MODELS
from directory.consoles import CONSOLE_SERVICES
from directory.organisations import Organisation
from directory.people import Person
from state.registrations import Kind, Registration, all_registrations

Leaving = frozenset[tuple[Kind, str]]


def check_references(
    session: Session, entries: list[Entry], leaving: Leaving = frozenset()
) -> list[str]:
    """One line for each name that leads nowhere, or to a registration that is about to leave."""
    registered = all_registrations(session)
    known = _known(session, entries, registered)
    mistakes = []
    for entry in [*entries, *_staying(entries, leaving, registered)]:
        for field, kind, name in _named(entry):
            if (kind, name) in leaving:
                mistakes.append(f"{entry.place}: {field}: {kind} {name} would be removed")
            elif name not in known[kind]:
                mistakes.append(f"{entry.place}: {field}: there is no {kind} {name}")
    return [*mistakes, *account_rows.mistakes(session, entries)]


def _staying(
    entries: list[Entry], leaving: Leaving, registered: list[Registration]
) -> Iterator[Entry]:
    """Registrations in no file that stay, where others leave: they may name those."""
    given = {(entry.kind, entry.model.key) for entry in entries}
    for row in registered if leaving else ():
        if (row.kind, row.name) not in leaving and (str(row.kind), row.name) not in given:
            model = MODELS[row.kind].model_validate(row.document)
            yield Entry(str(row.kind), model, f"{row.kind} {row.name} (registered)", Path())


def _known(
    session: Session, entries: list[Entry], registered: list[Registration]
) -> dict[str, set[str]]:
    known = {
        "Service": {row.name for row in registered if row.kind is Kind.SERVICE},
        "IdentityProvider": {r.name for r in registered if r.kind is Kind.IDENTITY_PROVIDER},
        "Organisation": set(session.scalars(select(Organisation.kvk))),
        "Person": set(session.scalars(select(Person.id))),
    }
    known["Service"].update(service.uuid for service in CONSOLE_SERVICES)
    fields = {"Service": "uuid", "IdentityProvider": "id", "Organisation": "kvk", "Person": "id"}
    for entry in entries:
        if entry.kind in fields:
            known[entry.kind].add(getattr(entry.model, fields[entry.kind]))
    return known


def _named(entry: Entry) -> Iterable[tuple[str, str, str]]:
    model = entry.model
    if entry.kind == "Client":
        yield from (("services", "Service", uuid) for uuid in model.services)
        if model.default_service is not None and model.default_service not in model.services:
            yield ("default_service", "Service", f"{model.default_service} in services")
    elif entry.kind == "Service":
        yield from (("makelaars", "IdentityProvider", name) for name in model.makelaars or ())
    elif entry.kind == "Announcement":
        if model.service is not None:
            yield ("service", "Service", model.service)
        if model.makelaar is not None:
            yield ("makelaar", "IdentityProvider", model.makelaar)
    elif entry.kind == "HelpDesk":
        if model.service is not None:
            yield ("service", "Service", model.service)
    elif entry.kind == "Person":
        yield from (("identities", "IdentityProvider", i.provider) for i in model.identities)
        yield from (("organisations", "Organisation", o.kvk) for o in model.organisations)
    elif entry.kind == "Mandate":
        yield ("person", "Person", model.person)
        yield ("organisation", "Organisation", model.organisation)
        if model.service is not None:
            yield ("service", "Service", model.service)
    elif entry.kind == "ChainMandate":
        yield ("organisation", "Organisation", model.organisation)
        yield ("intermediary", "Organisation", model.intermediary)
        yield ("service", "Service", model.service)
