"""``sluis trace``: what happened in one login, for the operator who has the reference from a
caller.
"""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy.orm import Session

from broker.settings import Settings
from state import audit, trace
from state.audit import AuditEvent
from state.engine import make_engine
from state.trace import TraceRecord, parse_reference, show_reference

ADVICE: Mapping[str, str] = {
    "cancelled": "The user stopped. Nothing to do.",
    "cancelled_at_makelaar": "The user stopped at the makelaar. Nothing to do.",
    "mandate_missing": "The user needs a mandate for this service, from an administrator of the organisation.",
    "level_unreachable": "The user's means are below the level of the service; a higher means is needed.",
    "means_not_active": "The means is blocked or was never activated; the organisation's administrator can help.",
    "account_blocked": "The person is blocked; the organisation's administrator can lift it.",
    "makelaar_paused": "The makelaar was paused or removed during the login.",
    "signature_invalid": "The makelaar signed with a key that its registered metadata does not hold. Renew the metadata.",
    "expired": "The answer came too late, or a clock is wrong: compare the clocks of makelaar and broker.",
    "issue_instant": "The answer came too late, or a clock is wrong: compare the clocks of makelaar and broker.",
    "audience": "The makelaar answers for another party: check our entity id in its registration.",
    "destination": "The makelaar answers to another address: check the ACS address in its registration.",
}


def explain_login(settings: Settings, text: str) -> list[str] | None:
    """Lines to print; None when nothing is known under this reference."""
    reference = parse_reference(text)
    if reference is None:
        return None
    with Session(make_engine(settings.database.url)) as session:
        record = trace.find(session, reference)
        events = audit.recent(session, reference=reference)
    if record is None and not events:
        return None
    lines = [f"Login {show_reference(reference)}"]
    lines += _of_trace(record) if record else ["  The login did not end, or its trace is gone."]
    return [*lines, *_of_events(events)]


def _of_trace(record: TraceRecord) -> list[str]:
    facts = {
        "began": record.started_at.strftime("%Y-%m-%d %H:%M:%S UTC"),
        "ended": record.ended_at.strftime("%Y-%m-%d %H:%M:%S UTC"),
        "outcome": record.outcome + (f" ({record.reason})" if record.reason else ""),
        "level": record.level.label if record.level else None,
        "client": record.client_id,
        "service": record.service_uuid,
        "makelaar": record.provider_id,
    }
    lines = [f"  {name:<9} {value}" for name, value in facts.items() if value]
    lines += ["", "  Step            Outcome        Reason                 Time"]
    lines += [
        f"  {s.step:<15} {s.outcome:<14} {s.reason or '':<22} {s.milliseconds} ms"
        for s in record.steps
    ]
    advice = ADVICE.get(record.reason or "")
    return [*lines, "", f"  {advice}"] if advice else lines


def _of_events(events: list[AuditEvent]) -> list[str]:
    if not events:
        return []
    lines = ["", "  Audit events"]
    return lines + [
        f"  {e.at.strftime('%H:%M:%S')}  {e.tag.value:<24} {e.reason or e.outcome or ''}"
        for e in reversed(events)
    ]
