"""The list of own factors, and what is done with one that is there."""

from __future__ import annotations

from flask import Blueprint, redirect, request, url_for
from werkzeug.wrappers import Response

from assurance import enrolment, factor_letters, recovery_codes, second_factor
from assurance.enrolment import OwnFactor
from assurance.factors import FactorKind
from broker.account.access import AccountContext, owner
from broker.account.pages import (
    FactorPage,
    FactorRow,
    FactorsPage,
    LetterPage,
    MineLoggedOutPage,
    RemovePage,
)
from broker.console import sessions
from broker.errors import PageError
from broker.texts import notices
from broker.texts.notices import Change
from broker.web.endpoints import ITSELF, Endpoint, declare_blueprint
from broker.web.responses import show
from directory.consoles import MINE
from state import audit
from state.audit import AuditEvent, EventTag
from state.db import writing

blueprint = Blueprint("mine", __name__, url_prefix="/mijn")
declare_blueprint(blueprint, Endpoint(limit="console", shown_at=ITSELF))
LONGEST_NAME = 40


@blueprint.get("/inlogmiddelen")
@Endpoint(limit="console", kept=("done",))
def factors() -> Response:
    """Every factor of this person."""
    who = owner()
    rows = tuple(row_of(who, factor) for factor in who.factors)
    return show(FactorsPage(who.frame, rows, who.places, request.args.get("done", ""), who.counts))


@blueprint.get("/inlogmiddelen/hoger")
def higher() -> Response:
    """Log in once more, at the level where what is added counts at once."""
    who = owner()
    who.demand(who.gives, at_once=True)
    return to_list()


@blueprint.get("/inlogmiddelen/<factor_id>")
def show_factor(factor_id: str) -> Response:
    """One factor."""
    who = owner()
    return show(FactorPage(who.frame, row_of(who, who.factor(factor_id)), who.places))


@blueprint.post("/inlogmiddelen/<factor_id>/naam")
@Endpoint(limit="console", shown_at="mine.show_factor")
def rename(factor_id: str) -> Response:
    """Another name for a factor whose name is the person's own."""
    who = owner()
    factor = who.factor(factor_id)
    who.demand(enrolment.level_to_end([factor], who.gives))
    label = " ".join(request.form.get("label", "").split())
    fits = 0 < len(label) <= LONGEST_NAME and label.isprintable()
    if not fits or factor.kind not in (FactorKind.TOTP, FactorKind.PASSKEY):
        return show(FactorPage(who.frame, row_of(who, factor), who.places, error=True), 422)
    with writing(who.rt.session) as session:
        if enrolment.rename(session, who.person.id, factor.id, label):
            event = AuditEvent(
                EventTag.FACTOR_RENAMED,
                who.session.now,
                person_id=who.person.id,
                details={"kind": str(factor.kind)},
            )
            audit.record(session, event)
    return to_list("renamed")


@blueprint.get("/inlogmiddelen/<factor_id>/verwijderen")
def ask_removal(factor_id: str) -> Response:
    """Sure? With a warning where nothing would be left that lifts."""
    who = owner()
    factor = who.factor(factor_id)
    who.demand(enrolment.level_to_end([factor], who.gives))
    last = enrolment.is_last_that_lifts(who.factors, factor)
    return show(RemovePage(who.frame, row_of(who, factor), last))


@blueprint.post("/inlogmiddelen/<factor_id>/verwijderen")
def remove(factor_id: str) -> Response:
    """End a factor. The person is told, also at the number that goes."""
    who = owner()
    factor = who.factor(factor_id)
    who.demand(enrolment.level_to_end([factor], who.gives))
    old_number = None
    if factor.kind is FactorKind.SMS:
        old_number = second_factor.number_of(who.rt.session, who.rt.sealer, factor.id)
    with writing(who.rt.session) as session:
        if enrolment.end(session, who.person.id, factor.id, who.session.now):
            who.record(Change.REMOVED, factor.kind, old_number=old_number)
    return to_list("removed")


@blueprint.get("/inlogmiddelen/<factor_id>/brief")
def ask_letter_code(factor_id: str) -> Response:
    """The code of the letter that makes this factor count."""
    who = owner()
    return show(LetterPage(who.frame, row_of(who, _waiting(who, factor_id))))


@blueprint.post("/inlogmiddelen/<factor_id>/brief")
def give_letter_code(factor_id: str) -> Response:
    """Three tries, then another letter is needed."""
    who = owner()
    factor = _waiting(who, factor_id)
    who.demand(enrolment.level_to_add(who.factors, who.gives))
    with writing(who.rt.session) as session:
        code = request.form.get("code", "")
        right = factor_letters.confirm(session, who.rt.sealer, factor.id, code, who.session.now)
        if right:
            who.record(Change.COUNTS, factor.kind)
    if not right:
        return show(LetterPage(who.frame, row_of(who, factor), error=True), 422)
    return to_list("counts")


@blueprint.post("/uitloggen")
def log_out() -> Response:
    """End the session here and its grant."""
    return sessions.log_out(MINE)


@blueprint.get("/uitgelogd")
@Endpoint(limit="console", kept=("reason",))
def logged_out() -> Response:
    """Where a logout or a stopped login ends."""
    return show(MineLoggedOutPage(request.args.get("reason", "")))


def to_list(done: str = "") -> Response:
    """Back to the list, which says what was done."""
    return redirect(url_for("mine.factors", done=done or None), 303)


def row_of(who: AccountContext, factor: OwnFactor) -> FactorRow:
    """A factor as the pages show it."""
    codes = factor.kind is FactorKind.RECOVERY_CODES
    waits = not factor.lifts and factor.id in factor_letters.waiting(
        who.rt.session, who.person.id, who.session.now
    )
    return FactorRow(
        id=factor.id,
        kind=str(factor.kind),
        name=notices.kind_name(factor.kind),
        label=factor.label,
        bound_by=str(factor.bound_by),
        since=factor.bound_at,
        last_used=factor.last_used_at,
        lifts=factor.lifts,
        locked_until=factor.locked_until,
        codes_left=recovery_codes.left(who.rt.session, factor.id) if codes else None,
        letter_is_sent=waits,
    )


def _waiting(who: AccountContext, factor_id: str) -> OwnFactor:
    """A factor of this person that waits for the code of a letter. Raises PageError."""
    factor = who.factor(factor_id)
    known = factor_letters.waiting(who.rt.session, who.person.id, who.session.now)
    if factor.id not in known:
        raise PageError(404, "not_found", "no letter is under way for this factor")
    return factor
