"""Configuration in process: services, clients, makelaars and keys as immutable objects, swapped
whole.

A thread compares the revision stamp every few seconds, off the login path; an own write refreshes
at once. What is older than a minute is not trusted: the process reports not ready and issues
nothing.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from types import MappingProxyType

import structlog
from sqlalchemy.orm import Session

from broker.downstream.interface import PageError
from directory.services import OidcClient, Service
from keys.keyring import KeyRing, load_keyring
from keys.sealing import Sealer
from providers.interface import RedirectProvider
from providers.registry import ProviderRecord
from state.clock import Clock
from state.registrations import Kind, all_registrations, current_revision

POLL_SECONDS = 5
STALE_AFTER = timedelta(seconds=60)
KEYS_AFTER = timedelta(seconds=30)  # a revoked key is known everywhere within a minute
log = structlog.get_logger()

AdapterFactory = Callable[[ProviderRecord, KeyRing], RedirectProvider]


@dataclass(frozen=True)
class Configuration:
    """What this process runs on. ``adapters`` are made on first use, one per makelaar and
    revision.
    """

    revision: int
    loaded_at: datetime
    services: Mapping[str, Service]
    clients: Mapping[str, OidcClient]
    providers: Mapping[str, ProviderRecord]
    keyring: KeyRing
    adapters: Mapping[str, RedirectProvider]


@dataclass
class Adapters(Mapping[str, RedirectProvider]):
    """Makelaars by id, each built when first asked for and kept while this configuration lives."""

    providers: Mapping[str, ProviderRecord]
    keyring: KeyRing
    factory: AdapterFactory
    _made: dict[str, RedirectProvider] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def __getitem__(self, provider_id: str) -> RedirectProvider:
        made = self._made.get(provider_id)
        if made is None:
            with self._lock:
                made = self._made.get(provider_id)
                if made is None:
                    made = self.factory(self.providers[provider_id], self.keyring)
                    self._made[provider_id] = made
        return made

    def __iter__(self):  # type: ignore[no-untyped-def]
        return iter(self.providers)

    def __len__(self) -> int:
        return len(self.providers)


class ConfigurationHolder:
    """The current Configuration and the thread that keeps it so."""

    def __init__(
        self,
        *,
        sessions: Callable[[], Session],
        sealer: Sealer,
        clock: Clock,
        factory: AdapterFactory,
        built_in_services: tuple[Service, ...] = (),
    ) -> None:
        self._sessions = sessions
        self._sealer = sealer
        self._clock = clock
        self._factory = factory
        self._built_in = built_in_services
        self._current: Configuration | None = None
        self._checked_at: datetime | None = None
        self._lock = threading.Lock()

    @property
    def current(self) -> Configuration:
        """What to run on now. Raises PageError(503) when it could not be checked for a minute."""
        current, checked = self._current, self._checked_at
        if current is None or checked is None or self._is_stale(checked):
            current = self._try_refresh()
        return current

    def is_fresh(self) -> bool:
        """For readiness: loaded, and compared with the database within the last minute."""
        return self._checked_at is not None and not self._is_stale(self._checked_at)

    def was_loaded(self) -> bool:
        """Registrations and keys were read at least once."""
        return self._current is not None

    def refresh(self) -> Configuration:
        """Compare the stamp and load again when it moved. Database errors pass through."""
        with self._lock, self._sessions() as session:
            revision, now = current_revision(session), self._clock()
            old = self._current
            if old is None or old.revision != revision or now - old.loaded_at > KEYS_AFTER:
                self._current = self._load(session, revision, now, old)
            self._checked_at = now
            assert self._current is not None
            return self._current

    def poll_forever(self, stop: threading.Event) -> None:
        """The thread's body: never raises, tries again after each interval."""
        while not stop.wait(POLL_SECONDS):
            try:
                self.refresh()
            except Exception as error:
                log.warning("configuration.refresh_failed", error=type(error).__name__)

    def _is_stale(self, checked: datetime) -> bool:
        """Also where it was checked in a time to come: the clock was set back since."""
        return abs(self._clock() - checked) > STALE_AFTER

    def _try_refresh(self) -> Configuration:
        try:
            return self.refresh()
        except Exception as error:
            raise PageError(503, "store_unavailable", type(error).__name__) from error

    def _load(
        self, session: Session, revision: int, now: datetime, old: Configuration | None
    ) -> Configuration:
        keyring = load_keyring(session, self._sealer)
        if old is not None and old.revision == revision and old.keyring == keyring:
            return Configuration(
                revision=revision,
                loaded_at=now,
                services=old.services,
                clients=old.clients,
                providers=old.providers,
                keyring=old.keyring,
                adapters=old.adapters,
            )
        services = {service.uuid: service for service in self._built_in}
        clients: dict[str, OidcClient] = {}
        providers: dict[str, ProviderRecord] = {}
        for row in all_registrations(session):
            if row.kind is Kind.SERVICE:
                services[row.name] = Service.model_validate(row.document)
            elif row.kind is Kind.CLIENT:
                clients[row.name] = OidcClient.model_validate(row.document)
            else:
                providers[row.name] = ProviderRecord.model_validate(row.document)
        return Configuration(
            revision=revision,
            loaded_at=now,
            services=MappingProxyType(services),
            clients=MappingProxyType(clients),
            providers=MappingProxyType(providers),
            keyring=keyring,
            adapters=Adapters(providers, keyring, self._factory),
        )
