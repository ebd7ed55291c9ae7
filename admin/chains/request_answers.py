"""What giving chain mandates answers: the request that it was done for, and every other one of the
same intermediary that asks nothing more.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date, datetime

from sqlalchemy.orm import Session

from admin.chains import request_notes
from admin.chains.telling import ChainAround
from consent import chain_requests, chains
from consent.chain_requests import ChainRequest, ChainRequestState
from directory import dates
from state.audit import EventTag


class NoLongerAsked(Exception):
    """The request was answered or withdrawn meanwhile, or its time is over."""


def answer(
    session: Session,
    around: ChainAround,
    organisation_id: str,
    intermediary_id: str,
    request_id: str | None,
) -> None:
    """In the transaction of the giving. Raises NoLongerAsked where ``request_id`` does not wait any
    more.
    """
    waiting = chain_requests.open_at(
        session, [organisation_id], around.now, intermediary_id=intermediary_id
    )
    if request_id is not None and all(one.id != request_id for one in waiting):
        raise NoLongerAsked(request_id)
    standing = _standing(session, organisation_id, intermediary_id, around.now)
    for request in waiting:
        if request.id == request_id or _is_met(request, standing):
            _end(session, around, request)


def given_of(request: ChainRequest, standing: Collection[chains.ChainMandate]) -> dict[str, date]:
    """What stands of what it asked: services with their last day. ``standing``: what counts at the
    intermediary for this client today.
    """
    found: dict[str, date] = {}
    for row in standing:
        if row.service_uuid in request.services:
            day = dates.day_of(row.valid_until)
            found[row.service_uuid] = max(found.get(row.service_uuid, day), day)
    return found


def how_far(request: ChainRequest, given: Mapping[str, date]) -> str:
    """A word for what became of a request that was granted: ``granted``, ``partly`` where less than
    was asked stands today, ``over`` where nothing does.
    """
    if not given:
        return "over"
    is_whole = all(given.get(uuid, date.min) >= request.until for uuid in request.services)
    return "granted" if is_whole else "partly"


def _standing(
    session: Session, organisation_id: str, intermediary_id: str, now: datetime
) -> Collection[chains.ChainMandate]:
    found = chains.of_client(session, organisation_id, now, intermediary_id=intermediary_id)
    return [row for row in found if row.valid_from <= now and row.is_by_administrator]


def _is_met(request: ChainRequest, standing: Collection[chains.ChainMandate]) -> bool:
    """Does the intermediary have all that it asked, for at least as long?"""
    end = dates.end_of(request.until)
    held = {row.service_uuid for row in standing if row.valid_until >= end}
    return set(request.services) <= held


def _end(session: Session, around: ChainAround, request: ChainRequest) -> None:
    by, granted = around.actor.person_id, ChainRequestState.GRANTED
    if not chain_requests.end(session, request.id, granted, around.now, by=by):
        raise NoLongerAsked(request.id)
    request_notes.note(
        session,
        around,
        EventTag.CHAIN_REQUEST_GRANTED,
        request,
        at=request.organisation_id,
        reason="administrator",
    )
