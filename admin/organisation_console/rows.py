"""Mandates and requests as the pages show them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from admin.organisation_console.access import BeheerContext
from admin.organisation_console.pages import ComingRow, MandateRow, RequestRow
from admin.terms.coming import Coming
from broker.web.language import locale
from broker.web.registration_names import service_name
from consent import end_dates, mandates, places
from consent.mandates import Mandate
from consent.requests import MandateRequest
from directory import dates


def mandate_rows(console: BeheerContext, rows: Sequence[Mandate]) -> list[MandateRow]:
    """Mandates, in the language of the page."""
    left = places.left_behind(console.sql, rows, console.now)
    return [_mandate_row(console, one, has_left=one.id in left) for one in rows]


def mandate_row(console: BeheerContext, mandate: Mandate) -> MandateRow:
    """One of them."""
    return mandate_rows(console, [mandate])[0]


def _mandate_row(console: BeheerContext, mandate: Mandate, *, has_left: bool) -> MandateRow:
    uuid, now = mandate.service_uuid, console.now
    service = console.rt.configuration.services.get(uuid or "")
    state = state_of(mandate, console.person_id, now, has_left=has_left)
    return MandateRow(
        id=mandate.id,
        person_id=mandate.person_id,
        person=mandate.person.display_name,
        organisation=mandate.organisation.name,
        service_uuid=uuid,
        service=service_name(console.rt.configuration, uuid) if uuid else "",
        provider=service.provider_name.in_(locale()) if service is not None else "",
        level=mandate.level.label,
        branches=tuple(mandate.branches),
        since=mandate.valid_from,
        until=mandate.valid_until,
        last_used=mandate.last_used_at,
        state=state,
        revoked_at=mandate.revoked_at,
        seconds=seconds_left(mandate.revoked_at, now) if state == "undo" else 0,
    )


def request_row(console: BeheerContext, asked: MandateRequest) -> RequestRow:
    """One request, in the language of the page."""
    return RequestRow(
        id=asked.id,
        person=asked.person.display_name,
        organisation=asked.organisation.name,
        service=service_name(console.rt.configuration, asked.service_uuid) or "",
        level=asked.level.label,
        asked_at=asked.asked_at,
        message=asked.message,
    )


def coming_row(console: BeheerContext, one: Coming) -> ComingRow:
    """One thing that ends by itself, in the language of the page."""
    configuration, uuid = console.rt.configuration, one.service_uuid
    return ComingRow(
        kind=str(one.kind),
        subject_id=one.subject_id,
        name=one.name,
        until=dates.end_of(one.until),
        service=service_name(configuration, uuid) if uuid else "",
        level=one.level.label if one.level is not None else "",
        person_id=one.person_id or "",
        is_own=one.person_id == console.person_id,
    )


def state_of(mandate: Mandate, person_id: str, now: datetime, *, has_left: bool) -> str:
    """A word for how it stands, for this administrator. ``has_left``: who has it left since."""
    if mandate.revoked_at is not None:
        return "undo" if mandates.may_be_restored(mandate, person_id, now) else "revoked"
    if has_left:
        return "left"
    if mandate.valid_from > now:
        return "future"
    return "soon" if end_dates.ends_soon(mandate.valid_until, now) else "active"


def seconds_left(revoked_at: datetime | None, now: datetime) -> int:
    """How long what was taken back then may still be undone."""
    assert revoked_at is not None
    return max(1, int((mandates.UNDO - (now - revoked_at)).total_seconds()))
