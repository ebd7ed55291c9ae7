"""The simulated makelaars: one web application, a folder per makelaar, SAML and OpenID Connect."""

from __future__ import annotations

import base64
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Final

from flask import Flask, Response, abort, jsonify, redirect, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from sandbox import prepare
from sandbox.makelaar import artifact, oidc, oidc_logout, saml_logout, saml_response
from sandbox.makelaar.broker import Broker
from sandbox.makelaar.catalogue import Makelaar
from sandbox.makelaar.faults import Fault, choices
from sandbox.makelaar.guests import Guest, Handover
from sandbox.makelaar.handwriting import metadata_of, names_of, success
from sandbox.makelaar.saml_request import AuthnRequest, RequestRefused, from_post, from_redirect
from sandbox.makelaar.state import Answer, Desk, OidcReply, Question, SamlReply
from sandbox.people import AssertedMandate, Login, TestPerson, is_enough, known_at
from sandbox.prepare import Demo
from sandbox.web import new_app, serve
from sandbox.wire import HttpWire, Wire

SLOW_SECONDS = 20
MANDATES: Final[Mapping[str, Callable[[AssertedMandate], AssertedMandate | None]]] = {
    "direct": lambda mandate: mandate,
    "chain": lambda mandate: replace(mandate, intermediary_kvk="90001542"),
    "branch": lambda mandate: replace(mandate, branches=("000012345678",)),
    "both": lambda mandate: replace(
        mandate, intermediary_kvk="90001542", branches=("000012345678",)
    ),
    "none": lambda _: None,
}
OTHER_COMPANY = AssertedMandate(kvk="90009999", name="Een ander bedrijf", level="EH3")


@dataclass(frozen=True)
class Counter:
    """One makelaar with its memory. ``people_log_in_at``: base URL of the makelaars behind it."""

    makelaar: Makelaar
    desk: Desk
    handover: Handover
    people_log_in_at: str


def create_app(demo: Demo, wire: Wire | None = None) -> Flask:
    """Every makelaar of this demo that knows people itself."""
    return create_makelaars("makelaars", demo, prepare.makelaars(demo), wire)


