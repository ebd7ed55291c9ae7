"""Activating a means (A18): code of the letter, code of the mail, user name and password, second
factor. A stranger learns nothing of which codes exist, and no account is there before the end.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final, NoReturn

from flask import Blueprint, redirect, request, url_for
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response

from assurance import means_letters
from assurance.means_letters import MeansLetter
from broker.account import activation_state
from broker.account.activation_pages import (
    ActivatedPage,
    ActivationFrame,
    ChoosePasswordPage,
    LapsedLetterPage,
    LetterCodePage,
    MailCodePage,
    ProvePasswordPage,
)
from broker.account.activation_state import Here
from broker.errors import PageError
from broker.runtime import Runtime, runtime
from broker.sso import logout
from broker.texts import means_mails
from broker.texts.means_mails import MeansTold
from broker.web import form_subject
from broker.web.endpoints import ITSELF, Endpoint, declare_blueprint
from broker.web.responses import show
from directory.organisations import Organisation
from directory.people import Role
from providers import accounts, activation, password_check, passwords
from providers.accounts import NameRefused, Right
from providers.activation import ActivationRefused, NewFactor, WaitingMeans
from providers.passwords import PasswordRefused
from state import outbox
from state.db import writing
from state.limits import Limit, network_of, spend

GUESSES: Final = Limit("activation-network", 30, 3600)  # an office shares one address
MAIL_GUESSES: Final = Limit("activation-mail", 30, 86400)  # at one letter
MAILS: Final = Limit("activation-mails", 3, 3600)  # of one letter
blueprint = Blueprint("activation", __name__, url_prefix="/activeren")
declare_blueprint(blueprint, Endpoint(limit="activation", shown_at=ITSELF))


class StartAgain(HTTPException):
    """This browser is at no activation: begin with the letter."""

    def __init__(self) -> None:
        super().__init__(response=redirect(url_for("activation.letter", over=1), 303))


@blueprint.get("")
@Endpoint(limit="activation", kept=("over",))
def letter() -> Response:
    """The code of the letter."""
    return show(LetterCodePage("over" if "over" in request.args else ""))


@blueprint.post("")
def read_letter() -> Response:
    """Find the letter. Who has its code may know that its time is over."""
    rt = runtime()
    _spend_network(rt)
    typed = request.form.get("code", "")
    found = means_letters.find(rt.session, rt.sealer, typed)
    if found is None:
        return show(
            LetterCodePage("of_mail" if means_letters.is_like_mail(typed) else "wrong"), 422
        )
    if activation.waiting(rt.session, found, rt.clock()) is None:
        return show(_lapsed(rt, found), 410)
    response = redirect(url_for("activation.mail"), 303)
    activation_state.begin(rt, response, found.id)
    return response


@blueprint.get("/e-mail")
@Endpoint(limit="activation", kept=("verstuurd",))
def mail() -> Response:
    """The code of the mail."""
    here = _here()
    if here.has_mail:
        return redirect(url_for("activation.password"), 303)
    return show(_mail_page(here, sent=request.args.get("verstuurd", "")))


@blueprint.post("/e-mail")
def read_mail() -> Response:
    """Judge it; after five wrong ones another mail is needed. That of the letter is none."""
    rt, here = runtime(), _here()
    typed = request.form.get("code", "")
    if means_letters.is_like_letter(typed):
        return show(_mail_page(here, error="of_letter"), 422)
    is_over = bool(spend(rt.store, (MAIL_GUESSES, here.state.letter_id)))
    with writing(rt.session) as session:
        is_right = not is_over and means_letters.mail_is_right(
            session, rt.sealer, here.state.letter_id, typed, rt.clock()
        )
    if not is_right:
        return show(_mail_page(_here(), error="wrong"), 422)
    activation_state.keep(rt, here.token, replace(here.state, mail=here.waiting.email or ""))
    return redirect(url_for("activation.password"), 303)


@blueprint.post("/e-mail/opnieuw")
@Endpoint(limit="activation", shown_at="activation.mail")
def mail_again() -> Response:
    """Another code by mail, to the address that is known."""
    rt, here = runtime(), _here()
    recipient, code = here.waiting.email, None
    if recipient and not spend(rt.store, (MAILS, here.state.letter_id)):
        now = rt.clock()
        with writing(rt.session) as session:
            code = means_letters.another_mail(session, rt.sealer, here.state.letter_id, now)
            if code is not None:
                told = told_of(rt, here.waiting)
                message = means_mails.mail_code(recipient, here.waiting.locale, told, code)
                outbox.enqueue(session, rt.sealer, message, now, until=here.waiting.until)
    sent = "ja" if code is not None else "nee"
    return redirect(url_for("activation.mail", verstuurd=sent), 303)


@blueprint.get("/wachtwoord")
def password() -> Response:
    """User name and password; of an account that stands, its password."""
    here = _with_mail()
    if here.waiting.has_account:
        return show(ProvePasswordPage(frame(here, 3), here.waiting.user_name or ""))
    return show(_password_page(here, here.waiting.user_name or here.state.user_name))


@blueprint.post("/wachtwoord")
def choose_password() -> Response:
    """Keep them until the end; where no second factor is asked this is the end."""
    rt, here = runtime(), _with_mail()
    if here.waiting.has_account:
        return _prove(rt, here)
    typed, name_error = here.waiting.user_name or request.form.get("username", ""), ""
    try:
        name = accounts.canonical_user_name(typed[:100])
        if here.waiting.user_name is None and not activation.is_free(rt.session, name):
            name_error = "taken"
    except NameRefused:
        name, name_error = typed[:64], "unusable"
    text, checked, refused = request.form.get("password", ""), "", None
    names = {name, *(here.waiting.email or "").split("@")[:1]}
    try:
        if text != request.form.get("again", ""):
            raise PasswordRefused("different")
        checked = passwords.check_new(text, names=names, previous=None)
    except PasswordRefused as why:
        refused = why.reason
    if name_error or refused:
        page = _password_page(here, name, name_error=name_error, refused=refused)
        return show(page, 422)
    hashed = passwords.hash_of(checked)
    return go_on(rt, here, replace(here.state, user_name=name, password_hash=hashed))


@blueprint.get("/klaar")
@Endpoint(limit="activation", kept=("niveau", "beheer"))
def done() -> Response:
    """It is active."""
    level = request.args.get("niveau", "")
    return show(ActivatedPage(level if level in _LABELS else "", "beheer" in request.args))


def go_on(rt: Runtime, here: Here, state: activation_state.Activating) -> Response:
    """To the second factor, or to the end where none is asked."""
    if here.waiting.factor is not None:
        activation_state.keep(rt, here.token, state)
        return redirect(url_for("activation.factor"), 303)
    return finish(rt, replace(here, state=state), None)


def finish(rt: Runtime, here: Here, factor: NewFactor | None) -> Response:
    """Everything in one transaction, and the person hears of it. Raises ActivationRefused for what
    the page of a device says itself.
    """
    now = rt.clock()
    try:
        with writing(rt.session) as session:
            found = activation.finish(
                session,
                rt.sealer,
                here.state.letter_id,
                user_name=here.state.user_name,
                password_hash="" if here.state.is_proved else here.state.password_hash,
                factor=factor,
                now=now,
            )
            if found.becomes_restricted:  # what was opened with more than there is now
                logout.end_all_of(session, logout.notifier_of(rt), found.person_id, "means_lowered")
            if found.email:
                told = told_of(rt, found)
                message = means_mails.activated(found.email, found.locale, told)
                outbox.enqueue(session, rt.sealer, message, now)
    except ActivationRefused as refused:
        if refused.why == "name_taken":
            return show(_password_page(here, here.state.user_name, name_error="taken"), 422)
        if refused.why == "over":
            raise StartAgain from None
        raise
    is_administrator = found.request.role is Role.ADMINISTRATOR
    beheer = 1 if is_administrator else None
    level = found.level.label
    response = redirect(url_for("activation.done", niveau=level, beheer=beheer), 303)
    activation_state.forget(rt, response, here.token)
    return response


def with_password() -> Here:
    """The activation of this browser, once the password is there. Raises StartAgain."""
    here = _with_mail()
    if not here.state.password_hash and not here.state.is_proved:
        _back("activation.password")
    return here


def frame(here: Here, step: int) -> ActivationFrame:
    """What every step shows."""
    found = here.waiting
    has_factor = found.factor is not None
    return ActivationFrame(found.name, found.level.label, found.until, step, has_factor)


def told_of(rt: Runtime, found: WaitingMeans) -> MeansTold:
    """What messages say of it."""
    place = rt.session.get_one(Organisation, found.request.organisation_id)
    return MeansTold(
        person=found.name,
        organisation=place.name,
        level=found.level.label,
        reference=found.request.reference,
        until=found.until,
        url=f"{rt.base_url}{url_for('activation.letter')}",
        site=rt.settings.ui.name,
    )


_LABELS: Final = ("EH2", "EH2+", "EH3")


def _prove(rt: Runtime, here: Here) -> Response:
    """An account stands: what grows is that account, and its person knows the password."""
    name = here.waiting.user_name or ""
    text = request.form.get("password", "")
    judged = password_check.verify(rt.session, name=name, password=text, now=rt.clock())
    is_own = isinstance(judged, Right) and judged.person_id == here.waiting.person_id
    if not is_own:
        return show(ProvePasswordPage(frame(here, 3), name, error=True), 422)
    return go_on(rt, here, replace(here.state, is_proved=True))


def _spend_network(rt: Runtime) -> None:
    if spend(rt.store, (GUESSES, network_of(request.remote_addr or ""))):
        raise PageError(429, "too_many_requests", "codes of letters from one network")


def _lapsed(rt: Runtime, found: MeansLetter) -> LapsedLetterPage:
    if found.used_at is not None:
        return LapsedLetterPage("done", found.until)
    if found.replaced_at is not None:
        return LapsedLetterPage("replaced", found.until)
    is_expired = found.until <= rt.clock()
    return LapsedLetterPage("expired" if is_expired else "stopped", found.until)


def _here() -> Here:
    here = activation_state.here(runtime())
    if here is None:
        raise StartAgain
    form_subject.keep_to(here.state.letter_id)
    return here


def _with_mail() -> Here:
    here = _here()
    if not here.has_mail:
        _back("activation.mail")
    return here


def _back(endpoint: str) -> NoReturn:
    """To an earlier step."""
    raise HTTPException(response=redirect(url_for(endpoint), 303))


def _mail_page(here: Here, *, error: str = "", sent: str = "") -> MailCodePage:
    address = here.waiting.email or ""
    local, _, host = address.rpartition("@")
    masked = f"{local[:1]}•••@{host}" if address else ""
    return MailCodePage(frame(here, 2), masked, error, sent)


def _password_page(
    here: Here, name: str, *, name_error: str = "", refused: str | None = None
) -> ChoosePasswordPage:
    return ChoosePasswordPage(
        frame=frame(here, 3),
        name=name,
        fixed=here.waiting.user_name is not None,
        shortest=passwords.SHORTEST,
        name_error=name_error,
        refused=refused,
    )
