"""Change forms at ``/beheer``: sent, followed and withdrawn. A user sees the own ones; an
administrator sees that there are others, and reads what was written in the own ones alone.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from flask import redirect, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from admin.change_forms import forms
from admin.change_forms.forms import FormAround, FormRefused
from admin.organisation_console import files
from admin.organisation_console.access import BeheerContext, absent, blueprint, requires
from admin.organisation_console.form_pages import FormPage, FormRow, FormsPage, NewFormPage
from broker.web.endpoints import Endpoint
from broker.web.lists.cells import Cell, with_zone
from broker.web.lists.file import ListFile
from broker.web.lists.memory import HeldList
from broker.web.lists.request import ListFilter, ListRules
from broker.web.responses import show
from directory import change_forms
from directory.change_forms import ChangeForm, FormKind, FormState
from directory.people import Role
from state.db import writing
from state.trace import show_reference

RULES: Final = ListRules(
    columns=("verstuurd", "door"),
    filters=(ListFilter("wat", tuple(FormKind)), ListFilter("stand", tuple(FormState))),
    is_descending=True,
)
_HELD: Final = HeldList[FormRow](
    words=lambda row: (row.person, files.form_kind(row.kind)),
    keys={"verstuurd": lambda row: row.sent_at, "door": lambda row: row.person},
    values={"wat": lambda row: row.kind, "stand": lambda row: row.state},
)


@blueprint.get("/formulieren")
@Endpoint(limit="console", kept=("done", *RULES.names))
@requires(Role.MEMBER)
def forms_page(console: BeheerContext) -> Response:
    """What was sent, and what can be asked."""
    asked, address = RULES.read(request.args), url_for("console.forms_page")
    page = FormsPage(
        console.frame,
        _HELD.page(_rows(console), asked, address),
        tuple(str(kind) for kind in _kinds(console)),
        tuple((str(one), files.form_kind(one)) for one in FormKind),
        tuple((str(one), files.form_state(one)) for one in FormState),
        done=request.args.get("done", ""),
    )
    return show(page)


@blueprint.post("/formulieren/lijst")
@Endpoint(limit="console", shown_at="console.forms_page")
@requires(Role.MEMBER)
def forms_file(console: BeheerContext) -> Response:
    """The same rows as a file: nothing of what was written."""
    asked = RULES.read(request.args)
    head = (_("Wat"), _("Door"), with_zone(_("Verstuurd")), _("Stand"))
    file = ListFile("formulieren", head, _cells(_HELD.matching(_rows(console), asked)))
    return files.take(console, "forms", asked, file)


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


def _rows(console: BeheerContext) -> list[FormRow]:
    own = None if console.here.is_administered else console.person_id
    found = change_forms.of_organisation(console.sql, console.here.id, person_id=own)
    return [_row(console, one) for one in found]


def _cells(rows: Sequence[FormRow]) -> Iterator[tuple[Cell, ...]]:
    for row in rows:
        yield files.form_kind(row.kind), row.person, row.sent_at, files.form_state(row.state)


def _row(console: BeheerContext, one: ChangeForm) -> FormRow:
    return FormRow(
        id=one.id,
        kind=str(one.kind),
        state=str(one.state),
        person=one.person.display_name,
        sent_at=one.sent_at,
        is_own=one.person_id == console.person_id,
    )
