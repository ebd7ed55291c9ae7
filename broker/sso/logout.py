"""Logout: a session ends, with everything that portals hold because of it; those that can be told
are told.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from assurance import session_lifetime
from broker.downstream import Downstream, DownstreamName
from broker.process import Process
from broker.runtime import Runtime
from broker.sso import grants
from broker.sso.grants import Grant, Participant
from directory.services import RelyingParty
from keys.sealing import Sealer
from state import audit, outbox
from state.audit import AuditEvent, EventTag


@dataclass(frozen=True)
class LogoutOutcome:
    """What ended. ``notified`` are portals that hear it from us; at ``not_notified`` the user must
    log out as well, though what they hold of Sluis is worth nothing any more.
    """

    notified: tuple[Participant, ...] = ()
    not_notified: tuple[Participant, ...] = ()
    locale: str | None = None  # that a portal asked for the page that tells it


@dataclass(frozen=True)
class LoggedOutEverywhere:
    """What ended of one person: ids of sessions of browsers and of sessions at our consoles."""

    sessions: tuple[str, ...]
    consoles: tuple[str, ...]
    outcome: LogoutOutcome


@dataclass(frozen=True)
class LogoutNotifier:
    """What telling portals needs, also outside the web process."""

    sealer: Sealer
    downstreams: Mapping[DownstreamName, Downstream]
    relying_parties: Mapping[str, RelyingParty]
    now: datetime


def notifier_of(rt: Runtime | Process) -> LogoutNotifier:
    """With the registrations of this moment."""
    portals = rt.holder.current.relying_parties
    return LogoutNotifier(rt.sealer, rt.downstreams, portals, rt.clock())


def end_session(
    sql: Session, rt: Runtime | Process, session_id: str, reason: str, reference: str | None = None
) -> LogoutOutcome:
    """End one session in the transaction of the caller. Nothing happens where it had ended."""
    return end_and_tell(sql, notifier_of(rt), session_id, reason, reference)


def end_and_tell(
    sql: Session,
    notifier: LogoutNotifier,
    session_id: str,
    reason: str,
    reference: str | None = None,
) -> LogoutOutcome:
    """The same, for who has a notifier."""
    now = notifier.now
    if not session_lifetime.end(sql, session_id, reason, now):
        return LogoutOutcome()
    portals = grants.participants(sql, session_id)
    grants.revoke_of_session(sql, session_id, now)
    by_client = {one.client_id: one for one in portals}
    reached = {
        name for name, one in by_client.items() if _tell(sql, notifier, session_id, one, reference)
    }
    notified = tuple(one for one in portals if one.client_id in reached)
    audit.record(
        sql,
        AuditEvent(
            EventTag.SESSION_ENDED,
            now,
            reference=reference,
            person_id=portals[0].person_id if portals else None,
            reason=reason,
            details={"session": session_id, "told": len(reached)},
        ),
    )
    return LogoutOutcome(notified, tuple(one for one in portals if one not in notified))


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
        told = grant.session_id is not None and _tell(
            sql,
            notifier,
            grant.session_id,
            Participant(grant.client_id, grant.person_id, grant.service_uuid),
            None,
        )
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
    outcomes.append(end_consoles(sql, notifier.now, consoles, reason))
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
    return LogoutOutcome(tuple(notified), tuple(others))


def _tell(
    sql: Session,
    notifier: LogoutNotifier,
    session_id: str,
    portal: Participant,
    reference: str | None,
) -> bool:
    """Queue the message to one portal; False where it cannot be told."""
    relying_party = notifier.relying_parties.get(portal.client_id)
    if relying_party is None:
        return False
    message = notifier.downstreams[DownstreamName(relying_party.protocol)].logout_message(
        relying_party,
        person_id=portal.person_id,
        session_id=session_id,
        reference=reference,
    )
    if message is None:
        return False
    outbox.enqueue(sql, notifier.sealer, message, notifier.now)
    return True
