"""One run of what the clock does: when, by which rules, and with what mails and logouts leave."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from admin.actor import WORKER, Actor
from assurance.levels import AssuranceLevel
from broker.downstream import Downstream, DownstreamName
from broker.process import Process
from broker.sso.logout import LogoutNotifier
from directory import dates
from directory.services import RelyingParty, Service
from keys.sealing import Sealer


@dataclass(frozen=True)
class TermRun:
    """``unused_months``: after which a mandate that nobody uses lapses; ``link_level``: up to which
    chain mandate one counts that a link gave, None: at none.
    """

    now: datetime
    unused_months: int
    link_level: AssuranceLevel | None
    base_url: str
    sealer: Sealer
    services: Mapping[str, Service]
    portals: Mapping[str, RelyingParty]
    downstreams: Mapping[DownstreamName, Downstream]

    @classmethod
    def of(cls, process: Process) -> TermRun:
        """What is registered and set now."""
        return cls(
            now=process.clock(),
            unused_months=process.settings.mandates.unused_months,
            link_level=process.settings.mandates.chain_link_level,
            base_url=process.settings.base_url,
            sealer=process.sealer,
            services=process.holder.current.services,
            portals=process.holder.current.relying_parties,
            downstreams=process.downstreams,
        )

    @property
    def actor(self) -> Actor:
        return WORKER

    @property
    def today(self) -> date:
        return dates.day_of(self.now)

    def notifier(self) -> LogoutNotifier:
        """For portals that hear that what they hold has ended."""
        return LogoutNotifier(self.sealer, self.downstreams, self.portals, self.now)
