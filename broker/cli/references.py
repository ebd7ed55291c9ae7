"""References between documents: what a file names must stand in the files or in the database."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import Session

from broker.cli import account_rows
from broker.cli.documents import Entry
from broker.downstream.console import CONSOLE_SERVICES
from directory.organisations import Organisation
from directory.people import Person
from state.registrations import Kind, Registration


def check_references(session: Session, entries: list[Entry]) -> list[str]:
    """One line for each name that leads nowhere."""
    known = _known(session, entries)
    mistakes = []
    for entry in entries:
        for field, kind, name in _named(entry):
            if name not in known[kind]:
                mistakes.append(f"{entry.place}: {field}: there is no {kind} {name}")
    return [*mistakes, *account_rows.mistakes(session, entries)]


def _known(session: Session, entries: list[Entry]) -> dict[str, set[str]]:
    registered = session.execute(select(Registration.kind, Registration.name)).all()
    known = {
        "Service": {name for kind, name in registered if kind is Kind.SERVICE},
        "IdentityProvider": {name for kind, name in registered if kind is Kind.IDENTITY_PROVIDER},
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
