"""What a group gives: each member a mandate for each of its companies, at every service up to the
level of the company. They are mandates like all others, judged at each use; they end with the
place of the member and with that of the company.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from admin.actor import Actor
from admin.groups import rules
from admin.mandates import decision_rules, ending
from admin.mandates.decision_rules import DeciderLogin
from broker.sso.logout import LogoutNotifier
from consent import end_dates, group_mandates, mandates
from consent.group_mandates import GroupMandate
from consent.mandate_locks import hold
from directory import dates, groups
from directory.groups import GroupCompany, GroupMember
from state import audit
from state.audit import AuditEvent, EventTag


@dataclass(frozen=True)
class GroupWork:
    """Who changes a group, with which login, in which company. ``notifier``: for portals that hear
    that what they hold has ended.
    """

    actor: Actor
    login: DeciderLogin
    organisation_id: str
    notifier: LogoutNotifier
    site: str
    base_url: str
    max_years: int
    one_per_account: bool

    @property
    def now(self) -> datetime:
        return self.notifier.now


def settle(session: Session, work: GroupWork, group_id: str) -> None:
    """Give what is missing and take back what has no place any more, with the transaction of the
    caller. Raises LoginNotEnough where something is given above the login of who does it.
    """
    members, companies = groups.members(session, group_id), groups.companies(session, group_id)
    links = group_mandates.given_in(session, group_id)
    hold(session, *_reached(links, companies))
    standing = {one.id for one in members}, {one.id for one in companies}
    for link in links:
        if link.member_id not in standing[0] or link.company_id not in standing[1]:
            _take_back(session, work, link)
    given = {(one.member_id, one.company_id) for one in links}
    for member, company in list(rules.missing(members, companies, given, work.now)):
        _give(session, work, member, company)


def hold_mandates(session: Session, group_id: str, organisation_id: str) -> None:
    """Of every organisation where ``settle`` may come for this group, and of this one: by who
    holds the group, before any row.
    """
    links, companies = (
        group_mandates.given_in(session, group_id),
        groups.companies(session, group_id),
    )
    hold(session, organisation_id, *_reached(links, companies))


def _reached(links: Iterable[GroupMandate], companies: Iterable[GroupCompany]) -> set[str]:
    return {one.company.organisation_id for one in links} | {
        one.organisation_id for one in companies
    }


def _give(session: Session, work: GroupWork, member: GroupMember, company: GroupCompany) -> None:
    decision_rules.demand(decision_rules.lack_to_grant(work.login, company.level, work.now))
    longest = dates.end_of(end_dates.latest(dates.day_of(work.now), work.max_years))
    row = mandates.grant(
        session,
        person_id=member.person_id,
        organisation_id=company.organisation_id,
        service_uuid=None,
        level=company.level,
        until=min(company.valid_until, longest),
        granted_by=work.actor.logged_in,
        own_level=work.login.level,
        now=work.now,
        max_years=work.max_years,
        branches=(company.branch,) if company.branch else (),
    )
    session.add(GroupMandate(mandate_id=row.id, member_id=member.id, company_id=company.id))
    session.flush()
    _record(session, work, EventTag.MANDATE_GRANTED, row.id, member, company)


def _take_back(session: Session, work: GroupWork, link: GroupMandate) -> None:
    by, now = work.actor.logged_in, work.now
    if link.mandate.valid_until <= now or not mandates.revoke(
        session, link.mandate_id, by=by, now=now
    ):
        return
    ending.reach_of(session, work.notifier, link.mandate)
    _record(session, work, EventTag.MANDATE_REVOKED, link.mandate_id, link.member, link.company)


def _record(
    session: Session,
    work: GroupWork,
    tag: EventTag,
    mandate_id: str,
    member: GroupMember,
    company: GroupCompany,
) -> None:
    event = AuditEvent(
        tag,
        work.now,
        person_id=work.actor.person_id,
        organisation_id=company.organisation_id,
        level=company.level,
        details={"mandate": mandate_id, "person": member.person_id, "group": company.group_id},
    )
    audit.record(session, event)