def create_makelaars(
    name: str, demo: Demo, makelaars: tuple[Makelaar, ...], wire: Wire | None = None
) -> Flask:
    """These makelaars in one application."""
    app = new_app(name, demo)
    handover, behind = Handover(str(app.secret_key)), demo.addresses.makelaars
    counters = {m.profile.slug: Counter(m, Desk(), handover, behind) for m in makelaars}
    broker = Broker(demo.addresses.broker, wire or HttpWire())

    def counter(slug: str) -> Counter:
        found = counters.get(slug)
        if found is None:
            abort(404)
        return found

    @app.get("/")
    def index() -> str:
        """The makelaars and who they know."""
        known = [(c.makelaar, known_at(c.makelaar.knows_people_of)) for c in counters.values()]
        return render_template("makelaars.html", known=known)

    @app.get("/<slug>/")
    def front(slug: str) -> str:
        """One makelaar."""
        at = counter(slug).makelaar
        return render_template("makelaars.html", known=[(at, known_at(at.knows_people_of))])

    @app.get("/<slug>/metadata")
    def metadata(slug: str) -> Response:
        """SAML metadata."""
        xml = metadata_of(counter(slug).makelaar)
        return Response(xml, mimetype="application/samlmetadata+xml")

    @app.route("/<slug>/sso", methods=["GET", "POST"])
    def sso(slug: str) -> AnyResponse:
        """SAML request in."""
        at = counter(slug)
        try:
            asked = _saml_question(at, broker)
        except RequestRefused as refused:
            return Response(render_template("refused.html", text=str(refused)), 400)
        return _log_in_page(at, asked)

    @app.get("/<slug>/slo")
    def slo(slug: str) -> AnyResponse:
        """SAML logout that the broker asks."""
        at, now = counter(slug), datetime.now(UTC)
        try:
            provider = broker.service_provider()
            url = saml_logout.answer_url(at.makelaar, request.query_string, provider, now)
        except RequestRefused as refused:
            return Response(render_template("refused.html", text=str(refused)), 400)
        return redirect(url, 303)

    @app.post("/<slug>/artifact")
    def resolve(slug: str) -> Response:
        """SAML artifacts: what they stand for, over SOAP."""
        at, now = counter(slug), datetime.now(UTC)
        waiting = artifact.resolved(
            request.get_data(), at.makelaar, at.desk, broker.service_provider(), now
        )
        if waiting.is_slow:
            time.sleep(SLOW_SECONDS)
        return Response(waiting.body, waiting.status, content_type=artifact.CONTENT_TYPE)

    @app.get("/<slug>/.well-known/openid-configuration")
    def discovery(slug: str) -> Response:
        """OpenID discovery."""
        return jsonify(oidc.discovery(counter(slug).makelaar))

    @app.get("/<slug>/jwks")
    def jwks(slug: str) -> Response:
        """OpenID keys."""
        return jsonify(oidc.jwks(counter(slug).makelaar))

    @app.get("/<slug>/authorize")
    def authorize(slug: str) -> AnyResponse:
        """OpenID request in."""
        at = counter(slug)
        try:
            asked = oidc.question(at.makelaar, oidc.asked_with(at.desk, request.args), "")
        except RequestRefused as refused:
            return Response(render_template("refused.html", text=str(refused)), 400)
        return _log_in_page(at, asked)

    @app.post("/<slug>/par", endpoint="par")
    @app.post("/<slug>/token")
    def token(slug: str) -> tuple[Response, int]:
        """OpenID token endpoint, and that of requests that come before their browser."""
        at = counter(slug)
        header = request.headers.get("Authorization")
        is_pushed = request.endpoint == "par"
        does = oidc.pushed if is_pushed else oidc.redeem
        try:
            answer = does(at.makelaar, at.desk, broker, request.form, header)
            return jsonify(answer), 201 if is_pushed else 200
        except oidc.TokenRefused as refused:
            return jsonify({"error": str(refused)}), 401 if "client" in str(refused) else 400

    @app.route("/<slug>/end-session", methods=["GET", "POST"])
    def end_session(slug: str) -> AnyResponse:
        """OpenID logout that the broker asks."""
        at = counter(slug)
        try:
            return redirect(oidc_logout.ended_url(at.makelaar, at.desk, request.values), 303)
        except RequestRefused as refused:
            return Response(render_template("refused.html", text=str(refused)), 400)

    @app.post("/<slug>/ended")
    def ended(slug: str) -> AnyResponse:
        """For tests and demos: everybody who is in logs out here; the broker is told."""
        at = counter(slug)
        told = [
            broker.tell_ended(slug, oidc_logout.logout_token(at.makelaar, sid, subject))
            for sid, subject in at.desk.sessions.empty()
        ]
        return jsonify(told)

    @app.post("/<slug>/login")
    def login(slug: str) -> AnyResponse:
        """The login form."""
        return _answered(counter(slug), broker, request.form)

    @app.get("/<slug>/question/<key>")
    def again(slug: str, key: str) -> AnyResponse:
        """The page to log in once more, in another language."""
        at = counter(slug)
        asked = at.desk.questions.look(key)
        if asked is None:
            return _unasked()
        return _page_to_log_in(at, asked, key, "login", f"/{slug}/question/{key}")

    @app.get("/<slug>/guests")
    def guest(slug: str) -> AnyResponse:
        """Somebody whom a hub sends to log in here."""
        at, token = counter(slug), request.args.get("sent", "")
        found = at.handover.guest(token)
        return _page_to_log_in(at, found, token, "guests") if found is not None else _unasked()

    @app.post("/<slug>/guests")
    def guest_answers(slug: str) -> AnyResponse:
        """The login form, for a hub."""
        at = counter(slug)
        found = at.handover.guest(request.form.get("question", ""))
        if found is None:
            return _unasked()
        return redirect(f"{found.back}?said={at.handover.answer(found, request.form)}", 303)

    @app.get("/<slug>/back")
    def back(slug: str) -> AnyResponse:
        """At a hub: what the makelaar behind it says of a guest."""
        at = counter(slug)
        said = at.handover.answered(request.args.get("said", ""))
        return _answered(at, broker, said) if said is not None else _unasked()

    @app.post("/<slug>/config")
    def config(slug: str) -> AnyResponse:
        """For tests: the fault of the next answer (``once``) or of all; the ``dialect`` of answers,
        ``clear`` or ``etd``; and what becomes of a ``mandate``: chain, branch or none.
        """
        desk = counter(slug).desk
        desk.dialect = request.form.get("dialect", desk.dialect)
        desk.mandate = request.form.get("mandate", desk.mandate)
        desk.fault = Fault(request.form.get("fault", "none"))
        desk.fault_once = request.form.get("once") == "true"
        return Response(status=204)

    return app


