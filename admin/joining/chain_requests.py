"""A client answers an intermediary at ``/toegang``, with the link in a mail and no means: what is
asked, a code that shows who reads the mail, and yes or no. Opening the link changes nothing,
because scanners of mail open links.
"""

from __future__ import annotations

from typing import Final

from flask import redirect, request, url_for
from werkzeug.wrappers import Response

from admin.chains import answering
from admin.chains.answering import NameMissing, RequestClosed
from admin.chains.request_rules import ClosedRequest
from admin.joining import chain_ticket, email_codes
from admin.joining.access import blueprint
from admin.joining.chain_pages import (
    ChainAnsweredPage,
    ChainCodePage,
    ChainDecisionPage,
    OpenedChainRequestPage,
)
from admin.joining.chain_ticket import ChainTicket
from admin.joining.chain_words import answer_here, closed_page, said_by
from admin.joining.invitation_words import hidden
from admin.mandates.giving import NothingToDo, PlanChanged
from broker.runtime import Runtime, runtime
from broker.texts import chain_request_mails
from broker.web import form_subject
from broker.web.endpoints import ITSELF, Endpoint
from broker.web.responses import show
from consent import chain_requests
from consent.chain_requests import ChainRequest, ChainRequestState
from state import limits
from state.db import writing
from state.limits import Limit
from state.outbox import Message

CODES: Final = Limit("chain-request-codes", 10, 60 * 86400)  # of one request, as long as it waits


@blueprint.get("/ketenmachtiging/<secret>")
@Endpoint(limit="console", only_reads=True)  # scanners of mail look whether a link works
def chain_request(secret: str) -> Response:
    """Who asks, for what, and until when."""
    rt = runtime()
    found = chain_requests.behind(rt.session, secret)
    try:
        asked = answering.opened_by_link(rt.session, answer_here(rt), found)
    except RequestClosed as closed:
        held = chain_ticket.read(rt)
        is_own = found is not None and held is not None and held.request_id == found.id
        if is_own and held is not None and held.has_proof and _is_answered(closed):
            return redirect(url_for("joining.chain_answered"), 303)
        return closed_page(rt.session, closed, rt)
    action = url_for("joining.take_chain_request", secret=secret)
    return show(OpenedChainRequestPage(said_by(rt, asked), action))


@blueprint.post("/ketenmachtiging/<secret>")
@Endpoint(limit="console", shown_at=ITSELF)
def take_chain_request(secret: str) -> Response:
    """Go on in this browser: a code goes to the address of the request."""
    rt = runtime()
    try:
        found = chain_requests.behind(rt.session, secret)
        asked = answering.opened_by_link(rt.session, answer_here(rt), found)
    except RequestClosed as closed:
        return closed_page(rt.session, closed, rt)
    held = chain_ticket.new(asked.id)
    form_subject.begin(held.request_id)
    response = _sent_code(rt, held, asked)
    chain_ticket.hand_out(response, rt, held)
    return response


@blueprint.get("/ketenmachtiging/code")
def ask_chain_code() -> Response:
    """The code that was mailed."""
    rt = runtime()
    try:
        held, asked = _here(rt)
    except RequestClosed as closed:
        return _closed_here(rt, closed)
    if held.has_proof:
        return redirect(url_for("joining.decide_chain"), 303)
    return show(ChainCodePage(hidden(asked.email)))


@blueprint.post("/ketenmachtiging/code")
@Endpoint(limit="console", shown_at="joining.ask_chain_code")
def send_chain_code() -> Response:
    """Mail another code."""
    rt = runtime()
    try:
        held, asked = _here(rt)
    except RequestClosed as closed:
        return _closed_here(rt, closed)
    return _sent_code(rt, held, asked)


@blueprint.post("/ketenmachtiging/code/controle")
@Endpoint(limit="console", shown_at="joining.ask_chain_code")
def give_chain_code() -> Response:
    """The right code shows that the request came to who types it."""
    rt = runtime()
    try:
        held, asked = _here(rt)
    except RequestClosed as closed:
        return _closed_here(rt, closed)
    if not email_codes.take(rt, held.whose, request.form.get("code", "")):
        return show(ChainCodePage(hidden(asked.email), "wrong"), 422)
    response = redirect(url_for("joining.decide_chain"), 303)
    chain_ticket.hand_out(response, rt, held.proven())
    return response


@blueprint.get("/ketenmachtiging/beslissen")
def decide_chain() -> Response:
    """Yes or no, by who proved to read the mail."""
    rt = runtime()
    try:
        held, asked = _here(rt)
    except RequestClosed as closed:
        return _closed_here(rt, closed)
    if not held.has_proof:
        return redirect(url_for("joining.ask_chain_code"), 303)
    return show(_decision(rt, asked))


