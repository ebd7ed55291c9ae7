"""The pages of the portal that speaks SAML: ask, receive, show, log out."""

from __future__ import annotations

import base64
import secrets
from dataclasses import dataclass
from typing import Any, Final

from cryptography import x509
from flask import Blueprint, Response, redirect, render_template, request, session
from lxml import etree
from werkzeug.wrappers import Response as AnyResponse

from sandbox import prepare
from sandbox.makelaar.metadata import NAMES, REDIRECT
from sandbox.makelaar.state import Drawer
from sandbox.prepare import Demo
from sandbox.saml_portal import logout
from sandbox.saml_portal.party import BY_FORM, HOME, NAME, SERVICES, metadata
from sandbox.saml_portal.request import Asked, authn_request, form_fields, redirect_url
from sandbox.saml_portal.response import (
    COMPANY,
    DISPLAY_NAME,
    KVK,
    Broker,
    NotLoggedIn,
    Received,
    ResponseWrong,
    receive,
)
from sandbox.saml_portal.texts import LANGUAGES, said
from sandbox.wire import Wire

METADATA_TYPE: Final = "application/samlmetadata+xml"


@dataclass(frozen=True)
class LoggedOut:
    """The broker ended the session."""


Outcome = Received | NotLoggedIn | ResponseWrong | LoggedOut


def create_blueprint(demo: Demo, wire: Wire) -> Blueprint:
    """The portal of this demo."""
    blueprint = Blueprint("saml_portal", __name__, url_prefix=HOME.rstrip("/"))
    party = prepare.saml_party(demo)
    asked: Drawer[Asked] = Drawer()
    # The answer comes by a POST from another website, to which a Lax cookie does not come along:
    # its outcome waits here for the GET that follows, which has to be of the browser that asked.
    outcomes: Drawer[tuple[str, Outcome]] = Drawer()
    sessions = logout.Sessions()
    leaving: Drawer[str] = Drawer()  # RelayState → ID of our LogoutRequest

    def broker() -> Broker:
        answer = wire.request("GET", f"{demo.addresses.broker}/saml/idp/metadata")
        return read_broker(answer.body)

    @blueprint.get("/")
    def front() -> str:
        """What can be done here."""
        return _page("saml_portal.html", services=SERVICES, by_form=BY_FORM)

    @blueprint.get("/metadata")
    def our_metadata() -> Response:
        """As it is registered at the broker."""
        return Response(metadata(party), mimetype=METADATA_TYPE)

    @blueprint.get("/login/<uuid>")
    def login(uuid: str) -> AnyResponse:
        """Ask for a login."""
        service = next((one for one in SERVICES if one.uuid == uuid), None)
        if service is None:
            return Response(render_template("refused.html", text="die dienst is er niet"), 404)
        to = broker().sso_url
        message = authn_request(party, service, to, fresh="fresh" in request.args)
        handle = asked.put(Asked(str(message.get("ID")), uuid))
        session["peilwijzer"] = handle
        if uuid not in BY_FORM:
            return redirect(redirect_url(party, message, to, handle), 303)
        fields = form_fields(party, message, handle)
        return Response(_page("saml_leave.html", url=to, fields=fields))

    @blueprint.post("/acs")
    def acs() -> AnyResponse:
        """The answer of the broker, once."""
        handle = request.form.get("RelayState", "")
        question = asked.take(handle)
        if question is None:
            return Response(_page("saml_wrong.html", text="unasked"), 400)
        service = next(one for one in SERVICES if one.uuid == question.service)
        outcome: Outcome
        try:
            value = request.form.get("SAMLResponse", "")
            outcome = receive(value, question, service, party, broker())
        except (NotLoggedIn, ResponseWrong) as other:
            outcome = other
        outcomes.put((question.service, outcome), handle)
        if isinstance(outcome, Received):
            sessions.begin(handle, outcome)
        return redirect(f"{HOME}done/{handle}", 303)

    @blueprint.get("/done/<handle>")
    def done(handle: str) -> tuple[str, int]:
        """How it ended, for the browser that asked."""
        kept = outcomes.look(handle)
        if kept is None or session.get("peilwijzer") != handle:
            return _page("saml_wrong.html", text="unasked"), 400
        service, outcome = kept
        if isinstance(outcome, NotLoggedIn):
            return _page("saml_refused.html", outcome=outcome), 200
        if isinstance(outcome, LoggedOut):
            return _page("saml_out.html", how="by_sluis"), 200
        if isinstance(outcome, ResponseWrong):
            return _page("saml_wrong.html", wrong=str(outcome)), 400
        return _page(
            "saml_done.html",
            got=outcome,
            who=outcome.first(DISPLAY_NAME),
            company=outcome.first(COMPANY),
            kvk=outcome.first(KVK),
            again=f"{HOME}login/{service}?fresh",
        ), 200

    @blueprint.get("/out")
    def out() -> AnyResponse:
        """No longer logged in here, and to the broker to log out there."""
        kept = outcomes.take(session.pop("peilwijzer", ""))
        if kept is None or not isinstance(kept[1], Received):
            return Response(_page("saml_out.html", how="still_in"))
        sessions.end(kept[1].name_id, (kept[1].session_index,))
        handle = secrets.token_urlsafe(24)
        url, request_id = logout.request_url(party, broker(), kept[1], handle)
        leaving.put(request_id, handle)
        return redirect(url, 303)

    @blueprint.get("/slo")
    def slo() -> AnyResponse:
        """The broker tells of a logout, or answers ours."""
        try:
            if "SAMLRequest" in request.args:
                return redirect(_told(), 303)
            asked_as = leaving.take(request.args.get("RelayState", ""))
            status = logout.read_answer(request.query_string, party, broker(), asked_as or "")
        except logout.LogoutWrong as wrong:
            return Response(_page("saml_wrong.html", wrong=str(wrong)), 400)
        return Response(_page("saml_out.html", how=_how(status)))

    def _told() -> str:
        there = broker()
        asks = logout.read_request(request.query_string, party, there)
        ended = sessions.end(asks.name_id, asks.indexes)
        for handle in ended:
            kept = outcomes.take(handle)
            if kept is not None:
                outcomes.put((kept[0], LoggedOut()), handle)
        return logout.answer_url(party, there, asks, ("Success",) if ended else logout.UNKNOWN)

    return blueprint


