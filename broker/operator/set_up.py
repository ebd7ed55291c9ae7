"""Setting up access with a link that ``sluis operator`` printed: password, app, recovery codes.

The first form takes the link; from then on a sealed cookie says which link this browser uses and
which seed its page shows. Every step can be opened again while the time of the link lasts.
"""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass, field
from typing import Final

import pyotp
import segno
from flask import redirect, request, url_for
from pydantic import TypeAdapter, ValidationError
from werkzeug.wrappers import Response

from admin import operator_access, set_up_links
from admin.operator_access import SetUpStep
from admin.set_up_links import LinkRefused, OpenLink, WhyNot
from broker.http.replies import show
from broker.operator.desk import blueprint
from broker.pages.set_up import (
    AppPage,
    CodesPage,
    LinkRefusedPage,
    PasswordPage,
    QrCode,
    SetUpDonePage,
)
from broker.runtime import Runtime, runtime
from keys.sealing import SealBroken
from providers import passwords
from providers.passwords import PasswordRefused
from state.db import writing

COOKIE: Final = "__Host-sluis-instellen"
_CONTEXT: Final = "operator-set-up"


@dataclass(frozen=True)
class Ticket:
    """What the cookie says, sealed."""

    link_id: str
    seed: str = field(repr=False)


_TICKET: Final = TypeAdapter(Ticket)
_CODES: Final = TypeAdapter(tuple[str, ...])


@blueprint.get("/instellen/<secret>")
def open_link(secret: str) -> Response:
    """The first page: choose a password. Opening it uses nothing up."""
    rt = runtime()
    try:
        link = set_up_links.look_at(rt.session, secret, rt.clock())
    except LinkRefused as refused:
        if refused.why is WhyNot.USED and _resumed(rt) is not None:
            return redirect(url_for("operator.set_up"), 303)
        return _refused(refused)
    return show(_password_page(rt, link, secret))


@blueprint.post("/instellen/<secret>")
def choose_password(secret: str) -> Response:
    """Take the link with a password that will do; one that will not leaves it as it was."""
    rt, now = runtime(), runtime().clock()
    try:
        link = set_up_links.look_at(rt.session, secret, now)
        hashed = _new_password(rt, link)
        with writing(rt.session) as sql:
            operator_access.keep_password(sql, secret, hashed, now)
    except LinkRefused as refused:
        return _refused(refused)
    except PasswordRefused as refused:
        return show(_password_page(rt, link, secret, refused.reason), 422)
    response = redirect(url_for("operator.set_up"), 303)
    seconds = int((link.expires_at - now).total_seconds())
    sealed = rt.sealer.seal(_TICKET.dump_json(Ticket(link.id, pyotp.random_base32())), _CONTEXT)
    value = base64.urlsafe_b64encode(sealed).decode()
    response.set_cookie(
        COOKIE, value, max_age=seconds, path="/", secure=True, httponly=True, samesite="Lax"
    )
    return response


@blueprint.get("/instellen")
def set_up() -> Response:
    """Where this browser is: the app, or the recovery codes."""
    rt = runtime()
    try:
        ticket, link = _demand(rt)
    except LinkRefused as refused:
        return _refused(refused)
    if operator_access.step_of(rt.session, link) is SetUpStep.APP:
        return show(_app_page(rt, link, ticket))
    return show(CodesPage(_user_name(rt, link), _shown_codes(rt, link)))


@blueprint.post("/instellen")
def bind_app() -> Response:
    """Bind the app with its first code, and make the recovery codes."""
    rt, now = runtime(), runtime().clock()
    code = request.form.get("code", "")[:20]
    codes: tuple[str, ...] = ()
    try:
        ticket, link = _demand(rt)
        with writing(rt.session) as sql:
            set_up_links.lock(sql, link.id, now)
            is_open = operator_access.step_of(sql, link) is SetUpStep.APP
            if is_open and operator_access.bind_app(
                sql, rt.sealer, link, seed=ticket.seed, code=code, now=now
            ):
                codes = operator_access.make_codes(sql, rt.sealer, link, now)
    except LinkRefused as refused:
        return _refused(refused)
    if is_open and not codes:
        return show(_app_page(rt, link, ticket, is_wrong=True), 422)
    _keep_codes(rt, link, codes)
    return redirect(url_for("operator.set_up"), 303)


@blueprint.post("/instellen/codes")
def renew_codes() -> Response:
    """A new set, where the first one was not seen."""
    rt, now = runtime(), runtime().clock()
    codes: tuple[str, ...] = ()
    try:
        _, link = _demand(rt)
        with writing(rt.session) as sql:
            set_up_links.lock(sql, link.id, now)
            if operator_access.step_of(sql, link) is SetUpStep.CODES:
                codes = operator_access.make_codes(sql, rt.sealer, link, now)
    except LinkRefused as refused:
        return _refused(refused)
    _keep_codes(rt, link, codes)
    return redirect(url_for("operator.set_up"), 303)


