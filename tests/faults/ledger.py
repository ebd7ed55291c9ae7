"""The ledger: what the broker acknowledged, held against what the database says afterwards."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select
from sqlalchemy.engine import Connection

from admin.tables import TABLES
from assurance.factors import Factor
from assurance.session_lifetime import BrowserSession
from broker.sso.grants import Grant
from consent.register import Consent
from consent.requests import MandateRequest
from directory.history import HistoryEntry
from state.audit import AuditRow, EventTag
from state.db import table_of
from state.engine import make_engine
from state.trace import Trace
from tests.faults.ending import Ending, Kind


@dataclass
class Ledger:
    """Filled by many users at once; read when all have done."""

    endings: list[Ending] = field(default_factory=list)
    failed_at: list[float] = field(default_factory=list)  # monotonic seconds
    grants: dict[str, str] = field(default_factory=dict)  # acknowledged grant -> client
    redeemed: Counter[str] = field(default_factory=Counter)  # code -> token responses
    factor_steps: list[int] = field(default_factory=list)  # 30-second steps whose code was accepted
    requests: int = 0  # mandate requests that were confirmed on the page
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def ended(self, ending: Ending, client: str) -> None:
        with self._lock:
            self.endings.append(ending)
            if not ending.is_done:
                self.failed_at.append(time.monotonic())
            if ending.grant is not None:
                self.grants[ending.grant] = client

    def got_token(self, code: str) -> None:
        with self._lock:
            self.redeemed[code] += 1

    def used_factor(self, step: int) -> None:
        with self._lock:
            self.factor_steps.append(step)

    def requested(self) -> None:
        with self._lock:
            self.requests += 1

    def count(self, kind: Kind) -> int:
        return sum(ending.kind is kind for ending in self.endings)

    def check(self, url: str, *, codes_reused: int = 0) -> list[str]:
        """Read everything back over new connections; what is missing, double or half-written."""
        assert TABLES
        engine = make_engine(url)
        try:
            with engine.connect() as connection:
                return list(self._differences(connection, codes_reused))
        finally:
            engine.dispose()

    def _differences(self, sql: Connection, codes_reused: int) -> Iterator[str]:
        yield from _double("code redeemed", self.redeemed)
        yield from _double("factor code accepted", Counter(self.factor_steps))
        rows = {row.id: row for row in sql.execute(select(table_of(Grant)))}
        for grant, client in self.grants.items():
            if grant not in rows:
                yield f"grant {grant} is missing"
            elif rows[grant].client_id != client:
                yield f"grant {grant} is of {rows[grant].client_id}"
            elif rows[grant].revoked_at is not None:
                yield f"grant {grant} was revoked"
        yield from _endings(sql, rows)
        yield from self._others(sql, codes_reused)

    def _others(self, sql: Connection, codes_reused: int) -> Iterator[str]:
        reused = _audited(sql, EventTag.CODE_REUSED)
        if len(reused) > codes_reused:
            yield f"{len(reused)} codes came twice"
        asked = len(sql.execute(select(table_of(MandateRequest).c.id)).all())
        if asked < self.requests or asked != len(_audited(sql, EventTag.MANDATE_REQUESTED)):
            yield f"{self.requests} mandate requests were confirmed, {asked} are there"
        kept = table_of(Consent)
        consents = Counter(
            (row.person_id, row.client_id, row.service_uuid)
            for row in sql.execute(select(kept).where(kept.c.withdrawn_at.is_(None)))
        )
        yield from _double("consent", consents)
        last = sql.scalar(select(table_of(Factor).c.last_step).order_by(Factor.last_step.desc()))
        if self.factor_steps and (last or 0) < max(self.factor_steps):
            yield f"the factor was used in step {max(self.factor_steps)}, the table says {last}"


def _endings(sql: Connection, grants: dict[str, Any]) -> Iterator[str]:
    """Every finished login left all its rows, each once: grant, session, audit, trace, history."""
    audited = _audited(sql, EventTag.LOGIN_SUCCEEDED)
    sessions = {row.id for row in sql.execute(select(table_of(BrowserSession).c.id))}
    granted = Counter(row.session_id for row in grants.values())
    if lost := set(granted) - sessions:
        yield f"{len(lost)} grants without their session"
    if granted != Counter(row.details.get("session") for row in audited):
        yield f"{granted.total()} grants, {len(audited)} audit events, and not of the same sessions"
    references = Counter(row.reference for row in audited)
    yield from _double("audit event", references)
    for table in (table_of(Trace), table_of(HistoryEntry)):
        kept = Counter(
            row.reference for row in sql.execute(select(table).where(table.c.outcome == "success"))
        )
        if kept != references:
            yield f"{table.name}: {kept.total()} rows for {references.total()} logins"


def _audited(sql: Connection, tag: EventTag) -> list[Any]:
    table = table_of(AuditRow)
    return list(sql.execute(select(table).where(table.c.tag == tag)))


def _double(what: str, counted: Counter[Any]) -> Iterator[str]:
    for name, number in counted.items():
        if number > 1:
            yield f"{what} {number} times: {name}"
