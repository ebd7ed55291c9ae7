"""Every address below ``/mijn``: importing a module puts its own on the blueprint."""

from __future__ import annotations

from broker.mine import enrolling, logins, numbers
from broker.mine.blueprint import blueprint

MODULES = (enrolling, logins, numbers)

__all__ = ["MODULES", "blueprint"]
