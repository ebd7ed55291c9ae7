"""What a service's registration must hold to work at all, and must not hold."""

from __future__ import annotations

from typing import Final

from admin.registrations.rule import Rule, addresses, never
from directory.services import Service
from directory.web_addresses import link_fault

SERVICE_RULES: Final[tuple[Rule[Service], ...]] = (
    addresses("privacy_url", lambda service: service.privacy_url, lambda _, at: link_fault(at)),
    addresses("help_url", lambda service: service.help_url, lambda _, at: link_fault(at)),
    never(
        "makelaars",
        lambda service: (
            service.makelaars == () and not service.email_accounts and not service.own_means
        ),
        "nobody can log in: no makelaar, no account",
        "name makelaars, or leave it out for all that reach the level",
    ),
)
