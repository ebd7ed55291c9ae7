"""Logout: a session ends, with everything that portals hold because of it; those that can be told
are told.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from assurance import session_lifetime
from broker.process import Process
from broker.runtime import Runtime
from broker.sso import grants
from broker.sso.grants import Grant, Participant
from broker.sso.telling import Listeners, Visit, tell, tell_portal
from broker.sso.telling import LogoutNotifier as LogoutNotifier
from state import audit
from state.audit import AuditEvent, EventTag
from state.copies import replace


@dataclass(frozen=True)
class LogoutOutcome:
    """What ended. ``notified`` are portals that hear it from us; at ``not_notified`` the user must
    log out as well, though what they hold of Sluis is worth nothing any more. The same of makelaars
    by their ids. ``visits``: those of the ones that do not hear it whom the browser of the user can
    still tell.
    """

    notified: tuple[Participant, ...] = ()
    not_notified: tuple[Participant, ...] = ()
    locale: str | None = None  # that a portal asked for the page that tells it
    onward: str | None = None  # where who asked waits to hear how it went
    onward_to: str | None = None
    makelaars: tuple[str, ...] = ()
    makelaars_open: tuple[str, ...] = ()
    visits: tuple[Visit, ...] = ()

    def telling(self, told: Listeners) -> LogoutOutcome:
        """The same with what became of makelaars, and who can still be visited."""
        return replace(
            self,
            makelaars=told.makelaars,
            makelaars_open=told.makelaars_open,
            visits=told.visits,
        )

    @property
    def is_complete(self) -> bool:
        """Does everybody hear it?"""
        return not self.not_notified and not self.makelaars_open


@dataclass(frozen=True)
class LoggedOutEverywhere:
    """What ended of one person: ids of sessions of browsers and of sessions at our consoles."""

    sessions: tuple[str, ...]
    consoles: tuple[str, ...]
    outcome: LogoutOutcome


def notifier_of(rt: Runtime | Process) -> LogoutNotifier:
    """With the registrations of this moment."""
    known = rt.holder.current
    return LogoutNotifier(
        rt.sealer, rt.downstreams, known.relying_parties, rt.clock(), known.adapters
    )


def end_session(
    sql: Session,
    rt: Runtime | Process,
    session_id: str,
    reason: str,
    reference: str | None = None,
    *,
    asked_by: str | None = None,
    with_browser: bool = False,
) -> LogoutOutcome:
    """End one session in the transaction of the caller. Nothing happens where it had ended."""
    return end_and_tell(
        sql,
        notifier_of(rt),
        session_id,
        reason,
        reference,
        asked_by=asked_by,
        with_browser=with_browser,
    )


def end_and_tell(
    sql: Session,
    notifier: LogoutNotifier,
    session_id: str,
    reason: str,
    reference: str | None = None,
    *,
    asked_by: str | None = None,
    with_browser: bool = False,
) -> LogoutOutcome:
    """The same, for who has a notifier. ``asked_by``: the party that wants it, as
    ``assurance.session_names`` has it; ``with_browser``: that of the user is here.
    """
    now = notifier.now
    if not session_lifetime.end(sql, session_id, reason, now):
        return LogoutOutcome()
    portals = grants.participants(sql, session_id)
    grants.revoke_of_session(sql, session_id, now)
    told = tell(
        sql,
        notifier,
        session_id,
        portals,
        reference=reference,
        asked_by=asked_by,
        with_browser=with_browser,
    )
    notified = tuple(one for one in portals if one.client_id in told.clients)
    audit.record(
        sql,
        AuditEvent(
            EventTag.SESSION_ENDED,
            now,
            reference=reference,
            person_id=portals[0].person_id if portals else None,
            reason=reason,
            details={"session": session_id, "told": len(told.clients)},
        ),
    )
    others = tuple(one for one in portals if one not in notified)
    return LogoutOutcome(notified, others).telling(told)


def end_these(
    sql: Session,
    rt: Runtime | Process,
    holders: Collection[str],
    reason: str,
    *,
    asked_by: str | None = None,
    with_browser: bool = False,
) -> LogoutOutcome:
    """End these sessions, of browsers and at our consoles, in the transaction of the caller."""
    notifier = notifier_of(rt)
    outcomes = [
        end_and_tell(sql, notifier, one, reason, asked_by=asked_by, with_browser=with_browser)
        for one in holders
    ]
    outcomes += [
        _end_console(sql, notifier, one, reason, asked_by=asked_by, with_browser=with_browser)
        for one in holders
    ]
    return all_together(outcomes)


def _end_console(
    sql: Session,
    notifier: LogoutNotifier,
    grant_id: str,
    reason: str,
    *,
    asked_by: str | None = None,
    with_browser: bool = False,
) -> LogoutOutcome:
    """End it, and tell the makelaar where that login was made."""
    ended = end_consoles(sql, notifier.now, [grant_id], reason)
    if not ended.notified:
        return ended
    told = tell(sql, notifier, grant_id, (), asked_by=asked_by, with_browser=with_browser)
    return ended.telling(told)


def end_grants(
    sql: Session, notifier: LogoutNotifier, standing: Sequence[Grant], reason: str
) -> int:
    """End these grants in the transaction of the caller and tell their portals; their sessions
    stay. How many stood.
    """
    done = 0
    for grant in standing:
        if not grants.revoke(sql, grant.id, notifier.now):
            continue
        done += 1
        portal = Participant(grant.client_id, grant.person_id, grant.service_uuid)
        told = grant.session_id is not None and tell_portal(sql, notifier, grant.session_id, portal)
        audit.record(
            sql,
            AuditEvent(
                EventTag.SESSION_ENDED,
                notifier.now,
                client_id=grant.client_id,
                service_uuid=grant.service_uuid,
                reason=reason,
                details={"person": grant.person_id, "grant": grant.id, "told": int(told)},
            ),
        )
    return done


def end_everywhere(
    sql: Session, rt: Runtime | Process, person_id: str, reason: str
) -> Sequence[str]:
    """End every session of this person, at our consoles too (password changed, blocked); the ids
    of those of browsers that stood.
    """
    return end_all_of(sql, notifier_of(rt), person_id, reason).sessions


def end_all_of(
    sql: Session,
    notifier: LogoutNotifier,
    person_id: str,
    reason: str,
    *,
    keep: Collection[str] = (),
) -> LoggedOutEverywhere:
    """The same, for who has a notifier. What is in ``keep`` goes on: ids of sessions of browsers
    and of sessions at our consoles.
    """
    standing = session_lifetime.standing(sql, person_id, notifier.now)
    sessions = tuple(one for one in standing if one not in keep)
    outcomes = [end_and_tell(sql, notifier, one, reason) for one in sessions]
    found = grants.at_consoles(sql, notifier.now, person_id=person_id)
    consoles = tuple(one.id for one in found if one.id not in keep)
    outcomes += [_end_console(sql, notifier, one, reason) for one in consoles]
    grants.revoke_of_person(sql, person_id, notifier.now, keep=keep)
    return LoggedOutEverywhere(sessions, consoles, all_together(outcomes))


def end_consoles(
    sql: Session,
    now: datetime,
    grant_ids: Iterable[str],
    reason: str,
    *,
    client_id: str | None = None,
    reference: str | None = None,
) -> LogoutOutcome:
    """End these sessions at our consoles, or at this one of them, in the transaction of the
    caller. A console hears it at its next request.
    """
    wanted = tuple(grant_ids)
    found = grants.at_consoles(sql, now, ids=wanted) if wanted else ()
    ended = []
    for one in found:
        if client_id not in (None, one.client_id) or not grants.revoke(sql, one.id, now):
            continue
        ended.append(one.participant)
        audit.record(
            sql,
            AuditEvent(
                EventTag.SESSION_ENDED,
                now,
                reference=reference,
                person_id=one.person_id,
                client_id=one.client_id,
                reason=reason,
                details={"grant": one.id},
            ),
        )
    return LogoutOutcome(tuple(ended))


def all_together(outcomes: Iterable[LogoutOutcome]) -> LogoutOutcome:
    """One outcome of several, each portal once."""
    all_of = list(outcomes)
    notified = dict.fromkeys(one for each in all_of for one in each.notified)
    others = dict.fromkeys(one for each in all_of for one in each.not_notified)
    told = dict.fromkeys(one for each in all_of for one in each.makelaars)
    left = dict.fromkeys(one for each in all_of for one in each.makelaars_open)
    return LogoutOutcome(
        tuple(notified),
        tuple(others),
        makelaars=tuple(told),
        makelaars_open=tuple(left),
        visits=tuple(dict.fromkeys(one for each in all_of for one in each.visits)),
    )
