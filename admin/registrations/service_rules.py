"""What a service's registration must hold to work at all, and must not hold."""

from __future__ import annotations

from typing import Final

from admin.registrations.rule import Rule, addresses, never
from assurance.levels import suffices
from directory.services import Service
from directory.web_addresses import link_fault

SERVICE_RULES: Final[tuple[Rule[Service], ...]] = (
    addresses("privacy_url", lambda service: service.privacy_url, lambda _, at: link_fault(at)),
    addresses("help_url", lambda service: service.help_url, lambda _, at: link_fault(at)),
    never(
        "catalogue_level",
        lambda service: (
            service.catalogue_level is not None
            and not suffices(service.catalogue_level, service.level)
        ),
        "the service asks more than it is listed at, so no makelaar of a scheme is ever asked",
        "have the service listed at its own level or higher, or lower level",
    ),
    never(
        "makelaars",
        lambda service: (
            service.makelaars == () and not service.email_accounts and not service.own_means
        ),
        "nobody can log in: no makelaar, no account",
        "name makelaars, or leave it out for all that reach the level",
    ),
)