def _saml_question(at: Counter, broker: Broker) -> Question:
    now, provider = datetime.now(UTC), broker.service_provider()
    asked: AuthnRequest
    if request.method == "GET":
        asked = from_redirect(request.query_string, at.makelaar, provider, now)
    else:
        document = request.form.get("SAMLRequest", "")
        asked = from_post(document, request.form.get("RelayState"), at.makelaar, provider, now)
    reply = replace(asked.reply, indexed=asked.indexed)
    return Question("", "Sluis", asked.level, asked.service, asked.fresh, reply)


def _log_in_page(at: Counter, asked: Question) -> AnyResponse:
    """The page of this makelaar; a hub sends the browser on to the makelaar behind it."""
    key, profile = at.desk.questions.put(asked), at.makelaar.profile
    if profile.behind is None:
        return _page_to_log_in(at, asked, key, "login", f"/{profile.slug}/question/{key}")
    guest = Guest(profile.name, key, asked.level, f"{at.makelaar.base_url}/back")
    sent = at.handover.sent(guest)
    return redirect(f"{at.people_log_in_at}/{profile.behind}/guests?sent={sent}", 303)


def _page_to_log_in(
    at: Counter, asked: Question | Guest, key: str, path: str, here: str | None = None
) -> AnyResponse:
    """``here``: where the same page is found again, None for where it is now."""
    page = render_template(
        "makelaar_login.html",
        makelaar=at.makelaar,
        question=asked,
        key=key,
        path=path,
        here=here,
        known=known_at(at.makelaar.profile.slug),
        faults=choices(at.makelaar.profile.protocol, *_more_faults(asked)),
    )
    return Response(page)


def _more_faults(asked: Question | Guest) -> tuple[str, ...]:
    reply = asked.reply if isinstance(asked, Question) else None
    return ("artifact",) if isinstance(reply, SamlReply) and reply.by_artifact else ()


def _unasked() -> AnyResponse:
    return Response(render_template("refused.html", text="deze inlogpagina is verlopen"), 400)


def _answered(at: Counter, broker: Broker, said: Mapping[str, str]) -> AnyResponse:
    asked = at.desk.questions.look(said.get("question", ""))
    if asked is None:
        return _unasked()
    fault = at.desk.next_fault(Fault(said.get("fault", "none")))
    if fault is Fault.SLOW:
        time.sleep(SLOW_SECONDS)
    if fault is Fault.DROP:
        return Response("", 503)
    found = next(
        (
            (p, who)
            for p, who in known_at(at.makelaar.knows_people_of)
            if p.key == said.get("person")
        ),
        None,
    )
    if said.get("action") == "cancel" or fault is Fault.CANCEL:
        return _stopped(at, asked, "AuthnFailed", "access_denied")
    if found is None:
        return Response(
            render_template("refused.html", text="deze persoon is hier niet bekend"), 400
        )
    person, who = found
    if who.code_never_arrives:
        return Response(render_template("no_code.html", makelaar=at.makelaar, key=said["question"]))
    is_low = _is_too_low(asked, who) and fault is not Fault.UNKNOWN_LEVEL
    if fault is Fault.NO_LEVEL or is_low:
        return _stopped(at, asked, "NoAuthnContext", "unmet_authentication_requirements")
    return _succeeded(at, asked, _answer(at, asked, (person, who), fault), broker)


