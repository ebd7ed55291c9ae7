"""A process whose outgoing calls reach a party that publishes its metadata."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.orm import Session

from admin.metadata import refreshing
from admin.metadata.looks import Look
from admin.metadata.parties import settle
from admin.registrations import metadata_sources
from admin.registrations.differences import DocumentOutcome
from broker.process import Process
from providers.saml.wire.metadata_keys import fingerprint
from state import party_metadata
from state.db import writing
from state.party_metadata import PartyMetadata
from state.registrations import Kind
from tests.admin.metadata.publishing import Publisher, document, makelaar
from tests.admin.registrations.documents import outcomes
from tests.clocks import FakeClock
from tests.providers.saml.maker import certificate


@dataclass
class Installed:
    """An installation with a makelaar, and what the makelaar publishes."""

    process: Process
    party: Publisher
    folder: Path

    @property
    def clock(self) -> FakeClock:
        clock = self.process.clock
        assert isinstance(clock, FakeClock)
        return clock

    def register(self, *documents: dict[str, Any], dry_run: bool = False) -> list[DocumentOutcome]:
        """Apply these documents."""
        with self.process.sessions() as session:
            return list(
                outcomes(
                    session,
                    self.process.settings,
                    self.folder,
                    *documents,
                    dry_run=dry_run,
                    now=self.clock(),
                )
            )

    def begin(self, first: str | None = None, **saml: Any) -> None:
        """A makelaar that publishes this is registered."""
        self.party.put(first or document("makelaar"))
        self.register(makelaar(**saml))
        self.process.holder.refresh()

    def look(self, text: Any = None, *, after: float = 3600) -> Look | None:
        """What the worker makes of it when it looks next; with ``text`` that is published."""
        if text is not None:
            self.party.put(text)
        self.clock.advance(after)
        looks = refreshing.refresh_due(self.process)
        self.process.holder.refresh()
        assert len(looks) <= 1
        return looks[0] if looks else None

    def row(self, name: str = "polderpoort", kind: Kind = Kind.IDENTITY_PROVIDER) -> PartyMetadata:
        with self.process.sessions() as session:
            found = party_metadata.row_of(session, kind, name)
            assert found is not None
            session.expunge_all()
            return found

    def signs(self, name: str) -> bool:
        """Does the key of this name count at logins now?"""
        adapter: Any = self.process.holder.current.adapters["polderpoort"]
        return certificate(name) in adapter._metadata.signing

    def in_session(self, do: Callable[[Session], Any]) -> Any:
        with self.process.sessions() as session, writing(session):
            return do(session)

    def settle(self) -> int:
        return int(self.in_session(lambda session: settle(session, self.clock())))


@pytest.fixture
def installed(
    process: Process, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> Iterator[Installed]:
    party = Publisher()
    monkeypatch.setattr(metadata_sources, "outgoing_client", lambda _: party)
    yield Installed(replace(process, outgoing=party), party, tmp_path)


def fingerprint_of(name: str) -> str:
    return fingerprint(certificate(name))
