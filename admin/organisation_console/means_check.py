"""The last step in which a means is asked at ``/beheer``: what is asked, and asking it."""

from __future__ import annotations

from dataclasses import replace

from flask import redirect, request, url_for
from werkzeug.wrappers import Response

from admin.mandates import decision_rules
from admin.mandates.decision_rules import LoginNotEnough
from admin.means import administration, asking, identity_documents, pace
from admin.means.around import administered
from admin.means.asking import MeansWish, WishRefused
from admin.means.drafts import MeansDraft
from admin.organisation_console.access import AGAIN, BeheerContext, blueprint, requires
from admin.organisation_console.means_access import asker, keep, one_draft, restriction_name
from admin.organisation_console.means_pages import BroughtDocument, MeansCheckPage
from admin.organisation_console.means_wizard import (
    asks_document,
    colleague_of,
    steps_of,
    to_step,
)
from assurance.means import IssuedMeans
from assurance.means_requests import needs_approval, needs_identification
from broker.console import sessions
from broker.web.endpoints import ITSELF, Endpoint
from broker.web.responses import show
from directory.consoles import BEHEER
from directory.people import Role
from state.db import writing


@blueprint.get("/gebruikers/toevoegen/<draft_id>/controle")
@requires(Role.ADMINISTRATOR)
def check_means(console: BeheerContext, draft_id: str) -> Response:
    """The last step: is this what you ask?"""
    draft = one_draft(console, draft_id)
    if draft.done is not None:
        return _to_person(draft.done)
    wish = draft.wish()
    if wish is None:
        return to_step(draft, "bedrijven")
    if AGAIN in request.args:
        return sessions.log_in(BEHEER, level=wish.level, force_authn=True)
    found = asking.faults(console.sql, asker(console), wish)
    return show(_page(console, draft, wish, found))


@blueprint.post("/gebruikers/toevoegen/<draft_id>/controle")
@Endpoint(limit="console", shown_at=ITSELF)
@requires(Role.ADMINISTRATOR)
def send_means(console: BeheerContext, draft_id: str) -> Response:
    """Ask it; what may not be any more is said."""
    draft = one_draft(console, draft_id)
    if draft.done is not None:
        return _to_person(draft.done)
    wish = draft.wish()
    if wish is None:
        return to_step(draft, "bedrijven")
    if pace.is_too_much(console.rt.store, pace.REQUESTS, console.here.id):
        return show(_page(console, draft, wish, {"organisations": "limited"}), 429)
    try:
        with writing(console.sql) as session:
            asked = asking.ask(session, asker(console), wish)
            person_id = session.get_one(IssuedMeans, asked.means_id).person_id
    except LoginNotEnough as lacking:
        return show(_page(console, draft, wish, {}, str(lacking.why)), 403)
    except WishRefused as refused:
        return show(_page(console, draft, wish, refused.faults), 409)
    keep(console, replace(draft, done=person_id))
    return _to_person(person_id)


def _to_person(person_id: str) -> Response:
    return redirect(url_for("console.person", person_id=person_id, done="asked"), 303)


def _document(console: BeheerContext, draft: MeansDraft) -> BroughtDocument | None:
    brought = draft.documents
    found = identity_documents.brought(console.sql, asker(console), brought) if brought else []
    if not found:
        return None
    return BroughtDocument(str(found[0].kind), found[0].expires_on, len(found))


def _page(
    console: BeheerContext,
    draft: MeansDraft,
    wish: MeansWish,
    faults: dict[str, str],
    lack: str | None = None,
) -> MeansCheckPage:
    around = asker(console)
    known = colleague_of(console, draft) or (draft.name, draft.email)
    if lack is None:
        lacking = decision_rules.lack_to_grant(console.login, wish.level, console.now)
        lack = str(lacking or "")
    own = administered(console.sql, around)
    rules = around.site.rules
    judged = administration.judged_role(console.sql, wish.colleague or "", wish.role, console.now)
    return MeansCheckPage(
        console=console.frame,
        wizard=steps_of(console, draft, "controle"),
        level=wish.level.label,
        role=str(wish.role),
        only_at=restriction_name(console, wish.provider_oin),
        name=known[0],
        email=known[1],
        factor=str(wish.factor or ""),
        mobile=wish.contact.mobile,
        address=wish.contact.address,
        places=tuple(own[one][0].name for one in wish.organisations if one in own),
        days=rules.activation.days,
        needs_approval=needs_approval(wish.level, judged, rules.approval),
        is_identified=needs_identification(wish.level, judged),
        lack=lack,
        have=console.login.level.label,
        document=_document(console, draft) if asks_document(console, draft) else None,
        again=f"{url_for('console.check_means', draft_id=draft.id)}?{AGAIN}=ja",
        faults=faults,
    )
