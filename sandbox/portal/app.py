"""The sample portal: buttons to log in, and a page that shows what came back and what was
checked.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import Any

from flask import Flask, Response, redirect, render_template, request, session
from werkzeug.wrappers import Response as AnyResponse

from sandbox import prepare, refusals
from sandbox.makelaar.state import Drawer
from sandbox.portal import order
from sandbox.portal.claims import as_json, explained, moments, summary
from sandbox.portal.clients import BEHIND_GATEWAY, CLIENTS, PortalService
from sandbox.portal.relying_party import Asked, Check, LoginWrong, RelyingParty
from sandbox.prepare import Demo
from sandbox.saml_portal import attributes
from sandbox.saml_portal.pages import create_blueprint as create_saml_portal
from sandbox.tries import TRIES, hints_for
from sandbox.web import chosen_language, language, new_app, serve
from sandbox.wire import HttpWire, Wire


@dataclass(frozen=True)
class Refused:
    """The broker says that there is no login. ``query``: as it came."""

    query: dict[str, str]


@dataclass(frozen=True)
class Received:
    """A login that was verified."""

    claims: dict[str, Any]
    checks: list[Check]


Outcome = Received | Refused | LoginWrong
EXTRA = ("prompt", "acr_values", "max_age", "ui_locales", "idp_hint")
PARTY, PARTY_ID = CLIENTS[0].name, CLIENTS[0].client_id
HELP = (
    "Dit portaal bestaat alleen in de demo. Lukt inloggen niet? Lees op de pagina van Sluis wat u "
    "kunt doen.",
    "Staat daar een code, zoals K7QM-4RXT? Zoek die op in de operatorconsole, of met het commando "
    "sluis trace.",
)
PRIVACY = (
    "Alle mensen, bedrijven en nummers in deze demo zijn verzonnen.",
    "Dit portaal toont wat het van Sluis kreeg, en vergeet dat als de demo stopt.",
)


def create_app(demo: Demo, wire: Wire | None = None) -> Flask:
    """The portal of this demo."""
    app = new_app("portal", demo)
    app.register_blueprint(create_saml_portal(demo, wire or HttpWire()))
    clients = prepare.portal_clients(demo)
    at = demo.addresses
    party = RelyingParty(at.broker, at.portal, clients, wire or HttpWire(), at.gateway)
    ended: list[str] = []
    ends: Drawer[tuple[str, str, Outcome]] = Drawer()

    @app.context_processor
    def _guide() -> dict[str, object]:
        """What every portal here says of whom to be, and of an answer that is a refusal."""
        return {
            "hints_for": hints_for,
            "client_of": _client_of,
            "refusal_of": refusals.of_status,
            "reference_in": refusals.reference_in,
            "meaning": attributes.meaning,
        }

    @app.get("/")
    def index() -> str:
        """The services of every client."""
        return render_template(
            "portal.html", clients=clients, party=PARTY, here="/", order=order, tries=TRIES
        )

    @app.get("/waterloket/")
    def second() -> str:
        """The second portal: another client, with another name and the same group of sessions."""
        own = [c for c in clients if c.registration.home == "/waterloket/"]
        name = own[0].registration.name
        return render_template("portal.html", clients=own, party=name, here="/waterloket/")

    @app.get("/login/<client_id>/<service>")
    def login(client_id: str, service: str) -> AnyResponse:
        """Ask for a login."""
        extra = {k: v for k, v in request.args.items() if k in EXTRA}
        wish = chosen_language()
        return ask(client_id, service, {"ui_locales": wish, **extra} if wish else extra)

    def ask(client_id: str, service: str, extra: dict[str, str]) -> AnyResponse:
        for client in clients:
            for offered in client.registration.services:
                if (client.registration.client_id, offered.uuid) == (client_id, service):
                    try:
                        asked, url = party.ask(client, offered, extra)
                    except LoginWrong as wrong:
                        text = wrong.text(language())
                        return Response(_page("portal_wrong.html", client_id, text=text), 502)
                    session[asked.state] = asdict(asked)
                    return redirect(url, 303)
        return Response(render_template("refused.html", text="die dienst is er niet"), 404)

    @app.get("/document/<client_id>/<service>")
    def document(client_id: str, service: str) -> AnyResponse:
        """Ask whether the user agrees to the order."""
        details = json.dumps(order.details(demo.addresses.portal))
        return ask(client_id, service, {"authorization_details": details})

    @app.get(order.PATH)
    def order_text() -> Response:
        """The order itself."""
        return Response(order.TEXT, mimetype="text/plain")

    @app.get("/callback/<client_id>")
    def callback(client_id: str) -> tuple[str, int]:
        """The answer of the broker."""
        query = dict(request.args)
        asked = session.pop(query.get("state", ""), None)
        if asked is None or asked["client_id"] != client_id:
            wrong = LoginWrong("Wij vroegen niet om dit antwoord.")
            return _page("portal_wrong.html", client_id, text=wrong.text(language())), 400
        outcome: Outcome
        if "error" in query:
            outcome = Refused(query)
        else:
            try:
                outcome = Received(*party.receive(Asked(**asked), query))
            except LoginWrong as other:
                outcome = other
        handle = ends.put((client_id, asked["service"], outcome))
        session["ended"] = handle  # the page can be asked again, in another language
        return shown(client_id, asked["service"], outcome, handle)

    @app.get("/ended/<handle>")
    def ended_login(handle: str) -> tuple[str, int]:
        """The same once more, for the browser that it was for."""
        kept = ends.look(handle)
        if kept is None or session.get("ended") != handle:
            wrong = LoginWrong("Wij vroegen niet om dit antwoord.")
            return _page("portal_wrong.html", PARTY_ID, text=wrong.text(language())), 400
        return shown(*kept, handle)

    def shown(client_id: str, service: str, outcome: Outcome, handle: str) -> tuple[str, int]:
        here, again = f"/ended/{handle}", f"/login/{client_id}/{service}"
        if isinstance(outcome, LoginWrong):
            text = outcome.text(language())
            return _page("portal_wrong.html", client_id, text=text, here=here), 400
        if isinstance(outcome, Refused):
            query = outcome.query
            said = query.get("error_description", "")
            return _page(
                "portal_refused.html",
                client_id,
                here=here,
                again=again,
                query=query,
                refusal=refusals.of_error(query["error"], said),
                reference=refusals.reference_in(said),
            ), 200
        claims = outcome.claims
        return _page(
            "portal_done.html",
            client_id,
            here=here,
            service=_service(service),
            got=summary(claims),
            checks=outcome.checks,
            token=as_json(claims),
            explained=list(explained(claims)),
            moments=moments(claims),
            switch=f"{again}?prompt=select_account",
            log_out=party.logout_url(client_id),
        ), 200

    @app.post("/backchannel-logout/<client_id>")
    def told(client_id: str) -> tuple[str, int]:
        """The broker says that a session ended."""
        client = next((c for c in clients if c.registration.client_id == client_id), None)
        try:
            if client is None:
                raise LoginWrong("die client is er niet")
            ended.append(party.receive_logout(client, request.form.get("logout_token", "")))
        except LoginWrong as wrong:
            return str(wrong), 400
        return "", 200

    @app.get("/ended")
    def ended_sessions() -> list[str]:
        """The sessions that the broker ended, for tests."""
        return ended

    @app.get("/hulp")
    def help_() -> str:
        """Where the registrations point for help."""
        return render_template("portal_text.html", title="Hulp bij inloggen", texts=HELP)

    @app.get("/privacy")
    def privacy() -> str:
        """Where the registrations point for privacy."""
        return render_template("portal_text.html", title="Privacy", texts=PRIVACY)

    return app


def _page(template: str, client_id: str, **values: Any) -> str:
    """A page under the name of this client."""
    known = (*CLIENTS, *BEHIND_GATEWAY)
    client = next((each for each in known if each.client_id == client_id), CLIENTS[0])
    return render_template(template, party=client.name, home=client.home, **values)


def _client_of(service: PortalService) -> str:
    known = (*CLIENTS, *BEHIND_GATEWAY)
    return next(each.client_id for each in known if service in each.services)


def _service(uuid: str) -> str:
    known = (service for client in (*CLIENTS, *BEHIND_GATEWAY) for service in client.services)
    return next(service.name for service in known if service.uuid == uuid)


if __name__ == "__main__":
    serve(create_app, lambda demo: demo.addresses.portal)
