"""Chain mandates as the pages show them, and what a decision on them needs of the console."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Final

from admin.chains import answering
from admin.chains.given import ChainRevocation
from admin.chains.giving import ChainTerms
from admin.organisation_console.access import BeheerContext
from admin.organisation_console.chain_pages import IntermediaryRow
from admin.organisation_console.pages import ChainRequestRow, ChainRow
from admin.organisation_console.rows import seconds_left
from broker.web.language import locale
from broker.web.registration_names import service_name
from consent import chains, end_dates
from consent.chain_requests import ChainRequest
from consent.chains import ChainMandate

OVER: Final = ("undo", "revoked")
OFF: Final = "off"  # a link gave it, and links do not count (that far) here


def terms(console: BeheerContext) -> ChainTerms:
    """The circumstances of a decision that is taken now."""
    mandates = console.rt.settings.mandates
    return ChainTerms(
        organisation_id=console.here.id,
        actor=console.actor,
        login=console.login,
        services=console.rt.configuration.services,
        sealer=console.rt.sealer,
        max_years=mandates.max_years,
        least=mandates.chain_level,
        link_level=mandates.chain_link_level,
        now=console.now,
    )


def revocation(console: BeheerContext) -> ChainRevocation:
    """What taking back needs."""
    return ChainRevocation(
        actor=console.actor,
        services=console.rt.configuration.services,
        now=console.now,
        notifier=console.notifier(),
    )


def chain_row(console: BeheerContext, chain: ChainMandate) -> ChainRow:
    """One chain mandate, in the language of the page, as seen from the company of the session."""
    uuid, now = chain.service_uuid, console.now
    service = console.rt.configuration.services.get(uuid)
    is_given = chain.organisation_id == console.here.id
    other = chain.intermediary if is_given else chain.organisation
    is_off = bool(_off(console, [chain]))
    state = _state(chain, console.person_id, now, is_off=is_off)
    return ChainRow(
        id=chain.id,
        other_id=other.id,
        other=other.name,
        other_kvk=other.kvk,
        service_uuid=uuid,
        service=service_name(console.rt.configuration, uuid),
        provider=service.provider_name.in_(locale()) if service is not None else "",
        level=chain.level.label,
        since=chain.valid_from,
        until=chain.valid_until,
        last_used=chain.last_used_at,
        state=state,
        revoked_at=chain.revoked_at,
        by_link=chain.by_link,
        seconds=seconds_left(chain.revoked_at, now) if state == "undo" else 0,
    )


def shown(console: BeheerContext, found: Sequence[ChainMandate]) -> list[ChainMandate]:
    """Of those that people see as one, the one that counts and lasts longest."""
    return chains.shown(found, console.now, _off(console, found))


def intermediary_rows(rows: Iterable[ChainRow]) -> list[IntermediaryRow]:
    """The same by intermediary, in the order in which each comes first."""
    by: dict[str, list[ChainRow]] = {}
    for row in rows:
        by.setdefault(row.other_id, []).append(row)
    return [_intermediary(found) for found in by.values()]


def request_rows(console: BeheerContext) -> tuple[ChainRequestRow, ...]:
    """What intermediaries ask this company and it can answer, the oldest first."""
    years = console.rt.settings.mandates.max_years
    found = answering.waiting(console.sql, [console.here.id], console.now, max_years=years)
    return tuple(
        ChainRequestRow(
            one.id,
            one.intermediary.name,
            f"{one.intermediary.kvk[:4]} {one.intermediary.kvk[4:]}",
            names_of(console, one),
            one.until,
            one.asked_at,
            one.expires_at,
        )
        for one in found
    )


def names_of(console: BeheerContext, asked: ChainRequest) -> tuple[str, ...]:
    """The services of a request; one that is gone by its UUID."""
    return tuple(service_name(console.rt.configuration, uuid) for uuid in asked.services)


def _intermediary(rows: list[ChainRow]) -> IntermediaryRow:
    standing = [one for one in rows if one.state not in OVER]
    counting = [one for one in standing if one.state != OFF]
    undone = [one for one in rows if one.state == "undo"]
    shown = counting or standing or undone or rows
    if counting:
        state = "soon" if any(one.state == "soon" for one in counting) else "active"
    elif standing:
        state = OFF
    else:
        state = "undo" if undone else "revoked"
    first = shown[0]
    return IntermediaryRow(
        id=first.other_id,
        name=first.other,
        kvk=first.other_kvk,
        services=tuple(one.service for one in shown),
        service_uuids=tuple(one.service_uuid for one in shown),
        until=min(one.until for one in shown),
        state=state,
        stroke=first.id if state == "undo" else "",
        seconds=first.seconds,
    )


def _off(console: BeheerContext, rows: Sequence[ChainMandate]) -> frozenset[str]:
    return chains.switched_off(rows, console.rt.settings.mandates.chain_link_level)


def _state(chain: ChainMandate, person_id: str, now: datetime, *, is_off: bool) -> str:
    if chain.revoked_at is not None:
        return "undo" if chains.may_be_restored(chain, person_id, now) else "revoked"
    if is_off:
        return OFF
    if chain.valid_from > now:
        return "future"
    return "soon" if end_dates.ends_soon(chain.valid_until, now) else "active"
