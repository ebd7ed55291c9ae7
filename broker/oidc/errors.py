"""Errors of the protocol, by the codes of RFC 6749, OpenID Connect Core and RFC 9470."""

from __future__ import annotations

import enum
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Final

from broker.downstream import RefusalCode
from broker.errors import PageError

NOTHING: Final[Mapping[str, str]] = MappingProxyType({})
OF_REFUSAL = {
    RefusalCode.CANCELLED: "access_denied",
    RefusalCode.LOGIN_REQUIRED: "login_required",
    RefusalCode.INTERACTION_REQUIRED: "interaction_required",
    RefusalCode.CONSENT_REQUIRED: "consent_required",
    RefusalCode.ACCOUNT_SELECTION_REQUIRED: "account_selection_required",
    RefusalCode.LEVEL_UNREACHABLE: "unmet_authentication_requirements",
    RefusalCode.MANDATE_MISSING: "access_denied",
    RefusalCode.NOT_ALLOWED: "access_denied",
    RefusalCode.PROVIDER_FAILED: "server_error",
    RefusalCode.UNAVAILABLE: "temporarily_unavailable",
    RefusalCode.SERVER_ERROR: "server_error",
}
DESCRIPTIONS = {
    RefusalCode.CANCELLED: "the user stopped the login",
    RefusalCode.LOGIN_REQUIRED: (
        "the user has to log in; ask again without prompt=none and id_token_hint"
    ),
    RefusalCode.INTERACTION_REQUIRED: (
        "the user has to answer a question; ask again without prompt=none"
    ),
    RefusalCode.CONSENT_REQUIRED: "the user has to agree; ask again without prompt=none",
    RefusalCode.ACCOUNT_SELECTION_REQUIRED: "the user has to choose; ask again without prompt=none",
    RefusalCode.LEVEL_UNREACHABLE: "the level that was asked could not be reached",
    RefusalCode.MANDATE_MISSING: "the user has no mandate for this service",
    RefusalCode.NOT_ALLOWED: "the user may not log in",
    RefusalCode.PROVIDER_FAILED: "the makelaar sent an answer that cannot be accepted",
    RefusalCode.UNAVAILABLE: "try again later",
    RefusalCode.SERVER_ERROR: "the login could not be finished",
}


class Refused(enum.StrEnum):
    """Why a request was refused before there was a login; explained in ``broker.texts.reasons``."""

    CLIENT = "portal_unknown"
    ADDRESS = "portal_address"
    REQUEST = "portal_request"
    CLIENT_UNKNOWN = "client_unknown"
    CLIENT_METHOD = "client_method"
    CLIENT_SECRET = "client_secret"
    CLIENT_SIGNATURE = "client_signature"
    CLIENT_KEYS = "client_keys"
    CLIENT_PROOF = "client_proof"
    TOKEN_REQUEST = "token_request"
    ACCESS_TOKEN = "access_token"


class UnknownTarget(PageError):
    """Who asks, or where the answer should go, is not registered: nobody is redirected anywhere.
    ``client_id``: of the registered client whose address it is not, None for an unknown client.
    ``sent`` and ``registered`` are for the trace alone.
    """

    def __init__(
        self,
        public_key: str,
        detail: str,
        *,
        client_id: str | None = None,
        sent: str | None,
        registered: Sequence[str] = (),
    ) -> None:
        super().__init__(400, public_key, detail)
        self.client_id = client_id
        self.sent = sent
        self.registered = tuple(registered)


class AuthorizationError(Exception):
    """The request of a known client at a known address is wrong: told there, with ``error`` and
    ``description``.
    """

    def __init__(self, error: str, description: str) -> None:
        super().__init__(f"{error}: {description}")
        self.error = error
        self.description = description


class TokenError(Exception):
    """The token endpoint refuses (RFC 6749 §5.2). ``reason`` and ``found`` are for the log and the
    trace, where more may be said than to somebody who proved nothing; ``reason`` is one of Refused,
    or why a login is worth nothing any more (``broker.sso.standing``).
    """

    def __init__(
        self,
        error: str,
        description: str,
        status: int = 400,
        *,
        reason: str = Refused.TOKEN_REQUEST,
        found: Mapping[str, str] = NOTHING,
    ) -> None:
        super().__init__(f"{error}: {description}")
        self.error = error
        self.description = description
        self.status = status
        self.reason = reason
        self.found = found
