"""Traces as rows of a page: names of registrations instead of their ids, in the page's language."""

from __future__ import annotations

from typing import Final

from broker.configuration import Configuration
from broker.downstream.console import CONSOLES
from broker.http.language import locale
from broker.pages.traces import Choice, LoginRow
from providers.accounts import PROVIDER_ID
from state.registrations import Kind
from state.trace_search import Found

OWN: Final = "Sluis"


def login_row(configuration: Configuration, found: Found) -> LoginRow:
    """One line of a list."""
    record = found.record
    return LoginRow(
        id=found.id,
        reference=record.reference,
        outcome=record.outcome,
        reason=record.reason,
        service=service_name(configuration, record.service_uuid) or "–",
        makelaar=makelaar_name(configuration, record.provider_id),
        ended_at=record.ended_at,
    )


def service_name(configuration: Configuration, uuid: str | None) -> str | None:
    """The name of the service; also of one that was withdrawn."""
    for console in CONSOLES:
        if console.service.uuid == uuid:
            return console.service.name.in_(locale())
    service = configuration.services.get(uuid) if uuid else None
    return service.name.in_(locale()) if service else _former(configuration, Kind.SERVICE, uuid)


def makelaar_name(configuration: Configuration, provider_id: str | None) -> str | None:
    """The name of the makelaar; also of one that was withdrawn."""
    if provider_id == PROVIDER_ID:
        return OWN
    record = configuration.providers.get(provider_id) if provider_id else None
    return record.name if record else _former(configuration, Kind.IDENTITY_PROVIDER, provider_id)


def client_name(configuration: Configuration, client_id: str | None) -> str | None:
    """The name of the portal; its id where it is a console of ours."""
    client = configuration.clients.get(client_id) if client_id else None
    return client.name.in_(locale()) if client else _former(configuration, Kind.CLIENT, client_id)


def _former(configuration: Configuration, kind: Kind, name: str | None) -> str | None:
    """What was withdrawn keeps its name; what was never registered has its id."""
    found = configuration.former.get((kind, name or ""))
    return found.in_(locale()) if found is not None else name


def service_choices(configuration: Configuration) -> tuple[Choice, ...]:
    """Every service, by name."""
    found = (Choice(uuid, one.name.in_(locale())) for uuid, one in configuration.services.items())
    return tuple(sorted(found, key=lambda choice: choice.name.casefold()))


def makelaar_choices(configuration: Configuration) -> tuple[Choice, ...]:
    """Every makelaar, by name, and the accounts of Sluis itself."""
    found = [Choice(id_, one.name) for id_, one in configuration.providers.items()]
    found.append(Choice(PROVIDER_ID, OWN))
    return tuple(sorted(found, key=lambda choice: choice.name.casefold()))
