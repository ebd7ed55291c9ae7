"""Every address below ``/beheer``: importing a module puts its own on the blueprint."""

from __future__ import annotations

from admin.organisation_console import mandates, refusals
from admin.organisation_console.mandate_requests import blueprint

MODULES = (mandates, refusals)

__all__ = ["MODULES", "blueprint"]
