"""Every address of the console on one blueprint."""

from __future__ import annotations

from typing import Final

from broker.operator import people, resets, set_up, set_up_passkey, start, traces
from broker.operator.desk import blueprint

MODULES: Final = (
    start,
    traces,
    people,
    resets,
    set_up,
    set_up_passkey,
)  # imported for the addresses that they add
__all__ = ["blueprint"]
