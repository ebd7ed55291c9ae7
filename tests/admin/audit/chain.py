"""An audit chain under test, and a hand that changes it behind the back of the product."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session, sessionmaker

from admin.audit import chain, verification
from admin.audit.verification import Fault, Report
from assurance.levels import AssuranceLevel
from state import audit
from state.audit import AuditEvent, EventTag
from state.db import WRITES, writing
from tests.clocks import FakeClock
from tests.keys_for_tests import make_keyring, make_sealer

PERSON, OTHER = "p" * 26, "q" * 26


@dataclass
class Chain:
    sessions: sessionmaker[Session]
    clock: FakeClock
    made: int = 0

    def event(self) -> AuditEvent:
        """One with something in every field."""
        self.made += 1
        return AuditEvent(
            EventTag.FACTOR_RESET,
            self.clock(),
            reference=f"{self.made:08d}",
            person_id=PERSON if self.made % 2 else OTHER,
            client_id="portaal",
            service_uuid="0f8fad5b-d9cb-469f-a165-70867728950e",
            provider_id="makelaar",
            organisation_id="o" * 26,
            outcome="success",
            reason="why",
            level=AssuranceLevel.EH3,
            details={"person": OTHER, "factors": self.made},
        )

    def record(self, number: int) -> None:
        """Events, each committed."""
        for _ in range(number):
            self.clock.advance(1)
            with self.sessions() as session, writing(session):
                audit.record(session, self.event())

    def seal(self) -> int:
        """One pass of the sealer."""
        self.clock.advance(1)
        with self.sessions() as session:
            return chain.seal(session, make_sealer(), make_keyring(), self.clock())

    def sql(self, statement: str, **values: Any) -> None:
        """What somebody with the password of the database does."""
        with self.sessions() as session:
            session.connection(execution_options={WRITES: True})
            done = session.execute(text(statement), values)
            assert done.rowcount, "nothing was changed"  # type: ignore[attr-defined]
            session.commit()

    def verify(self, checkpoint: str | None = None) -> Report:
        with self.sessions() as session:
            return verification.verify(session, make_sealer(), checkpoint)

    def faults(self, checkpoint: str | None = None) -> set[tuple[Fault, int | None, int | None]]:
        """What is wrong: fault, batch, event."""
        found = self.verify(checkpoint).faults
        return {(one.fault, one.batch, one.event) for one in found}

    def checkpoint(self) -> str:
        with self.sessions() as session:
            last = chain.newest(session)
            assert last is not None
            return last.checkpoint
