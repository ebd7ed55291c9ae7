"""A passkey in the set-up of an operator: made in the browser that uses the link, with a challenge
for one answer.
"""

from __future__ import annotations

from datetime import datetime

from flask import redirect, request, url_for
from werkzeug.wrappers import Response

from admin.operator_console import set_up_codes, set_up_ticket
from admin.operator_console.access import blueprint
from admin.operator_console.set_up_pages import SetUpPasskeyPage
from admin.operators import access, set_up_links
from admin.operators.access import SetUpStep
from admin.operators.set_up_links import LinkRefused, OpenLink
from assurance import passkeys, webauthn
from assurance.webauthn import Credential, PasskeyRefused
from broker.runtime import Runtime, runtime
from broker.second_factors import passkey_party
from broker.web.endpoints import ITSELF, Endpoint
from broker.web.responses import show
from state.db import writing


@blueprint.get("/instellen/passkey")
def ask_passkey() -> Response:
    """What the browser is asked."""
    rt = runtime()
    try:
        _, link = set_up_ticket.demand(rt)
    except LinkRefused as refused:
        return set_up_ticket.refused(refused)
    if access.step_of(rt.session, link) is not SetUpStep.FACTOR:
        return redirect(url_for("operator.set_up"), 303)
    return show(_page(rt, link))


@blueprint.post("/instellen/passkey")
@Endpoint(limit="console", shown_at=ITSELF)
def bind_passkey() -> Response:
    """Bind the passkey that answers, and make the recovery codes."""
    rt, now = runtime(), runtime().clock()
    try:
        _, link = set_up_ticket.demand(rt)
        made = _made(rt, link)
        codes = _bind(rt, link, made, now)
    except LinkRefused as refused:
        return set_up_ticket.refused(refused)
    except PasskeyRefused as refused:
        if access.step_of(rt.session, link) is SetUpStep.FACTOR:
            return show(_page(rt, link, refused.reason), 422)
        return redirect(url_for("operator.set_up"), 303)
    set_up_codes.keep(rt, link, codes)
    return redirect(url_for("operator.set_up"), 303)


def _made(rt: Runtime, link: OpenLink) -> Credential:
    """The passkey in the answer. Raises PasskeyRefused; the challenge is used up in any case."""
    challenge = rt.store.take(_key(link))
    answer = request.form.get("assertion", "")
    if challenge is None or not answer:
        raise PasskeyRefused("again")
    return webauthn.created(passkey_party.party(rt), challenge.decode(), answer)


def _bind(rt: Runtime, link: OpenLink, made: Credential, now: datetime) -> tuple[str, ...]:
    """Recovery codes; none where a factor was there already. Raises LinkRefused and
    PasskeyRefused.
    """
    with writing(rt.session) as sql:
        set_up_links.lock(sql, link.id, now)
        if access.step_of(sql, link) is not SetUpStep.FACTOR:
            return ()
        access.bind_passkey(sql, link, made, now)
        return access.make_codes(sql, rt.sealer, link, now)


def _page(rt: Runtime, link: OpenLink, error: str = "") -> SetUpPasskeyPage:
    challenge = webauthn.new_challenge()
    seconds = max(1, int((link.expires_at - rt.clock()).total_seconds()))
    rt.store.put(_key(link), challenge.encode(), seconds)
    named = passkeys.owner(rt.sealer, link.person_id, set_up_ticket.user_name(rt, link))
    options = webauthn.creation_options(passkey_party.party(rt), named, challenge, [])
    return SetUpPasskeyPage(link.expires_at, options, error)


def _key(link: OpenLink) -> str:
    return f"operator-passkey:{link.id}"
