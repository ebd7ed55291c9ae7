"""The makelaars of one login: which its service and its portal admit, and which of those help."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from assurance import step_up
from assurance.levels import AssuranceLevel, highest_of
from assurance.step_up import Trusted
from broker.configuration import Configuration
from broker.downstream import LoginRequest
from directory.services import Service
from providers.federations import Federation
from providers.members import MemberRecord, federation_is_admitted, is_admitted
from providers.registry import ProviderRecord
from state.worked_out import cached_property


@dataclass
class OfferedMakelaars:
    """Facts of the configuration; a member of a federation is read where one is named."""

    configuration: Configuration
    service: Service
    request: LoginRequest

    def by_name(self) -> Iterator[ProviderRecord]:
        """The same as ``registered``, looked at one by one, for who needs the first few."""
        return filter(self.admits, self.configuration.providers.by_name)

    @cached_property
    def registered(self) -> Sequence[ProviderRecord]:
        """Those with a registration of their own, live or paused, by name."""
        return list(self.by_name())

    @cached_property
    def federations(self) -> Sequence[Federation]:
        """Those whose makelaars are admitted, live or paused, by id. Where a portal names
        makelaars, they are none of a list to look through.
        """
        if self.request.makelaars is not None:
            return ()
        known = self.configuration.federations
        return [one for one in known if federation_is_admitted(self.service, one)]

    @property
    def are_several(self) -> bool:
        """Is there more than one?"""
        return bool(self.federations) or next(islice(self.by_name(), 1, None), None) is not None

    @property
    def highest(self) -> AssuranceLevel | None:
        """The highest ceiling, where none of them can get to the level; None where one can."""
        trusted: list[Trusted] = []
        # One by one: of ten thousand the first will do, and this is asked at each login.
        for one in self._trusted():
            if self.reaches(one):
                return None
            trusted.append(one)
        return highest_of(*(one.level_ceiling for one in trusted))

    def admits(self, record: ProviderRecord) -> bool:
        """May it be chosen here, by the service, its federation and what the portal asks?"""
        return is_admitted(self.service, record) and self.request.admits(record.id)

    def reaches(self, record: Trusted) -> bool:
        """True where a login there can get to the level, with a factor of ours where that may
        lift.
        """
        return step_up.can_reach(
            record, self.request.level, local_factor=self.service.local_second_factor
        )

    def usable(self, provider_id: str) -> ProviderRecord | None:
        """The makelaar of this id where it can be chosen now: live, admitted here and able to reach
        the level.
        """
        record = self.configuration.providers.get(provider_id)
        if record is None or record.state != "live" or not self.admits(record):
            return None
        return record if self.reaches(record) else None

    def _trusted(self) -> Iterator[Trusted]:
        yield from self.by_name()
        yield from self.federations
        yield from self._named_members()

    def _named_members(self) -> Iterator[ProviderRecord]:
        """The members of federations that the portal names, where it names makelaars."""
        records = map(self.configuration.providers.get, self.request.makelaars or ())
        return (r for r in records if isinstance(r, MemberRecord) and self.admits(r))
