"""How a login ends: an answer or a refusal, each written once, in one transaction, before the
browser hears it.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from flask import request
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from assurance import second_factor, session_names
from assurance.levels import suffices
from assurance.step_up import Nothing
from broker.downstream import LoginRefused, LoginResult, Prepared, RefusalCode, Reply
from broker.errors import PageError
from broker.journey import (
    browser_logins,
    document_receipt,
    document_view,
    instrumentation,
    login_store,
    single_sign_on,
    trace_steps,
)
from broker.journey.context import LoginContext
from broker.journey.flow import Step
from broker.journey.login import Ended, Login
from broker.journey.login_records import OUTCOMES, write_ending
from broker.journey.single_sign_on import Plan
from broker.monitoring.telemetry import span
from broker.runtime import Runtime
from broker.sso import grants, logout, standing
from broker.web import cookies, known_browsers, user_agents
from broker.web.language import locale
from broker.web.responses import leave, set_cookies
from consent import register
from consent.recheck import PersonGone, mark_used, recheck
from directory import evidence
from directory.services import ConsentRule
from providers.login_facts import LoginFacts
from state.audit import EventTag
from state.copies import replace
from state.db import writing
from state.ephemeral import Take
from state.pipeline import together

_PAUSED: Final = "makelaar_paused"


def succeed(rt: Runtime, login: Login, context: LoginContext) -> Response:
    """Take the login, put what the portal will fetch, check once more, commit, answer.

    A crash before the commit leaves nothing usable: nobody has heard of the code yet, and its grant
    does not exist.
    """
    planned = single_sign_on.plan(rt, login, request, context.now)
    assert login.person_id is not None
    is_known = known_browsers.known_browser(rt.sealer, request, login.person_id) is not None
    result = _result(login, context, planned.id if planned else None)
    downstream = rt.downstreams[login.request.downstream]
    prepared = downstream.prepare(context.relying_party, result, context.now)
    held = downstream.held_in(request.cookies, rt.store)
    taken, *_ = rt.store.batch(
        [
            Take(login_store.key(login.id)),
            *prepared.operations,
            login_store.finished_marker(login, rt.sealer),
        ]
    )
    if taken is None:
        raise PageError(409, "login_finished", "already answered")
    try:
        with writing(rt.session) as session, together(session):
            _check_again(session, rt, login, context)
            cookie = _keep_session(session, rt, planned, login, context)
            if prepared.grant is not None:
                grants.insert(
                    session,
                    prepared.grant,
                    context.now,
                    browser=user_agents.kept(request),
                    provider_id=result.provider_id,
                )
            _keep_names(session, rt, login, prepared)
            # Its cookie is replaced: what the earlier one opened, opens for nobody any more.
            logout.end_consoles(
                session,
                context.now,
                held.values(),
                "replaced",
                client_id=login.request.client_id,
                reference=login.reference,
            )
            _keep_consent(session, login, context)
            document_receipt.keep(session, rt, login, context)
            if login.authority is not None:
                mark_used(session, login.authority, context.now)
            _keep_evidence(session, rt, login, context)
            write_ending(
                session,
                rt,
                trace_steps.succeeded(login, context, rt.clock()),
                EventTag.LOGIN_SUCCEEDED,
                level=context.reached,
                session_id=planned.id if planned else None,
                new_browser=not is_known,
                browser=user_agents.kept(request),
            )
    except LoginRefused as why:
        return _refuse_taken(rt, _with_all_causes(rt, login, result, why), why)
    instrumentation.login_ended(login, "success", None, rt.clock())
    response = _carry(prepared.reply, context.portal_name, login)
    browser_logins.note_end(response, login, context.now)
    if cookie is not None:
        cookies.keep_session(response, cookie)
    known_browsers.keep(rt.sealer, request, response, login.person_id)
    return response


def _keep_names(session: Session, rt: Runtime, login: Login, prepared: Prepared) -> None:
    """What the portal and the makelaar call the session from now on."""
    grant = prepared.grant
    assert login.identity is not None
    if grant is None:
        return
    holder = grant.session_id or grant.id
    ends = max(grant.expires_at, rt.clock() + timedelta(hours=rt.settings.sessions.hours))
    for party, names in (
        (session_names.of_portal(grant.client_id), prepared.names),
        (session_names.of_makelaar(login.identity.provider_id), login.identity.there),
    ):
        session_names.keep(session, rt.sealer, names, holder=holder, party=party, until=ends)


def _keep_session(
    session: Session, rt: Runtime, planned: Plan | None, login: Login, context: LoginContext
) -> str | None:
    """The session that this login leaves behind; that of somebody else in this browser ends."""
    if planned is None:
        return None
    if planned.replaces is not None:
        logout.end_session(session, rt, planned.replaces, "replaced", login.reference)
    return single_sign_on.write(session, rt, planned, login, context)


def _keep_evidence(session: Session, rt: Runtime, login: Login, context: LoginContext) -> None:
    """What the makelaar rests its word on; not of a login that answers from a session."""
    identity = login.identity
    if identity is None or identity.evidence is None or login.person_id is None:
        return
    evidence.keep(
        session,
        rt.sealer,
        identity.evidence,
        person_id=login.person_id,
        reference=login.reference,
        provider_id=identity.provider_id,
        at=context.now,
    )


def refuse(rt: Runtime, login: Login, why: LoginRefused) -> Response:
    """End the login and tell the portal. Of two tabs that cancel, one wins."""
    ended = replace(login, ended=login.ended or Ended(why.code, why.public_key))
    taken, _ = rt.store.batch(
        [Take(login_store.key(login.id)), login_store.finished_marker(ended, rt.sealer)]
    )
    if taken is None:
        raise PageError(409, "login_finished", "already ended")
    return _refuse_taken(rt, login, why)


def refuse_unstored(rt: Runtime, login: Login, why: LoginRefused) -> Response:
    """End a login that was never stored (prompt=none)."""
    return _refuse_taken(rt, login, why)


def _with_all_causes(rt: Runtime, login: Login, result: LoginResult, why: LoginRefused) -> Login:
    """Where more than one thing fell meanwhile, the trace says so: mending one would not do."""
    same = {_PAUSED: standing.MAKELAAR_GONE, "factor_ended": standing.LEVEL_LOWERED}
    told = same.get(why.public_key, why.public_key)  # a level that fell with its factor is no other
    also = standing.also(rt, rt.session, result, rt.clock(), told)
    if also is None:
        return login
    at = str(Step.RESPOND)
    return trace_steps.step(login, rt.clock(), at, "refused", why.public_key, also=also)


def _refuse_taken(rt: Runtime, login: Login, why: LoginRefused) -> Response:
    cancelled = why.code is RefusalCode.CANCELLED
    tag = EventTag.LOGIN_CANCELLED if cancelled else EventTag.LOGIN_REFUSED
    reason = login.ended.reason if login.ended else why.public_key
    with writing(rt.session) as session:
        browser = user_agents.kept(request)
        write_ending(session, rt, login, tag, reason=reason, browser=browser)
    instrumentation.login_ended(login, OUTCOMES[tag], reason, rt.clock())
    relying_party = rt.configuration.relying_parties.get(login.request.client_id)
    downstream = rt.downstreams[login.request.downstream]
    reply = downstream.refuse(relying_party, login.request, why, login.reference)
    name = relying_party.name.in_(locale()) if relying_party else "Sluis"
    response = _carry(reply, name, login)
    browser_logins.note_end(response, login, rt.clock())
    if login.provider_was_remembered and login.ended is not None:
        # Cancelled or failed there: the next login asks again (decision 3).
        cookies.change_remembered(
            request,
            response,
            login.request.service_uuid,
            None,
            now=rt.clock(),
            days=rt.settings.login.remember_days,
        )
    return response


def _carry(reply: Reply, party: str, login: Login) -> Response:
    response = leave(reply.url, reply.fields, party, after_form=login.after_form)
    set_cookies(response, reply.cookies)
    return response


def _result(login: Login, context: LoginContext, session_id: str | None) -> LoginResult:
    assert login.identity is not None and login.person_id is not None
    identity = login.identity
    return LoginResult(
        login_id=login.id,
        reference=login.reference,
        request=login.request,
        person_id=login.person_id,
        display_name=context.person.display_name,
        email=context.person.email,
        provider_id=identity.provider_id,
        provider_entity=context.provider_entity,
        level=context.reached,
        provider_level=context.identity.authentication,
        proofing=context.identity.proofing,
        second_factor=context.second_factor,
        authenticated_at=identity.authenticated_at,
        authority=login.authority,
        session_id=session_id,
        grant_id=login.id,
        facts=LoginFacts(
            identity.lasting,
            login.request.service_uuid,
            context.factor,
        ),
        factor_method=context.factor.method if context.factor is not None else None,
        answer=login.answer,
    )


def _check_again(session: Session, rt: Runtime, login: Login, context: LoginContext) -> None:
    """Service, makelaar, level, person, factor and mandate must still stand when the answer is
    given: by the registrations of this moment, which may be newer than those that led here.
    """
    assert login.person_id is not None and login.identity is not None
    if login.request.service_uuid not in rt.configuration.services:
        raise LoginRefused(RefusalCode.NOT_ALLOWED, standing.SERVICE_GONE, "left during login")
    if not standing.is_offered(rt.configuration, login.request):
        raise LoginRefused(RefusalCode.NOT_ALLOWED, standing.NOT_OFFERED, "withdrawn during login")
    now = context.as_it_stands()
    if not now.provider_is_usable:
        raise LoginRefused(RefusalCode.NOT_ALLOWED, _PAUSED, "provider no longer usable")
    if not suffices(now.reached, context.reached) or not isinstance(now.missing, Nothing):
        code = RefusalCode.LEVEL_UNREACHABLE
        raise LoginRefused(code, standing.LEVEL_LOWERED, "lowered during login")
    if context.factor is not None and not second_factor.stands(session, context.factor.factor_id):
        raise LoginRefused(RefusalCode.NOT_ALLOWED, "factor_ended", "ended during login")
    _check_answer(session, login, now)
    if not standing.is_for(now.service, now.identity):
        raise LoginRefused(
            RefusalCode.NOT_ALLOWED, standing.MEANS_RESTRICTED, "restricted during login"
        )
    if standing.lacks_mandate(now.service, login.authority):
        raise LoginRefused(RefusalCode.MANDATE_MISSING, standing.MANDATE_ASKED, "asked meanwhile")
    key = standing.identity_key(rt.sealer, login.identity)
    with span("mandate.check", login.reference):
        fault = recheck(
            session,
            login.person_id,
            login.authority,
            now.terms,
            identity=key,
            begun=login.created_at,
        )
    if login.authority is not None:
        instrumentation.mandate_checked(
            None if fault is None else str(getattr(fault, "reason", "person_gone"))
        )
    if fault is PersonGone.MOVED:
        raise LoginRefused(RefusalCode.NOT_ALLOWED, standing.IDENTITY_MOVED, "moved during login")
    if fault is PersonGone.MEANS_ENDED:
        raise LoginRefused(RefusalCode.NOT_ALLOWED, standing.MEANS_ENDED, "ended during login")
    if fault is PersonGone.LOGGED_OUT:
        raise LoginRefused(RefusalCode.LOGIN_REQUIRED, "logged_out_everywhere", "during login")
    if fault is PersonGone.BLOCKED:
        raise LoginRefused(RefusalCode.NOT_ALLOWED, "account_blocked", "blocked during login")
    if fault is not None:
        why = str(fault.reason)
        raise LoginRefused(RefusalCode.MANDATE_MISSING, standing.explained(why), why)


def _check_answer(session: Session, login: Login, context: LoginContext) -> None:
    """An answer to a document is about this document, in time, and confirmed with what stands."""
    document, answer = login.request.document, login.answer
    if document is None:
        return
    assert login.identity is not None
    document_view.refuse_late(document, context.now)
    strong = context.identity.authentication.has_two_factors
    if answer is None or answer.shown != document.shown or not (login.confirmed or strong):
        raise LoginRefused(RefusalCode.SERVER_ERROR, "document_unconfirmed", "no answer")
    if login.confirmed and not second_factor.stands(session, login.confirmed.factor_id):
        raise LoginRefused(RefusalCode.NOT_ALLOWED, "factor_ended", "ended during login")


def _keep_consent(session: Session, login: Login, context: LoginContext) -> None:
    """Once for the same data: what was only shown (inform), and what the user wants not to be asked
    again.
    """
    if login.consent is None or login.person_id is None:
        return
    if login.consent_kept or context.service.consent is ConsentRule.INFORM:
        register.give(
            session,
            person_id=login.person_id,
            client_id=login.request.client_id,
            service_uuid=login.request.service_uuid,
            shown=login.consent,
            claims=[item.claim for item in context.released],
            now=context.now,
        )
