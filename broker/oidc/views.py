"""The endpoints of the OpenID provider."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from functools import partial
from time import perf_counter
from typing import Any

import structlog
from flask import Blueprint, Response, jsonify, redirect, request
from werkzeug.wrappers import Response as AnyResponse

from broker.downstream import LoginRequest
from broker.monitoring import metrics
from broker.oidc import cors, hints, pushed_requests, refusals
from broker.oidc.authorization_request import ResponseTarget, parse, response_target
from broker.oidc.authorization_response import answer_to
from broker.oidc.client_authentication import (
    AssertionRules,
    Authenticated,
    Presented,
    authenticate,
    offered_proof,
)
from broker.oidc.client_keys import ClientKeys
from broker.oidc.discovery import metadata, reach
from broker.oidc.errors import AuthorizationError, Refused, TokenError, UnknownTarget
from broker.oidc.parameters import Parameters, Repeated
from broker.oidc.pushed_requests import keep
from broker.oidc.token_endpoint import grant_label, token_response
from broker.oidc.userinfo import NotBelieved
from broker.oidc.userinfo import userinfo as read_userinfo
from broker.runtime import Runtime, runtime
from broker.web import rate_limits
from broker.web.current_request import current_request
from broker.web.endpoints import Audience, Endpoint, Readers
from broker.web.language import locale
from broker.web.responses import leave, remember_portal, remember_reference
from keys.jwks import public_jwks
from keys.keyring import KeyUse

FORM = "application/x-www-form-urlencoded"
PUBLIC = {"Access-Control-Allow-Origin": "*", "Cache-Control": "public, max-age=3600"}
MUST_BE_BROUGHT = "bring this request to the pushed_authorization_request_endpoint first"
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
        try:
            parameters, was_brought = _brought(rt, parameters, client_keys)
            to = response_target(parameters, rt.configuration.oidc_clients)
        except UnknownTarget as error:
            refusals.note_target(rt, error)
            raise
        remember_portal(to.client.client_id)
        if not was_brought:
            rate_limits.count_client(rt, "authorize", to.client.client_id)
        try:
            if to.client.require_pushed_authorization_requests and not was_brought:
                raise AuthorizationError("invalid_request", MUST_BE_BROUGHT)
            asked = parse(parameters, to, rt.configuration.services, partial(hints.user_in, rt))
        except AuthorizationError as error:
            return _refuse(rt, to, error)
        return open_login(asked)

    @blueprint.after_request
    def _let_read(response: Response) -> Response:
        if current_request().endpoint in ("oidc.token", "oidc.userinfo", "oidc.par"):
            cors.end(response)
        return response

    @blueprint.route("/token", methods=["POST", "OPTIONS"], provide_automatic_options=False)
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
        if request.method == "OPTIONS":
            return cors.preflight(("POST",))
        rt, started, result = runtime(), perf_counter(), "error"
        try:
            response, result = _json(_token(rt, client_keys)), "ok"
        except (Repeated, ValueError) as error:
            result = "invalid_request"
            response = _token_error(rt, TokenError(result, f"wrong parameter: {error}"))
        except TokenError as error:
            response, result = _token_error(rt, error), error.error
            if result in GUESSES:
                rate_limits.wrong_guess(rt, "token", _named(rt))
        finally:
            seconds = perf_counter() - started
            grant = grant_label(request.form.get("grant_type"))
            metrics.token_answered(grant, result, seconds)
        return response

    @blueprint.route("/par", methods=["POST", "OPTIONS"], provide_automatic_options=False)
    @Endpoint(
        limit="par",
        csrf=False,
        because="the portal authenticates itself",
        per_portal=True,
        audience=Audience.PROGRAMS,
        sets_language=False,
    )
    def par() -> Response:
        """Pushed authorization requests (RFC 9126)."""
        if request.method == "OPTIONS":
            return cors.preflight(("POST",))
        rt = runtime()
        try:
            parameters, who, _ = _asks(rt, "par", client_keys)
            response = _json(keep(rt, parameters, who, partial(hints.user_in, rt)))
            response.status_code = 201
        except (Repeated, ValueError) as error:
            wrong = TokenError("invalid_request", f"wrong parameter: {error}")
            response = _token_error(rt, wrong, is_brought=True)
        except TokenError as error:
            response = _token_error(rt, error, is_brought=True)
            if error.error in GUESSES:
                rate_limits.wrong_guess(rt, "token", _named(rt))
        return response

    @blueprint.route(
        "/userinfo", methods=["GET", "POST", "OPTIONS"], provide_automatic_options=False
    )
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
        if request.method == "OPTIONS":
            return cors.preflight(("GET", "POST"))
        rt, elsewhere = runtime(), "access_token" in request.values
        headers = request.headers.getlist("Authorization")
        scheme, _, presented = (headers[0] if headers else "").partition(" ")
        if scheme.lower() != "bearer" or not presented:
            return _bearer_error(rt, None, "send the access token in the Authorization header")
        if elsewhere or len(headers) > 1:
            return _bearer_error(rt, "invalid_request", "send the access token once, in the header")
        reason: str = Refused.ACCESS_TOKEN
        also: str | None = None
        try:
            said = read_userinfo(rt, presented.strip(), rt.clock())
        except NotBelieved as fallen:
            said, reason, also = None, fallen.reason, fallen.also
            remember_reference(fallen.reference)
        if said is None:
            text = "the access token is not ours, over or revoked"
            return _bearer_error(rt, "invalid_token", text, reason, also)
        cors.about(said.client_id)
        return _json(said.claims)

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
        known = rt.configuration
        names = frozenset(c.name for client in known.oidc_clients.values() for c in client.claims)
        highest = reach([*known.providers.values(), *known.federations], known.services.values())
        return _json(metadata(rt.base_url, names, highest), PUBLIC)

    return blueprint


def _refuse(rt: Runtime, to: ResponseTarget, error: AuthorizationError) -> AnyResponse:
    """The portal hears what is wrong with its request, and the reference of it."""
    client_id = to.client.client_id
    reference = refusals.note(
        rt,
        Refused.REQUEST,
        at="received",
        client_id=client_id,
        error=error.error,
        told=error.description,
    )
    log.warning("authorize.refused", client=client_id, error=error.error)
    description = f"{error.description} (reference {reference})"
    values = {"error": error.error, "error_description": description}
    reply = answer_to(to.reply_to, values, rt.base_url)
    if reply.fields:
        return leave(reply.url, reply.fields, to.client.name.in_(locale()))
    return redirect(reply.url, 303)


def _named(rt: Runtime) -> str:
    """The registered portal that this request says it is of, else "". Portals that share an address
    must not be refused for each other's mistakes.
    """
    parameters = Parameters(request.form.items(multi=True))
    return _registered(rt, offered_proof(parameters, request.headers.get("Authorization")))


def _registered(rt: Runtime, presented: Presented | None) -> str:
    said = presented.client_id if presented is not None else None
    return said if said is not None and said in rt.configuration.oidc_clients else ""


def _brought(
    rt: Runtime, parameters: Parameters, client_keys: ClientKeys
) -> tuple[Parameters, bool]:
    """The request, and whether its portal brought it before. Raises PageError."""
    try:
        name, client_id = pushed_requests.name_in(parameters), parameters.one("client_id")
    except (Repeated, ValueError):
        return parameters, False  # told as of any request, where there is somebody to tell
    if name is None:
        return parameters, False
    client = rt.configuration.oidc_clients.get(client_id or "")
    if client is None:
        raise UnknownTarget("unknown_client", "client_id missing or not registered", sent=client_id)
    remember_portal(client.client_id)
    rate_limits.count_client(rt, "authorize", client.client_id)
    return pushed_requests.take(rt, client, name, client_keys), True


def _token(rt: Runtime, client_keys: ClientKeys) -> dict[str, Any]:
    parameters, who, now = _asks(rt, "token", client_keys)
    return token_response(rt, parameters, who, now)


def _asks(
    rt: Runtime, kind: str, client_keys: ClientKeys
) -> tuple[Parameters, Authenticated, datetime]:
    """What a portal asks that proved who it is. ``kind``: the endpoint, and of limits; wrong proofs
    are counted together, wherever they are given. Raises TokenError, TooManyRequests.
    """
    request = current_request()
    parameters = Parameters(request.form.items(multi=True))
    authorization = request.headers.get("Authorization")
    presented = offered_proof(parameters, authorization)
    named = _registered(rt, presented)
    cors.about(named or None)
    remember_portal(named or None)
    rate_limits.refuse_guessers(rt, "token", named)
    if request.mimetype != FORM:
        raise TokenError("invalid_request", f"send {FORM}")
    if request.args:
        raise TokenError("invalid_request", "send parameters in the body, not in the address")
    now = rt.clock()
    who = authenticate(
        parameters,
        authorization,
        clients=rt.configuration.oidc_clients,
        keys=client_keys,
        rules=AssertionRules.of(rt.settings, kind),
        now=now,
        presented=presented,
    )
    if who.proved_nothing:
        rate_limits.count_visitor(rt, kind)
    rate_limits.count_client(rt, kind, who.client.client_id)
    return parameters, who, now


def _json(body: Mapping[str, Any], headers: Mapping[str, str] | None = None) -> Response:
    response = jsonify(body)
    response.headers.update(headers or {"Cache-Control": "no-store"})
    return response


def _token_error(rt: Runtime, error: TokenError, *, is_brought: bool = False) -> Response:
    """``is_brought``: at the endpoint of requests that are brought beforehand."""
    named = _named(rt) or None
    found = {"client_id": named, "error": error.error, "told": error.description, **error.found}
    told = {
        "client": named,
        "error": error.error,
        "reason": str(error.reason),
        "description": error.description,
    }
    if is_brought:
        reference = refusals.note(rt, error.reason, at="par", **found)
        log.warning("par.refused", **told)
    else:
        reference = refusals.note(rt, error.reason, at="token", **found)
        log.warning("token.refused", **told)
    description = f"{error.description}. Reference: {reference}"
    response = _json({"error": error.error, "error_description": description})
    response.status_code = error.status
    if error.status == 401:
        response.headers["WWW-Authenticate"] = 'Basic realm="token"'
    return response


def _bearer_error(
    rt: Runtime,
    error: str | None,
    text: str,
    reason: str = Refused.TOKEN_REQUEST,
    also: str | None = None,
) -> Response:
    """RFC 6750 §3: a request without a token is told no error, and one that is malformed is 400.
    ``reason`` and ``also`` (what else stands in the way) are for the trace.
    """
    reference = refusals.note(rt, reason, at="userinfo", error=error, told=text, also=also)
    description = f"{text}. Reference: {reference}"
    response = _json({"error": error or "invalid_request", "error_description": description})
    response.status_code = 400 if error == "invalid_request" else 401
    challenge = 'Bearer realm="userinfo"'
    if error is not None:
        challenge += f', error="{error}", error_description="{description}"'
    response.headers["WWW-Authenticate"] = challenge
    return response
