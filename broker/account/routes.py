"""Every address below ``/mijn``: importing a module puts its own on the blueprint."""

from __future__ import annotations

from broker.account import (
    consents,
    disowning,
    enrolment,
    extensions,
    login_history,
    own_address,
    own_data,
    own_sessions,
    phone_numbers,
    profile,
    remembered,
)
from broker.account.factors import blueprint

MODULES = (
    consents,
    disowning,
    enrolment,
    extensions,
    login_history,
    own_address,
    own_data,
    own_sessions,
    phone_numbers,
    profile,
    remembered,
)

__all__ = ["MODULES", "blueprint"]
