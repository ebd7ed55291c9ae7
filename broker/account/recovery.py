"""Forgotten login details (A7), day and night: a link by mail, and a new password.

Whoever asks gets one answer, whether the account exists or not. A second factor is no part of this:
a login that needs one asks it as before.
"""

from __future__ import annotations

from typing import Final

from flask import Blueprint, request, url_for
from werkzeug.wrappers import Response

from broker.account.recovery_pages import AskRecoveryPage, RecoveryPage, RecoveryPasswordPage
from broker.errors import PageError
from broker.runtime import Runtime, runtime
from broker.sso.password_change import change
from broker.texts import account_mails
from broker.web import known_browsers
from broker.web.endpoints import ITSELF, Endpoint, declare_blueprint
from broker.web.responses import show
from providers import accounts, passwords, recovery
from providers.browser_counts import KnownBrowser
from providers.passwords import PasswordRefused
from providers.recovery import Recovering
from state import audit, limits, outbox
from state.audit import AuditEvent, EventTag
from state.db import writing
from state.limits import Limit, network_of

FROM_NETWORK: Final = Limit("recovery-network", 30, 3600)  # an office shares one address
FOR_NAME: Final = Limit("recovery-name", 5, 3600)  # mail to one person
IN_OWN_BROWSER: Final = Limit("recovery-browser", 5, 3600)  # which nobody else can spend
USE_FROM_NETWORK: Final = Limit("recovery-use-network", 100, 3600)
blueprint = Blueprint("recovery", __name__, url_prefix="/inloggegevens-vergeten")
declare_blueprint(blueprint, Endpoint(limit="recovery", shown_at=ITSELF))


@blueprint.get("")
def ask() -> Response:
    """Ask for a user name or an e-mail address."""
    return show(AskRecoveryPage())


@blueprint.post("")
def send() -> Response:
    """Mail a link where there is an account; say the same in any case."""
    rt, name = runtime(), request.form.get("name", "").strip()[: accounts.LONGEST_NAME]
    if not name:
        return show(AskRecoveryPage(is_empty=True), 422)
    if not _is_spent(rt, name):
        _send(rt, name)
    return show(RecoveryPage("sent"))


@blueprint.get("/<token>")
@Endpoint(limit="recovery", only_reads=True)  # scanners of mail look whether a link works
def choose(token: str) -> Response:
    """The form for a new password. A mail scanner that comes here does no harm."""
    found = _found(runtime(), token)
    return show(RecoveryPage("over"), 410) if found is None else show(_form(token, found))


@blueprint.post("/<token>")
def keep(token: str) -> Response:
    """Use the link: keep the new password."""
    rt = runtime()
    found = _found(rt, token)
    if found is None:
        return show(RecoveryPage("over"), 410)
    text = request.form.get("password", "")
    if text != request.form.get("again", ""):
        return show(_form(token, found, "different"), 422)
    try:
        hashed = accounts.new_password(rt.session, found.account_id, text)
    except PasswordRefused as refused:
        return show(_form(token, found, refused.reason), 422)
    with writing(rt.session) as session:
        if not recovery.take(session, token, rt.clock()):
            return show(RecoveryPage("over"), 410)
        change(
            session,
            rt,
            found.account_id,
            hashed,
            EventTag.PASSWORD_RECOVERED,
            not_after=rt.clock(),
        )
    return show(RecoveryPage("done"))


def _is_spent(rt: Runtime, name: str) -> bool:
    """Was it asked too often for this name; in a browser in which its person logged in before, from
    that browser alone. Raises PageError for a network that asks for many names.
    """
    spelled, browser = accounts.one_spelling(name), _own_browser(rt, name)
    if browser is not None:
        return bool(limits.spend(rt.store, (IN_OWN_BROWSER, f"{spelled} {browser.name}")))
    if limits.spend(rt.store, (FROM_NETWORK, _network())):
        raise PageError(429, "too_many_requests", "recovery asked from one network")
    return bool(limits.spend(rt.store, (FOR_NAME, spelled)))


def _own_browser(rt: Runtime, name: str) -> KnownBrowser | None:
    if not known_browsers.knows_anybody(request):
        return None
    account = accounts.named(rt.session, name)
    if account is None:
        return None
    return known_browsers.known_browser(rt.sealer, request, account.person_id)


def _send(rt: Runtime, name: str) -> None:
    """The link goes to the address that we know, never to one that was filled in."""
    now = rt.clock()
    with writing(rt.session) as session:
        recipient = recovery.begin(session, name, now)
        if recipient is not None:
            path = url_for("recovery.choose", token=recipient.token)
            letter = account_mails.to_recover(recipient, rt.settings.ui.name, rt.base_url + path)
            outbox.enqueue(session, rt.sealer, letter, now, until=now + recovery.HOLDS)
        audit.record(
            session,
            AuditEvent(
                EventTag.RECOVERY_ASKED,
                now,
                person_id=recipient.person_id if recipient else None,
                outcome="sent" if recipient else "unknown",
            ),
        )


def _found(rt: Runtime, token: str) -> Recovering | None:
    if limits.spend(rt.store, (USE_FROM_NETWORK, _network())):
        raise PageError(429, "too_many_requests", "recovery links from one network")
    return recovery.find(rt.session, token, rt.clock())


def _form(token: str, found: Recovering, refused: str | None = None) -> RecoveryPasswordPage:
    return RecoveryPasswordPage(
        action=url_for("recovery.keep", token=token),
        name=found.user_name,
        shortest=passwords.SHORTEST,
        refused=refused,
    )


def _network() -> str:
    return network_of(request.remote_addr or "")
