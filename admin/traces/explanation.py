"""What happened in one login, and what its reason means: cause, remedy, who can do it, and what to
say to the user. Reads only, and names nobody, so it is not audited.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from babel.support import Translations
from sqlalchemy.orm import Session

from admin.traces import clock_pattern
from broker.texts import reasons
from broker.texts.outside_request import TRANSLATIONS
from broker.texts.reasons import Explanation
from state import audit, trace_search
from state.audit import AuditEvent
from state.trace import TraceRecord, parse_reference


@dataclass(frozen=True)
class ExplainedLogin:
    """``record`` is None where the login did not end, or its trace is gone. ``told`` is what its
    reason means, and ``fixer`` who can do something, where there is one that is explained.
    ``events``: the newest first. ``beside``: what else stands under this reference, such as pages
    of error during this login.
    """

    reference: str
    record: TraceRecord | None
    told: Explanation | None
    fixer: str | None
    events: tuple[AuditEvent, ...]
    beside: tuple[TraceRecord, ...] = ()


def explain(session: Session, text: str, language: str = "en") -> ExplainedLogin | None:
    """The login with the reference in this text; None when nothing is known under it. ``language``
    is that of the explanation.
    """
    reference = parse_reference(text)
    if reference is None:
        return None
    found = tuple(one.record for one in trace_search.with_reference(session, reference))
    record = found[0] if found else None
    events = tuple(audit.recent(session, reference=reference))
    if record is None and not events:
        return None
    reason = record.cause if record else next((e.reason for e in events if e.reason), None)
    measured = clock_pattern.measured(session, record) if record else {}
    known, translate = reasons.find(reason, measured), translator(language)
    told = reasons.told(known, translate, measured) if known is not None else None
    fixer = translate(reasons.FIXERS[told.fixer]) if told is not None else None
    return ExplainedLogin(reference, record, told, fixer, events, found[1:])


def translator(language: str) -> Callable[[str], str]:
    """Without Flask: a command has no request whose language could be asked."""
    return Translations.load(TRANSLATIONS, [language]).ugettext
