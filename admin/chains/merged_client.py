"""A client that goes up in another organisation: what was asked of it and what its links gave ends.
A mail to the one says nothing about who decides for the other, so nobody acts for that one by it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, Protocol

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session, joinedload

from admin.chains import request_notes, telling
from admin.chains.telling import ChainAround
from admin.mandates import ending
from broker.sso.logout import LogoutNotifier
from broker.texts import chain_request_mails
from consent import chain_requests
from consent.chain_requests import ChainRequest, ChainRequestState
from consent.chains import ChainMandate
from state import outbox
from state.audit import EventTag

MERGED: Final = "merged"  # in ``reason`` of the audit and ``revoked_by``: no person took it back


class MergerAround(ChainAround, Protocol):
    """What is read of the circumstances of a merger."""

    @property
    def notifier(self) -> LogoutNotifier: ...


@dataclass(frozen=True)
class EndedByMerger:
    """How many requests were withdrawn, and how many chain mandates ended."""

    requests: int
    chain_mandates: int


NOTHING_ENDED: Final = EndedByMerger(0, 0)


def end(session: Session, around: MergerAround, left: str, stays: str) -> EndedByMerger:
    """Both ids of organisations, of which the caller holds the mandates; in its transaction, before
    anything of ``left`` moves. What an administrator or a document gave is not touched.
    """
    return EndedByMerger(_withdraw(session, around, left, stays), _revoke(session, around, left))


def _withdraw(session: Session, around: MergerAround, left: str, stays: str) -> int:
    """What was asked of ``left``, and what the two asked each other. Also what lapsed: sending it
    again would ask the other one at the address of this one.
    """
    query = (
        select(ChainRequest.id)
        .where(
            ChainRequest.outcome.is_(None),
            or_(
                ChainRequest.organisation_id == left,
                and_(ChainRequest.organisation_id == stays, ChainRequest.intermediary_id == left),
            ),
        )
        .order_by(ChainRequest.id)
    )
    done = 0
    for request_id in session.scalars(query).all():
        outcome = ChainRequestState.WITHDRAWN
        request = chain_requests.one(session, request_id)
        if request is None or not chain_requests.end(session, request_id, outcome, around.now):
            continue
        tag, client = EventTag.CHAIN_REQUEST_WITHDRAWN, request.organisation_id
        request_notes.note(session, around, tag, request, at=client, reason=MERGED)
        done += 1
    return done


def _revoke(session: Session, around: MergerAround, left: str) -> int:
    """What was given with a link, each told to the intermediary and to who agreed."""
    query = (
        select(ChainMandate)
        .where(
            ChainMandate.organisation_id == left,
            ChainMandate.by_link.is_(True),
            ChainMandate.revoked_at.is_(None),
            ChainMandate.valid_until > around.now,
        )
        .options(joinedload(ChainMandate.organisation), joinedload(ChainMandate.intermediary))
        .order_by(ChainMandate.id)
        .with_for_update(of=ChainMandate)
        .execution_options(populate_existing=True)
    )
    rows = list(session.scalars(query))
    for row in rows:
        row.revoked_at, row.revoked_by = around.now, MERGED
    session.flush()
    ending.reach(session, around.notifier, [ending.of_chain(session, *row.key) for row in rows])
    for intermediary_id in dict.fromkeys(row.intermediary_id for row in rows):
        told = [row for row in rows if row.intermediary_id == intermediary_id]
        tag = EventTag.CHAIN_MANDATE_REVOKED
        telling.ended(session, around, told, tag, place_id=left, reason=MERGED)
    _tell_who_agreed(session, around, rows)
    return len(rows)


def _tell_who_agreed(session: Session, around: MergerAround, rows: Iterable[ChainMandate]) -> None:
    for request_id in dict.fromkeys(row.granted_by for row in rows):
        request = chain_requests.one(session, request_id or "")
        if request is None:
            continue
        facts = request_notes.facts_of(request, around, request.locale)
        mail = chain_request_mails.merged(request.email, request.locale, facts)
        outbox.enqueue(session, around.sealer, mail, around.now)
