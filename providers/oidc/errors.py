"""Errors that a makelaar answers in the words of OAuth: what each means to a login, and how much of
them is kept.

RFC 6749 §4.1.2.1 and §5.2, RFC 6750 §3.1, OpenID Connect Core §3.1.2.6.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final

from providers import received
from providers.interface import ProviderUnavailable
from providers.registry import OidcSettings
from providers.trouble import EXPIRED_AT_KEYCLOAK, Trouble

AUTHORIZATION: Final = "authorization_endpoint"  # which the browser calls, not we
MAX_WORD: Final = 64
# About somebody who logs in: what is written beside it may name that person, so it is not kept.
ABOUT_THE_USER: Final = frozenset(
    {
        "access_denied",
        "account_selection_required",
        "consent_required",
        "interaction_required",
        "login_required",
        "unmet_authentication_requirements",
    }
)
# What a user did who stopped; the second word is of Apple and LinkedIn, the third of LinkedIn.
STOPPED: Final = frozenset({"access_denied", "user_cancelled_authorize", "user_cancelled_login"})
AWAY: Final = frozenset({"server_error", "temporarily_unavailable"})
_REDIRECT: Final = frozenset({"invalid_redirect_uri", "redirect_mismatch", "redirect_uri_mismatch"})
_CLIENT: Final = frozenset(
    {"invalid_client", "unauthorized_client", "unsupported_grant_type", "invalid_scope"}
)
# About what we ask, and so about how we are registered there.
OF_REQUESTS: Final = frozenset(
    {
        "invalid_request",
        "invalid_request_object",
        "invalid_request_uri",
        "invalid_target",
        "registration_not_supported",
        "request_not_supported",
        "request_uri_not_supported",
        "unsupported_response_mode",
        "unsupported_response_type",
    }
)
_OTHERS: Final = frozenset({"insufficient_scope", "invalid_grant", "invalid_token"})
KNOWN: Final = ABOUT_THE_USER | STOPPED | AWAY | _REDIRECT | _CLIENT | OF_REQUESTS | _OTHERS


def is_known(error: object) -> bool:
    """Is it a word of the specifications, or of a product that we know, and so fit for a log?"""
    return isinstance(error, str) and error in KNOWN


def said(error: str, description: object = None) -> dict[str, str]:
    """What a trace keeps: the word, another one within bounds; and the text beside it, within
    bounds, where it is not about the user. Never for users and never in a log.
    """
    kept = {"makelaar_error": received.masked(error, MAX_WORD)}
    about_the_user = error in ABOUT_THE_USER | STOPPED
    if isinstance(description, str) and description and not about_the_user:
        kept["makelaar_says"] = received.masked(description)
    return kept


def trouble_of(error: str | None, description: str | None = None) -> Trouble | None:
    """What a word says of the two of us; None where it says nothing of that."""
    if error == "temporarily_unavailable" and description == EXPIRED_AT_KEYCLOAK:
        return Trouble.EXPIRED
    if error in AWAY:
        return Trouble.UNAVAILABLE
    if error in _REDIRECT:
        return Trouble.REDIRECT_REFUSED
    if error in OF_REQUESTS:
        return Trouble.REQUEST_REFUSED
    return _OF_CLIENTS.get(error or "")


_OF_CLIENTS: Final[Mapping[str, Trouble]] = MappingProxyType(
    {
        "invalid_client": Trouble.CLIENT_REFUSED,
        "invalid_scope": Trouble.SCOPE_REFUSED,
        "unauthorized_client": Trouble.CLIENT_UNAUTHORIZED,
        "unsupported_grant_type": Trouble.CLIENT_UNAUTHORIZED,
    }
)


def not_accepted(
    where: str,
    trouble: Trouble,
    settings: OidcSettings,
    *,
    redirect_uri: str = "",
    **found: Any,
) -> ProviderUnavailable:
    """The makelaar does not accept us, or what we ask: with the setting, and what we sent by it."""
    sent = _sent(trouble, settings, redirect_uri, has_proof=where != AUTHORIZATION)
    word = found.get("makelaar_error", "")
    told = f" ({word})" if is_known(word) else ""
    return ProviderUnavailable(
        f"{where}: {_SAYS.get(trouble, 'it has trouble')}{told}",
        trouble,
        measured={"endpoint": where, **sent, **found},
        is_hearsay=where == AUTHORIZATION,
    )


_SAYS: Final[Mapping[Trouble, str]] = MappingProxyType(
    {
        Trouble.CLIENT_REFUSED: "does not accept us as a client",
        Trouble.CLIENT_UNAUTHORIZED: "lets this client not do that",
        Trouble.SCOPE_REFUSED: "does not give what we ask",
        Trouble.REDIRECT_REFUSED: "does not know our address",
        Trouble.REQUEST_REFUSED: "does not accept our request",
        Trouble.USERINFO_REFUSED: "does not take its own access token",
    }
)


def _sent(
    trouble: Trouble, settings: OidcSettings, redirect_uri: str, *, has_proof: bool
) -> dict[str, str]:
    """``has_proof``: we said there by what we are this client, not only which one."""
    scopes, client_id = " ".join(settings.scopes), settings.client_id
    if trouble is Trouble.CLIENT_REFUSED and has_proof:
        by = settings.token_endpoint_auth_method
        return {"setting": proof_setting(settings), "client_id": client_id, "auth_method": by}
    if trouble in _OF_THE_CLIENT_ID:
        return {"setting": "oidc.client_id", "registered": client_id}
    if trouble in (Trouble.SCOPE_REFUSED, Trouble.USERINFO_REFUSED):
        return {"setting": "oidc.scopes", "registered": scopes}
    if trouble is Trouble.REDIRECT_REFUSED:
        return {"client_id": client_id, "sent": redirect_uri}
    return {}


_OF_THE_CLIENT_ID: Final = frozenset(
    {Trouble.CLIENT_REFUSED, Trouble.CLIENT_UNAUTHORIZED, Trouble.REQUEST_REFUSED}
)


def proof_setting(settings: OidcSettings) -> str:
    """The key that holds our proof; with keys of our own, the name under which they count."""
    by_key = settings.token_endpoint_auth_method == "private_key_jwt"
    return "oidc.client_id" if by_key else "oidc.client_secret_file"
