"""An installation as a command at its machine has it: settings and a database, and no process."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.engine import Engine

from broker.settings import Settings


@dataclass(frozen=True)
class Installation:
    """What is looked at or changed, and when."""

    settings: Settings
    engine: Engine
    now: datetime
