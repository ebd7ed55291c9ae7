"""Change forms at ``/beheer``: sent, followed and withdrawn. A user sees the own ones; an
administrator sees that there are others, and reads what was written in the own ones alone.
"""

from __future__ import annotations

from flask import redirect, request, url_for
from werkzeug.wrappers import Response

from admin.change_forms import forms
from admin.change_forms.forms import FormAround, FormRefused
from admin.organisation_console.access import BeheerContext, absent, blueprint, requires
from admin.organisation_console.form_pages import FormPage, FormRow, FormsPage, NewFormPage
from broker.web.endpoints import Endpoint
from broker.web.responses import show
from directory import change_forms
from directory.change_forms import ChangeForm, FormKind
from directory.people import Role
from state.db import writing
from state.trace import show_reference


@blueprint.get("/formulieren")
@Endpoint(limit="console", kept=("done",))
@requires(Role.MEMBER)
def forms_page(console: BeheerContext) -> Response:
    """What was sent, and what can be asked."""
    own = None if console.here.is_administered else console.person_id
    found = change_forms.of_organisation(console.sql, console.here.id, person_id=own)
    page = FormsPage(
        console.frame,
        tuple(_row(console, one) for one in found),
        tuple(str(kind) for kind in _kinds(console)),
        done=request.args.get("done", ""),
    )
    return show(page)


@blueprint.get("/formulieren/nieuw/<kind>")
@requires(Role.MEMBER)
def new_form(console: BeheerContext, kind: str) -> Response:
    """What is it about?"""
    return show(_new(console, _kind(console, kind)))


@blueprint.post("/formulieren/nieuw/<kind>")
@Endpoint(limit="console", shown_at="console.new_form")
@requires(Role.MEMBER)
def send_form(console: BeheerContext, kind: str) -> Response:
    """Send it."""
    wanted, typed = _kind(console, kind), request.form.get("vraag", "")
    try:
        with writing(console.sql) as sql:
            form = forms.send(sql, _around(console), console.here.id, wanted, typed)
            form_id = form.id
    except FormRefused as refused:
        return show(_new(console, wanted, typed[: forms.LONGEST], refused.why), 422)
    return redirect(url_for("console.form", form_id=form_id, done="sent"), 303)


@blueprint.get("/formulieren/<form_id>")
@Endpoint(limit="console", kept=("done",))
@requires(Role.MEMBER)
def form(console: BeheerContext, form_id: str) -> Response:
    """How far it is."""
    found = _one(console, form_id)
    is_own = found.person_id == console.person_id
    page = FormPage(
        console.frame,
        _row(console, found),
        reference=show_reference(found.reference),
        text=forms.what_is_asked(found, console.rt.sealer) if is_own else None,
        taken_at=found.taken_at,
        decided_at=found.decided_at,
        answer=found.answer,
        may_withdraw=is_own and found.waits,
        done=request.args.get("done", ""),
    )
    return show(page)


@blueprint.post("/formulieren/<form_id>/intrekken")
@Endpoint(limit="console", shown_at="console.form")
@requires(Role.MEMBER)
def withdraw_form(console: BeheerContext, form_id: str) -> Response:
    """It is not needed any more."""
    _one(console, form_id)
    try:
        with writing(console.sql) as sql:
            forms.withdraw(sql, _around(console), form_id)
    except FormRefused:
        return redirect(url_for("console.form", form_id=form_id), 303)
    return redirect(url_for("console.forms_page", done="withdrawn"), 303)


def _kinds(console: BeheerContext) -> tuple[FormKind, ...]:
    return tuple(forms.kinds_for(console.sql, console.here.id, console.person_id, console.now))


def _kind(console: BeheerContext, word: str) -> FormKind:
    found = next((kind for kind in _kinds(console) if kind.value == word), None)
    if found is None:
        absent(console)
    return found


def _one(console: BeheerContext, form_id: str) -> ChangeForm:
    """One of this company; a user finds the own ones only."""
    found = change_forms.one(console.sql, form_id)
    if found is None:
        absent(console)
    if found.organisation_id != console.here.id:
        absent(console, found.organisation_id)
    if found.person_id != console.person_id and not console.here.is_administered:
        absent(console)
    return found


def _around(console: BeheerContext) -> FormAround:
    return FormAround(console.actor, console.rt.sealer, console.now, console.rt.base_url)


def _new(console: BeheerContext, kind: FormKind, given: str = "", error: str = "") -> NewFormPage:
    return NewFormPage(console.frame, str(kind), forms.LONGEST, given, error)


def _row(console: BeheerContext, one: ChangeForm) -> FormRow:
    return FormRow(
        id=one.id,
        kind=str(one.kind),
        state=str(one.state),
        person=one.person.display_name,
        sent_at=one.sent_at,
        is_own=one.person_id == console.person_id,
    )
