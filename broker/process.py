"""What one process runs on, made once from its settings (``broker.start``). The web application,
the worker and the commands share it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.engine import Engine
from sqlalchemy.orm import Session, sessionmaker

from broker.configuration import ConfigurationHolder
from broker.downstream import Downstream, DownstreamName
from broker.settings import Settings
from keys.sealing import Sealer
from state.clock import Clock
from state.ephemeral import ExpiringStore
from state.outgoing import OutgoingClient


@dataclass(frozen=True, eq=False)
class Process:
    """What one process runs on."""

    settings: Settings
    clock: Clock
    engine: Engine
    sessions: sessionmaker[Session]
    store: ExpiringStore
    sealer: Sealer
    outgoing: OutgoingClient
    holder: ConfigurationHolder
    downstreams: Mapping[DownstreamName, Downstream]
    started_at: datetime
