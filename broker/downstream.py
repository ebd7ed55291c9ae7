"""Towards the portal: what a protocol hands to the journey and what the journey hands back."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from assurance.levels import AssuranceLevel
from consent.authority import Authority
from consent.documents import Answer, AskedDocument
from state.ephemeral import Operation


class Purpose(enum.StrEnum):
    LOGIN = "login"
    CONSOLE = "console"


class DownstreamName(enum.StrEnum):
    OIDC = "oidc"
    CONSOLE = "console"


@dataclass(frozen=True)
class LoginRequest:
    """A validated request of a portal, free of protocol.

    ``level`` is what the login must reach: the higher of the service's and the request's;
    ``minimum`` what the portal itself asked, None when it left that to the service.
    ``reply_to`` is the protocol's own memory (redirect URI, state, nonce, …): strings or None,
    opaque to the journey.
    """

    downstream: DownstreamName
    client_id: str
    service_uuid: str
    level: AssuranceLevel
    purpose: Purpose = Purpose.LOGIN
    minimum: AssuranceLevel | None = None
    passive: bool = False  # prompt=none
    force_authn: bool = False  # prompt=login
    ask_consent: bool = False  # prompt=consent
    choose_again: bool = False  # prompt=select_account: no remembered makelaar or organisation
    max_age: int | None = None  # seconds
    provider_hint: str | None = None
    login_hint: str | None = None
    locale: str | None = None  # nl or en when the portal asked
    released: tuple[
        str, ...
    ] = ()  # claims beyond the default that go out, known to the registration
    document: AskedDocument | None = None  # that the user is asked to agree to
    reply_to: Mapping[str, str | None] = field(default_factory=dict)


@dataclass(frozen=True)
class LoginResult:
    """What a finished login says. Enough to make any token without asking the database."""

    login_id: str
    reference: str
    request: LoginRequest
    person_id: str
    display_name: str | None
    email: str | None
    provider_id: str
    provider_entity: str  # entity id or issuer: the claim ``idp``
    level: AssuranceLevel  # reached
    provider_level: AssuranceLevel  # what the makelaar gave
    proofing: AssuranceLevel
    second_factor: str | None  # "upstream", "local" or None
    authenticated_at: datetime
    authority: Authority | None
    session_id: str | None  # of the browser; None for the console
    grant_id: str  # row in SQL; revoking it ends every token of this login
    attributes: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    factor_method: str | None = None  # kind of the local second factor
    factor_id: str | None = None
    answer: Answer | None = None  # to the document of the request


class RefusalCode(enum.StrEnum):
    """Why a login ends without success; each protocol translates to its own error."""

    CANCELLED = "cancelled"
    LOGIN_REQUIRED = "login_required"
    INTERACTION_REQUIRED = "interaction_required"
    CONSENT_REQUIRED = "consent_required"
    ACCOUNT_SELECTION_REQUIRED = "account_selection_required"
    LEVEL_UNREACHABLE = "level_unreachable"
    MANDATE_MISSING = "mandate_missing"
    NOT_ALLOWED = "not_allowed"
    PROVIDER_FAILED = "provider_failed"
    UNAVAILABLE = "unavailable"
    SERVER_ERROR = "server_error"


class LoginRefused(Exception):
    """Back to the portal as a protocol error. ``public_key`` names the text, ``detail`` is for the
    log.
    """

    def __init__(self, code: RefusalCode, public_key: str, detail: str = "") -> None:
        super().__init__(f"{code}: {public_key} {detail}".strip())
        self.code = code
        self.public_key = public_key
        self.detail = detail


class PageError(Exception):
    """A page here, never a redirect: the sender could not be trusted or named."""

    def __init__(self, status: int, public_key: str, detail: str = "", **values: Any) -> None:
        super().__init__(f"{status} {public_key} {detail}".strip())
        self.status = status
        self.public_key = public_key
        self.detail = detail
        self.values = values


class TooManyRequests(Exception):
    """A limit was exceeded; come back after so many seconds."""

    def __init__(self, rule: str, seconds: int) -> None:
        super().__init__(rule)
        self.rule = rule
        self.seconds = seconds


@dataclass(frozen=True)
class Reply:
    """What the browser carries to the portal: a redirect to ``url`` when ``fields`` is empty, else
    a form that posts itself there. ``cookies`` are set on the way (name → value), for the console
    alone.
    """

    url: str
    fields: Mapping[str, str] = field(default_factory=dict)
    cookies: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class GrantFacts:
    """The row that makes every token of one login revocable; inserted with the login's one
    write.
    """

    id: str
    client_id: str
    person_id: str
    service_uuid: str
    expires_at: datetime
    session_id: str | None = None  # of this browser; None for the console


@dataclass(frozen=True)
class Prepared:
    """``operations`` run on the expiring store before the SQL commit; ``grant`` is written with
    it.
    """

    reply: Reply
    operations: tuple[Operation, ...] = ()
    grant: GrantFacts | None = None


class Downstream(Protocol):
    """One protocol towards portals."""

    def prepare(self, result: LoginResult, now: datetime) -> Prepared: ...

    def refuse(self, request: LoginRequest, why: LoginRefused, reference: str) -> Reply: ...
