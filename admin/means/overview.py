"""Means as lists and details show them: how each stands now, until when something must be done, and
what happened so far.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from assurance import means, means_letters, means_requests
from assurance.means import REFUSAL_SHOWN, IssuedMeans, MeansFacts, MeansLink
from assurance.means_letters import MeansLetter
from assurance.means_requests import MeansOutcome, MeansRequest, RequestKind
from directory.people import MeansStatus, Person, Role


@dataclass(frozen=True)
class MeansView:
    """One means as an organisation sees it. ``deadline``: of the activation, before or after it;
    ``requests``: the oldest first.
    """

    means: IssuedMeans
    link: MeansLink | None
    status: MeansStatus
    deadline: datetime | None
    requests: tuple[MeansRequest, ...]
    letters: tuple[MeansLetter, ...] = ()

    @property
    def pending(self) -> MeansRequest | None:
        """What may still change it."""
        return next((one for one in self.requests if one.is_pending), None)

    @property
    def letter(self) -> MeansLetter | None:
        """The last letter, while what it is for was not done."""
        waits = self.pending is not None and not self.pending.is_open
        return self.letters[-1] if waits and self.letters else None

    def is_letter_over(self, now: datetime) -> bool:
        """Was the last letter not used in time, so that another one is needed?"""
        return self.letter is not None and not self.letter.holds(now)

    @property
    def refused(self) -> MeansRequest | None:
        """The last request, where it was refused."""
        last = self.requests[-1] if self.requests else None
        return last if last is not None and last.outcome is MeansOutcome.REFUSED else None

    def shows_refusal(self, now: datetime) -> bool:
        """Is the reason of the last refusal still shown? For thirty days."""
        last = self.refused
        return (
            last is not None
            and last.decided_at is not None
            and now < last.decided_at + REFUSAL_SHOWN
        )


@dataclass(frozen=True)
class MeansEvent:
    """What happened, as a machine word."""

    at: datetime
    what: str
    detail: str = ""


def at(session: Session, organisation_id: str, now: datetime) -> dict[str, MeansView]:
    """By person, what this organisation sees of means: the newest of each."""
    rows = means.linked_at(session, organisation_id, now)
    return {view.means.person_id: view for view in _views(session, rows, now)}


def one(session: Session, organisation_id: str, person_id: str, now: datetime) -> MeansView | None:
    """That of this person."""
    return of_people(session, organisation_id, [person_id], now).get(person_id)


def of_people(
    session: Session, organisation_id: str, person_ids: Collection[str], now: datetime
) -> dict[str, MeansView]:
    """The same for several."""
    rows = means.linked_at(session, organisation_id, now, person_ids)
    newest = {row[0].person_id: row for row in rows}
    return {view.means.person_id: view for view in _views(session, newest.values(), now)}


def of_request(session: Session, request: MeansRequest, now: datetime) -> MeansView:
    """The means that a request is about, whoever asked it."""
    made = session.get_one(IssuedMeans, request.means_id)
    (view,) = _views(session, [(made, None)], now)
    return view


def recent(session: Session, now: datetime) -> list[tuple[MeansRequest, MeansView]]:
    """What operators look at: requests that wait, are not done yet, or were decided in the last
    thirty days; the oldest first.
    """
    query = select(MeansRequest).where(
        or_(
            MeansRequest.outcome.is_(None),
            MeansRequest.done_at.is_(None),
            MeansRequest.decided_at > now - REFUSAL_SHOWN,
        )
    )
    found = list(session.scalars(query.order_by(MeansRequest.asked_at, MeansRequest.id)))
    ids = {row.means_id for row in found}
    rows = session.scalars(select(IssuedMeans).where(IssuedMeans.id.in_(ids)))
    views = {view.means.id: view for view in _views(session, [(row, None) for row in rows], now)}
    return [(row, views[row.means_id]) for row in found]


def timeline(view: MeansView, request: MeansRequest | None = None) -> list[MeansEvent]:
    """What happened with it, in order; ``request``: of this one alone."""
    events = []
    for row in view.requests if request is None else (request,):
        is_new = row.kind is RequestKind.NEW
        events.append(MeansEvent(row.asked_at, "asked" if is_new else "change_asked"))
        if row.checked_at is not None:
            events.append(MeansEvent(row.checked_at, "identified"))
        if row.decided_at is not None:
            events.append(MeansEvent(row.decided_at, str(row.outcome), row.refusal_reason or ""))
        if not is_new and row.outcome is MeansOutcome.APPROVED and row.done_at is not None:
            events.append(MeansEvent(row.done_at, "changed"))
    events += [MeansEvent(one.sent_at, "letter_sent") for one in view.letters]
    if view.means.activated_at is not None:
        events.append(MeansEvent(view.means.activated_at, "activated"))
    if view.means.ends_at is not None:
        events.append(MeansEvent(view.means.ends_at, "ends"))
    return sorted(events, key=lambda event: event.at)


def _views(
    session: Session, rows: Collection[tuple[IssuedMeans, MeansLink | None]], now: datetime
) -> list[MeansView]:
    ids = [made.id for made, _ in rows]
    requests: dict[str, list[MeansRequest]] = {}
    for request in means_requests.of_means(session, ids):
        requests.setdefault(request.means_id, []).append(request)
    letters: dict[str, list[MeansLetter]] = {}
    for letter in means_letters.of_means(session, ids):
        letters.setdefault(letter.means_id, []).append(letter)
    people = {made.person_id for made, _ in rows}
    blocked = set(
        session.scalars(select(Person.id).where(Person.id.in_(people), Person.blocked_at <= now))
    )
    found = []
    for made, link in rows:
        asked, sent = requests.get(made.id, []), letters.get(made.id, [])
        until = sent[-1].until if sent else None
        facts = MeansFacts(
            is_blocked=made.person_id in blocked,
            approved_at=made.approved_at,
            refused_at=made.refused_at,
            activated_at=made.activated_at,
            ends_at=made.ends_at,
            letter_until=until,
            change_waits=any(one.is_pending for one in asked),
        )
        status = means.status(facts, now)
        found.append(MeansView(made, link, status, until, tuple(asked), tuple(sent)))
    return found


def role_of(view: MeansView) -> Role:
    """The role that it has here, or is to have."""
    if view.link is not None:
        return view.link.role
    return view.requests[-1].role if view.requests else Role.MEMBER
