"""How a login ends: an answer or a refusal, each written once, in one transaction, before the browser hears it."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from broker import grants, logins
from broker.downstream.interface import (
    Downstream,
    DownstreamName,
    LoginRefused,
    LoginResult,
    PageError,
    RefusalCode,
)
from broker.http.replies import leave, set_cookies
from broker.login import Login
from broker.runtime import Runtime
from broker.situation import Situation
from consent import mandates, register
from directory import history, people
from state import audit, trace
from state.audit import EventTag
from state.db import writing
from state.ephemeral import Take

Downstreams = Mapping[DownstreamName, Downstream]


def succeed(rt: Runtime, login: Login, meets: Situation, downstreams: Downstreams) -> Response:
    """Take the login, put what the portal will fetch, check once more, commit, answer.

    A crash before the commit leaves nothing usable: nobody has heard of the code yet, and its grant does not exist.
    """
    downstream = downstreams[login.request.downstream]
    result = _result(login, meets)
    prepared = downstream.prepare(result)
    taken, *_ = rt.store.batch(
        [
            Take(logins.key(login.id)),
            *prepared.operations,
            logins.finished_marker(login, rt.sealer),
        ]
    )
    if taken is None:
        raise PageError(409, "login_finished", "already answered")
    try:
        with writing(rt.session) as session:
            _check_again(session, login, meets)
            if prepared.grant is not None:
                grants.insert(session, prepared.grant)
            _write_success(session, rt, login, meets)
    except LoginRefused as why:
        return _refuse_taken(rt, login, why, downstreams)
    response = leave(prepared.reply.url, prepared.reply.fields, meets.portal_name)
    set_cookies(response, prepared.reply.cookies)
    return response


def refuse(rt: Runtime, login: Login, why: LoginRefused, downstreams: Downstreams) -> Response:
    """End the login and tell the portal. Of two tabs that cancel, one wins."""
    taken, _ = rt.store.batch(
        [Take(logins.key(login.id)), logins.finished_marker(login, rt.sealer)]
    )
    if taken is None:
        raise PageError(409, "login_finished", "already ended")
    return _refuse_taken(rt, login, why, downstreams)


def refuse_unstored(
    rt: Runtime, login: Login, why: LoginRefused, downstreams: Downstreams
) -> Response:
    """End a login that was never stored (prompt=none)."""
    return _refuse_taken(rt, login, why, downstreams)


def _refuse_taken(
    rt: Runtime, login: Login, why: LoginRefused, downstreams: Downstreams
) -> Response:
    with writing(rt.session) as session:
        _write_refusal(session, rt, login, why)
    reply = downstreams[login.request.downstream].refuse(login.request, why)
    return leave(reply.url, reply.fields, "")


def _result(login: Login, meets: Situation) -> LoginResult:
    assert login.identity is not None and login.person_id is not None
    identity, factor = login.identity, login.factor
    second_factor = "local" if factor else meets.upstream_second_factor
    return LoginResult(
        login_id=login.id,
        reference=login.reference,
        request=login.request,
        person_id=login.person_id,
        display_name=meets.person.display_name,
        email=meets.person.email,
        provider_id=identity.provider_id,
        provider_entity=meets.provider_entity,
        level=meets.reached,
        provider_level=identity.authentication,
        proofing=identity.proofing,
        second_factor=second_factor,
        authenticated_at=identity.authenticated_at,
        authority=login.authority,
        grant_id=login.id,
    )


def _check_again(session: Session, login: Login, meets: Situation) -> None:
    """Service, makelaar, person and mandate must still stand at the door."""
    if not meets.provider_is_usable:
        raise LoginRefused(RefusalCode.NOT_ALLOWED, "makelaar_paused", "provider no longer usable")
    assert login.person_id is not None
    if people.is_blocked(session, login.person_id):
        raise LoginRefused(RefusalCode.NOT_ALLOWED, "account_blocked", "blocked during login")
    if login.authority is not None:
        refusal = mandates.recheck(session, login.authority, meets.service, meets.now)
        if refusal is not None:
            raise LoginRefused(RefusalCode.MANDATE_MISSING, "mandate_missing", str(refusal.reason))


def _write_success(session: Session, rt: Runtime, login: Login, meets: Situation) -> None:
    authority = login.authority
    if login.consent and login.consent_kept and not meets.consent_is_covered:
        assert login.person_id is not None
        register.give(
            session,
            person_id=login.person_id,
            client_id=login.request.client_id,
            service_uuid=login.request.service_uuid,
            shown=login.consent,
            now=meets.now,
        )
    if authority is not None and authority.mandate_id is not None:
        mandates.mark_used(session, authority, meets.now)
    _write(session, rt, login, EventTag.LOGIN_SUCCEEDED, "success", None, meets.reached)


def _write_refusal(session: Session, rt: Runtime, login: Login, why: LoginRefused) -> None:
    cancelled = why.code is RefusalCode.CANCELLED
    tag = EventTag.LOGIN_CANCELLED if cancelled else EventTag.LOGIN_REFUSED
    reason = login.ended.reason if login.ended else str(why.code)
    _write(session, rt, login, tag, "cancelled" if cancelled else "refused", reason, None)


def _write(session, rt, login, tag, outcome, reason, level) -> None:  # type: ignore[no-untyped-def]
    pass
