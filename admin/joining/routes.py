"""Every address below ``/toegang``: importing a module puts its own on the blueprint."""

from __future__ import annotations

from admin.joining import (
    account_requests,
    chain_requests,
    chain_revocation,
    invitations,
    new_accounts,
    start,
)
from admin.joining.access import blueprint

MODULES = (
    account_requests,
    chain_requests,
    chain_revocation,
    invitations,
    new_accounts,
    start,
)

__all__ = ["MODULES", "blueprint"]
