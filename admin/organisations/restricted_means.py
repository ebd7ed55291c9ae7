"""Two companies that become one may have a restricted means each, where one for each KvK number is
the rule. One stays, and the others end on a day, by a rule that nobody chooses at the moment of the
merger (decision 65).
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Final, Protocol

from sqlalchemy.orm import Session

from admin.actor import Actor
from admin.chains.merged_client import MERGED
from admin.means import administration, ending
from assurance import means
from assurance.means import IssuedMeans
from broker.sso.logout import LogoutNotifier
from broker.texts import means_mails
from broker.texts.means_mails import MeansTold
from consent import requests
from directory import dates
from directory.organisations import Organisation
from directory.people import Person
from state import outbox

DAYS: Final = 30  # until an active one ends: time to ask an ordinary one


class RestrictedAround(Protocol):
    """What is read of the circumstances of a merger."""

    @property
    def actor(self) -> Actor: ...
    @property
    def notifier(self) -> LogoutNotifier: ...


def keep_one(
    session: Session, around: RestrictedAround, stays: Organisation, own: Collection[str]
) -> int:
    """After everything moved, in the transaction of the caller, who holds the administrators: how
    many end. ``own``: ids of those that ``stays`` had before. What is not active yet ends at once.
    """
    now = around.notifier.now
    found = means.restricted_at(session, stays.id, now)
    found.sort(key=lambda one: _rank(session, one, stays.id, own, now))
    ended = 0
    for one in found[1:]:
        at = now if one.activated_at is None else _last(now)
        link = next(
            row for row in means.links(session, one.id, now) if row.organisation_id == stays.id
        )
        if link.until is not None and link.until <= at:
            continue
        ended += 1
        reference = ending.end_for(
            session, around.notifier, one, stays.id, at, actor=around.actor, reason=MERGED
        )
        _tell(session, around, stays, (found[0], one), reference, at)
    return ended


def _rank(
    session: Session, one: IssuedMeans, place: str, own: Collection[str], now: datetime
) -> tuple[bool, bool, bool, datetime, str]:
    """The first stays: an active one, of who is the only administrator, of the company that stays,
    the oldest.
    """
    is_only = administration.is_administrator(
        session, place, one.person_id, now
    ) and not administration.left_without(session, place, one.person_id, now)
    return one.activated_at is None, not is_only, one.id not in own, one.asked_at, one.id


def _last(now: datetime) -> datetime:
    return dates.end_of(dates.day_of(now) + timedelta(days=DAYS))


def _tell(
    session: Session,
    around: RestrictedAround,
    place: Organisation,
    pair: tuple[IssuedMeans, IssuedMeans],
    reference: str,
    at: datetime,
) -> None:
    """The administrators, with the name of who keeps one and of whose ends."""
    now, sealer = around.notifier.now, around.notifier.sealer
    kept, gone = (session.get_one(Person, one.person_id).display_name for one in pair)
    told = MeansTold(
        person=gone,
        organisation=place.name,
        level=pair[1].level.label,
        reference=reference,
        until=None if at <= now else at,
    )
    for one in requests.administrators_of(session, place.id, now):
        if one.email:
            mail = means_mails.one_restricted(one.email, one.locale, told, kept)
            outbox.enqueue(session, sealer, mail, now)
