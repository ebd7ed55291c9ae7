"""Every address below ``/beheer``: importing a module puts its own on the blueprint."""

from __future__ import annotations

from admin.organisation_console import (
    allocation,
    chain_check,
    chain_wizard,
    chains,
    clients,
    end_dates,
    mandate_requests,
    mandates,
    people,
    refusals,
    start,
    what_if,
    wizard,
    wizard_check,
)
from admin.organisation_console.access import blueprint

MODULES = (
    allocation,
    chain_check,
    chain_wizard,
    chains,
    clients,
    end_dates,
    mandate_requests,
    mandates,
    people,
    refusals,
    start,
    what_if,
    wizard,
    wizard_check,
)

__all__ = ["MODULES", "blueprint"]
