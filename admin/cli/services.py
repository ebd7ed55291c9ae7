"""``sluis service``: the services that are registered, and our own consoles."""

from __future__ import annotations

import json

from admin.cli.columns import aligned
from admin.cli.process import process_at
from broker.configuration import Configuration
from broker.settings import Settings
from directory.consoles import CONSOLE_SERVICES
from directory.services import Service
from providers.members import is_admitted

_LANGUAGE = "en"


def list_services(settings: Settings, *, as_json: bool) -> list[str]:
    """One line per service by name, our own consoles last; or one JSON document."""
    with process_at(settings) as process:
        known = process.holder.refresh()
    own = {service.uuid for service in CONSOLE_SERVICES}
    found = sorted(
        known.services.values(),
        key=lambda one: (one.uuid in own, one.name.in_(_LANGUAGE).casefold()),
    )
    if as_json:
        rows = [_fields(one, known, is_ours=one.uuid in own) for one in found]
        return [json.dumps(rows, indent=2, ensure_ascii=False)]
    lines = [("UUID", "LEVEL", "NAME", "PORTALS")]
    for one in found:
        portals = _portals(one, known)
        told = "(of Sluis itself)" if one.uuid in own else " ".join(portals) or "none yet"
        lines.append((one.uuid, one.level.label, one.name.in_(_LANGUAGE), told))
    return aligned(lines)


def _portals(service: Service, known: Configuration) -> list[str]:
    return sorted(
        name for name, portal in known.relying_parties.items() if service.uuid in portal.services
    )


def _fields(service: Service, known: Configuration, *, is_ours: bool) -> dict[str, object]:
    """``makelaars``: with a registration of their own, those that may be chosen here."""
    admitted = (r.id for r in known.providers.values() if is_admitted(service, r))
    return {
        "uuid": service.uuid,
        "service_id": service.service_id,
        "name": service.name.model_dump(mode="json"),
        "level": service.level.label,
        "portals": _portals(service, known),
        "makelaars": sorted(admitted),
        "of_sluis": is_ours,
    }
