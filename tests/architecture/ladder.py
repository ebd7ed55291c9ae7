"""The import ladder, from the top down: a package or room may import from lower rungs only. Rooms
on one rung do not know each other.
"""

from __future__ import annotations

from typing import Final

LADDER: Final[tuple[tuple[str, ...], ...]] = (
    # admin: everything done to an installation, and by administrators
    ("admin.cli",),
    ("admin.operations",),
    ("admin.app",),
    ("admin.joining", "admin.operator_console", "admin.organisation_console"),
    ("admin.parties", "admin.scale"),
    ("admin.metadata",),
    ("admin.tables", "admin.registrations"),
    ("admin.people",),
    ("admin.terms", "admin.organisations", "admin.change_forms"),
    ("admin.means",),
    ("admin.chains", "admin.factor_resets", "admin.imports", "admin.invitations"),
    ("admin.groups",),
    (
        "admin.audit",
        "admin.factors",
        "admin.keys",
        "admin.lists",
        "admin.mandates",
        "admin.operators",
        "admin.traces",
    ),
    ("admin.trade_register", "admin.virus_scan"),
    ("admin.actor", "admin.drafts", "admin.installation", "admin.presence"),
    # broker: a login between portal and makelaar
    ("broker.app", "broker.start"),
    ("broker.protocols",),
    ("broker.account", "broker.recipes"),
    ("broker.console",),
    ("broker.oidc", "broker.saml", "broker.journey"),
    ("broker.sso",),
    ("broker.second_factors",),
    ("broker.web",),
    ("broker.runtime", "broker.process", "broker.monitoring"),
    ("broker.configuration", "broker.outgoing"),
    ("broker.texts", "broker.settings", "broker.errors", "broker.downstream"),
    (
        "broker.development_settings",
        "broker.message_settings",
        "broker.outgoing_settings",
        "broker.organisation_settings",
    ),
    ("broker.settings_sections",),
    # below: no requests
    ("providers",),
    ("consent",),
    ("assurance",),
    ("directory",),
    ("keys",),
    ("state",),
    ("assurance.levels", "keys.sealing"),  # the ground floor: what every package may lean on
)

HEIGHT: Final = {
    package: len(LADDER) - number for number, rung in enumerate(LADDER) for package in rung
}


def package_of(module: str) -> str | None:
    """The rung that owns the module, by its longest dotted prefix, or None."""
    parts = module.split(".")
    prefixes = (".".join(parts[:length]) for length in range(len(parts), 0, -1))
    return next((prefix for prefix in prefixes if prefix in HEIGHT), None)


def may_import(importer: str, imported: str) -> bool:
    """Modules of one room know each other; between rooms imports go down."""
    above, below = package_of(importer), package_of(imported)
    if above is None or below is None or above == below:
        return True
    return HEIGHT[above] > HEIGHT[below]
