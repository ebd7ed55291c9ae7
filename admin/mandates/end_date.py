"""Changing the last day of one mandate: longer, or shorter from tomorrow on."""

from __future__ import annotations

from datetime import date

from sqlalchemy.orm import Session

from admin.mandates import administrators, decision_rules, outcomes
from admin.mandates.decision_rules import LoginLack
from admin.mandates.given import NoSuchMandate
from admin.mandates.giving import Circumstances, NothingToDo
from admin.mandates.outcomes import Done
from assurance.levels import is_same
from consent import changes, end_dates, mandates, places
from consent.changes import MandateWish, TermChange
from consent.mandate_locks import hold
from consent.mandates import Mandate, MandateRefused
from directory import dates
from state.trace import new_reference


def lack_to_change(around: Circumstances, mandate: Mandate, until: date | None) -> LoginLack | None:
    """What the login lacks to let it end on this day; None for ``until``: on any later day. Nobody
    makes longer what stands above the own level; making it shorter takes nothing but a login of
    now.
    """
    is_longer = until is None or until > dates.day_of(mandate.valid_until)
    if is_longer:
        return decision_rules.lack_to_grant(around.login, mandate.level, around.now)
    return decision_rules.lack_to_decide(around.login, around.now)


def change(session: Session, around: Circumstances, mandate: Mandate, until: date) -> Done:
    """Let it end on this day, with what stands beside it and lets the same person do the same.
    One that counts no more because the person left is none: only giving it anew helps. Raises
    NotAdministrator, NoSuchMandate, LoginNotEnough, MandateRefused, NothingToDo. The caller
    commits, or rolls back.
    """
    hold(session, around.organisation_id)
    administrators.demand(session, around.actor.logged_in, around.organisation_id, around.now)
    alike = mandates.same_as(session, mandate, around.now)
    rows = places.without_left(session, alike, around.now)
    if mandate.id not in {row.id for row in rows}:
        raise NoSuchMandate(mandate.id)
    longest = max(rows, key=lambda row: row.valid_until)
    decision_rules.demand(lack_to_change(around, longest, until))
    fault = end_dates.fault(until, dates.day_of(around.now), around.max_years)
    if fault is not None:
        raise MandateRefused(fault)
    was, by, end = dates.day_of(longest.valid_until), around.actor.logged_in, dates.end_of(until)
    if was == until:
        raise NothingToDo
    kind = TermChange.EXTENDED if until > was else TermChange.SHORTENED
    if kind is TermChange.EXTENDED:
        alike = [row for row in rows if is_same(row.level, longest.level)]
        changes.extend(session, alike, end, by=by, now=around.now)
    else:
        changes.shorten(session, rows, end, by=by, now=around.now)
    wish = MandateWish(longest.person_id, longest.service_uuid, longest.level)
    done = Done(wish, kind, was, until)
    outcomes.follow(session, around, [done], new_reference())
    return done
