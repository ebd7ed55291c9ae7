"""One sign-on: an earlier login of this browser answers for the user, where the service, the
request and the clock allow that; and the session that each login leaves behind.

Asked at ``/login/<id>`` alone, never in the portal's own request: a portal's POST comes without our
cookies. On whose behalf somebody acts is never carried over.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from flask import Request
from sqlalchemy.orm import Session

from assurance import second_factor, session_lifetime, step_up
from assurance.accepted_factor import AcceptedFactor
from assurance.session_lifetime import ActiveSession, Began, SessionLimits
from assurance.session_reuse import (
    AskedAgain,
    Earlier,
    Obstacle,
    SessionRequest,
    is_fresh,
    obstacle,
)
from broker.downstream import LoginRefused, Purpose, RefusalCode
from broker.journey import login_methods, login_time, trace_steps
from broker.journey.context import LoginContext
from broker.journey.login import Login
from broker.journey.login_methods import LoginMethod
from broker.runtime import Runtime
from broker.sso import grants, standing
from broker.sso.session import current_session, session_limits
from broker.web import user_agents
from providers.accounts import PROVIDER_ID
from providers.interface import Identity
from providers.login_facts import LoginFacts, read, stored
from providers.worth import NothingWorth
from state import audit
from state.audit import AuditEvent, EventTag
from state.copies import replace
from state.db import writing

# Who is logged in, and hears what asks a new login. Of the rest nobody knows that they would not
# have to: who logs in at another kind of service for the first time is not asked "again".
_TOLD: Final = frozenset(
    {Obstacle.FORCED, Obstacle.TOO_OLD, Obstacle.HIGHEST_LEVEL, Obstacle.FACTOR_TOO_OLD}
)


@dataclass(frozen=True)
class Plan:
    """What becomes of the session when this login ends. ``replaces``: that of somebody else;
    ``browser``: as a new one keeps it.
    """

    id: str
    is_new: bool
    rises: bool
    replaces: str | None = None
    browser: str | None = None


def may_ask(login: Login, context: LoginContext) -> bool:
    """Is this login at a point where an earlier one may answer? Not once the user or a makelaar
    did something in it, and so never after a failure.
    """
    return (
        login.request.purpose is Purpose.LOGIN
        and bool(context.service.accepts_sessions_of)
        and not login.session_asked
        and login.identity is None
        and login.method is None
        and login.provider_id is None
        and login.departures == 0
        and login.ended is None
    )


def continued(
    rt: Runtime, login: Login, context: LoginContext, request: Request
) -> tuple[Login, Obstacle | None]:
    """The login with the identity of this browser's session, or as it was, and what stood in the
    way; it keeps why, where somebody who is logged in must log in again.
    """
    if not may_ask(login, context):
        return login, None if context.service.accepts_sessions_of else Obstacle.NOT_ACCEPTED
    found = current_session(rt, request, context.now)
    if found is None:
        return login, Obstacle.NO_SESSION
    facts = _standing(rt, found, context.now)
    if facts is None:
        return login, Obstacle.WORTHLESS
    why = obstacle(_earlier(found, facts), _wish(login, context), context.now)
    if why is not None:
        return (_again(login, why) if why in _TOLD else login), why
    wanted = _answered(login, context, found, facts)
    why = _misfit(context.follow(wanted), found, facts)
    return (wanted, None) if why is None else (login, why)


def with_more_time(rt: Runtime, login: Login, now: datetime) -> Login:
    """The login with a whole period from now, as far as there is. The session that answered in it
    is used, so that it lasts as long; where that ended meanwhile, its user logs in once more.
    """
    minutes, most = rt.settings.login.transaction_minutes, None
    if login.session_id is not None and login_time.wants_more(login, now, minutes):
        with writing(rt.session) as sql:
            limits = session_limits(rt)
            most = session_lifetime.use(sql, login.session_id, limits=limits, now=now)
        if most is None:
            login = _without_session(login, now)
    return login_time.with_more_time(login, now, minutes, most=most)


def _without_session(login: Login, now: datetime) -> Login:
    why = Obstacle.OVER
    after = login.once_more() if login.is_continued else login
    after = replace(after, session_id=None, session_until=None, asked_again=AskedAgain(why))
    return trace_steps.step(after, now, "session", "refused", why.value)


def with_fresh_proof(rt: Runtime, login: Login, now: datetime) -> Login:
    """The login, before its makelaar or password again where what was proved is older by now than
    the portal wants.
    """
    if not login_time.is_too_old(login, now, rt.settings.login.transaction_minutes):
        return login
    why = Obstacle.TOO_OLD
    asked = AskedAgain(why, login.request.max_age)
    after = replace(login.once_more(), asked_again=asked)
    return trace_steps.step(after, now, "session", "refused", why.value)


def _answered(
    login: Login, context: LoginContext, found: ActiveSession, facts: LoginFacts
) -> Login:
    wanted = replace(
        login,
        session_id=found.id,
        session_until=found.expires_at,
        session_asked=True,
        is_continued=True,
        judged_at=context.now,
        expires_at=min(login.expires_at, found.until),  # who asks more time uses the session
        method=_method(facts),
        provider_id=facts.identity.provider_id,
        identity=facts.identity,
        person_id=found.person_id,
        factor=_reused(facts, context),
    )
    return trace_steps.step(
        wanted, context.now, "session", "continued", provider=facts.identity.provider_id
    )


def _misfit(after: LoginContext, found: ActiveSession, facts: LoginFacts) -> Obstacle | None:
    """What is wrong with the login once the session answered in it."""
    if not (after.provider_is_usable and _account_fits(facts.identity, after)):
        return Obstacle.NOT_ADMITTED
    if after.known is None or after.known.person_id != found.person_id:
        return Obstacle.OTHER_PERSON
    return None if _leaves_the_choice(after) else Obstacle.NOTHING_TO_CHOOSE


def _again(login: Login, why: Obstacle) -> Login:
    most = login.request.max_age if why is Obstacle.TOO_OLD else None
    return replace(login, asked_again=AskedAgain(why, most))


def _leaves_the_choice(context: LoginContext) -> bool:
    """Whoever must choose (prompt=select_account) chooses here on whose behalf. Where there is
    nothing of that to choose, the session would choose for the user: makelaars are listed instead.
    """
    if not context.login.request.choose_again:
        return True
    return context.needs_authority and bool(context.options.usable or context.options.refused)


def _standing(rt: Runtime, found: ActiveSession, now: datetime) -> LoginFacts | None:
    """What the session knows, at what that is worth now; None where it proves nothing any more."""
    facts = read(found.facts)
    if facts is None:
        return None
    try:
        judged = standing.now_worth(rt.configuration, rt.session, facts.identity, now)
    except NothingWorth:
        return None
    return replace(facts, identity=judged)


def _account_fits(identity: Identity, context: LoginContext) -> bool:
    """An account of a kind that this service does not offer is not brought here."""
    is_own = identity.provider_id == PROVIDER_ID
    return not is_own or login_methods.account_fits(
        context.service, context.login.request, identity
    )


def _method(facts: LoginFacts) -> LoginMethod:
    is_own = facts.identity.provider_id == PROVIDER_ID
    return LoginMethod.ACCOUNT if is_own else LoginMethod.MAKELAAR


def plan(rt: Runtime, login: Login, request: Request, now: datetime) -> Plan | None:
    """What the end of this login means for the session of its browser; None for a console."""
    if login.request.purpose is not Purpose.LOGIN:
        return None
    if login.session_id is not None:
        return Plan(login.session_id, is_new=False, rises=_is_higher(login))
    there = current_session(rt, request, now)
    if there is not None and there.person_id == login.person_id:
        return Plan(there.id, is_new=False, rises=True)
    replaced = there.id if there is not None else None
    return Plan(
        session_lifetime.new_session_id(),
        is_new=True,
        rises=True,
        replaces=replaced,
        browser=user_agents.kept(request),
    )


def write(
    sql: Session, rt: Runtime, planned: Plan, login: Login, context: LoginContext
) -> str | None:
    """Carry out the plan in the transaction of the login; the value of a new cookie, if any.

    Raises LoginRefused when the session was ended meanwhile, here or at another instance.
    """
    if planned.is_new:
        assert login.person_id is not None
        return session_lifetime.start(
            sql,
            rt.sealer,
            identifier=planned.id,
            person_id=login.person_id,
            group=context.service.session_group,
            facts=_dump(login),
            limits=_limits(rt, login),
            now=context.now,
            browser=planned.browser,
        )
    _replace_earlier(sql, login, planned, context.now)
    if planned.rises:
        cookie = _raise(sql, rt, planned, login, context)
        stands = cookie is not None
    else:
        cookie = None
        limits = session_limits(rt)
        used = session_lifetime.use(sql, planned.id, limits=limits, now=context.now)
        stands = used is not None
    if not stands:
        raise LoginRefused(RefusalCode.LOGIN_REQUIRED, "session_ended", "ended during the login")
    return cookie


def _raise(
    sql: Session, rt: Runtime, planned: Plan, login: Login, context: LoginContext
) -> str | None:
    """What lifts a session keeps the group where it began; a new login begins anew."""
    return session_lifetime.raise_to(
        sql,
        rt.sealer,
        planned.id,
        facts=_dump(login),
        began=Began(context.service.session_group) if login.session_id is None else None,
        limits=_limits(rt, login),
        now=context.now,
    )


def _replace_earlier(sql: Session, login: Login, planned: Plan, now: datetime) -> None:
    """Who chooses another party at the same portal gets a new grant; the old one ends and stays
    in the audit.
    """
    if not login.request.choose_again or login.session_id is None:
        return
    ended = grants.revoke_at_client(sql, planned.id, login.request.client_id, now)
    for grant_id in ended:
        audit.record(
            sql,
            AuditEvent(
                EventTag.PARTY_SWITCHED,
                now,
                reference=login.reference,
                person_id=login.person_id,
                client_id=login.request.client_id,
                service_uuid=login.request.service_uuid,
                details={"from": grant_id, "to": login.id, "session": planned.id},
            ),
        )


def _limits(rt: Runtime, login: Login) -> SessionLimits:
    """Those of this installation, and what the makelaar wants of a session on its login."""
    assert login.identity is not None
    return replace(session_limits(rt), until=login.identity.session_until)


def _dump(login: Login) -> bytes:
    assert login.identity is not None
    return stored(LoginFacts(login.identity, login.request.service_uuid, login.factor))


def _earlier(found: ActiveSession, facts: LoginFacts) -> Earlier:
    identity = facts.identity
    return Earlier(
        group=found.group,
        level=step_up.of_one_login(identity),
        authenticated_at=identity.authenticated_at,
        asserted_for=facts.service_uuid if identity.authority else None,
    )


def _wish(login: Login, context: LoginContext) -> SessionRequest:
    service = context.service
    return SessionRequest(
        service_uuid=service.uuid,
        accepts=frozenset(service.accepts_sessions_of),
        needed=login.request.level,
        force_authn=login.request.force_authn,
        max_age=login.request.max_age,
        second_factor_reuse=timedelta(minutes=service.second_factor_reuse_minutes),
    )


def _reused(facts: LoginFacts, context: LoginContext) -> AcceptedFactor | None:
    """The factor of the session where the service allows that; never with a means of Sluis, which
    asks a fresh code at every login.
    """
    factor, reuse = facts.factor, timedelta(minutes=context.service.second_factor_reuse_minutes)
    if factor is None or facts.identity.own_means is not None:
        return None
    if not standing.factor_counts(context.service, facts.identity, factor):
        return None
    if not is_fresh(context.now - factor.at, reuse):
        return None
    return factor if second_factor.stands(context.rt.session, factor.factor_id) else None


def _is_higher(login: Login) -> bool:
    """Did this login lift its session: by a fresh factor, or because the same person logged in once
    more, for a higher level or for a login that is not too old?
    """
    has_fresh_factor = login.factor is not None and login.factor.at >= login.created_at
    return has_fresh_factor or not login.is_continued
