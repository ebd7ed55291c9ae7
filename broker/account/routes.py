"""Every address below ``/mijn``: importing a module puts its own on the blueprint."""

from __future__ import annotations

from broker.account import enrolment, login_history, own_sessions, phone_numbers, profile
from broker.account.factors import blueprint

MODULES = (enrolment, login_history, own_sessions, phone_numbers, profile)

__all__ = ["MODULES", "blueprint"]
