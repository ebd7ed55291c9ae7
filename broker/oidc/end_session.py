"""The end session endpoint (OpenID Connect RP-Initiated Logout 1.0), among the pages of logging
out.
"""

from __future__ import annotations

from urllib.parse import urlencode

from flask import request
from werkzeug.wrappers import Response

from broker.downstream import LogoutRequest
from broker.errors import PageError
from broker.oidc import hints, refusals
from broker.oidc.authorization_request import wanted_locale
from broker.oidc.errors import UnknownTarget
from broker.oidc.jwt import Hint
from broker.oidc.parameters import Parameters, Repeated
from broker.oidc.redirect_uris import is_address
from broker.runtime import Runtime, runtime
from broker.sso.logout_views import ask_for, blueprint
from broker.web.endpoints import Endpoint

__all__ = ["blueprint", "parse_logout"]  # the blueprint with this endpoint among its pages


@blueprint.route("/logout", methods=["GET", "POST"])
@Endpoint(
    limit="logout",
    csrf=False,
    because="a portal's cross-site POST; what it asks is judged at our own address",
)
def portal_asks() -> Response:
    """End session endpoint. Reads no cookie: a portal's POST comes without ours. What it asks is
    kept, and judged at our own address.
    """
    parameters = Parameters([*request.args.items(multi=True), *request.form.items(multi=True)])
    rt = runtime()
    try:
        return ask_for(parse_logout(parameters, rt))
    except UnknownTarget as error:
        refusals.note_target(rt, error)
        raise


def parse_logout(parameters: Parameters, rt: Runtime) -> LogoutRequest:
    """The request in our words. Raises PageError: nobody is redirected to where no registration
    leads.
    """
    try:
        hint_text, state = parameters.one("id_token_hint"), parameters.one("state")
        client_id, wanted = parameters.one("client_id"), parameters.one("post_logout_redirect_uri")
        locale = wanted_locale(parameters.one("ui_locales"))
    except (Repeated, ValueError) as error:
        raise PageError(400, "invalid_request", str(error)) from None
    hint = _hint(hint_text, rt)
    if hint_text is not None and hint is None:
        raise PageError(400, "invalid_request", "id_token_hint is not ours")
    if hint is not None and client_id not in (None, hint.client_id):
        raise PageError(400, "invalid_request", "client_id is not that of id_token_hint")
    named = hint.client_id if hint is not None else client_id
    if wanted is not None:
        client = rt.configuration.oidc_clients.get(named or "")
        registered = client.post_logout_redirect_uris if client is not None else ()
        if wanted not in registered or not is_address(wanted):
            raise UnknownTarget(
                "redirect_uri_mismatch",
                "post_logout_redirect_uri",
                client_id=client.client_id if client is not None else None,
                sent=wanted if client is not None else named,
                registered=registered,
            )
    return LogoutRequest(
        client_id=named,
        session_id=hint.sid if hint is not None else None,
        return_to=wanted,
        done_url=_with_state(wanted, state) if wanted is not None else None,
        locale=locale,
    )


def _with_state(address: str, state: str | None) -> str:
    """The address of the portal, with what it wants to see again (§3)."""
    if state is None:
        return address
    return address + ("&" if "?" in address else "?") + urlencode({"state": state})


def _hint(text: str | None, rt: Runtime) -> Hint | None:
    """An ID token of ours, for a client that is registered; it may be over by now."""
    if text is None:
        return None
    hint = hints.session_in(rt, text)
    return hint if hint is not None and hint.client_id in rt.configuration.oidc_clients else None
