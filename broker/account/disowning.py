"""A login that the person does not know ("Dit was ik niet"): every other browser is logged out,
operators are told, and the page says what only the person can do.
"""

from __future__ import annotations

from typing import Final

from flask import redirect, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from broker.account import own_sessions
from broker.account.access import AccountContext, owner
from broker.account.factors import blueprint
from broker.account.login_history import own_names, row_of
from broker.account.login_pages import DisownedPage, DisownPage
from broker.errors import PageError
from broker.sso import logout_outcomes
from broker.sso.logout import LogoutOutcome
from broker.texts import disowned_mails
from broker.texts.disowned_mails import DisownedLogin
from broker.web.endpoints import Endpoint
from broker.web.registration_names import makelaar_name, service_name
from broker.web.responses import show
from directory import history
from directory.consoles import MINE
from directory.history import HistoryEntry
from providers import accounts
from providers.accounts import PROVIDER_ID
from state import audit
from state.audit import AuditEvent, EventTag
from state.db import writing
from state.outbox import enqueue

REASON: Final = "login_disowned"


@blueprint.get("/logins/<entry_id>/niet-ik")
def ask_disown(entry_id: str) -> Response:
    """Not you? With what happens then."""
    who = owner()
    entry = _own(who, entry_id)
    if entry.disowned_at is not None:
        return redirect(url_for("mine.disowned", entry_id=entry.id), 303)
    _demand(who)
    return show(DisownPage(who.frame, entry.id, row_of(who, entry, own_names(who, [entry]))))


@blueprint.post("/logins/<entry_id>/niet-ik")
@Endpoint(limit="console", shown_at="mine.ask_disown")
def disown(entry_id: str) -> Response:
    """Once for a login. Ending sessions asks a login of the last minutes (ASVS 7.5.2): else a thief
    puts the owner out.
    """
    who = owner()
    entry = _own(who, entry_id)
    _demand(who)
    van = None
    with writing(who.rt.session) as sql:
        if history.disown(sql, who.person.id, entry.id, who.session.now):
            outcome = own_sessions.end_elsewhere(sql, who, REASON)
            _record(sql, who, entry)
            van = outcome if not outcome.is_complete else None
    kept = logout_outcomes.keep(who.rt, van) if van is not None else None
    return redirect(url_for("mine.disowned", entry_id=entry.id, van=kept), 303)


@blueprint.get("/logins/<entry_id>/gemeld")
@Endpoint(limit="console", kept=("van",))
def disowned(entry_id: str) -> Response:
    """What was done, and what is left to do. 404 for what nobody disowned."""
    who = owner()
    entry = _own(who, entry_id)
    if entry.disowned_at is None:
        raise PageError(404, "not_found", "this login was not disowned")
    told = logout_outcomes.kept(who.rt, request.args.get("van", "")) or LogoutOutcome()
    makelaars = (makelaar_name(who.rt.configuration, one) or one for one in told.makelaars_open)
    page = DisownedPage(
        who.frame,
        row_of(who, entry, own_names(who, [entry])),
        entry.disowned_at,
        makelaar=_makelaar(who, entry),
        has_account=accounts.of_person(who.rt.session, who.person.id) is not None,
        unreached=own_sessions.names_of(who, told.not_notified),
        makelaars_open=tuple(makelaars),
    )
    return show(page)


def _own(who: AccountContext, entry_id: str) -> HistoryEntry:
    """A login of this person. Raises PageError(404) for every other."""
    entry = history.of_person(who.rt.session, who.person.id, entry_id)
    if entry is None:
        raise PageError(404, "not_found", "no such login of this person")
    return entry


def _demand(who: AccountContext) -> None:
    who.demand(MINE.service.level, after="mine.logins")


def _makelaar(who: AccountContext, entry: HistoryEntry) -> str | None:
    """Where the means of this login can be blocked; None where it is ours."""
    if entry.provider_id in (None, PROVIDER_ID):
        return None
    return makelaar_name(who.rt.configuration, entry.provider_id)


def _record(sql: Session, who: AccountContext, entry: HistoryEntry) -> None:
    """Audit event, and a mail to every address of the person: nobody says this unseen."""
    now, configuration = who.session.now, who.rt.configuration
    event = AuditEvent(
        EventTag.LOGIN_DISOWNED,
        now,
        reference=entry.reference,
        person_id=who.person.id,
        client_id=entry.client_id,
        service_uuid=entry.service_uuid,
        provider_id=entry.provider_id,
        outcome=entry.outcome,
        level=entry.level,
    )
    audit.record(sql, event)
    account = accounts.of_person(sql, who.person.id)
    known = (who.person.email, account.email if account is not None else None)
    login = DisownedLogin(
        entry.at,
        service_name(configuration, entry.service_uuid),
        makelaar_name(configuration, entry.provider_id) or who.rt.settings.ui.name,
        entry.reference,
    )
    for address in dict.fromkeys(one for one in known if one is not None):
        message = disowned_mails.to_person(address, who.person.locale, who.rt.base_url, login)
        enqueue(sql, who.rt.sealer, message, now)
