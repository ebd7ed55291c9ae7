"""Every address below ``/beheer``: importing a module puts its own on the blueprint."""

from __future__ import annotations

from admin.organisation_console import (
    end_dates,
    group_changes,
    groups,
    invitations,
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
    end_dates,
    group_changes,
    groups,
    invitations,
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