@blueprint.post("/ketenmachtiging/akkoord")
@Endpoint(limit="console", shown_at="joining.decide_chain")
def agree_to_chain() -> Response:
    """Give what was shown."""
    rt, form = runtime(), request.form
    try:
        held, asked = _here(rt)
        if not held.has_proof:
            return redirect(url_for("joining.ask_chain_code"), 303)
        if form.get("mag") != "ja":
            return show(_decision(rt, asked, "unsure"), 422)
        with writing(rt.session) as session:
            answering.agree(
                session,
                answer_here(rt),
                asked.id,
                digest=form.get("gezien", ""),
                signer=form.get("naam", ""),
            )
    except RequestClosed as closed:
        return _closed_here(rt, closed)
    except NameMissing:
        return show(_decision(rt, asked, "name"), 422)
    except PlanChanged:
        return show(_decision(rt, asked, "changed"), 409)
    except NothingToDo:
        return show(_decision(rt, asked, "nothing"), 409)
    return redirect(url_for("joining.chain_answered"), 303)


@blueprint.post("/ketenmachtiging/weigeren")
@Endpoint(limit="console", shown_at="joining.decide_chain")
def refuse_chain() -> Response:
    """Say no; a reason may be left out."""
    rt, reason = runtime(), request.form.get("reden", "")
    try:
        held, asked = _here(rt)
        if not held.has_proof:
            return redirect(url_for("joining.ask_chain_code"), 303)
        if len(reason) > answering.LONGEST_REASON:
            return show(_decision(rt, asked, "reason"), 422)
        with writing(rt.session) as session:
            answering.refuse(session, answer_here(rt), asked.id, reason=reason)
    except RequestClosed as closed:
        return _closed_here(rt, closed)
    return redirect(url_for("joining.chain_answered"), 303)


@blueprint.get("/ketenmachtiging/klaar")
def chain_answered() -> Response:
    """What was answered in this browser."""
    rt, held = runtime(), chain_ticket.read(runtime())
    found = chain_requests.one(rt.session, held.request_id) if held is not None else None
    answered = (ChainRequestState.GRANTED, ChainRequestState.REFUSED)
    if held is None or found is None or not held.has_proof or found.outcome not in answered:
        return redirect(url_for("joining.decide_chain"), 303)
    page = ChainAnsweredPage(
        found.intermediary.name,
        found.organisation.name,
        found.outcome is ChainRequestState.GRANTED,
        found.until,
        hidden(found.email),
    )
    return show(page)


def _here(rt: Runtime) -> tuple[ChainTicket, ChainRequest]:
    """The request of this browser, while it can be answered with its link; a form is of its page.
    Raises RequestClosed and PageError.
    """
    held = chain_ticket.read(rt)
    if held is None:
        raise RequestClosed(ClosedRequest.UNKNOWN)
    form_subject.keep_to(held.request_id)
    found = chain_requests.one(rt.session, held.request_id)
    return held, answering.opened_by_link(rt.session, answer_here(rt), found)


def _closed_here(rt: Runtime, closed: RequestClosed) -> Response:
    held = chain_ticket.read(rt)
    if held is not None and held.has_proof and _is_answered(closed):
        return redirect(url_for("joining.chain_answered"), 303)
    return closed_page(rt.session, closed, rt)


def _is_answered(closed: RequestClosed) -> bool:
    return closed.why in (ClosedRequest.GRANTED, ClosedRequest.REFUSED)


def _sent_code(rt: Runtime, held: ChainTicket, asked: ChainRequest) -> Response:
    if limits.spend(rt.store, (CODES, asked.id)):
        return show(ChainCodePage(hidden(asked.email), "used_up"), 429)
    counted = f"chain {asked.email}"
    if not email_codes.send(rt, held.whose, counted, lambda code: _mail(rt, asked, code)):
        return show(ChainCodePage(hidden(asked.email), "limited"), 429)
    return redirect(url_for("joining.ask_chain_code"), 303)


def _mail(rt: Runtime, asked: ChainRequest, code: str) -> Message:
    return chain_request_mails.code(asked.email, asked.locale, rt.settings.ui.name, code)


def _decision(rt: Runtime, asked: ChainRequest, error: str = "") -> ChainDecisionPage:
    plan = answering.plan(rt.session, answer_here(rt), asked)
    return ChainDecisionPage(
        said_by(rt, asked, plan),
        answering.shown(asked, plan),
        answering.LONGEST_REASON,
        name=request.form.get("naam", "")[: answering.LONGEST_NAME],
        reason=request.form.get("reden", "")[: answering.LONGEST_REASON * 2],
        error=error,
    )
