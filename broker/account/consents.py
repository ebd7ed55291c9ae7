"""What the person agreed may leave for which portal, and taking that back: the portal can fetch
nothing any more, and the next login asks again.
"""

from __future__ import annotations

from flask import redirect, request, url_for
from werkzeug.wrappers import Response

from broker.account.access import AccountContext, owner
from broker.account.consent_pages import ConsentRow, ConsentsPage, WithdrawPage
from broker.account.factors import blueprint
from broker.errors import PageError
from broker.sso import grants, logout
from broker.texts import consent_words
from broker.web.endpoints import Endpoint
from broker.web.registration_names import client_name, service_name
from broker.web.responses import show
from consent import register
from consent.register import Consent
from directory.services import ConsentRule
from state import audit
from state.audit import AuditEvent, EventTag
from state.db import writing

REASON = "consent_withdrawn"


@blueprint.get("/toestemmingen")
@Endpoint(limit="console", kept=("done",))
def consents() -> Response:
    """Those that stand, then those that were withdrawn."""
    who = owner()
    rows = [_row(who, one) for one in register.of_person(who.rt.session, who.person.id)]
    page = ConsentsPage(
        who.frame,
        standing=tuple(one for one in rows if one.withdrawn_at is None),
        withdrawn=tuple(one for one in rows if one.withdrawn_at is not None),
        done=request.args.get("done", ""),
    )
    return show(page)


@blueprint.get("/toestemmingen/<consent_id>/intrekken")
def ask_withdrawal(consent_id: str) -> Response:
    """Sure? With what follows."""
    who = owner()
    return show(WithdrawPage(who.frame, _row(who, _standing(who, consent_id))))


@blueprint.post("/toestemmingen/<consent_id>/intrekken")
@Endpoint(limit="console", shown_at="mine.ask_withdrawal")
def withdraw(consent_id: str) -> Response:
    """As easy as giving it was, so without another login (GDPR art. 7(3))."""
    who = owner()
    given = _standing(who, consent_id)
    now = who.session.now
    with writing(who.rt.session) as sql:
        done = register.withdraw(sql, who.person.id, given.id, now)
        if done:
            held = grants.held_by_portal(
                sql,
                person_id=who.person.id,
                client_id=given.client_id,
                service_uuid=given.service_uuid,
                now=now,
            )
            ended = logout.end_grants(sql, logout.notifier_of(who.rt), held, REASON)
            event = AuditEvent(
                EventTag.CONSENT_WITHDRAWN,
                now,
                person_id=who.person.id,
                client_id=given.client_id,
                service_uuid=given.service_uuid,
                details={"grants": ended},
            )
            audit.record(sql, event)
    return redirect(url_for("mine.consents", done="withdrawn" if done else "over"), 303)


def _standing(who: AccountContext, consent_id: str) -> Consent:
    """A consent of this person that can be withdrawn. Raises PageError(404) for every other."""
    for one in register.of_person(who.rt.session, who.person.id):
        if one.id == consent_id and one.withdrawn_at is None and _is_asked(who, one):
            return one
    raise PageError(404, "not_found", "no consent of this person that stands")


def _is_asked(who: AccountContext, one: Consent) -> bool:
    """Does the service need it? Where there is another ground, the data were only shown."""
    service = who.rt.configuration.services.get(one.service_uuid)
    return service is None or service.consent is not ConsentRule.INFORM


def _row(who: AccountContext, one: Consent) -> ConsentRow:
    configuration = who.rt.configuration
    return ConsentRow(
        id=one.id,
        portal=client_name(configuration, one.client_id) or one.client_id,
        service=service_name(configuration, one.service_uuid),
        claims=tuple(consent_words.claim(name)[0] for name in (one.claims or "").split()),
        given_at=one.given_at,
        withdrawn_at=one.withdrawn_at,
        is_asked=_is_asked(who, one),
    )
