"""``sluis trace``: what happened in one login, for the operator who has the reference from a
caller.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Final

from babel.support import Translations

from broker.settings import Settings
from broker.texts import reasons
from state import audit, trace
from state.audit import AuditEvent
from state.engine import session_at
from state.trace import TraceRecord, parse_reference, show_reference

TRANSLATIONS: Final = Path(__file__).parents[1] / "translations"


def explain_login(settings: Settings, text: str, language: str = "en") -> list[str] | None:
    """Lines to print; None when nothing is known under this reference. ``language`` is that of the
    explanation.
    """
    reference = parse_reference(text)
    if reference is None:
        return None
    with session_at(settings.database.url) as session:
        record = trace.find(session, reference)
        events = audit.recent(session, reference=reference)
    if record is None and not events:
        return None
    lines = [f"Login {show_reference(reference)}"]
    lines += _of_trace(record) if record else ["  The login did not end, or its trace is gone."]
    reason = record.cause if record else next((e.reason for e in events if e.reason), None)
    return [*lines, *_of_reason(reason, language), *_of_events(events)]


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


def _of_reason(reason: str | None, language: str) -> list[str]:
    known = reasons.find(reason)
    if known is None:
        return []
    translate = _translator(language)
    told = reasons.told(known, translate)
    return [
        "",
        f"  Cause     {told.cause}",
        f"  Remedy    {told.remedy}",
        f"  By        {translate(reasons.FIXERS[told.fixer])}",
        f"  Say       {told.answer}",
    ]


def _translator(language: str) -> Callable[[str], str]:
    """Without Flask: a command has no request whose language could be asked."""
    return Translations.load(TRANSLATIONS, [language]).ugettext


def _of_events(events: list[AuditEvent]) -> list[str]:
    if not events:
        return []
    lines = ["", "  Audit events (UTC)"]
    return lines + [
        f"  {e.at.strftime('%H:%M:%S')}  {e.tag.value:<24} {e.reason or e.outcome or ''}"
        for e in reversed(events)
    ]
