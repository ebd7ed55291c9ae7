"""``sluis trace``: what happened in one login, told in lines of at most 80 columns for the operator
who has the reference from a caller. The words are those of the console, in one language.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator
from datetime import datetime
from typing import Final

from flask_babel import force_locale, gettext

from admin.cli.installation import opened
from admin.traces.explanation import ExplainedLogin, explain
from admin.traces.names import RegistrationNames
from admin.traces.repeats import told_once
from broker.settings import Settings
from broker.texts import trace_values, trace_words
from broker.texts.outside_request import texts
from state.audit import AuditEvent
from state.trace import NOT_BEGUN, TraceRecord, TraceStep, show_reference

WIDTH: Final = 80
_LABEL: Final = 19  # columns of a name before its value
_STEP: Final = 7  # columns before what a step measured


def is_kind_of_error(text: str) -> bool:
    """Is this the code of an error, such as SLS-2104, which many logins can show?"""
    return re.fullmatch(r"SLS-\d{4}", text.strip().upper()) is not None


def explain_login(settings: Settings, text: str, language: str = "en") -> list[str] | None:
    """Lines to print; None when nothing is known under this reference."""
    with opened(settings) as at, texts(), force_locale(language):
        found = explain(at.session, text, language)
        if found is None:
            return None
        names = RegistrationNames(at.session, language)
        return [line.rstrip() for line in _lines(found, names)]


def _lines(found: ExplainedLogin, names: RegistrationNames) -> Iterator[str]:
    yield gettext("Code %(code)s", code=show_reference(found.reference))
    if found.record is None:
        yield ""
        yield from _wrapped(gettext("De login eindigde nog niet, of zijn spoor is gewist."), "  ")
        yield from _of_reason(found)
    else:
        yield from _of_record(found.record, names)
        yield from _of_reason(found)
        yield from _of_steps(found.record, names)
    for other in found.beside:
        yield ""
        yield gettext("Ook met deze code")
        yield from _of_record(other, names)
        yield from _explained(trace_words.explained(other.cause, other.measured))
        yield from _of_steps(other, names)
    yield from _of_events(found.events)


def _of_record(whole: TraceRecord, names: RegistrationNames) -> Iterator[str]:
    """What it was and how it ended, each line a fact."""
    record = told_once(whole).record
    lasted = (record.ended_at - record.started_at).total_seconds()
    ended = _moment(record.ended_at)
    if lasted >= 1:
        ended = gettext("%(moment)s, na %(seconds)d s", moment=ended, seconds=round(lasted))
    begun = record.outcome != NOT_BEGUN
    facts = {
        gettext("Uitkomst"): _outcome(record),
        gettext("Begonnen"): _moment(record.started_at) if begun else None,
        gettext("Geëindigd") if begun else gettext("Tijd"): ended,
        gettext("Portaal"): names.with_id("client", record.client_id),
        gettext("Dienst"): names.with_id("service", record.service_uuid),
        gettext("Makelaar"): names.with_id("provider", record.provider_id),
        gettext("Niveau"): record.level.label if record.level else None,
    }
    for name, value in facts.items():
        if value is not None:
            yield from _fact(name, value)


def _outcome(record: TraceRecord) -> str:
    told, at = trace_words.ending(record.outcome), record.failed
    if at is not None and len(record.steps) > 1:
        step = trace_words.step(record.steps[at - 1].step)
        told = gettext(
            "%(outcome)s bij stap %(number)d: %(step)s", outcome=told, number=at, step=step
        )
    return told


def _of_reason(found: ExplainedLogin) -> Iterator[str]:
    told = found.told
    if told is not None and found.fixer is not None:
        yield from _explained(
            trace_words.Explained(told.cause, told.remedy, found.fixer, told.answer)
        )


def _explained(told: trace_words.Explained | None) -> Iterator[str]:
    if told is None:
        return
    yield ""
    yield from _fact(gettext("Oorzaak"), told.cause)
    yield from _fact(gettext("Wat te doen"), told.remedy)
    yield from _fact(gettext("Door wie"), told.who)
    yield from _fact(gettext("Zeg"), told.answer)


def _of_steps(whole: TraceRecord, names: RegistrationNames) -> Iterator[str]:
    told = told_once(whole)
    record = told.record
    if not record.steps:
        return
    yield ""
    yield "  " + gettext("Stappen")
    for number, step in enumerate(record.steps, 1):
        mark = "!" if number == record.failed else " "
        time = trace_words.after(step.milliseconds) if record.outcome != NOT_BEGUN else ""
        name = f"{mark}{number:>2}. {trace_words.step(step.step)}"
        yield f"  {name:<{WIDTH - 4 - len(time)}}  {time}"
        yield from _of_step(step, told.times[number - 1], names)


def _of_step(step: TraceStep, times: int, names: RegistrationNames) -> Iterator[str]:
    said = trace_words.outcome(step.outcome)
    if times > 1:
        again = gettext("%(number)d keer achter elkaar", number=times)
        said = f"{said}, {again}"
    yield from _wrapped(f"{said} ({step.reason})" if step.reason else said, " " * _STEP)
    for name, value in step.measured.items():
        told = trace_values.in_words(name, value, names)
        yield from _wrapped(f"{trace_words.measured(name)}: {told}", " " * _STEP)


def _of_events(events: tuple[AuditEvent, ...]) -> Iterator[str]:
    if not events:
        return
    yield ""
    yield "  " + gettext("Gebeurtenissen in het auditlog (UTC)")
    for event in reversed(events):
        reason = f" ({event.reason})" if event.reason else ""
        moment = event.at.strftime("%H:%M:%S")
        yield from _wrapped(f"{moment}  {trace_words.event(event.tag)}{reason}", "  ", more=10)


def _fact(name: str, value: str) -> Iterator[str]:
    first, *rest = textwrap.wrap(
        value, WIDTH - _LABEL - 2, break_on_hyphens=False, break_long_words=True
    ) or [""]
    yield f"  {name:<{_LABEL}}{first}"
    for line in rest:
        yield " " * (_LABEL + 2) + line


def _wrapped(text: str, indent: str, *, more: int = 2) -> list[str]:
    """``more``: columns that further lines are set in."""
    return textwrap.wrap(
        text,
        WIDTH,
        initial_indent=indent,
        subsequent_indent=indent + " " * more,
        break_on_hyphens=False,
    )


def _moment(at: datetime) -> str:
    return at.strftime("%Y-%m-%d %H:%M:%S UTC")
