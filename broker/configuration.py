"""Configuration in process: services, clients, makelaars and keys as immutable objects, swapped
whole.

A thread compares the revision stamp every few seconds, off the login path; an own write refreshes
at once. What is older than a minute is not trusted: the process reports not ready and issues
nothing.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any, Final, TypeVar

import structlog
from pydantic import BaseModel, ValidationError
from sqlalchemy.orm import Session

from broker.errors import PageError
from directory.announcements import Announcement
from directory.fields import LocalizedText
from directory.help_desks import HelpDesk
from directory.portals import PORTALS, portal_model
from directory.saml_portals import SamlServiceProvider
from directory.services import OidcClient, RelyingParty, Service
from keys.keyring import KeyRing, load_keyring
from keys.sealing import Sealer
from providers import federation_members
from providers.federations import Federation
from providers.interface import AdapterFactory, RedirectProvider
from providers.members import LastUsed, Makelaars, MemberRecord, Members
from providers.registry import ProviderRecord
from providers.saml.metadata_party import in_use
from state import outages, party_metadata
from state.clock import Clock
from state.registrations import (
    Kind,
    OfAnotherVersion,
    Registration,
    all_registrations,
    current_revision,
    read_as,
)

POLL_SECONDS = 5
STALE_AFTER = timedelta(seconds=60)
KEYS_AFTER = timedelta(seconds=30)  # a revoked key is known everywhere within a minute
# A kind with several models: ``model_of`` says which one a document is of.
MODELS: Final[Mapping[Kind, tuple[type[BaseModel], ...]]] = MappingProxyType(
    {
        Kind.SERVICE: (Service,),
        Kind.CLIENT: PORTALS,
        Kind.IDENTITY_PROVIDER: (ProviderRecord,),
        Kind.FEDERATION: (Federation,),
        Kind.ANNOUNCEMENT: (Announcement,),
        Kind.HELP_DESK: (HelpDesk,),
    }
)
log = structlog.get_logger()

M = TypeVar("M", bound=BaseModel)


def model_of(kind: Kind, document: Mapping[str, Any]) -> type[BaseModel]:
    """What a registration of this kind with these fields is."""
    return portal_model(document) if kind is Kind.CLIENT else MODELS[kind][0]


def registered(row: Registration) -> BaseModel:
    """A registration, read by its model. Raises DocumentUnknown."""
    return read_as(row, model_of(row.kind, row.document))


@dataclass(frozen=True)
class Configuration:
    """What this process runs on. ``adapters`` are made on first use, one per makelaar and
    revision. ``federations``: those whose lists count. ``former`` are the names of what was
    withdrawn, for history and nothing else.
    """

    revision: int
    loaded_at: datetime
    services: Mapping[str, Service]
    relying_parties: Mapping[str, RelyingParty]  # portals, whatever they speak
    oidc_clients: Mapping[str, OidcClient]  # those of them that speak OpenID Connect
    providers: Makelaars
    announcements: tuple[Announcement, ...]
    help_desks: Mapping[str, HelpDesk]
    former: Mapping[tuple[Kind, str], LocalizedText]
    keyring: KeyRing
    adapters: Mapping[str, RedirectProvider]
    saml_portals: Mapping[str, SamlServiceProvider] = field(default_factory=dict)  # by entityID

    @property
    def federations(self) -> tuple[Federation, ...]:
        """Those of which a list counts, by name."""
        return self.providers.members.federations


@dataclass
class Adapters(Mapping[str, RedirectProvider]):
    """Makelaars by id, each built when first asked for and kept while this configuration lives; of
    members of federations those that were asked for last.
    """

    providers: Mapping[str, ProviderRecord]
    keyring: KeyRing
    factory: AdapterFactory
    _made: dict[str, RedirectProvider] = field(default_factory=dict)
    _members: LastUsed[RedirectProvider] = field(default_factory=LastUsed)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def __getitem__(self, provider_id: str) -> RedirectProvider:
        made = self._made.get(provider_id) or self._members.get(provider_id)
        if made is not None:
            return made
        record = self.providers[provider_id]
        with self._lock:
            made = self._made.get(provider_id) or self.factory(record, self.keyring)
            if isinstance(record, MemberRecord):
                self._members.put(provider_id, made)
            else:
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

    @property
    def last(self) -> Configuration | None:
        """What was loaded last, however old: for what a page says, never for a decision."""
        return self._current

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
                log.warning("configuration.refresh_failed", error=_told(error))

    def _is_stale(self, checked: datetime) -> bool:
        """Also where it was checked in a time to come: the clock was set back since."""
        return abs(self._clock() - checked) > STALE_AFTER

    def _try_refresh(self) -> Configuration:
        try:
            return self.refresh()
        except Exception as error:
            raise PageError(503, "store_unavailable", outages.named(error)) from error

    def _load(
        self, session: Session, revision: int, now: datetime, old: Configuration | None
    ) -> Configuration:
        keyring = load_keyring(session, self._sealer, now)
        if old is not None and old.revision == revision and old.keyring == keyring:
            return replace(old, loaded_at=now)
        found = _Found(session)
        services = {service.uuid: service for service in self._built_in}
        services |= found.of(Service)
        makelaars = found.of(ProviderRecord)
        providers = Makelaars(
            MappingProxyType(makelaars), self._members(session, found.of(Federation), makelaars)
        )
        oidc_clients, saml_portals = found.of(OidcClient), found.of(SamlServiceProvider)
        return Configuration(
            revision=revision,
            loaded_at=now,
            services=MappingProxyType(services),
            relying_parties=MappingProxyType(
                dict[str, RelyingParty](oidc_clients) | dict[str, RelyingParty](saml_portals)
            ),
            oidc_clients=MappingProxyType(oidc_clients),
            providers=providers,
            announcements=tuple(found.of(Announcement).values()),
            help_desks=MappingProxyType(found.of(HelpDesk)),
            former=MappingProxyType(_former(session)),
            keyring=keyring,
            adapters=Adapters(providers, keyring, self._factory),
            saml_portals=MappingProxyType({one.entity_id: one for one in saml_portals.values()}),
        )

    def _members(
        self,
        session: Session,
        federations: Mapping[str, Federation],
        makelaars: Mapping[str, ProviderRecord],
    ) -> Members:
        """A list counts while its federation names its source and who signed it."""
        if not federations:
            return Members()
        lists = federation_members.lists(session)
        counting = (
            one
            for name, one in sorted(federations.items())
            if name in lists and lists[name].is_of(one)
        )
        named = (one.saml.entity_id for one in makelaars.values() if one.saml is not None)
        ends = {name: one.valid_until for name, one in lists.items() if one.valid_until}
        return Members(self._sessions, tuple(counting), frozenset(named), ends)


def _told(error: Exception) -> str:
    """What the log may hold: the text of one exception of ours, of others the name and what is in
    the way.
    """
    return str(error) if isinstance(error, OfAnotherVersion) else outages.named(error)


class _Found:
    """Every registration that stands, read by the model of its kind, with the metadata that hold
    now. Raises OfAnotherVersion.
    """

    def __init__(self, session: Session) -> None:
        copies = party_metadata.copies(session)
        self._models = [
            (row.name, in_use(registered(row), copies)) for row in all_registrations(session)
        ]

    def of(self, model: type[M]) -> dict[str, M]:
        """Those of this model, by name."""
        return {name: found for name, found in self._models if isinstance(found, model)}


def _former(session: Session) -> dict[tuple[Kind, str], LocalizedText]:
    named = ((row, called(row)) for row in all_registrations(session, withdrawn=True))
    return {(row.kind, row.name): name for row, name in named if name is not None}


def called(row: Registration) -> LocalizedText | None:
    """What people call it. Its document may be of an old version, so nothing else is read."""
    said = row.document.get("name")
    try:
        return LocalizedText.model_validate(
            {"nl": said, "en": said} if isinstance(said, str) else said
        )
    except ValidationError:
        return None
