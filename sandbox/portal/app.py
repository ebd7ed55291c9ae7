"""The sample portal: buttons to log in, and a page that shows what came back and what was
checked.
"""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

from flask import Flask, Response, redirect, render_template, request, session
from werkzeug.wrappers import Response as AnyResponse

from sandbox import prepare
from sandbox.portal import order
from sandbox.portal.clients import BEHIND_GATEWAY, CLIENTS
from sandbox.portal.relying_party import Asked, LoginWrong, RelyingParty
from sandbox.prepare import Demo
from sandbox.saml_portal.pages import create_blueprint as create_saml_portal
from sandbox.web import new_app, serve
from sandbox.wire import HttpWire, Wire

EXTRA = ("prompt", "acr_values", "max_age", "ui_locales", "idp_hint")
PARTY = CLIENTS[0].name
HELP = (
    "Dit portaal bestaat alleen in de demo. Lukt inloggen niet? Lees op de pagina van Sluis wat u "
    "kunt doen.",
    "Staat daar een code, zoals K7QM-4RXT? Zoek die op in de operatorconsole, of met het commando "
    "sluis trace.",
)
PRIVACY = (
    "Alle mensen, bedrijven en nummers in deze demo zijn verzonnen.",
    "Dit portaal toont wat het van Sluis kreeg, en bewaart daar niets van.",
)


def create_app(demo: Demo, wire: Wire | None = None) -> Flask:
    """The portal of this demo."""
    app = new_app("portal", demo)
    app.register_blueprint(create_saml_portal(demo, wire or HttpWire()))
    clients = prepare.portal_clients(demo)
    at = demo.addresses
    party = RelyingParty(at.broker, at.portal, clients, wire or HttpWire(), at.gateway)
    ended: list[str] = []

    @app.get("/")
    def index() -> str:
        """The services of every client."""
        return render_template("portal.html", clients=clients, party=PARTY, here="/", order=order)

    @app.get("/waterloket/")
    def second() -> str:
        """The second portal: another client, with another name and the same group of sessions."""
        own = [c for c in clients if c.registration.home == "/waterloket/"]
        name = own[0].registration.name
        return render_template("portal.html", clients=own, party=name, here="/waterloket/")

    @app.get("/login/<client_id>/<service>")
    def login(client_id: str, service: str) -> AnyResponse:
        """Ask for a login."""
        return ask(client_id, service, {k: v for k, v in request.args.items() if k in EXTRA})

    def ask(client_id: str, service: str, extra: dict[str, str]) -> AnyResponse:
        for client in clients:
            for offered in client.registration.services:
                if (client.registration.client_id, offered.uuid) == (client_id, service):
                    try:
                        asked, url = party.ask(client, offered, extra)
                    except LoginWrong as wrong:
                        return Response(_page("portal_wrong.html", client_id, text=str(wrong)), 502)
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
            text = "Wij vroegen niet om dit antwoord."
            return _page("portal_wrong.html", client_id, text=text), 400
        if "error" in query:
            return _page("portal_refused.html", client_id, query=query), 200
        try:
            claims, checks = party.receive(Asked(**asked), query)
        except LoginWrong as wrong:
            return _page("portal_wrong.html", client_id, text=str(wrong)), 400
        return _page(
            "portal_done.html",
            client_id,
            claims=_shown(claims),
            checks=checks,
            switch=f"/login/{client_id}/{asked['service']}?prompt=select_account",
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


def _shown(claims: dict[str, Any]) -> list[tuple[str, Any]]:
    return sorted(claims.items())


if __name__ == "__main__":
    serve(create_app, lambda demo: demo.addresses.portal)
