"""``sluis trace``: what happened in one login, told in lines for the operator who has the reference
from a caller.
"""

from __future__ import annotations

from admin.cli.installation import opened
from admin.traces.explanation import ExplainedLogin, explain
from broker.settings import Settings
from state.audit import AuditEvent
from state.trace import TraceRecord, show_reference


def explain_login(settings: Settings, text: str, language: str = "en") -> list[str] | None:
    """Lines to print; None when nothing is known under this reference."""
    with opened(settings) as at:
        found = explain(at.session, text, language)
    if found is None:
        return None
    lines = [f"Login {show_reference(found.reference)}"]
    lines += (
        _of_trace(found.record)
        if found.record
        else ["  The login did not end, or its trace is gone."]
    )
    return [*lines, *_of_reason(found), *_of_events(found.events)]


def _of_trace(record: TraceRecord) -> list[str]:
    facts = {
        "began": record.started_at.strftime("%Y-%m-%d %H:%M:%S UTC"),
        "ended": record.ended_at.strftime("%Y-%m-%d %H:%M:%S UTC"),
        "outcome": record.outcome + (f" ({record.cause})" if record.cause else ""),
        "level": record.level.label if record.level else None,
        "client": record.client_id,
        "service": record.service_uuid,
        "makelaar": record.provider_id,
    }
    lines = [f"  {name:<9} {value}" for name, value in facts.items() if value]
    lines += ["", "  Step           Outcome        Reason                  After"]
    for step in record.steps:
        said = f"{step.step:<14} {step.outcome:<14} {step.reason or '':<22}"
        lines.append(f"  {said} {step.milliseconds:>6} ms")
        lines += [f"      {name}: {value}" for name, value in step.measured.items()]
    return lines


def _of_reason(found: ExplainedLogin) -> list[str]:
    told = found.told
    if told is None:
        return []
    return [
        "",
        f"  Cause     {told.cause}",
        f"  Remedy    {told.remedy}",
        f"  By        {found.fixer}",
        f"  Say       {told.answer}",
    ]


def _of_events(events: tuple[AuditEvent, ...]) -> list[str]:
    if not events:
        return []
    lines = ["", "  Audit events (UTC)"]
    return lines + [
        f"  {e.at.strftime('%H:%M:%S')}  {e.tag.value:<24} {e.reason or e.outcome or ''}"
        for e in reversed(events)
    ]