@blueprint.post("/instellen/klaar")
def finish() -> Response:
    """The codes are kept: the link is over, and nothing shows them again."""
    rt, now = runtime(), runtime().clock()
    try:
        _, link = _demand(rt)
        with writing(rt.session) as sql:
            set_up_links.lock(sql, link.id, now)
            is_ready = operator_access.step_of(sql, link) is SetUpStep.CODES
            if is_ready:
                operator_access.complete(sql, link, now)
    except LinkRefused as refused:
        return _refused(refused)
    if not is_ready:
        return redirect(url_for("operator.set_up"), 303)
    rt.store.take(_codes_key(link))
    response = redirect(url_for("operator.is_set_up"), 303)
    response.delete_cookie(COOKIE, path="/", secure=True, httponly=True, samesite="Lax")
    return response


@blueprint.get("/ingesteld")
def is_set_up() -> Response:
    """Done: log in."""
    return show(SetUpDonePage())


def _demand(rt: Runtime) -> tuple[Ticket, OpenLink]:
    """The link that this browser uses. Raises LinkRefused."""
    ticket = _ticket(rt)
    if ticket is None:
        raise LinkRefused(WhyNot.UNKNOWN)
    return ticket, set_up_links.resume(rt.session, ticket.link_id, rt.clock())


def _resumed(rt: Runtime) -> OpenLink | None:
    try:
        return _demand(rt)[1]
    except LinkRefused:
        return None


def _ticket(rt: Runtime) -> Ticket | None:
    try:
        sealed = base64.urlsafe_b64decode(request.cookies.get(COOKIE, "")[:1000])
        return _TICKET.validate_json(rt.sealer.open(sealed, _CONTEXT)) if sealed else None
    except (SealBroken, ValidationError, ValueError, binascii.Error):
        return None


def _refused(refused: LinkRefused) -> Response:
    return show(LinkRefusedPage(str(refused.why)), 404 if refused.why is WhyNot.UNKNOWN else 410)


def _new_password(rt: Runtime, link: OpenLink) -> str:
    """What was typed, hashed. Raises PasswordRefused."""
    text = request.form.get("password", "")
    if text != request.form.get("again", ""):
        raise PasswordRefused("different")
    return operator_access.new_password(rt.session, link, text)


def _user_name(rt: Runtime, link: OpenLink) -> str:
    return operator_access.account_of(rt.session, link.person_id).user_name


def _password_page(
    rt: Runtime, link: OpenLink, secret: str, refused: str | None = None
) -> PasswordPage:
    return PasswordPage(
        secret=secret,
        name=_user_name(rt, link),
        expires_at=link.expires_at,
        shortest=passwords.SHORTEST,
        refused=refused,
    )


def _app_page(rt: Runtime, link: OpenLink, ticket: Ticket, *, is_wrong: bool = False) -> AppPage:
    name = _user_name(rt, link)
    uri = pyotp.TOTP(ticket.seed).provisioning_uri(name=name, issuer_name=rt.settings.ui.name)
    return AppPage(
        user_name=name,
        expires_at=link.expires_at,
        seed=" ".join(ticket.seed[start : start + 4] for start in range(0, len(ticket.seed), 4)),
        qr=qr_code(uri),
        is_wrong=is_wrong,
    )


def qr_code(text: str) -> QrCode:
    """The QR code of this text, with the white border that readers need."""
    rows = list(segno.make(text, micro=False).matrix_iter(border=4))
    dark = "".join(
        f"M{x} {y}h1v1h-1z"
        for y, row in enumerate(rows)
        for x, is_dark in enumerate(row)
        if is_dark
    )
    return QrCode(len(rows), dark)


def _codes_key(link: OpenLink) -> str:
    return f"operator-codes:{link.id}"


def _keep_codes(rt: Runtime, link: OpenLink, codes: tuple[str, ...]) -> None:
    """Sealed, until they were seen or the time of the link is over. After the commit: the store
    may be in the same database.
    """
    if not codes:
        return
    sealed = rt.sealer.seal(_CODES.dump_json(codes), _codes_key(link))
    seconds = max(1, int((link.expires_at - rt.clock()).total_seconds()))
    rt.store.put(_codes_key(link), sealed, seconds)


def _shown_codes(rt: Runtime, link: OpenLink) -> tuple[str, ...]:
    sealed = rt.store.get(_codes_key(link))
    try:
        return _CODES.validate_json(rt.sealer.open(sealed, _codes_key(link))) if sealed else ()
    except SealBroken:
        return ()
