"""Makelaars as a process knows them: those with a registration of their own, in memory; those of
federations by their row, read when a login asks for one.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Final, Generic, Literal, TypeVar

from sqlalchemy.orm import Session

from directory.services import Service
from providers import federation_members, received
from providers.federation_members import CountingMembers, ListedMember, MemberRow, federation_of
from providers.federations import Federation
from providers.registry import ProviderRecord
from providers.saml.federation.member_facts import ending
from providers.saml_settings import SamlSettings, SpokenSaml

KEPT: Final = 256  # members that were asked for last
_SPOKEN: Final = tuple(SpokenSaml.model_fields)
V = TypeVar("V")


class MemberRecord(ProviderRecord):
    """A makelaar of a federation, as the registration of the federation has it now. ``services``:
    where the federation lets its makelaars be chosen. ``own_name``: what the list calls it, which
    may be the name of another; as ``name`` it is never told without that of its federation.
    """

    federation: str
    own_name: str
    services: Literal["all"] | tuple[str, ...]


class LastUsed(Generic[V]):
    """So many values that were asked for last, by a word."""

    def __init__(self, most: int = KEPT) -> None:
        self._most = most
        self._values: OrderedDict[str, V] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: str) -> V | None:
        """The value; None for one that is not here any more."""
        with self._lock:
            if key in self._values:
                self._values.move_to_end(key)
            return self._values.get(key)

    def put(self, key: str, value: V) -> None:
        """Keep it, and let go of the one that was asked for longest ago."""
        with self._lock:
            self._values[key] = value
            self._values.move_to_end(key)
            while len(self._values) > self._most:
                self._values.popitem(last=False)


@dataclass(frozen=True)
class Members:
    """The makelaars of federations, while this configuration lives. ``federations``: those whose
    lists count, by name; ``registered``: entityIDs with a registration of their own.
    """

    sessions: Callable[[], Session] | None = None
    federations: tuple[Federation, ...] = ()
    registered: frozenset[str] = frozenset()
    ends: Mapping[str, datetime] = field(default_factory=dict)  # of the lists that say it
    _records: LastUsed[MemberRecord] = field(default_factory=LastUsed)
    _by_entity_id: LastUsed[MemberRecord] = field(default_factory=LastUsed)

    def by_id(self, provider_id: str) -> MemberRecord | None:
        """None for what is no member, or does not count. One read at most."""
        known = self._records.get(provider_id)
        if known is not None:
            return known
        name = federation_of(provider_id)
        is_one = name is not None and received.is_word(provider_id)
        if self.sessions is None or all(one.id != name for one in self.federations) or not is_one:
            return None
        with self.sessions() as session:
            return self._record(self._counting.by_id(session, provider_id))

    def by_entity_id(self, entity_id: str) -> MemberRecord | None:
        """The same by entityID. What no entityID can be is looked for nowhere: it may hold what a
        database refuses to read, such as NUL.
        """
        known = self._by_entity_id.get(entity_id)
        if known is not None:
            return known
        if self.sessions is None or not self.federations or not received.is_word(entity_id):
            return None
        with self.sessions() as session:
            return self._record(self._counting.by_entity_id(session, entity_id))

    def found(
        self, words: str, among: Iterable[Federation], *, now: datetime, most: int
    ) -> Sequence[ListedMember]:
        """Those of these federations that people mean by these words, by name."""
        ended = {name for name, end in self.ends.items() if end <= now}
        names = [one.id for one in among if one.id not in ended]
        if self.sessions is None or not names:
            return ()
        with self.sessions() as session:
            return federation_members.found(
                session,
                words,
                self.federations,
                names,
                self.registered,
                now=now,
                most=most,
            )

    def _record(self, row: MemberRow | None) -> MemberRecord | None:
        if row is None:
            return None
        shared = self._shared[row.federation]
        record = member_record(shared, row, self.ends.get(row.federation))
        self._records.put(record.id, record)
        self._by_entity_id.put(row.entity_id, record)
        return record

    @cached_property
    def _shared(self) -> Mapping[str, MemberRecord]:
        return {one.id: shared_record(one) for one in self.federations}

    @cached_property
    def _counting(self) -> CountingMembers:
        return CountingMembers(self.federations, self.registered)


@dataclass(frozen=True, eq=False)  # equal as mappings are
class Makelaars(Mapping[str, ProviderRecord]):
    """By id every makelaar that counts, members of federations too; to go through, those that have
    a registration of their own.
    """

    registered: Mapping[str, ProviderRecord]
    members: Members = field(default_factory=Members)

    def __getitem__(self, provider_id: str) -> ProviderRecord:
        found = self.registered.get(provider_id) or self.members.by_id(provider_id)
        if found is None:
            raise KeyError(provider_id)
        return found

    def __iter__(self) -> Iterator[str]:
        return iter(self.registered)

    def __len__(self) -> int:
        return len(self.registered)

    def by_entity_id(self, entity_id: str) -> ProviderRecord | None:
        """The makelaar that speaks SAML under this name, compared sign for sign."""
        return self._by_entity_id.get(entity_id) or self.members.by_entity_id(entity_id)

    @cached_property
    def by_name(self) -> tuple[ProviderRecord, ...]:
        """Those that have a registration of their own, as lists show them: sorted once for all
        logins.
        """
        return tuple(sorted(self.registered.values(), key=lambda record: record.name.casefold()))

    @cached_property
    def _by_entity_id(self) -> Mapping[str, ProviderRecord]:
        """The first of each name, where there should be two."""
        found = [(one.saml.entity_id, one) for one in self.registered.values() if one.saml]
        return dict(reversed(found))


def shared_record(federation: Federation) -> MemberRecord:
    """What holds for each of its makelaars alike: all trust is from the registration, and none
    speaks for organisations. Validated once; what differs is put in by ``member_record``.
    """
    spoken = {name: getattr(federation.saml, name) for name in _SPOKEN}
    return MemberRecord(
        id=federation.id,
        kind="saml",
        name=federation.name,
        level_ceiling=federation.level_ceiling,
        levels=federation.levels,
        local_factor_lifts=federation.local_factor_lifts,
        state=federation.state,
        logout=federation.logout,
        notice=federation.notice,
        help_url=federation.help_url,
        saml=SamlSettings.model_validate({**spoken, "entity_id": "", "scopes": ()}),
        federation=federation.id,
        own_name="",
        services=federation.services,
    )


def member_record(shared: MemberRecord, row: MemberRow, list_ends: datetime | None) -> MemberRecord:
    """What a login goes by: who it is, and which keys it has from the list."""
    assert shared.saml is not None
    ends = min((end for end in (row.ends_at, list_ends) if end is not None), default=None)
    own = {
        "entity_id": row.entity_id,
        "metadata": ending(row.metadata_xml, ends),
        "scopes": tuple(row.scopes),
    }
    saml = shared.saml.model_copy(update=own)
    name = f"{row.name_nl} (via {shared.name})"
    told = {"id": row.id, "name": name, "own_name": row.name_nl}
    return shared.model_copy(update={**told, "saml": saml})


def is_admitted(service: Service, record: ProviderRecord) -> bool:
    """May this makelaar be chosen at this service? Both registrations say; of a member of a
    federation that of the federation.
    """
    if not record.serves(service.uuid):
        return False
    names = {record.id}
    if isinstance(record, MemberRecord):
        names.add(record.federation)
    return service.makelaars is None or not names.isdisjoint(service.makelaars)


def federation_is_admitted(service: Service, federation: Federation) -> bool:
    """The same of all its members at once; a service that names one of them alone is left out."""
    allowed = service.makelaars
    return federation.is_for(service) and (allowed is None or federation.id in allowed)
