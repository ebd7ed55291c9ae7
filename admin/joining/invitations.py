"""An invitation at ``/toegang``: from the link in the mail to the place that it gives. Opening the
link changes nothing, because scanners of mail open links; the form on its page begins.
"""

from __future__ import annotations

from flask import redirect, request, url_for
from werkzeug.wrappers import Response

from admin.actor import Actor
from admin.invitations import accepting, asking_again, rules
from admin.invitations.accepting import (
    Acceptance,
    AddressNotProven,
    InvitationClosed,
    LevelTooLow,
    NotIdentified,
    opened,
)
from admin.invitations.into_group import GroupTerms
from admin.invitations.rules import ClosedLink
from admin.joining import email_codes, ticket
from admin.joining.access import blueprint, current
from admin.joining.invitation_words import closed_page, group_of, said_by
from admin.joining.pages import (
    ChooseWayPage,
    EmailCodePage,
    JoinedPage,
    OpenedInvitationPage,
)
from admin.joining.ticket import InvitationTicket
from broker.console import sessions
from broker.console.sessions import ConsoleSession
from broker.runtime import Runtime, runtime
from broker.sso.logout import LogoutNotifier
from broker.texts import invitation_mails
from broker.web import form_subject
from broker.web.endpoints import ITSELF, Endpoint
from broker.web.responses import show
from directory import invitations
from directory.consoles import JOINING
from directory.invitations import Invitation, InvitationState
from providers import accounts
from state.db import writing
from state.outbox import Message


@blueprint.get("/uitnodiging/<secret>")
@Endpoint(limit="console", only_reads=True)  # scanners of mail look whether a link works
def invitation(secret: str) -> Response:
    """From whom, for which organisation, in which role."""
    rt = runtime()
    found = invitations.behind(rt.session, secret)
    try:
        invited = opened(rt.session, found, rt.clock())
    except InvitationClosed as closed:
        held = ticket.read(rt)
        if found is not None and held is not None and held.invitation_id == found.id:
            return redirect(url_for("joining.joined"), 303)
        return closed_page(rt.session, closed, secret)
    action = url_for("joining.take", secret=secret)
    return show(OpenedInvitationPage(said_by(rt.session, invited, rt.clock()), action))


@blueprint.post("/uitnodiging/<secret>")
@Endpoint(limit="console", shown_at=ITSELF)
def take(secret: str) -> Response:
    """Go on in this browser."""
    rt = runtime()
    try:
        invited = opened(rt.session, invitations.behind(rt.session, secret), rt.clock())
    except InvitationClosed as closed:
        return closed_page(rt.session, closed, secret)
    response = redirect(url_for("joining.choose_way"), 303)
    ticket.hand_out(response, rt, ticket.new(invited.id))
    return response


@blueprint.post("/uitnodiging/<secret>/opnieuw")
@Endpoint(limit="console", shown_at="joining.invitation")
def ask_again(secret: str) -> Response:
    """Ask who invited for a new link, once a day."""
    rt, now = runtime(), runtime().clock()
    found = invitations.behind(rt.session, secret)
    if found is not None and not asking_again.is_asked(rt.store, found.id):
        with writing(rt.session) as sql:
            asking_again.ask(sql, rt.sealer, secret, base_url=rt.base_url, now=now)
    try:
        opened(rt.session, invitations.behind(rt.session, secret), now)
    except InvitationClosed as closed:
        return closed_page(rt.session, closed, secret, is_asked=asking_again.may_ask(closed.why))
    return redirect(url_for("joining.invitation", secret=secret), 303)


@blueprint.get("/uitnodiging")
def choose_way() -> Response:
    """With what somebody has, or with a new account."""
    rt = runtime()
    try:
        held, invited = here(rt)
    except InvitationClosed as closed:
        return _closed_here(rt, closed)
    return show(_way(rt, held, invited, current()))


@blueprint.get("/uitnodiging/inloggen")
def log_in() -> Response:
    """Log in at the level that the role asks, and come back."""
    rt = runtime()
    try:
        _, invited = here(rt)
    except InvitationClosed as closed:
        return _closed_here(rt, closed)
    who, needed = current(), rules.level_for(invited.role)
    if who is not None and rules.reaches(invited.role, who.level):
        return redirect(url_for("joining.choose_way"), 303)
    return sessions.log_in(JOINING, level=needed)


@blueprint.post("/uitnodiging/code")
@Endpoint(limit="console", shown_at="joining.choose_way")
def send_code() -> Response:
    """Mail a code to the address of the invitation."""
    rt = runtime()
    try:
        held, invited = here(rt)
    except InvitationClosed as closed:
        return _closed_here(rt, closed)
    if held.has_proof:
        return _after_proof(current())
    counted = f"{invited.organisation_id} {invited.email}"
    if not email_codes.send(rt, held.whose, counted, lambda code: _mail(rt, invited, code)):
        return show(EmailCodePage(said_by(rt.session, invited, rt.clock()), "limited"), 429)
    return redirect(url_for("joining.ask_code"), 303)


