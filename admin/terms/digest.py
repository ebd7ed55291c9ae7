"""The digest: once a week at most, each administrator gets one mail with everything that comes to
an end at the own organisations and was not told before. What a worker that stood still missed is
in the next one.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import ColumnElement, Select, func, or_, select, union
from sqlalchemy.orm import Session

from admin.mandates import administrators
from admin.terms import coming, notices
from admin.terms.coming import Coming
from admin.terms.run import TermRun
from broker.process import Process
from broker.texts import term_mails
from broker.texts.outside_request import texts
from broker.texts.term_mails import Ending, EndingsAt
from consent import lapse
from consent.chains import ChainMandate
from consent.mandates import Mandate
from consent.requests import MandateRequest, RequestState
from directory import administrator_role, dates
from directory.administrator_role import administers
from directory.organisations import Organisation
from directory.people import Membership, Person, Role
from state.db import writing
from state.locks import Held, one_at_a_time
from state.outbox import enqueue

EVERY: Final = timedelta(days=7)
MOST_MAILS: Final = 500  # in one go, so that other jobs get their turn; the rest comes at the next


@dataclass(frozen=True)
class _News:
    organisation: Organisation
    found: tuple[Coming, ...]


def tell_due(process: Process) -> int:
    """Send what is due; to how many. Two at once send it once."""
    sent = 0
    with process.sessions() as session:
        people = whom_to_ask(session, TermRun.of(process))
    for person_id in people:
        if sent >= MOST_MAILS:
            break
        with process.sessions() as session:
            sent += tell(TermRun.of(process), session, person_id)
    return sent


def tell(run: TermRun, session: Session, person_id: str) -> bool:
    """Send this administrator what is due, in a transaction; False where nothing is."""
    if not _news(run, session, person_id):
        return False  # the usual case costs no write lock
    with writing(session):
        one_at_a_time(session, Held.DIGEST, person_id)
        now, news = run.now, _news(run, session, person_id)
        person = session.get_one(Person, person_id, populate_existing=True)
        if not news or not person.email:
            return False
        with texts():
            told = [_endings(run, one, person.locale) for one in news]
            mail = term_mails.digest(person.email, person.locale, run.base_url, told)
        enqueue(session, run.sealer, mail, now)
        notices.keep(session, person_id, [each for one in news for each in one.found], now)
    return True


def _news(run: TermRun, session: Session, person_id: str) -> list[_News]:
    now, months = run.now, run.unused_months
    last = notices.last_told(session, person_id)
    if last is not None and now - last < EVERY:
        return []
    told, news = notices.told_to(session, person_id), []
    for organisation in administrators.organisations_of(session, person_id, now):
        found = notices.due(coming.at(session, organisation.id, now, months, run.link_level), told)
        if found:
            news.append(_News(organisation, found))
    return news


def _endings(run: TermRun, news: _News, locale: str) -> EndingsAt:
    services = run.services
    rows = []
    for one in news.found:
        service = services.get(one.service_uuid or "")
        level = one.level.label if one.level is not None else ""
        name = service.name.in_(locale) if service is not None else None
        rows.append(Ending(str(one.kind), one.until, one.name, name, level))
    return EndingsAt(news.organisation.name, tuple(rows))


def whom_to_ask(session: Session, run: TermRun) -> Sequence[str]:
    """Administrators of organisations where something may come to an end, who were not warned this
    week, by id. Wider than the rules: each is judged afterwards.
    """
    now = run.now
    places = union(*_places(now, run.unused_months)).subquery()
    recent = select(notices.TermNotice.person_id).where(notices.TermNotice.told_at > now - EVERY)
    query = (
        select(Membership.person_id)
        .join(Person, Person.id == Membership.person_id)
        .where(
            Membership.organisation_id.in_(select(places.c[0])),
            administers(now),
            or_(Membership.until.is_(None), Membership.until > now),
            Person.email.is_not(None),
            Membership.person_id.not_in(recent),
        )
        .distinct()
        .order_by(Membership.person_id)
    )
    return session.scalars(query).all()


def _places(now: datetime, unused_months: int) -> Iterable[Select[str]]:
    today = dates.day_of(now)
    soon = dates.end_of(dates.months_after(today, coming.END_MONTHS))
    first_unused = dates.end_of(dates.months_after(today, max(lapse.WARN_MONTHS)))
    for model in (Mandate, ChainMandate):
        stands = (model.revoked_at.is_(None), model.valid_until > now)
        yield select(model.organisation_id).where(*stands, model.valid_until <= soon)
        yield select(model.organisation_id).where(
            *stands, *unused_since(model, lapse.latest_start(first_unused, unused_months))
        )
    role_ends = dates.months_after(today, max(lapse.WARN_MONTHS) + 1)
    yield select(Membership.organisation_id).where(
        Membership.role == Role.ADMINISTRATOR,
        func.coalesce(Membership.role_since, Membership.since)
        <= administrator_role.earliest(dates.end_of(role_ends)),
    )
    yield (
        select(Membership.organisation_id)
        .where(Membership.role == Role.ADMINISTRATOR)
        .group_by(Membership.organisation_id)
        .having(func.count() > 1)
    )
    asked = now - timedelta(days=coming.REQUEST_DAYS) + coming.REQUEST_WARNED + EVERY
    yield select(MandateRequest.organisation_id).where(
        MandateRequest.state == RequestState.OPEN, MandateRequest.asked_at <= asked
    )


def unused_since(
    model: type[Mandate] | type[ChainMandate], moment: datetime
) -> tuple[ColumnElement[bool], ...]:
    """Began, was confirmed and was used before this moment, as far as it was at all."""
    return (
        model.valid_from <= moment,
        or_(model.last_used_at.is_(None), model.last_used_at <= moment),
        or_(model.confirmed_at.is_(None), model.confirmed_at <= moment),
    )