def _is_too_low(asked: Question, who: Login) -> bool:
    return asked.level is not None and not is_enough(who.level, asked.level)


def _answer(at: Counter, asked: Question, found: tuple[TestPerson, Login], fault: Fault) -> Answer:
    names = names_of(at.makelaar)
    person, who = found
    given = who.answered(asked.level)
    level = names[given.level]
    if fault is Fault.LOWER_LEVEL:
        level = names["EH2"]
    if fault is Fault.UNKNOWN_LEVEL:
        level = "urn:voorbeeld:niveau:onbekend"
    mandate = OTHER_COMPANY if fault is Fault.OTHER_ORGANISATION else who.mandate
    if mandate is not None and at.desk.mandate is not None:
        mandate = MANDATES[at.desk.mandate](mandate)
    return Answer(who.subject, person.name, level, given.factor, datetime.now(UTC), mandate, fault)


def _succeeded(at: Counter, asked: Question, answer: Answer, broker: Broker) -> AnyResponse:
    if isinstance(asked.reply, OidcReply):
        return _carried(*oidc.answer(at.makelaar, at.desk, asked.reply, answer))
    encryption = broker.service_provider().encryption
    key = encryption[0] if encryption else None
    now = datetime.now(UTC)
    if answer.fault is Fault.REPLAY and at.desk.last_saml is not None:
        return _sent(at, at.desk.last_saml, asked.reply, at.desk.last_artifact)
    message = success(
        at.makelaar,
        asked.reply,
        answer,
        asked.service,
        now,
        key,
        dialect=at.desk.dialect or at.makelaar.profile.dialect,
    )
    at.desk.last_saml = message
    if not asked.reply.by_artifact:
        return _sent(at, message, asked.reply)
    kept = at.desk.last_artifact = artifact.kept(at.makelaar, at.desk, message, answer.fault)
    return _sent(at, message, asked.reply, kept)


def _carried(url: str, fields: Mapping[str, str]) -> AnyResponse:
    """In a form, or in an address."""
    if fields:
        return Response(render_template("post.html", url=url, fields=fields))
    return redirect(url, 303)


def _stopped(at: Counter, asked: Question, saml: str, oauth: str) -> AnyResponse:
    if isinstance(asked.reply, OidcReply):
        return _carried(*oidc.refusal(at.makelaar, asked.reply, oauth))
    message = saml_response.failure(
        at.makelaar, asked.reply, ("Responder", saml), datetime.now(UTC)
    )
    kept = artifact.kept(at.makelaar, at.desk, message) if asked.reply.by_artifact else None
    return _sent(at, message, asked.reply, kept)


def _sent(
    at: Counter, message: bytes, reply: SamlReply, reference: str | None = None
) -> AnyResponse:
    """By reference in an address, or the message in a form."""
    if reply.by_artifact:
        reference = reference or artifact.kept(at.makelaar, at.desk, message)
        return redirect(artifact.address(reply, reference), 303)
    fields = {"SAMLResponse": base64.b64encode(message).decode()}
    if reply.relay_state is not None:
        fields["RelayState"] = reply.relay_state
    return _carried(reply.consumer, fields)


if __name__ == "__main__":
    serve(create_app, lambda demo: demo.addresses.makelaars)
