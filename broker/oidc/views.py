"""The endpoints of the OpenID provider."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from time import perf_counter
from typing import Any

import structlog
from flask import Blueprint, Response, jsonify, redirect, request
from werkzeug.wrappers import Response as AnyResponse

from broker.downstream import LoginRequest
from broker.monitoring import metrics
from broker.oidc.authorization_request import HintReader, parse, response_target
from broker.oidc.authorization_response import redirect_with
from broker.oidc.client_authentication import authenticate, named_client
from broker.oidc.client_keys import ClientKeys
from broker.oidc.discovery import metadata
from broker.oidc.errors import AuthorizationError, TokenError
from broker.oidc.jwt import read_hint
from broker.oidc.parameters import Parameters, Repeated
from broker.oidc.token_endpoint import grant_label, token_response
from broker.oidc.userinfo import userinfo as read_userinfo
from broker.runtime import Runtime, runtime
from broker.web import rate_limits
from broker.web.endpoints import Audience, Endpoint, Readers
from keys.jwks import public_jwks
from keys.keyring import KeyUse

FORM = "application/x-www-form-urlencoded"
PUBLIC = {"Access-Control-Allow-Origin": "*", "Cache-Control": "public, max-age=3600"}
GUESSES = frozenset({"invalid_client", "invalid_grant"})
log = structlog.get_logger()
PUBLISHED = Endpoint(
    limit=None,
    because="from memory, the same for everybody",
    audience=Audience.PROGRAMS,
    readers=Readers.ANYBODY,
    sets_language=False,
)


def create_blueprint(
    open_login: Callable[[LoginRequest], AnyResponse], client_keys: ClientKeys
) -> Blueprint:
    """``open_login`` begins the journey for a request that is in order; ``client_keys`` are those
    with which portals sign their assertions.
    """
    blueprint = Blueprint("oidc", __name__)

    @blueprint.route("/authorize", methods=["GET", "POST"])
    @Endpoint(
        limit="authorize",
        csrf=False,
        because="a portal's cross-site POST; reads no cookie",
        sets_language=False,
    )
    def authorize() -> AnyResponse:
        """Authorization endpoint. Reads no cookie of a session: a portal's POST comes
        cross-site.
        """
        rt = runtime()
        parameters = Parameters([*request.args.items(multi=True), *request.form.items(multi=True)])
        to = response_target(parameters, rt.configuration.oidc_clients)
        rate_limits.count_client(rt, "authorize", to.client.client_id)
        try:
            asked = parse(parameters, to, rt.configuration.services, _hint_reader(rt))
        except AuthorizationError as error:
            log.warning("authorize.refused", client=to.client.client_id, error=error.error)
            values = {"error": error.error, "error_description": error.description}
            url = redirect_with(to.redirect_uri, values, to.state, rt.base_url)
            return redirect(url, 303)
        return open_login(asked)

    @blueprint.post("/token")
    @Endpoint(
        limit="token",
        csrf=False,
        because="the portal authenticates itself",
        per_portal=True,
        audience=Audience.PROGRAMS,
        sets_language=False,
    )
    def token() -> Response:
        """Token endpoint."""
        rt, started, result = runtime(), perf_counter(), "error"
        try:
            response, result = _json(_token(rt, client_keys)), "ok"
        except (Repeated, ValueError) as error:
            result = "invalid_request"
            response = _token_error(TokenError(result, f"wrong parameter: {error}"))
        except TokenError as error:
            log.warning("token.refused", error=error.error, description=error.description)
            response, result = _token_error(error), error.error
            if result in GUESSES:
                rate_limits.wrong_guess(rt, "token", _named(rt))
        finally:
            seconds = perf_counter() - started
            grant = grant_label(request.form.get("grant_type"))
            metrics.token_answered(grant, result, seconds)
        return response

    @blueprint.route("/userinfo", methods=["GET", "POST"])
    @Endpoint(
        limit="userinfo",
        csrf=False,
        because="the access token in the header, never a cookie",
        per_portal=True,
        audience=Audience.PROGRAMS,
        sets_language=False,
    )
    def userinfo() -> Response:
        """UserInfo endpoint; the token in the Authorization header only (RFC 6750 §2.1)."""
        rt = runtime()
        scheme, _, presented = (request.headers.get("Authorization") or "").partition(" ")
        if scheme.lower() != "bearer" or not presented:
            return _bearer_error(None)
        claims = read_userinfo(rt, presented.strip(), rt.clock())
        return _json(claims) if claims is not None else _bearer_error("invalid_token")

    @blueprint.get("/jwks")
    @PUBLISHED
    def jwks() -> Response:
        """Our public signing keys."""
        return _json(public_jwks(runtime().configuration.keyring, KeyUse.OIDC_SIGNING), PUBLIC)

    @blueprint.get("/.well-known/openid-configuration")
    @blueprint.get("/.well-known/oauth-authorization-server")
    @PUBLISHED
    def discovery() -> Response:
        """What this provider supports."""
        rt = runtime()
        names = frozenset(
            c.name for client in rt.configuration.oidc_clients.values() for c in client.claims
        )
        return _json(metadata(rt.base_url, names), PUBLIC)

    return blueprint


def _hint_reader(rt: Runtime) -> HintReader:
    keyring, issuer = rt.configuration.keyring, rt.base_url
    return lambda hint, client: read_hint(hint, keyring=keyring, issuer=issuer, client=client)


def _named(rt: Runtime) -> str:
    """The registered portal that this request says it is of, else "". Portals that share an address
    must not be refused for each other's mistakes.
    """
    parameters = Parameters(request.form.items(multi=True))
    said = named_client(parameters, request.headers.get("Authorization"))
    return said if said is not None and said in rt.configuration.oidc_clients else ""


def _token(rt: Runtime, client_keys: ClientKeys) -> dict[str, Any]:
    rate_limits.refuse_guessers(rt, "token", _named(rt))
    if request.mimetype != FORM:
        raise TokenError("invalid_request", f"send {FORM}")
    if request.args:
        raise TokenError("invalid_request", "send parameters in the body, not in the address")
    parameters, now = Parameters(request.form.items(multi=True)), rt.clock()
    who = authenticate(
        parameters,
        request.headers.get("Authorization"),
        clients=rt.configuration.oidc_clients,
        keys=client_keys,
        audiences=frozenset({rt.base_url, f"{rt.base_url}/token"}),
        now=now,
    )
    rate_limits.count_client(rt, "token", who.client.client_id)
    return token_response(rt, parameters, who, now)


def _json(body: Mapping[str, Any], headers: Mapping[str, str] | None = None) -> Response:
    response = jsonify(body)
    response.headers.update(headers or {"Cache-Control": "no-store"})
    return response


def _token_error(error: TokenError) -> Response:
    response = _json({"error": error.error, "error_description": error.description})
    response.status_code = error.status
    if error.status == 401:
        response.headers["WWW-Authenticate"] = 'Basic realm="token"'
    return response


def _bearer_error(error: str | None) -> Response:
    response = _json({"error": error or "invalid_request"})
    response.status_code = 401
    challenge = 'Bearer realm="userinfo"'
    response.headers["WWW-Authenticate"] = f'{challenge}, error="{error}"' if error else challenge
    return response
