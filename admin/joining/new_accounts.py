"""A new e-mail account for who accepts an invitation and has nothing to log in with."""

from __future__ import annotations

from flask import redirect, request, url_for
from werkzeug.wrappers import Response

from admin.invitations import accepting
from admin.invitations.accepting import InvitationClosed, LevelTooLow, NewAccount
from admin.joining.access import blueprint
from admin.joining.invitation_words import closed_page, said_by
from admin.joining.invitations import acceptance_here, here
from admin.joining.pages import HasAccountPage, NewAccountPage
from broker.runtime import Runtime, runtime
from broker.web.endpoints import ITSELF, Endpoint
from broker.web.responses import show
from directory.invitations import Invitation
from directory.people import Role
from providers import accounts, new_accounts, passwords
from providers.accounts import NameRefused, canonical_user_name
from providers.new_accounts import AddressTaken, UserNameTaken
from providers.passwords import PasswordRefused
from state.db import writing


class _NotThis(ValueError):
    """What is wrong with what was filled in, as ``NewAccountPage`` has it."""

    def __init__(self, errors: tuple[str, ...], refused: str | None) -> None:
        super().__init__(*errors)
        self.errors, self.refused = errors, refused


@blueprint.get("/uitnodiging/account")
def ask_account() -> Response:
    """Name, user name and password; first the code, and not where there is an account."""
    rt = runtime()
    try:
        held, invited = here(rt)
    except InvitationClosed as closed:
        return closed_page(rt.session, closed)
    if not held.has_proof or invited.role is Role.ADMINISTRATOR:
        return redirect(url_for("joining.choose_way"), 303)
    if new_accounts.address_is_taken(rt.session, invited.email):
        return show(_has_account(rt, invited))
    return show(_page(rt, invited))


@blueprint.post("/uitnodiging/account")
@Endpoint(limit="console", shown_at=ITSELF)
def make_account() -> Response:
    """Make it and accept, both or neither. The user name stays."""
    rt = runtime()
    try:
        held, invited = here(rt)
        if not held.has_proof:
            return redirect(url_for("joining.choose_way"), 303)
        if new_accounts.address_is_taken(rt.session, invited.email):
            return show(_has_account(rt, invited))
        wanted = _wanted(rt, invited)
        with writing(rt.session) as sql:
            accepting.accept_with_new_account(sql, acceptance_here(rt, held), invited.id, wanted)
    except InvitationClosed as closed:
        return closed_page(rt.session, closed)
    except LevelTooLow:
        return redirect(url_for("joining.choose_way"), 303)
    except AddressTaken:
        return show(_has_account(rt, invited))
    except UserNameTaken:
        return show(_page(rt, invited, ("taken",)), 422)
    except _NotThis as faults:
        return show(_page(rt, invited, faults.errors, faults.refused), 422)
    return redirect(url_for("joining.joined"), 303)


def _wanted(rt: Runtime, invited: Invitation) -> NewAccount:
    """What was filled in; the password is hashed last, for an account that can be made. Raises
    _NotThis with all that is wrong.
    """
    form, errors, refused, password = request.form, [], None, ""
    name = " ".join(form.get("naam", "").split())
    if not name or len(name) > accepting.LONGEST_NAME or not name.isprintable():
        errors.append("name")
    user_name = form.get("gebruikersnaam", "")[: accounts.LONGEST_NAME]
    try:
        user_name = canonical_user_name(user_name)
        if new_accounts.is_taken(rt.session, user_name):
            errors.append("taken")
    except NameRefused:
        errors.append("user_name")
    try:
        password = new_accounts.checked_for(user_name, invited.email, form.get("password", ""))
    except PasswordRefused as why:
        refused = why.reason
    if form.get("password", "") != form.get("again", ""):
        refused = "different"
    if errors or refused:
        raise _NotThis(tuple(errors), refused)
    return NewAccount(name, user_name, passwords.hash_of(password))


def _page(
    rt: Runtime, invited: Invitation, errors: tuple[str, ...] = (), refused: str | None = None
) -> NewAccountPage:
    form = request.form
    return NewAccountPage(
        said_by(rt.session, invited, rt.clock()),
        email=invited.email,
        given_name=form.get("naam", invited.name)[: accepting.LONGEST_NAME],
        name=form.get("gebruikersnaam", "")[:64],
        shortest=passwords.SHORTEST,
        errors=errors,
        refused=refused,
    )


def _has_account(rt: Runtime, invited: Invitation) -> HasAccountPage:
    is_ended = accounts.named(rt.session, invited.email) is None
    return HasAccountPage(said_by(rt.session, invited, rt.clock()), invited.email, is_ended)
