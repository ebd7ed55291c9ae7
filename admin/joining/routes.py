"""Every address below ``/toegang``: importing a module puts its own on the blueprint."""

from __future__ import annotations

from admin.joining import invitations, new_accounts, start
from admin.joining.access import blueprint

MODULES = (invitations, new_accounts, start)

__all__ = ["MODULES", "blueprint"]
