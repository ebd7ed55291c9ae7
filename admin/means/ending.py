"""Ending a means: now, on a day, or with its contract, at one or more organisations. Where none is
left the account ends. An organisation keeps an administrator, unless its last one ends all of it.
"""

from __future__ import annotations

import enum
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from admin.actor import Actor
from admin.mandates import administrators, decision_rules
from admin.mandates import ending as mandate_ending
from admin.means import administration
from admin.means.around import MeansAsker, administered
from assurance import means, means_requests
from assurance.levels import suffices
from assurance.means import IssuedMeans, MeansLink
from assurance.means_requests import MeansOutcome, MeansRequest, RequestKind
from broker.sso import grants, logout
from broker.sso.logout import LogoutNotifier
from broker.texts import means_mails
from broker.texts.means_mails import MeansTold
from consent import changes, mandates, places
from consent.mandate_locks import hold as hold_mandates
from directory import dates
from directory.consoles import BEHEER
from directory.organisations import Organisation
from directory.people import Membership, Person, Role
from providers.accounts import Account
from state import audit, outbox
from state.audit import AuditEvent, EventTag
from state.trace import new_reference


class EndMoment(enum.StrEnum):
    """When it ends."""

    NOW = "now"
    DAY = "day"
    CONTRACT = "contract"


@dataclass(frozen=True)
class EndWish:
    """``organisations``: where it ends; ``day``: the last one, with ``DAY``; ``ends_company``: who
    ends the own means as the last one said twice that all of the organisation ends.
    """

    means_id: str
    organisations: tuple[str, ...]
    moment: EndMoment
    day: date | None = None
    ends_company: bool = False


class EndRefused(Exception):
    """Nothing ended. ``why``: ``gone``, ``no_day``, ``no_contract``, ``not_administered``,
    ``above_own_level``, ``last_administrator`` or ``ends_company`` (say so twice).
    """

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


@dataclass(frozen=True)
class _Case:
    """What is being ended, by whom, and from when on. ``by``: their id, None where nobody logged
    in; ``reason``: why, where no administrator wanted it.
    """

    made: IssuedMeans
    person: Person
    at: datetime
    now: datetime
    by: str | None
    reference: str
    reason: str | None = None

    @property
    def is_now(self) -> bool:
        return self.at <= self.now

    @property
    def mark(self) -> str:
        """What mandates keep as who did it."""
        return self.by or self.reason or ""


def end(session: Session, around: MeansAsker, wish: EndWish) -> None:
    """In the transaction of the caller. Raises NotAdministrator, LoginNotEnough, EndRefused."""
    now, by, notifier = around.now, around.actor.logged_in, around.site.notifier
    administration.hold(session, list(wish.organisations))
    hold_mandates(session, *wish.organisations)
    administrators.demand(session, by, around.organisation_id, now)
    decision_rules.demand(decision_rules.lack_to_decide(around.login, now))
    made = session.get(IssuedMeans, wish.means_id, with_for_update=True, populate_existing=True)
    if made is None or (made.ends_at is not None and made.ends_at <= now):
        raise EndRefused("gone")
    at = _moment(made, wish, now)
    rows = {row.organisation_id: row for row in means.links(session, made.id, now)}
    lack = why_not(session, around, made, wish)
    if lack is not None:
        raise EndRefused(lack)
    person = session.get_one(Person, made.person_id)
    ends_company = wish.ends_company and _may_end_company(session, around, made)
    case = _Case(made, person, at, now, by, new_reference())
    for organisation_id in sorted(wish.organisations):
        _end_at(session, notifier, case, rows[organisation_id])
        _tell(session, notifier, case, organisation_id)
    _withdraw_changes(session, case, wish.organisations)
    if ends_company:
        _end_company(session, case, around.organisation_id)
    _end_without_links(session, notifier, case, rows.values())


def end_for(
    session: Session,
    notifier: LogoutNotifier,
    made: IssuedMeans,
    organisation_id: str,
    at: datetime,
    *,
    actor: Actor,
    reason: str,
) -> str:
    """End it at this organisation from that moment on because a rule says so, with the transaction
    of the caller, who holds its administrators and mandates; the person hears of it where it was
    active. The reference of the audit. ``reason``: a machine word.
    """
    person, now = session.get_one(Person, made.person_id), notifier.now
    case = _Case(made, person, at, now, actor.person_id, new_reference(), reason)
    rows = {row.organisation_id: row for row in means.links(session, made.id, now)}
    _end_at(session, notifier, case, rows[organisation_id])
    _tell(session, notifier, case, organisation_id)
    _withdraw_changes(session, case, (organisation_id,))
    _end_without_links(session, notifier, case, rows.values())
    return case.reference


def _end_without_links(
    session: Session, notifier: LogoutNotifier, case: _Case, rows: Collection[MeansLink]
) -> None:
    """All of it, where it is linked to nothing from the last of these ends on."""
    ends = [row.until for row in rows if row.until is not None]
    if len(ends) == len(rows):
        _end_means(session, notifier, case, max(ends))


def why_not(session: Session, around: MeansAsker, made: IssuedMeans, wish: EndWish) -> str | None:
    """The first objection; a word of EndRefused."""
    linked = {row.organisation_id for row in means.links(session, made.id, around.now)}
    own = administered(session, around)
    if not wish.organisations or not set(wish.organisations) <= linked:
        return "gone"
    if not set(wish.organisations) <= set(own):
        return "not_administered"
    if any(not suffices(own[one][1], made.level) for one in wish.organisations):
        return "above_own_level"
    for one in wish.organisations:
        if not _is_last(session, around, made, one):
            continue
        if one != around.organisation_id or not _may_end_company(session, around, made):
            return "last_administrator"
        if not (wish.ends_company and wish.moment is EndMoment.NOW):
            return "ends_company"
    return None


