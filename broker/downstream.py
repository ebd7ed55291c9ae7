"""Towards the portal: what a protocol hands to the journey and what the journey hands back."""

from __future__ import annotations

import enum
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, Protocol, runtime_checkable

from assurance.levels import AssuranceLevel
from assurance.session_names import SessionName
from consent.authority import Authority
from consent.documents import Answer, AskedDocument
from directory.services import RelyingParty
from providers.login_facts import LoginFacts
from state.ephemeral import ExpiringStore, Operation
from state.outbox import Message


class Purpose(enum.StrEnum):
    LOGIN = "login"
    CONSOLE = "console"


class DownstreamName(enum.StrEnum):
    OIDC = "oidc"
    SAML = "saml"
    CONSOLE = "console"


# Of one request, whoever sends it: a state of 8 KB with all that stands beside it fits.
MOST_KEPT: Final = 16 * 1024  # bytes


@dataclass(frozen=True)
class LoginRequest:
    """A validated request of a portal, free of protocol.

    ``level`` is what the login must reach: the higher of the service's and the request's;
    ``minimum`` what the portal itself asked, None when it left that to the service.
    ``reply_to`` is what the protocol must remember to answer, as its own class stores it
    (``broker.oidc.reply_to`` and those beside it); opaque to the journey.
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
    makelaars: tuple[str, ...] | None = None  # ids of those that alone will do; None: any
    login_hint: str | None = None
    locale: str | None = None  # nl or en when the portal asked
    released: tuple[str, ...] | None = None  # registered claims that go out; None: all of them
    document: AskedDocument | None = None  # that the user is asked to agree to
    reply_to: Mapping[str, str | None] = field(default_factory=dict)

    @property
    def kept_bytes(self) -> int:
        """How much of what the portal wrote is kept until its answer, as JSON has it. A document is
        bounded by itself, and only registered portals send one.
        """
        hints = (self.provider_hint, self.login_hint)
        return len(json.dumps([*self.reply_to.values(), *hints]))

    def admits(self, provider_id: str) -> bool:
        """May this makelaar answer, as far as the portal is concerned?"""
        return self.makelaars is None or provider_id in self.makelaars


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
    facts: LoginFacts  # what it rests on: judged anew wherever this result is used later
    attributes: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    factor_method: str | None = None  # kind of the local second factor
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
class NewGrant:
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
    it, and so are ``names``: what the portal calls the session from now on.
    """

    reply: Reply
    operations: tuple[Operation, ...] = ()
    grant: NewGrant | None = None
    names: tuple[SessionName, ...] = ()


class Downstream(Protocol):
    """One protocol towards portals."""

    def prepare(
        self, relying_party: RelyingParty | None, result: LoginResult, now: datetime
    ) -> Prepared:
        """What answers this result. ``relying_party``: as it is registered now, None where it is
        not. Raises LoginRefused, and PageError where nothing may be sent there any more.
        """
        ...

    def refuse(
        self,
        relying_party: RelyingParty | None,
        request: LoginRequest,
        why: LoginRefused,
        reference: str,
    ) -> Reply:
        """The error that the protocol knows, with the reference of the login. Raises PageError."""
        ...

    def session_id(self, relying_party: RelyingParty, session_id: str) -> str | None:
        """What a session is called at this portal; None where the protocol has no word for it."""
        ...

    def logout_message(
        self,
        relying_party: RelyingParty,
        *,
        person_id: str,
        session_id: str,
        reference: str | None,
        now: datetime,
        names: Sequence[SessionName] = (),
    ) -> Message | None:
        """What the outbox keeps until this portal is told that the session ended; None for a
        portal that cannot be told so. ``names``: what it calls the session.
        """
        ...

    def held_in(self, cookies: Mapping[str, str], store: ExpiringStore) -> Mapping[str, str]:
        """What this browser itself holds of a login and may use now: name of the cookie → id of
        its grant. Nothing where portals keep what they were given.
        """
        ...


@runtime_checkable
class ToldByBrowser(Protocol):
    """A protocol in which the browser of the user can tell a portal that a session ended."""

    def can_be_visited(self, relying_party: RelyingParty, names: Sequence[SessionName]) -> bool:
        """Does this portal take it so? ``names``: what it calls the session."""
        ...

    def logout_visit(
        self, relying_party: RelyingParty, names: Sequence[SessionName], request_id: str
    ) -> Reply | None:
        """What the browser carries there; None where it cannot any more. ``request_id``: by which
        the answer is known again.
        """
        ...

    def hears_answers_at(self, relying_party: RelyingParty, url: str) -> bool:
        """Is this, by its registration of now, where it hears how a logout went that it asked?"""
        ...


@dataclass(frozen=True)
class LogoutRequest:
    """What a portal asks. ``session_id``: what it calls the session that must end, None where it
    names none. ``return_to``: a registered address of the portal, or None; then the user stays
    here. ``done_url``: that address with what tells the portal that it is done. ``locale``: nl or
    en where the portal asked for it.
    """

    client_id: str | None = None
    session_id: str | None = None
    return_to: str | None = None
    done_url: str | None = None
    locale: str | None = None
