"""A runtime for tests of one rule: registrations as values, a store in memory, no thread."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from flask import Flask
from sqlalchemy import create_engine
from sqlalchemy.orm import Session

from broker.configuration import Adapters, Configuration, ConfigurationHolder
from broker.runtime import Runtime
from broker.settings import Settings
from directory.announcements import Announcement
from directory.fields import LocalizedText
from directory.help_desks import HelpDesk
from directory.services import OidcClient, Service
from providers.interface import RedirectProvider
from providers.members import Makelaars
from providers.registry import ProviderRecord
from state.clock import Clock
from state.outgoing import OutgoingClient
from state.registrations import Kind
from state.stores.memory import MemoryStore
from tests.broker.examples import ISSUER
from tests.clocks import START, FakeClock
from tests.databases import make_database
from tests.keys_for_tests import make_keyring, make_sealer


class FixedHolder(ConfigurationHolder):
    """Holds one configuration for ever; None: nothing was ever loaded."""

    def __init__(self, fixed: Configuration | None) -> None:
        self.fixed = fixed

    @property
    def current(self) -> Configuration:
        assert self.fixed is not None
        return self.fixed

    @property
    def last(self) -> Configuration | None:
        return self.fixed


def no_adapter(*_: object) -> RedirectProvider:
    """For tests that ask no makelaar."""
    raise AssertionError("no makelaar is asked here")


def make_configuration(
    *,
    clients: tuple[OidcClient, ...] = (),
    services: tuple[Service, ...] = (),
    providers: tuple[ProviderRecord, ...] = (),
    announcements: tuple[Announcement, ...] = (),
    help_desks: tuple[HelpDesk, ...] = (),
    former: Mapping[tuple[Kind, str], LocalizedText] | None = None,
    loaded_at: datetime = START,
) -> Configuration:
    """What would have been registered, with keys of tests."""
    by_id = {record.id: record for record in providers}
    return Configuration(
        revision=1,
        loaded_at=loaded_at,
        services={service.uuid: service for service in services},
        relying_parties={client.client_id: client for client in clients},
        oidc_clients={client.client_id: client for client in clients},
        providers=Makelaars(by_id),
        announcements=announcements,
        help_desks={desk.key: desk for desk in help_desks},
        former=former or {},
        keyring=make_keyring(),
        adapters=Adapters(by_id, make_keyring(), no_adapter),
    )


def make_runtime(
    configuration: Configuration | None = None,
    *,
    directory: Path | None = None,
    clock: Clock | None = None,
    outgoing: OutgoingClient | None = None,
    **sections: Any,
) -> Runtime:
    """``directory``: where its database is; None: one without tables. ``sections``: settings."""
    engine = create_engine("sqlite://") if directory is None else make_database(directory)
    session = Session(engine, expire_on_commit=False)
    ticking = clock or FakeClock()
    web = {"base_url": ISSUER, **sections.pop("web", {})}
    return Runtime(
        settings=Settings.model_validate({"web": web, **sections}),
        clock=ticking,
        engine=engine,
        store=MemoryStore(ticking),
        sealer=make_sealer(),
        outgoing=outgoing or OutgoingClient(),
        holder=FixedHolder(configuration or make_configuration()),
        downstreams={},
        current_session=lambda: session,
    )


def close(rt: Runtime) -> None:
    """Leave its database."""
    rt.session.close()
    rt.engine.dispose()


def bare_app(rt: Runtime | None = None) -> Flask:
    """An application without views; ``rt`` is what its requests run on."""
    app = Flask("tests")
    app.secret_key = "of tests"
    if rt is not None:
        app.extensions["sluis"] = rt
    return app
