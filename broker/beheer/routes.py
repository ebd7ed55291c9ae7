"""Every address below ``/beheer``: importing a module puts its own on the blueprint."""

from __future__ import annotations

from broker.beheer import mandates
from broker.beheer.requests import blueprint

MODULES = (mandates,)

__all__ = ["MODULES", "blueprint"]
