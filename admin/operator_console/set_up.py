"""Setting up access with a link that ``sluis operator`` printed: password, passkey or app, recovery
codes.

The first form takes the link; from then on a sealed cookie says which link this browser uses and
which seed its page shows. Every step can be opened again while the time of the link lasts.
"""

from __future__ import annotations

import pyotp
from flask import redirect, request, url_for
from werkzeug.wrappers import Response

from admin.operator_console import set_up_codes, set_up_ticket
from admin.operator_console.access import blueprint
from admin.operator_console.set_up_pages import (
    ChooseFactorPage,
    SetUpAppPage,
    SetUpCodesPage,
    SetUpDonePage,
    SetUpPasswordPage,
)
from admin.operator_console.set_up_ticket import SetUpCookie
from admin.operators import access, set_up_links
from admin.operators.access import SetUpStep
from admin.operators.set_up_links import LinkRefusal, LinkRefused, OpenLink
from assurance import passkeys
from broker.runtime import Runtime, runtime
from broker.web.endpoints import ITSELF, Endpoint
from broker.web.qr_code import qr_code
from broker.web.responses import show
from providers import passwords
from providers.passwords import PasswordRefused
from state.db import writing


@blueprint.get("/instellen/<secret>")
@Endpoint(limit="console", only_reads=True)  # scanners of mail look whether a link works
def open_link(secret: str) -> Response:
    """The first page: choose a password. Opening it uses nothing up."""
    rt = runtime()
    try:
        link = set_up_links.look_at(rt.session, secret, rt.clock())
    except LinkRefused as refused:
        if refused.why is LinkRefusal.USED and set_up_ticket.resumed(rt) is not None:
            return redirect(url_for("operator.set_up"), 303)
        return set_up_ticket.refused(refused)
    return show(_password_page(rt, link, secret))


@blueprint.post("/instellen/<secret>")
@Endpoint(limit="console", shown_at=ITSELF)
def choose_password(secret: str) -> Response:
    """Take the link with a password that will do; one that will not leaves it as it was."""
    rt, now = runtime(), runtime().clock()
    try:
        link = set_up_links.look_at(rt.session, secret, now)
        hashed = _new_password(rt, link)
        with writing(rt.session) as sql:
            access.keep_password(sql, secret, hashed, now)
    except LinkRefused as refused:
        return set_up_ticket.refused(refused)
    except PasswordRefused as refused:
        return show(_password_page(rt, link, secret, refused.reason), 422)
    response = redirect(url_for("operator.set_up"), 303)
    set_up_ticket.hand_out(response, rt, link, pyotp.random_base32())
    return response


@blueprint.get("/instellen")
@Endpoint(limit="console", kept=("met",))
def set_up() -> Response:
    """Where this browser is: passkey or app, or the recovery codes."""
    rt = runtime()
    try:
        ticket, link = set_up_ticket.demand(rt)
    except LinkRefused as refused:
        return set_up_ticket.refused(refused)
    if access.step_of(rt.session, link) is SetUpStep.FACTOR:
        with_app = request.args.get("met") == "app"
        return show(_app_page(rt, link, ticket) if with_app else ChooseFactorPage(link.expires_at))
    return show(SetUpCodesPage(set_up_ticket.user_name(rt, link), set_up_codes.shown(rt, link)))


@blueprint.post("/instellen")
@Endpoint(limit="console", shown_at=ITSELF, kept=("met",))
def bind_app() -> Response:
    """Bind the app with its first code, and make the recovery codes."""
    rt, now = runtime(), runtime().clock()
    code = request.form.get("code", "")[:20]
    codes: tuple[str, ...] = ()
    try:
        ticket, link = set_up_ticket.demand(rt)
        with writing(rt.session) as sql:
            set_up_links.lock(sql, link.id, now)
            is_open = access.step_of(sql, link) is SetUpStep.FACTOR
            if is_open and access.bind_app(
                sql, rt.sealer, link, seed=ticket.seed, code=code, now=now
            ):
                codes = access.make_codes(sql, rt.sealer, link, now)
    except LinkRefused as refused:
        return set_up_ticket.refused(refused)
    if is_open and not codes:
        return show(_app_page(rt, link, ticket, is_wrong=True), 422)
    set_up_codes.keep(rt, link, codes)
    return redirect(url_for("operator.set_up"), 303)


@blueprint.post("/instellen/codes")
@Endpoint(limit="console", shown_at=ITSELF)
def renew_codes() -> Response:
    """A new set, where the first one was not seen."""
    rt, now = runtime(), runtime().clock()
    codes: tuple[str, ...] = ()
    try:
        _, link = set_up_ticket.demand(rt)
        with writing(rt.session) as sql:
            set_up_links.lock(sql, link.id, now)
            if access.step_of(sql, link) is SetUpStep.CODES:
                codes = access.make_codes(sql, rt.sealer, link, now)
    except LinkRefused as refused:
        return set_up_ticket.refused(refused)
    set_up_codes.keep(rt, link, codes)
    return redirect(url_for("operator.set_up"), 303)


@blueprint.post("/instellen/klaar")
@Endpoint(limit="console", shown_at=ITSELF)
def finish() -> Response:
    """The codes are kept: the link is over, and nothing shows them again."""
    rt, now = runtime(), runtime().clock()
    try:
        _, link = set_up_ticket.demand(rt)
        with writing(rt.session) as sql:
            set_up_links.lock(sql, link.id, now)
            is_ready = access.step_of(sql, link) is SetUpStep.CODES
            has_passkey = bool(passkeys.of_person(sql, link.person_id))
            if is_ready:
                access.complete(sql, link, now)
    except LinkRefused as refused:
        return set_up_ticket.refused(refused)
    if not is_ready:
        return redirect(url_for("operator.set_up"), 303)
    set_up_codes.forget(rt, link)
    response = redirect(url_for("operator.is_set_up", passkey=1 if has_passkey else None), 303)
    set_up_ticket.take_back(response)
    return response


@blueprint.get("/ingesteld")
def is_set_up() -> Response:
    """Done: log in."""
    return show(SetUpDonePage(has_passkey="passkey" in request.args))


def _new_password(rt: Runtime, link: OpenLink) -> str:
    """What was typed, hashed. Raises PasswordRefused."""
    text = request.form.get("password", "")
    if text != request.form.get("again", ""):
        raise PasswordRefused("different")
    return access.new_password(rt.session, link, text)


def _password_page(
    rt: Runtime, link: OpenLink, secret: str, refused: str | None = None
) -> SetUpPasswordPage:
    return SetUpPasswordPage(
        secret=secret,
        name=set_up_ticket.user_name(rt, link),
        expires_at=link.expires_at,
        shortest=passwords.SHORTEST,
        refused=refused,
    )


def _app_page(
    rt: Runtime, link: OpenLink, ticket: SetUpCookie, *, is_wrong: bool = False
) -> SetUpAppPage:
    name = set_up_ticket.user_name(rt, link)
    uri = pyotp.TOTP(ticket.seed).provisioning_uri(name=name, issuer_name=rt.settings.ui.name)
    return SetUpAppPage(
        user_name=name,
        expires_at=link.expires_at,
        seed=" ".join(ticket.seed[start : start + 4] for start in range(0, len(ticket.seed), 4)),
        qr=qr_code(uri),
        is_wrong=is_wrong,
    )
