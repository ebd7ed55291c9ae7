"""Change forms of organisations: taken up and decided on, with an answer that who sent it gets by
mail. Both take a login of the last minutes.
"""

from __future__ import annotations

from flask import redirect, request, url_for
from werkzeug.wrappers import Response

from admin.actor import Actor
from admin.change_forms import forms
from admin.change_forms.forms import FormAround, FormRefused
from admin.operator_console.access import OperatorContext, blueprint, requires
from admin.operator_console.form_pages import DecideFormPage, WaitingFormRow, WaitingFormsPage
from admin.operators.roles import Permission
from broker.errors import PageError
from broker.web.endpoints import Endpoint
from broker.web.responses import show
from directory import change_forms
from directory.change_forms import ChangeForm
from state.db import writing
from state.trace import show_reference


@blueprint.get("/formulieren")
@Endpoint(limit="console", kept=("done",))
@requires(Permission.DECIDE_FORMS)
def waiting_forms(desk: OperatorContext) -> Response:
    """What waits, the oldest first."""
    found = change_forms.waiting(desk.rt.session)
    rows = tuple(_row(desk, one) for one in found)
    return show(WaitingFormsPage(desk.frame, rows, done=request.args.get("done", "")))


@blueprint.get("/formulieren/<form_id>")
@requires(Permission.DECIDE_FORMS, recent=True)
def show_form(desk: OperatorContext, form_id: str) -> Response:
    """What is asked, and by whom."""
    return show(_page(desk, _one(desk, form_id)))


@blueprint.post("/formulieren/<form_id>")
@Endpoint(limit="console", shown_at="operator.show_form")
@requires(Permission.DECIDE_FORMS, recent=True)
def decide_form(desk: OperatorContext, form_id: str) -> Response:
    """Take it up, or decide."""
    _one(desk, form_id)
    answer, decision = request.form.get("antwoord", ""), request.form.get("besluit", "")
    actor = Actor.operator(desk.session.person.id)
    around = FormAround(actor, desk.rt.sealer, desk.now, desk.rt.base_url)
    try:
        with writing(desk.rt.session) as sql:
            if decision == "oppakken":
                forms.take(sql, around, form_id)
            elif decision in ("gedaan", "afwijzen"):
                forms.decide(sql, around, form_id, is_done=decision == "gedaan", answer=answer)
            else:
                raise FormRefused("empty")
    except FormRefused as refused:
        status = 403 if refused.why == "own" else 422
        given = answer[: forms.LONGEST_ANSWER]
        return show(_page(desk, _one(desk, form_id), given, refused.why), status)
    if decision == "oppakken":
        return redirect(url_for("operator.show_form", form_id=form_id), 303)
    return redirect(url_for("operator.waiting_forms", done="decided"), 303)


def _one(desk: OperatorContext, form_id: str) -> ChangeForm:
    found = change_forms.one(desk.rt.session, form_id)
    if found is None:
        raise PageError(404, "not_found", "no such form")
    return found


def _page(
    desk: OperatorContext, form: ChangeForm, given: str = "", error: str = ""
) -> DecideFormPage:
    return DecideFormPage(
        desk.frame,
        _row(desk, form),
        reference=show_reference(form.reference),
        person=form.person.display_name,
        text=forms.what_is_asked(form, desk.rt.sealer),
        taken_at=form.taken_at,
        decided_at=form.decided_at,
        answer=form.answer,
        waits=form.waits,
        is_own=form.person_id == desk.session.person.id,
        most=forms.LONGEST_ANSWER,
        given=given,
        error=error,
    )


def _row(desk: OperatorContext, one: ChangeForm) -> WaitingFormRow:
    return WaitingFormRow(
        id=one.id,
        kind=str(one.kind),
        state=str(one.state),
        organisation=one.organisation.name,
        kvk=f"{one.organisation.kvk[:4]} {one.organisation.kvk[4:]}",
        sent_at=one.sent_at,
        is_mine=one.taken_by == desk.session.person.id,
    )