def read_broker(document: bytes) -> Broker:
    """What a portal takes from the metadata of an identity provider. Raises ResponseWrong."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True)
    root = etree.fromstring(document, parser)
    role = root.find("md:IDPSSODescriptor", NAMES)
    sso = _by_redirect(root, "SingleSignOnService")
    slo = _by_redirect(root, "SingleLogoutService")
    if role is None or sso is None or slo is None:
        raise ResponseWrong("no_broker")
    certificates = tuple(
        x509.load_der_x509_certificate(base64.b64decode("".join((one.text or "").split())))
        for key in role.findall("md:KeyDescriptor", NAMES)
        if key.get("use") in (None, "signing")
        for one in key.iterfind(".//ds:X509Certificate", NAMES)
    )
    return Broker(root.get("entityID", ""), sso, slo, certificates)


def _by_redirect(root: etree._Element, service: str) -> str | None:
    found = root.iterfind(f"md:IDPSSODescriptor/md:{service}", NAMES)
    return next((str(one.get("Location")) for one in found if one.get("Binding") == REDIRECT), None)


def _how(status: tuple[str, ...]) -> str:
    """The words for this end of a logout."""
    if status == ("Success",):
        return "everywhere"
    return "partly" if status[:1] == ("Success",) else "still_in"


def _language() -> str:
    """As was chosen here, else as the browser says. The POST of the broker comes without the
    cookie, so nothing is kept in one there.
    """
    chosen = request.args.get("lang")
    if chosen in LANGUAGES:
        session["lang"] = chosen
    wished = chosen or session.get("lang")
    if wished not in LANGUAGES:
        wished = request.accept_languages.best_match(LANGUAGES) or LANGUAGES[0]
    return str(wished)


def _page(template: str, **values: Any) -> str:
    lang = _language()
    other = next(one for one in LANGUAGES if one != lang)
    return render_template(
        template,
        party=NAME,
        home=HOME,
        lang=lang,
        other=other,
        here=request.path if request.method == "GET" else HOME,
        said=lambda key: said(key, lang),
        **values,
    )
