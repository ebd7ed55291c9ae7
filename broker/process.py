"""Start: the parts of one process, made once from its settings. The web application and the
commands share it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.engine import Engine
from sqlalchemy.orm import Session, sessionmaker

from admin.tables import TABLES
from broker.configuration import ConfigurationHolder
from broker.console.downstream import CONSOLE_SERVICES
from broker.settings import Settings
from keys.master_key_file import load_sealer
from keys.sealing import Sealer
from providers.factory import adapter_factory
from state.clock import Clock
from state.engine import make_engine
from state.ephemeral import ExpiringStore
from state.outgoing import OutgoingClient
from state.stores import make_store


@dataclass(frozen=True)
class Parts:
    """What one process runs on."""

    settings: Settings
    clock: Clock
    engine: Engine
    sessions: sessionmaker[Session]
    store: ExpiringStore
    sealer: Sealer
    outgoing: OutgoingClient
    holder: ConfigurationHolder
    started_at: datetime


def start(settings: Settings, clock: Clock, *, outgoing: OutgoingClient | None = None) -> Parts:
    """Make the parts; loads the master key, opens no listening socket, reads no registration yet.

    Raises MasterKeyError when the master key is missing or cannot be read.
    """
    assert TABLES
    engine = make_engine(settings.database.url)
    sessions = sessionmaker(engine, expire_on_commit=False)
    sealer = load_sealer(settings.keys.master_key_file)
    outgoing = outgoing or OutgoingClient(allowed_loopback=settings.development.loopback)
    return Parts(
        settings=settings,
        clock=clock,
        engine=engine,
        sessions=sessions,
        store=make_store(settings.store.url, engine, clock),
        sealer=sealer,
        outgoing=outgoing,
        holder=ConfigurationHolder(
            sessions=sessions,
            sealer=sealer,
            clock=clock,
            factory=adapter_factory(settings.base_url, outgoing),
            built_in_services=CONSOLE_SERVICES,
        ),
        started_at=clock(),
    )
