"""An authorization request becomes a LoginRequest, or an error (OpenID Connect Core §3.1.2, RFC
6749, RFC 7636).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from assurance import acr
from assurance.levels import AssuranceLevel, highest, highest_of
from broker.downstream import MOST_KEPT, DownstreamName, LoginRequest
from broker.errors import PageError
from broker.oidc import claims_request, demands, scopes
from broker.oidc.claims import ABOUT_THE_LOGIN
from broker.oidc.errors import AuthorizationError, UnknownTarget
from broker.oidc.parameters import Parameters, Repeated
from broker.oidc.redirect_uris import is_registered
from broker.oidc.reply_to import FORM_POST, QUERY, OidcReplyTo
from consent import documents
from consent.documents import AskedDocument, DocumentRefused
from consent.release import NAMES_A_PERSON
from directory.services import OidcClient, Service

_CHALLENGE = re.compile(r"[A-Za-z0-9_-]{43}")
_PROMPTS = frozenset({"none", "login", "consent", "select_account"})
_NOT_SUPPORTED = {
    "request": "request_not_supported",
    "request_uri": "request_uri_not_supported",
    "registration": "registration_not_supported",
}
MAX_AGE_LIMIT = 10**9
LEAST_TO_AGREE = AssuranceLevel.EH2_PLUS  # an answer counts as a signature: never one factor alone

HintReader = Callable[[str, OidcClient], str | None]


class HintRetired(Exception):
    """An ID token under a key of ours that is retired or was revoked: it can prove nothing."""


@dataclass(frozen=True)
class ResponseTarget:
    """Who asks, and where answers to this request go."""

    client: OidcClient
    redirect_uri: str
    state: str | None
    mode: str | None = None  # form_post; None: in the address

    @property
    def reply_to(self) -> OidcReplyTo:
        """For an answer before there is a login."""
        return OidcReplyTo(self.redirect_uri, state=self.state, mode=self.mode)


def response_target(parameters: Parameters, clients: Mapping[str, OidcClient]) -> ResponseTarget:
    """Who asks and where the answer goes. Raises PageError (UnknownTarget where they are not
    registered): with these in doubt nobody is redirected anywhere.
    """
    try:
        client_id = parameters.one("client_id")
        redirect_uri = parameters.one("redirect_uri")
    except (Repeated, ValueError) as error:
        raise PageError(400, "invalid_request", str(error)) from None
    client = clients.get(client_id or "")
    if client is None:
        raise UnknownTarget("unknown_client", "client_id missing or not registered", sent=client_id)
    if redirect_uri is None or not is_registered(client, redirect_uri):
        raise UnknownTarget(
            "redirect_uri_mismatch",
            "redirect_uri missing or not registered",
            client_id=client.client_id,
            sent=redirect_uri,
            registered=client.redirect_uris,
        )
    state, mode = (_once(parameters, name) for name in ("state", "response_mode"))
    by_form = mode == FORM_POST and _takes_forms(redirect_uri)
    return ResponseTarget(client, redirect_uri, state, FORM_POST if by_form else None)


def _once(parameters: Parameters, name: str) -> str | None:
    """A parameter on which the answer itself hangs; what is wrong with it says parse()."""
    try:
        return parameters.one(name)
    except (Repeated, ValueError):
        return None


def _takes_forms(redirect_uri: str) -> bool:
    """No browser posts to a scheme of an app."""
    return urlsplit(redirect_uri).scheme in ("https", "http")


def parse(
    parameters: Parameters,
    to: ResponseTarget,
    services: Mapping[str, Service],
    read_hint: HintReader,
) -> LoginRequest:
    """The request in the journey's own words. Raises AuthorizationError.

    ``read_hint``: the ``sub`` in an ID token of this client, None for any other text. Raises
    HintRetired.
    """
    try:
        asked = _parse(parameters, to, services, read_hint)
    except Repeated as repeated:
        raise AuthorizationError(
            "invalid_request", f"{repeated.name} occurs more than once"
        ) from None
    except ValueError as error:
        raise AuthorizationError("invalid_request", str(error)) from None
    if asked.kept_bytes > MOST_KEPT:
        raise AuthorizationError(
            "invalid_request",
            f"state, nonce and hints are {asked.kept_bytes} bytes together as they are kept, and "
            f"may be {MOST_KEPT}",
        )
    return asked


def _parse(
    parameters: Parameters,
    to: ResponseTarget,
    services: Mapping[str, Service],
    read_hint: HintReader,
) -> LoginRequest:
    parameters.one("state")
    for name, error in _NOT_SUPPORTED.items():
        if parameters.one(name) is not None:
            raise AuthorizationError(error, f"{name} is not supported; send plain parameters")
    _check_response(parameters, to)
    challenge = _challenge(parameters, to.client)
    prompt = _prompt(parameters)
    max_age = _max_age(parameters)
    asked = _scopes(parameters)
    service = _service(asked, to.client, services)
    document = _document(parameters, to.client)
    wishes = claims_request.read(parameters.one("claims"))
    minimum = highest_of(
        acr.lowest((parameters.one("acr_values") or "").split()),
        *(acr.lowest(wish.values or ()) for wish in wishes.of("acr")),
        LEAST_TO_AGREE if document is not None else None,
    )
    hint = parameters.one("id_token_hint")
    passive = "none" in prompt
    hinted = _named(hint, to.client, read_hint, passive=passive) if hint is not None else None
    return LoginRequest(
        downstream=DownstreamName.OIDC,
        client_id=to.client.client_id,
        service_uuid=service.uuid,
        level=highest(service.level, minimum or service.level),
        minimum=minimum,
        passive=passive,
        force_authn="login" in prompt or max_age == 0 or document is not None,
        ask_consent="consent" in prompt,
        choose_again="select_account" in prompt,
        max_age=max_age,
        provider_hint=parameters.one("idp_hint"),
        login_hint=parameters.one("login_hint"),
        locale=wanted_locale(parameters.one("ui_locales")),
        released=scopes.released(to.client, asked, wishes.names),
        document=document,
        reply_to=OidcReplyTo(
            redirect_uri=to.redirect_uri,
            state=to.state,
            nonce=parameters.one("nonce"),
            challenge=challenge,
            sub=demands.users(hinted, wishes),
            acr=demands.essential_acr(wishes),
            scope=scopes.granted(to.client, service, asked),
            id_token=_joined(NAMES_A_PERSON & wishes.id_token.keys()),
            userinfo=_joined(ABOUT_THE_LOGIN & wishes.userinfo.keys()),
            mode=to.mode,
        ).stored(),
    )


def _joined(names: Collection[str]) -> str | None:
    """As ``OidcReplyTo`` holds several names."""
    return " ".join(sorted(names)) or None


def _check_response(parameters: Parameters, to: ResponseTarget) -> None:
    response_type = parameters.one("response_type")
    if response_type is None:
        raise AuthorizationError("invalid_request", "response_type is missing; send code")
    if response_type != "code":
        raise AuthorizationError(
            "unsupported_response_type", "only response_type=code is supported"
        )
    mode = parameters.one("response_mode")
    if mode not in (None, QUERY, FORM_POST):
        raise AuthorizationError(
            "invalid_request", f"only response_mode={QUERY} and {FORM_POST} are supported"
        )
    if mode == FORM_POST and to.mode is None:
        raise AuthorizationError(
            "invalid_request", "a form reaches no app; send response_mode=query or leave it out"
        )


def must_prove_code(client: OidcClient) -> bool:
    """Must who redeems a code of this client be who asked for it (PKCE)?"""
    return client.require_pkce or client.token_endpoint_auth_method == "none"


def _challenge(parameters: Parameters, client: OidcClient) -> str | None:
    """PKCE with S256; a client may go without only when its registration says so and it
    authenticates.
    """
    challenge = parameters.one("code_challenge")
    method = parameters.one("code_challenge_method")
    if challenge is None:
        if method is not None or must_prove_code(client):
            raise AuthorizationError(
                "invalid_request", "code_challenge is missing; send PKCE with S256"
            )
        return None
    if method != "S256":
        raise AuthorizationError("invalid_request", "code_challenge_method must be S256")
    if not _CHALLENGE.fullmatch(challenge):
        raise AuthorizationError(
            "invalid_request", "code_challenge must have 43 base64url characters"
        )
    return challenge


def _prompt(parameters: Parameters) -> frozenset[str]:
    prompt = frozenset((parameters.one("prompt") or "").split())
    if not prompt <= _PROMPTS:
        raise AuthorizationError("invalid_request", f"prompt knows {', '.join(sorted(_PROMPTS))}")
    if "none" in prompt and len(prompt) > 1:
        raise AuthorizationError("invalid_request", "prompt=none stands alone")
    return prompt


def _max_age(parameters: Parameters) -> int | None:
    value = parameters.one("max_age")
    if value is None:
        return None
    if not (
        value.isascii() and value.isdigit() and len(value) <= 10 and int(value) <= MAX_AGE_LIMIT
    ):
        raise AuthorizationError("invalid_request", "max_age is a number of seconds")
    return int(value)


def _scopes(parameters: Parameters) -> list[str]:
    asked = (parameters.one("scope") or "").split()
    if scopes.OPENID not in asked:
        raise AuthorizationError("invalid_scope", "scope must contain openid")
    return asked


def _service(asked: list[str], client: OidcClient, services: Mapping[str, Service]) -> Service:
    """The service that the scope names, else the default of this client."""
    prefix = scopes.SERVICE_SCOPE
    named = [scope.removeprefix(prefix) for scope in asked if scope.startswith(prefix)]
    if len(set(named)) > 1:
        raise AuthorizationError("invalid_scope", "name one service")
    wanted = named[0] if named else client.default_service
    if wanted is None and len(client.services) == 1:
        wanted = client.services[0]
    if wanted is None:
        raise AuthorizationError(
            "invalid_scope", "name a service with scope urn:uuid:<ServiceUUID>"
        )
    if wanted not in client.services or wanted not in services:
        raise AuthorizationError("invalid_scope", "this client does not offer that service")
    return services[wanted]


def _named(hint: str, client: OidcClient, read_hint: HintReader, *, passive: bool) -> str | None:
    """The user who must log in (Core §3.1.2.1). A hint that nobody can check any more counts for
    nothing: portals keep tokens longer than keys live. Without pages that leaves nobody.
    """
    try:
        sub = read_hint(hint, client)
    except HintRetired:
        if passive:
            raise AuthorizationError(
                "login_required", "id_token_hint is signed with a key that is no longer in use"
            ) from None
        return None
    if sub is None:
        raise AuthorizationError(
            "login_required", "id_token_hint is no ID token that this client got here"
        )
    return sub


def _document(parameters: Parameters, client: OidcClient) -> AskedDocument | None:
    """What the user is asked to agree to (RFC 9396 §2); only where the registration says so."""
    text = parameters.one("authorization_details")
    if text is None:
        return None
    if documents.TYPE not in client.authorization_details_types:
        raise AuthorizationError(
            "invalid_authorization_details", "this client is registered for no type of details"
        )
    try:
        document = documents.read(text)
    except DocumentRefused as refused:
        raise AuthorizationError("invalid_authorization_details", str(refused)) from None
    if not _is_of(client, document.url):
        raise AuthorizationError(
            "invalid_authorization_details",
            "document.url is at none of the hosts of your redirect_uris",
        )
    return document


def _is_of(client: OidcClient, url: str) -> bool:
    """At a registered host, and as safely as it is."""
    registered = {(urlsplit(u).scheme, urlsplit(u).netloc) for u in client.redirect_uris}
    return (urlsplit(url).scheme, urlsplit(url).netloc) in registered


def wanted_locale(wishes: str | None) -> str | None:
    """The first of the wishes (``ui_locales``) in which there are pages."""
    for wish in (wishes or "").split():
        language = re.split("[-_]", wish, maxsplit=1)[0].lower()
        if language in ("nl", "en"):
            return language
    return None
