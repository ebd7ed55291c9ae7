"""Every address of the console on one blueprint."""

from __future__ import annotations

from typing import Final

from admin.operator_console import (
    account_requests,
    certificates,
    dashboard,
    forms,
    makelaar_sessions,
    means_documents,
    means_requests,
    metadata,
    operators,
    resets,
    set_up,
    set_up_passkey,
    traces,
)
from admin.operator_console.access import blueprint

MODULES: Final = (
    account_requests,
    certificates,
    dashboard,
    forms,
    makelaar_sessions,
    means_documents,
    means_requests,
    traces,
    metadata,
    operators,
    resets,
    set_up,
    set_up_passkey,
)  # imported for the addresses that they add
__all__ = ["blueprint"]