def _is_last(session: Session, around: MeansAsker, made: IssuedMeans, organisation_id: str) -> bool:
    person_id, now = made.person_id, around.now
    return administration.is_administrator(
        session, organisation_id, person_id, now
    ) and not administration.left_without(session, organisation_id, person_id, now)


def _may_end_company(session: Session, around: MeansAsker, made: IssuedMeans) -> bool:
    """Only the last administrator, who is alone there and ends the own means, ends all of it."""
    here = around.organisation_id
    return (
        made.person_id == around.actor.person_id
        and _is_last(session, around, made, here)
        and administration.is_alone(session, here, made.person_id, around.now)
    )


def end_due(session: Session, notifier: LogoutNotifier) -> int:
    """End the accounts of means whose day came, and what they opened; how many. Time acts."""
    now = notifier.now
    query = select(Account).where(Account.ends_at <= now, Account.ended_at.is_(None))
    found = list(session.scalars(query.order_by(Account.id).with_for_update()))
    for account in found:
        account.ended_at = account.ends_at
        logout.end_all_of(session, notifier, account.person_id, "account_ended")
        details: dict[str, audit.Detail] = {"person": account.person_id}
        audit.record(session, AuditEvent(EventTag.ACCOUNT_ENDED, now, details=details))
    return len(found)


def _moment(made: IssuedMeans, wish: EndWish, now: datetime) -> datetime:
    """From when on it counts no more. What was never active ends now."""
    if wish.moment is EndMoment.NOW or made.activated_at is None:
        return now
    if wish.moment is EndMoment.CONTRACT:
        if made.contract_until is None or made.contract_until <= now:
            raise EndRefused("no_contract")
        return made.contract_until
    if wish.day is None or wish.day <= dates.day_of(now):
        raise EndRefused("no_day")
    return dates.end_of(wish.day)


def _end_at(session: Session, notifier: LogoutNotifier, case: _Case, row: MeansLink) -> None:
    """At one organisation: link, place, mandates, and the tokens that those gave."""
    row.until, organisation_id = case.at, row.organisation_id
    if row.gives_place:
        query = select(Membership).where(
            Membership.person_id == case.person.id,
            Membership.organisation_id == organisation_id,
        )
        place = session.scalars(query.with_for_update()).first()
        if place is not None and (place.until is None or place.until > case.at):
            place.until = case.at
            if case.is_now and place.role is Role.ADMINISTRATOR:
                grants.revoke_console(session, case.person.id, BEHEER.client_id, case.now)
        held = mandates.at(session, organisation_id, case.now, person_id=case.person.id)
        if case.is_now:
            for one in held:
                if mandates.revoke(session, one.id, by=case.mark, now=case.now):
                    mandate_ending.reach_of(session, notifier, one)
        else:
            counting = places.without_left(session, held, case.now)
            changes.shorten(session, counting, case.at, by=case.mark, now=case.now)
    audit.record(
        session,
        AuditEvent(
            EventTag.MEANS_ENDED,
            case.now,
            reference=case.reference,
            person_id=case.by,
            organisation_id=organisation_id,
            reason=case.reason,
            level=case.made.level,
            details={
                "person": case.person.id,
                "means": case.made.id,
                "from": dates.day_of(case.at).isoformat(),
                "now": case.is_now,
            },
        ),
    )


def _end_company(session: Session, case: _Case, organisation_id: str) -> None:
    session.get_one(Organisation, organisation_id).suspended_at = case.now
    audit.record(
        session,
        AuditEvent(
            EventTag.ORGANISATION_CHANGED,
            case.now,
            reference=case.reference,
            person_id=case.by,
            organisation_id=organisation_id,
            reason="administrator",
            details={"fields": "suspended_at"},
        ),
    )


def _withdraw_changes(session: Session, case: _Case, organisations: tuple[str, ...]) -> None:
    """What an organisation asked of a means that it ends now is asked no more."""
    if not case.is_now:
        return
    for request in means_requests.of_means(session, [case.made.id]):
        is_theirs = request.organisation_id in organisations
        if is_theirs and request.kind is RequestKind.CHANGE and request.is_pending:
            _withdraw(case, request)


def _withdraw(case: _Case, request: MeansRequest) -> None:
    request.outcome = MeansOutcome.WITHDRAWN
    request.decided_at, request.decided_by = case.now, case.by
    request.close(case.now)


def _end_means(session: Session, notifier: LogoutNotifier, case: _Case, last: datetime) -> None:
    """No organisation is left: nobody logs in with it from then on."""
    case.made.ends_at = last
    for request in means_requests.of_means(session, [case.made.id]):
        if request.is_pending:
            _withdraw(case, request)
    if case.made.activated_at is None:
        return
    query = select(Account).where(Account.person_id == case.person.id).with_for_update()
    account = session.scalars(query).first()
    if account is None or account.ended_at is not None:
        return
    account.ends_at = last
    if last <= case.now:
        account.ended_at = case.now
        logout.end_all_of(session, notifier, case.person.id, "account_ended")


def _tell(session: Session, notifier: LogoutNotifier, case: _Case, organisation_id: str) -> None:
    if not case.person.email or case.made.activated_at is None:
        return
    told = MeansTold(
        person=case.person.display_name,
        organisation=session.get_one(Organisation, organisation_id).name,
        level=case.made.level.label,
        reference=case.reference,
        until=None if case.is_now else case.at,
    )
    mail = means_mails.ended(case.person.email, case.person.locale, told)
    outbox.enqueue(session, notifier.sealer, mail, case.now)
