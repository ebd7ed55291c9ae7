"""The portals that somebody can enter for a company: what its mandates open, by where it begins."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from admin.organisation_console.access import BeheerContext
from admin.organisation_console.pages import PortalTile
from assurance.levels import suffices
from broker.web.language import locale
from broker.web.registration_names import service_name
from consent.mandates import Mandate
from directory.services import MandateRule, Service


def entered_with(
    console: BeheerContext, rows: Iterable[Mandate], left: Collection[str]
) -> tuple[PortalTile, ...]:
    """By name, each home page once, with the services there that these mandates open today.
    ``left``: ids of those that count no more because the person left.
    """
    counting = [
        row
        for row in rows
        if row.revoked_at is None and row.valid_from <= console.now and row.id not in left
    ]
    services = console.rt.configuration.services
    opened = {uuid for uuid, one in services.items() if any(_opens(row, one) for row in counting)}
    found: dict[str, tuple[str, set[str]]] = {}
    for portal in console.rt.configuration.relying_parties.values():
        here = opened.intersection(portal.services)
        if portal.start_url is not None and here:
            _, known = found.setdefault(portal.start_url, (portal.name.in_(locale()), set()))
            known |= here
    tiles = [
        PortalTile(name, url, tuple(sorted(_name(console, uuid) for uuid in uuids)))
        for url, (name, uuids) in found.items()
    ]
    return tuple(sorted(tiles, key=lambda one: (one.name.casefold(), one.url)))


def _opens(row: Mandate, service: Service) -> bool:
    """A general one opens what asks no more than its level; a mandate for one service that one."""
    if service.mandate is MandateRule.NONE or not suffices(row.level, service.level):
        return False
    return row.service_uuid in (None, service.uuid)


def _name(console: BeheerContext, uuid: str) -> str:
    return service_name(console.rt.configuration, uuid)
