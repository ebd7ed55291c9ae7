"""A second factor of Sluis that was accepted in a login."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class AcceptedFactor:
    """``method``: its kind, a machine word. What it adds to a login is judged at each use."""

    factor_id: str
    method: str
    at: datetime
