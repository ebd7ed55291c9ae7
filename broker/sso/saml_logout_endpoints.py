"""The endpoints of a single logout service, the same in either role (SAML Bindings §3.2, §3.4,
§3.5).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

from flask import Blueprint, request
from werkzeug.wrappers import Response

from broker.sso import saml_logout
from broker.sso.saml_logout import LogoutSide
from broker.web.endpoints import Audience, Endpoint
from providers.saml.wire import logout_received
from providers.saml.wire.logout_services import SOAP_BELOW


def add_to(
    blueprint: Blueprint,
    path: str,
    side: Callable[[], LogoutSide],
    who: Literal["portal", "makelaar"],
) -> None:
    """Put them at this path. ``who``: of which kind the parties are that ask here."""

    @blueprint.get(path)
    @Endpoint(limit="logout", sets_language=False)
    def by_redirect() -> Response:
        """HTTP-Redirect, judged by the octets of the query as sent: a request, or an answer to
        ours.
        """
        return saml_logout.by_browser(
            side(),
            lambda: logout_received.from_redirect(request.query_string),
            request.args.get("RelayState"),
        )

    @blueprint.post(path)
    @Endpoint(
        limit="logout",
        csrf=False,
        because=f"a {who}'s cross-site POST, signed; reads no cookie",
        sets_language=False,
    )
    def by_post() -> Response:
        """HTTP-POST: a request, or an answer to ours."""
        fields = tuple(request.form.items(multi=True))
        return saml_logout.by_browser(
            side(), lambda: logout_received.from_post(fields), request.form.get("RelayState")
        )

    @blueprint.post(f"{path}{SOAP_BELOW}")
    @Endpoint(
        limit="logout_call",
        csrf=False,
        because=f"a call of a {who}, signed; reads no cookie",
        per_portal=True,
        audience=Audience.SOAP,
    )
    def by_soap() -> Response:
        """SOAP: a request, answered at once."""
        return saml_logout.by_call(side(), request.get_data())