@blueprint.get("/uitnodiging/code")
def ask_code() -> Response:
    """The code that was mailed."""
    rt = runtime()
    try:
        held, invited = here(rt)
    except InvitationClosed as closed:
        return _closed_here(rt, closed)
    if held.has_proof or not email_codes.is_sent(rt, held.whose):
        return redirect(url_for("joining.choose_way"), 303)
    return show(EmailCodePage(said_by(rt.session, invited, rt.clock())))


@blueprint.post("/uitnodiging/code/controle")
@Endpoint(limit="console", shown_at="joining.ask_code")
def give_code() -> Response:
    """The right code shows that the invitation came to who types it."""
    rt = runtime()
    try:
        held, invited = here(rt)
    except InvitationClosed as closed:
        return _closed_here(rt, closed)
    if not email_codes.take(rt, held.whose, request.form.get("code", "")):
        return show(EmailCodePage(said_by(rt.session, invited, rt.clock()), "wrong"), 422)
    response = _after_proof(current())
    ticket.hand_out(response, rt, held.proven())
    return response


@blueprint.post("/uitnodiging")
@Endpoint(limit="console", shown_at=ITSELF)
def accept() -> Response:
    """Who is logged in takes the place."""
    rt, who = runtime(), current()
    try:
        held, invited = here(rt)
        if who is None:
            return show(_way(rt, held, invited, None), 403)
        with writing(rt.session) as sql:
            accepting.accept(
                sql,
                acceptance_here(rt, held),
                invited.id,
                actor=Actor.person(who.person.id),
                level=who.level,
                provider_id=who.provider_id,
            )
    except InvitationClosed as closed:
        return _closed_here(rt, closed)
    except (LevelTooLow, NotIdentified, AddressNotProven):
        return show(_way(rt, held, invited, who), 403)
    return redirect(url_for("joining.joined"), 303)


@blueprint.get("/uitnodiging/klaar")
def joined() -> Response:
    """What was accepted in this browser."""
    rt = runtime()
    held = ticket.read(rt)
    found = invitations.one(rt.session, held.invitation_id) if held is not None else None
    if found is None or found.outcome is not InvitationState.ACCEPTED:
        return redirect(url_for("joining.choose_way"), 303)
    account = accounts.of_person(rt.session, found.accepted_by or "")
    is_new = account is not None and account.created_at == found.ended_at
    # Who was sent the link by another opened it too, and learns nothing of the account.
    is_told = is_new and held is not None and held.has_proof
    user_name = account.user_name if account is not None and is_told else None
    group = group_of(rt.session, found, found.group_outcome)
    return show(JoinedPage(found.organisation.name, str(found.role), user_name, group))


def here(rt: Runtime) -> tuple[InvitationTicket, Invitation]:
    """The invitation of this browser, while it can be accepted; a form is of its page. Raises
    InvitationClosed and PageError.
    """
    held = ticket.read(rt)
    if held is None:
        raise InvitationClosed(ClosedLink.UNKNOWN)
    form_subject.keep_to(held.invitation_id)
    return held, opened(rt.session, invitations.one(rt.session, held.invitation_id), rt.clock())


def acceptance_here(rt: Runtime, held: InvitationTicket) -> Acceptance:
    """Around an acceptance in this browser."""
    portals = rt.holder.current.relying_parties
    return Acceptance(
        sealer=rt.sealer,
        site=rt.settings.ui.name,
        base_url=rt.base_url,
        now=rt.clock(),
        has_proof=held.has_proof,
        groups=GroupTerms(
            notifier=LogoutNotifier(rt.sealer, rt.downstreams, portals, rt.clock()),
            site=rt.settings.ui.name,
            base_url=rt.base_url,
            max_years=rt.settings.mandates.max_years,
            one_per_account=rt.settings.joining.one_group_per_account,
        ),
    )


def _mail(rt: Runtime, invited: Invitation, code: str) -> Message:
    return invitation_mails.code(invited.email, invited.locale, rt.settings.ui.name, code)


def _closed_here(rt: Runtime, closed: InvitationClosed) -> Response:
    if closed.why is ClosedLink.ACCEPTED:
        return redirect(url_for("joining.joined"), 303)
    return closed_page(rt.session, closed)


def _after_proof(who: ConsoleSession | None) -> Response:
    """Who is logged in accepts; who is not makes an account."""
    return redirect(url_for("joining.choose_way" if who else "joining.ask_account"), 303)


def _way(
    rt: Runtime, held: InvitationTicket, invited: Invitation, who: ConsoleSession | None
) -> ChooseWayPage:
    said = said_by(rt.session, invited, rt.clock())
    if who is None:
        return ChooseWayPage(said, has_proof=held.has_proof)
    lack = ""
    if not rules.reaches(invited.role, who.level):
        lack = "level"
    elif accepting.lacks_identification(rt.session, who.person.id, invited.role, rt.clock()):
        lack = "identification"
    elif not held.has_proof and not accepting.is_own_address(
        rt.session, who.person.id, who.provider_id, invited.email
    ):
        lack = "proof"
    return ChooseWayPage(
        said, who.person.display_name, who.level.label, lack, has_proof=held.has_proof
    )
