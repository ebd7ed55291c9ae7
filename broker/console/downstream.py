"""Our own consoles as portals: the same journey, at the level that each asks, ends in a session
cookie for its pages.

A session is a grant, so that it can be revoked like every other; the cookie carries its id and the
time of the login, sealed for this one console. What the login was made with is kept, sealed, in the
expiring store as long as the session is used; what that is worth is judged at every request.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from pydantic import TypeAdapter, ValidationError
from werkzeug.sansio.http import parse_cookie

from assurance.levels import AssuranceLevel, highest
from assurance.session_names import SessionName
from broker.console.reply_to import ConsoleReplyTo
from broker.downstream import (
    DownstreamName,
    LoginRefused,
    LoginRequest,
    LoginResult,
    NewGrant,
    Prepared,
    Purpose,
    RefusalCode,
    Reply,
)
from broker.settings import Settings
from directory.consoles import CONSOLES, Console, console_of
from directory.services import RelyingParty
from keys.opening import open_or_log
from keys.sealing import SealBroken, Sealer
from providers.login_facts import LoginFacts, read, stored
from state.ephemeral import ExpiringStore, Put


@dataclass(frozen=True)
class ConsoleCookie:
    """What the cookie of a console says, sealed."""

    grant_id: str
    logged_in_at: datetime


_CONTEXT: Final = "console-session"
_MARK: Final = b"|"  # between the time of the last use and the facts
_TICKET: Final = TypeAdapter(ConsoleCookie)


def idle_key(grant_id: str) -> str:
    return f"console-idle:{grant_id}"


def kept_facts(
    sealer: Sealer, grant_id: str, facts: LoginFacts, seconds: int, used: datetime | None = None
) -> Put:
    """The operation that keeps what the login was made with, until it was not used for so long.
    ``used``: when it was, from the second use on.
    """
    sealed = sealer.seal(stored(facts), _facts_context(grant_id))
    return Put(idle_key(grant_id), (use_of(used) if used else _MARK) + sealed, seconds)


def read_facts(sealer: Sealer, grant_id: str, kept: bytes | None) -> LoginFacts | None:
    """What was kept; None where the session was not used for too long, or cannot be read."""
    _, mark, sealed = (kept or b"").partition(_MARK)
    if not mark:
        return None
    opened = open_or_log(sealer, sealed, _facts_context(grant_id), what=_CONTEXT)
    return read(opened) if opened is not None else None


def _facts_context(grant_id: str) -> str:
    return f"{_CONTEXT}-facts:{grant_id}"


def use_of(now: datetime) -> bytes:
    """What stands before the facts from the second use on: when the last one was."""
    return now.isoformat().encode() + _MARK


def used_at(kept: bytes) -> datetime | None:
    """When it was used; None before its second use."""
    try:
        return datetime.fromisoformat(kept.partition(_MARK)[0].decode())
    except ValueError:
        return None


def login_request(
    console: Console,
    next_path: str,
    locale: str,
    *,
    level: AssuranceLevel | None = None,
    force_authn: bool = False,
) -> LoginRequest:
    """What a console asks of the journey. ``next_path`` is one of its own paths; ``level`` more
    than the console itself asks, ``force_authn`` a login of this moment.
    """
    return LoginRequest(
        downstream=DownstreamName.CONSOLE,
        client_id=console.client_id,
        service_uuid=console.service.uuid,
        level=highest(level or console.service.level, console.service.level),
        purpose=Purpose.CONSOLE,
        # Where an e-mail account does, it does not for what asks more.
        minimum=level if console.service.email_accounts else None,
        force_authn=force_authn,
        locale=locale,
        reply_to=ConsoleReplyTo(next_path).stored(),
    )


def seal_ticket(sealer: Sealer, console: Console, ticket: ConsoleCookie) -> str:
    """The value of the cookie of this console. Under the name of another it says nothing: that one
    asks another level, or other ways to log in.
    """
    sealed = sealer.seal(_TICKET.dump_json(ticket), f"{_CONTEXT}:{console.client_id}")
    return base64.urlsafe_b64encode(sealed).decode().rstrip("=")


def read_ticket(sealer: Sealer, console: Console, cookie: str) -> ConsoleCookie | None:
    """What the cookie says; None for anything that we did not seal for this console."""
    value = cookie[:1000]
    try:
        sealed = base64.urlsafe_b64decode(value + "=" * (-len(value) % 4))
        opened = sealer.open(sealed, f"{_CONTEXT}:{console.client_id}") if value else None
        return _TICKET.validate_json(opened) if opened is not None else None
    except (SealBroken, ValidationError, ValueError, binascii.Error):
        return None


def is_open(sealer: Sealer, console: Console, cookies: str) -> bool:
    """Does this Cookie header hold a cookie that we sealed for this console? Whether its session
    still stands is asked where somebody enters.
    """
    return read_ticket(sealer, console, parse_cookie(cookies).get(console.cookie, "")) is not None


class ConsoleDownstream:
    """Implements ``broker.downstream.Downstream``."""

    def __init__(self, settings: Settings, sealer: Sealer) -> None:
        self._base_url = settings.base_url
        self._login = settings.login
        self._sealer = sealer

    def prepare(
        self,
        relying_party: RelyingParty | None,  # noqa: ARG002 (a console is in no registration)
        result: LoginResult,
        now: datetime,
    ) -> Prepared:
        """A session for the console, and the way to the page that was asked."""
        console = console_of(result.request.client_id)
        ticket = ConsoleCookie(result.grant_id, min(result.authenticated_at, now))
        end = now + timedelta(hours=self._login.session_hours)
        until = result.facts.identity.session_until
        idle = self._login.session_idle_minutes * 60
        next_path = ConsoleReplyTo.of(result.request).next_path
        return Prepared(
            reply=Reply(
                url=self._base_url + (next_path or console.path),
                cookies={console.cookie: seal_ticket(self._sealer, console, ticket)},
            ),
            operations=(kept_facts(self._sealer, result.grant_id, result.facts, idle),),
            grant=NewGrant(
                id=result.grant_id,
                client_id=console.client_id,
                person_id=result.person_id,
                service_uuid=result.request.service_uuid,
                expires_at=end if until is None else min(end, until),
            ),
        )

    def refuse(
        self,
        relying_party: RelyingParty | None,  # noqa: ARG002 (a console is in no registration)
        request: LoginRequest,
        why: LoginRefused,
        reference: str,  # noqa: ARG002 (the page that refused showed it)
    ) -> Reply:
        """The page of the console that offers to log in again."""
        word = "cancelled" if why.code is RefusalCode.CANCELLED else "refused"
        path = console_of(request.client_id).path
        return Reply(url=f"{self._base_url}{path}/uitgelogd?reason={word}")

    def session_id(self, relying_party: RelyingParty, session_id: str) -> None:  # noqa: ARG002
        """A console holds a grant of its own, not a session of the browser."""
        return

    def logout_message(
        self,
        relying_party: RelyingParty,  # noqa: ARG002
        *,
        person_id: str,  # noqa: ARG002
        session_id: str,  # noqa: ARG002
        reference: str | None,  # noqa: ARG002
        now: datetime,  # noqa: ARG002
        names: Sequence[SessionName] = (),  # noqa: ARG002
    ) -> None:
        """Nobody need be told: a console asks its grant at every request."""
        return

    def held_in(self, cookies: Mapping[str, str], store: ExpiringStore) -> Mapping[str, str]:
        """The consoles that this browser is in, and was in within the idle time."""
        held = {}
        for console in CONSOLES:
            ticket = read_ticket(self._sealer, console, cookies.get(console.cookie, ""))
            if ticket is not None and store.get(idle_key(ticket.grant_id)) is not None:
                held[console.cookie] = ticket.grant_id
        return held
