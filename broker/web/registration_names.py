"""Names of registrations in the language of the page, also of those that were withdrawn."""

from __future__ import annotations

from typing import Final, overload

from broker.configuration import Configuration
from broker.web.language import locale
from directory.consoles import CONSOLES
from providers.accounts import PROVIDER_ID
from state.registrations import Kind

OWN: Final = "Sluis"


@overload
def service_name(configuration: Configuration, uuid: str) -> str: ...
@overload
def service_name(configuration: Configuration, uuid: None) -> None: ...
@overload
def service_name(configuration: Configuration, uuid: str | None) -> str | None: ...
def service_name(configuration: Configuration, uuid: str | None) -> str | None:
    """The name of the service; also of one that was withdrawn, and the UUID of one that was never
    registered. None for none.
    """
    if uuid is None:
        return None
    for console in CONSOLES:
        if console.service.uuid == uuid:
            return console.service.name.in_(locale())
    service = configuration.services.get(uuid)
    return service.name.in_(locale()) if service else _former(configuration, Kind.SERVICE, uuid)


def provider_name(configuration: Configuration, oin: str) -> str | None:
    """The name of the provider of services with this OIN; None where it has none here any more."""
    for service in configuration.services.values():
        if service.provider_oin == oin:
            return service.provider_name.in_(locale())
    return None


def makelaar_name(configuration: Configuration, provider_id: str | None) -> str | None:
    """The name of the makelaar; also of one that was withdrawn."""
    if provider_id == PROVIDER_ID:
        return OWN
    record = configuration.providers.get(provider_id) if provider_id else None
    return record.name if record else _former(configuration, Kind.IDENTITY_PROVIDER, provider_id)


def client_name(configuration: Configuration, client_id: str | None) -> str | None:
    """The name of the portal; its id where it is a console of ours."""
    client = configuration.relying_parties.get(client_id) if client_id else None
    return client.name.in_(locale()) if client else _former(configuration, Kind.CLIENT, client_id)


def _former(configuration: Configuration, kind: Kind, name: str | None) -> str | None:
    """What was withdrawn keeps its name; what was never registered has its id."""
    found = configuration.former.get((kind, name or ""))
    return found.in_(locale()) if found is not None else name
