"""Every address below ``/beheer``: importing a module puts its own on the blueprint."""

from __future__ import annotations

from admin.organisation_console import (
    billing,
    chain_check,
    chain_wizard,
    chains,
    changes,
    company,
    end_dates,
    forms,
    history,
    imports,
    invitations,
    mandate_requests,
    mandates,
    means_change,
    means_check,
    means_ending,
    means_letters,
    means_wizard,
    people,
    refusals,
    roles,
    start,
    what_if,
    wizard,
    wizard_check,
)
from admin.organisation_console.access import blueprint

MODULES = (
    billing,
    chain_check,
    chain_wizard,
    chains,
    changes,
    company,
    end_dates,
    forms,
    history,
    imports,
    invitations,
    mandate_requests,
    mandates,
    means_change,
    means_check,
    means_ending,
    means_letters,
    means_wizard,
    people,
    refusals,
    roles,
    start,
    what_if,
    wizard,
    wizard_check,
)

__all__ = ["MODULES", "blueprint"]
