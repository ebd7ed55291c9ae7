"""Traces as rows of a page: names of registrations instead of their ids, in the page's language."""

from __future__ import annotations

from collections.abc import Mapping

from admin.operator_console.trace_pages import Choice, LoginRow, ReasonRow
from broker.configuration import Configuration
from broker.texts import trace_words
from broker.web.language import locale
from broker.web.registration_names import OWN, makelaar_name, service_name
from providers.accounts import PROVIDER_ID
from state.trace import NOT_BEGUN, Fact, TraceRecord
from state.trace_search import CauseCount, FoundTrace


def login_row(configuration: Configuration, found: FoundTrace) -> LoginRow:
    """One line of a list."""
    record = found.record
    return LoginRow(
        id=found.id,
        reference=record.reference,
        outcome=record.outcome,
        reason=record.cause,
        why=_in_words(record.cause, record.measured),
        service=service_name(configuration, record.service_uuid) or _what(record),
        makelaar=makelaar_name(configuration, record.provider_id),
        started_at=record.started_at,
        ended_at=record.ended_at,
    )


def reason_row(found: CauseCount, url: str) -> ReasonRow:
    """One line of what happens most."""
    why = _in_words(found.cause, {})
    return ReasonRow(found.cause, why, found.number, found.last_at, url)


def _in_words(cause: str | None, measured: Mapping[str, Fact]) -> str | None:
    told = trace_words.explained(cause, measured)
    return told.cause if told is not None else None


def _what(record: TraceRecord) -> str:
    """What was refused without a service: the step, and the code of the page."""
    if record.outcome != NOT_BEGUN or not record.steps:
        return "–"
    step = record.steps[0]
    shown = step.measured.get("error_code")
    return f"{trace_words.step(step.step)} {shown or ''}".rstrip()


def service_choices(configuration: Configuration) -> tuple[Choice, ...]:
    """Every service, by name."""
    found = (Choice(uuid, one.name.in_(locale())) for uuid, one in configuration.services.items())
    return tuple(sorted(found, key=lambda choice: choice.name.casefold()))


def makelaar_choices(configuration: Configuration) -> tuple[Choice, ...]:
    """Every makelaar, by name, and the accounts of Sluis itself."""
    found = [Choice(id_, one.name) for id_, one in configuration.providers.items()]
    found.append(Choice(PROVIDER_ID, OWN))
    return tuple(sorted(found, key=lambda choice: choice.name.casefold()))
