"""What runs of people: sessions of their browsers with the portals that these led to, and sessions
at our consoles. For who wants to end one.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy.orm import Session

from assurance import session_lifetime
from assurance.session_lifetime import StandingSession
from broker.console.downstream import idle_key, used_at
from broker.process import Process
from broker.runtime import Runtime
from broker.sso import grants
from broker.sso.grants import ConsoleGrant, Participant
from broker.sso.session import made_at, session_limits
from state.ephemeral import Get


@dataclass(frozen=True)
class RunningSession:
    """``id`` is that of the session, or of the grant where it is one at a console. ``is_idle``: no
    login can build on it any more, but portals may still hold what it gave. ``browser`` as
    ``broker.web.user_agents`` keeps it; it, the makelaar (``provider_id``) and ``last_used`` are
    None where they are not known.
    """

    id: str
    person_id: str
    is_console: bool
    browser: str | None
    provider_id: str | None
    since: datetime
    last_used: datetime | None
    is_idle: bool = False
    places: tuple[Participant, ...] = ()


def running(
    sql: Session,
    rt: Runtime | Process,
    *,
    person_id: str | None = None,
    provider_id: str | None = None,
    most: int | None = None,
    shares_store: bool = True,
) -> Sequence[RunningSession]:
    """What runs now, last used first: of this person, from a login at this makelaar, or all.

    ``most``: of each kind, before those of other makelaars are left out. ``shares_store``: False in
    a process that cannot see when a console was used; it counts every one within its hours.
    """
    now = rt.clock()
    standing = session_lifetime.listed(
        sql, rt.sealer, limits=session_limits(rt), now=now, person_id=person_id, most=most
    )
    held = grants.at_consoles(sql, now, person_id=person_id, most=most)
    in_use = _in_use(rt, held) if shares_store else {one.id: None for one in held}
    found = [
        *(_of_browser(one) for one in standing),
        *(_at_console(one, in_use[one.id]) for one in held if one.id in in_use),
    ]
    wanted = [one for one in found if provider_id in (None, one.provider_id)]
    return sorted(wanted, key=lambda one: one.last_used or one.since, reverse=True)


def with_places(sql: Session, found: Iterable[RunningSession]) -> Sequence[RunningSession]:
    """The same, with what each led to."""
    sessions = list(found)
    ids = [one.id for one in sessions if not one.is_console]
    portals = grants.participants_of_all(sql, ids)
    return [
        one if one.is_console else replace(one, places=tuple(portals.get(one.id, ())))
        for one in sessions
    ]


def _in_use(rt: Runtime | Process, held: Sequence[ConsoleGrant]) -> Mapping[str, datetime | None]:
    """By the ids of grants that were used within the idle time: when last, as far as that is
    known.
    """
    kept = rt.store.batch([Get(idle_key(one.id)) for one in held]) if held else []
    return {
        one.id: used_at(value)
        for one, value in zip(held, kept, strict=True)
        if isinstance(value, bytes)
    }


def _of_browser(one: StandingSession) -> RunningSession:
    return RunningSession(
        id=one.id,
        person_id=one.person_id,
        is_console=False,
        browser=one.browser,
        provider_id=made_at(one.facts) if one.facts is not None else None,
        since=one.started_at,
        last_used=one.last_used_at,
        is_idle=one.is_idle,
    )


def _at_console(one: ConsoleGrant, last_used: datetime | None) -> RunningSession:
    return RunningSession(
        id=one.id,
        person_id=one.person_id,
        is_console=True,
        browser=one.browser,
        provider_id=one.provider_id,
        since=one.created_at,
        last_used=last_used,
        places=(one.participant,),
    )
