"""Start: everything that one process runs on, from its settings."""

from __future__ import annotations

from sqlalchemy.orm import sessionmaker

from broker.configuration import ConfigurationHolder
from broker.outgoing import outgoing_client
from broker.process import Process
from broker.protocols import downstreams
from broker.settings import Settings
from directory.consoles import CONSOLE_SERVICES
from keys.master_key_file import load_sealer
from providers.factory import adapter_factory
from state.clock import Clock
from state.db import reading_alone
from state.engine import make_engine
from state.outgoing import OutgoingClient
from state.stores import make_store


def start(settings: Settings, clock: Clock, *, outgoing: OutgoingClient | None = None) -> Process:
    """Make the process; loads the master key, opens no listening socket, reads no registration yet.

    Raises MasterKeyError when the master key is missing or cannot be read, SettingsError for a file
    of ``[outgoing]`` that is of no use.
    """
    engine = make_engine(settings.database.url)
    sessions = sessionmaker(reading_alone(engine), expire_on_commit=False)
    sealer = load_sealer(settings.keys.master_key_file)
    outgoing = outgoing or outgoing_client(settings)
    return Process(
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
        downstreams=downstreams(settings, sealer),
        started_at=clock(),
    )
