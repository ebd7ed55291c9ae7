"""What runs of people, for operators: listed, and ended with what portals and our consoles hold."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy.orm import Session

from admin.actor import Actor, ActorKind
from broker.console.running_sessions import RunningSession, running, with_places
from broker.process import Process
from broker.sso import grants, logout
from broker.sso.grants import Participant
from directory import people
from directory.people import NoSuchPerson, Person
from providers.accounts import PROVIDER_ID
from state import audit
from state.audit import AuditEvent, Detail, EventTag
from state.registrations import Kind

REASON: Final = "ended_by_operator"
LONGEST_REASON: Final = 500  # characters


class NoSuchSession(Exception):
    """Nothing runs under this id: it ended, or there never was one."""


class EndReasonMissing(Exception):
    """An operator says why, in at most LONGEST_REASON characters."""


class NoSuchMakelaar(Exception):
    """No makelaar is, or was, registered under this id."""


@dataclass(frozen=True)
class SessionChoice:
    """Which sessions; at most one is named. None of them: every one."""

    session_id: str | None = None
    person_id: str | None = None
    provider_id: str | None = None


@dataclass(frozen=True)
class EndedSessions:
    """How many ended; ``grants``: logins of which portals held something outside these sessions.
    ``told`` and ``not_told``: portals, by client id; makelaars by their ids.
    """

    browsers: int
    consoles: int
    told: tuple[str, ...]
    not_told: tuple[str, ...]
    makelaars_not_told: tuple[str, ...] = ()
    grants: int = 0


def listed(
    sql: Session, process: Process, wanted: SessionChoice, *, most: int | None = None
) -> Sequence[RunningSession]:
    """Last used first; ``most`` of them, where everybody's are asked.

    Raises NoSuchPerson, NoSuchMakelaar and NoSuchSession.
    """
    found = with_places(sql, _running(sql, process, wanted, most))
    return found if most is None else found[:most]


def end(
    sql: Session, process: Process, wanted: SessionChoice, *, actor: Actor, because: str = ""
) -> EndedSessions:
    """End them with the transaction of the caller; portals are told. One is named. ``because``: the
    reason, which who logged in must give.

    Raises NoSuchPerson, NoSuchMakelaar, NoSuchSession, EndReasonMissing, and ValueError where none
    is named.
    """
    if wanted == SessionChoice():
        raise ValueError("everybody's sessions are ended by nobody")
    is_missing = not because and actor.kind is not ActorKind.COMMAND_LINE
    if is_missing or len(because) > LONGEST_REASON:
        raise EndReasonMissing
    notifier = logout.notifier_of(process)
    found = _running(sql, process, wanted, None)
    sessions = [one.id for one in found if not one.is_console]
    at_portals = logout.end_these(sql, process, sessions, REASON)
    consoles = [one.id for one in found if one.is_console]
    at_consoles = logout.end_these(sql, process, consoles, REASON)
    if wanted.person_id is not None:  # with what hangs on no session any more
        people.log_out(sql, wanted.person_id, notifier.now)
        logout.end_all_of(sql, notifier, wanted.person_id, REASON)
    left = 0
    if wanted.provider_id is not None:  # codes, answers and tokens of sessions that rose elsewhere
        held = grants.given_by(sql, wanted.provider_id, notifier.now)
        left = logout.end_grants(sql, notifier, held, REASON)
    ended = EndedSessions(
        browsers=len(sessions),
        consoles=len(at_consoles.notified),
        told=_clients(at_portals.notified),
        not_told=_clients(at_portals.not_notified),
        makelaars_not_told=logout.all_together([at_portals, at_consoles]).makelaars_open,
        grants=left,
    )
    _record(sql, process, wanted, ended, actor, because)
    return ended


def _running(
    sql: Session, process: Process, wanted: SessionChoice, most: int | None
) -> Sequence[RunningSession]:
    if wanted.person_id is not None and sql.get(Person, wanted.person_id) is None:
        raise NoSuchPerson(wanted.person_id)
    if wanted.provider_id is not None and not _is_known(process, wanted.provider_id):
        raise NoSuchMakelaar(wanted.provider_id)
    found = running(
        sql,
        process,
        person_id=wanted.person_id,
        provider_id=wanted.provider_id,
        most=most if wanted == SessionChoice() else None,
        shares_store=process.settings.store.url != "memory:",
    )
    if wanted.session_id is None:
        return found
    one = [each for each in found if each.id == wanted.session_id]
    if not one:
        raise NoSuchSession(wanted.session_id)
    return one


def _is_known(process: Process, provider_id: str) -> bool:
    configuration = process.holder.current
    former = (Kind.IDENTITY_PROVIDER, provider_id) in configuration.former
    return provider_id in configuration.providers or former or provider_id == PROVIDER_ID


def _clients(places: Sequence[Participant]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(one.client_id for one in places))


def _record(
    sql: Session,
    process: Process,
    wanted: SessionChoice,
    ended: EndedSessions,
    actor: Actor,
    because: str,
) -> None:
    """Who asked it and for whom; each session has an event of its own."""
    details: dict[str, Detail] = {
        "sessions": ended.browsers,
        "consoles": ended.consoles,
        "by": str(actor.kind),
    }
    if because:
        details["because"] = because
    if wanted.provider_id is not None:
        details["grants"] = ended.grants
    if wanted.person_id is not None:
        details["person"] = wanted.person_id
    if wanted.session_id is not None:
        details["session"] = wanted.session_id
    event = AuditEvent(
        EventTag.SESSION_ENDED,
        process.clock(),
        person_id=actor.person_id,
        provider_id=wanted.provider_id,
        reason=REASON,
        details=details,
    )
    audit.record(sql, event)
