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


class _NameMissing(ValueError):
    """Nothing was filled in for who somebody is."""


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
        return show(_page(rt, invited, error="taken"), 422)
    except NameRefused:
        return show(_page(rt, invited, error="user_name"), 422)
    except _NameMissing:
        return show(_page(rt, invited, error="name"), 422)
    except PasswordRefused as refused:
        return show(_page(rt, invited, refused=refused.reason), 422)
    return redirect(url_for("joining.joined"), 303)


def _wanted(rt: Runtime, invited: Invitation) -> NewAccount:
    """What was filled in; the password is hashed last. Raises _NameMissing, NameRefused,
    UserNameTaken and PasswordRefused.
    """
    form = request.form
    name = " ".join(form.get("naam", "").split())
    if not name or len(name) > accepting.LONGEST_NAME or not name.isprintable():
        raise _NameMissing
    user_name = canonical_user_name(form.get("gebruikersnaam", "")[: accounts.LONGEST_NAME])
    if new_accounts.is_taken(rt.session, user_name):
        raise UserNameTaken(user_name)
    text = form.get("password", "")
    if text != form.get("again", ""):
        raise PasswordRefused("different")
    return NewAccount(name, user_name, new_accounts.hashed_for(user_name, invited.email, text))


def _page(
    rt: Runtime, invited: Invitation, *, error: str = "", refused: str | None = None
) -> NewAccountPage:
    form = request.form
    return NewAccountPage(
        said_by(rt.session, invited, rt.clock()),
        email=invited.email,
        given_name=form.get("naam", invited.name)[: accepting.LONGEST_NAME],
        name=form.get("gebruikersnaam", "")[:64],
        shortest=passwords.SHORTEST,
        error=error,
        refused=refused,
    )


def _has_account(rt: Runtime, invited: Invitation) -> HasAccountPage:
    is_ended = accounts.named(rt.session, invited.email) is None
    return HasAccountPage(said_by(rt.session, invited, rt.clock()), invited.email, is_ended)
