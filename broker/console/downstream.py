"""Our own consoles as portals: the same journey, at the level that each asks, ends in a session
cookie for its pages.

A session is a grant, so that it can be revoked like every other; the cookie carries its id, the
level and the time of the login, sealed for this one console. Idle time is kept in the expiring
store.
"""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from pydantic import TypeAdapter, ValidationError

from assurance.levels import AssuranceLevel
from broker.downstream import (
    DownstreamName,
    GrantFacts,
    LoginRefused,
    LoginRequest,
    LoginResult,
    Prepared,
    Purpose,
    RefusalCode,
    Reply,
)
from broker.runtime import Runtime
from directory.fields import LocalizedText
from directory.services import ConsentRule, MandateRule, Service
from keys.sealing import SealBroken, Sealer
from state.ephemeral import Put


@dataclass(frozen=True)
class Console:
    """One of our consoles. ``path`` is where it lives; its cookie is its own, so that a session
    here means nothing in another.
    """

    client_id: str
    path: str
    cookie: str
    service: Service


@dataclass(frozen=True)
class Ticket:
    """What the cookie of a console says, sealed."""

    grant_id: str
    level: AssuranceLevel
    logged_in_at: datetime
    factor_id: str | None = None  # of Sluis, to which this level is owed


def _service(uuid: str, urn: str, level: AssuranceLevel, **texts: LocalizedText) -> Service:
    return Service(
        uuid=uuid,
        service_id=f"urn:sluis:service:{urn}",
        provider_name=LocalizedText(nl="Sluis", en="Sluis"),
        provider_oin="00000000000000000000",
        level=level,
        own_means=True,
        mandate=MandateRule.NONE,
        consent=ConsentRule.NONE,
        **texts,
    )


BEHEER: Final = Console(
    client_id="sluis-beheer",
    path="/beheer",
    cookie="__Host-sluis-beheer",
    service=_service(
        "5b1c9a60-0000-4000-8000-73a1b2c3d4e5",
        "beheer",
        AssuranceLevel.EH2_PLUS,
        name=LocalizedText(nl="Beheer", en="Administration"),
        description=LocalizedText(
            nl="Mensen en machtigingen van uw organisatie",
            en="People and authorisations of your organisation",
        ),
    ),
)
MINE: Final = Console(
    client_id="sluis-mijn",
    path="/mijn",
    cookie="__Host-sluis-mijn",
    service=_service(
        "5b1c9a60-0000-4000-8000-73a1b2c3d4e6",
        "mijn",
        AssuranceLevel.EH2,
        name=LocalizedText(nl="Mijn inlogmiddelen", en="My login methods"),
        description=LocalizedText(
            nl="Uw tweede factoren en herstelcodes",
            en="Your second factors and recovery codes",
        ),
    ),
)
OPERATOR: Final = Console(
    client_id="sluis-operator",
    path="/operator",
    cookie="__Host-sluis-operator",
    service=_service(
        "5b1c9a60-0000-4000-8000-73a1b2c3d4e7",
        "operator",
        AssuranceLevel.EH3,
        name=LocalizedText(nl="Operator", en="Operator"),
        description=LocalizedText(
            nl="De werking van deze installatie", en="The workings of this installation"
        ),
    ).model_copy(update={"makelaars": ()}),  # means of Sluis alone: no makelaar stands in for it
)
CONSOLES: Final = (BEHEER, MINE, OPERATOR)
CONSOLE_SERVICES: Final = tuple(console.service for console in CONSOLES)
_CONTEXT: Final = "console-session"
_TICKET: Final = TypeAdapter(Ticket)


def console_of(client_id: str) -> Console:
    """The console that asks under this name. Raises KeyError."""
    return {console.client_id: console for console in CONSOLES}[client_id]


def idle_key(grant_id: str) -> str:
    return f"console-idle:{grant_id}"


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
        level=max(level or console.service.level, console.service.level),
        purpose=Purpose.CONSOLE,
        force_authn=force_authn,
        locale=locale,
        reply_to={"next": next_path},
    )


def seal_ticket(sealer: Sealer, console: Console, ticket: Ticket) -> str:
    """The value of the cookie of this console. Under the name of another it says nothing: that one
    asks another level, or other ways to log in.
    """
    sealed = sealer.seal(_TICKET.dump_json(ticket), f"{_CONTEXT}:{console.client_id}")
    return base64.urlsafe_b64encode(sealed).decode().rstrip("=")


def read_ticket(sealer: Sealer, console: Console, cookie: str) -> Ticket | None:
    """What the cookie says; None for anything that we did not seal for this console."""
    value = cookie[:1000]
    try:
        sealed = base64.urlsafe_b64decode(value + "=" * (-len(value) % 4))
        opened = sealer.open(sealed, f"{_CONTEXT}:{console.client_id}") if value else None
        return _TICKET.validate_json(opened) if opened is not None else None
    except (SealBroken, ValidationError, ValueError, binascii.Error):
        return None


class ConsoleDownstream:
    """Implements ``broker.downstream.Downstream``."""

    def __init__(self, rt: Runtime) -> None:
        self._rt = rt

    def prepare(self, result: LoginResult, now: datetime) -> Prepared:
        """A session for the console, and the way to the page that was asked."""
        console, chosen = console_of(result.request.client_id), self._rt.settings.login
        ticket = Ticket(
            result.grant_id, result.level, min(result.authenticated_at, now), result.factor_id
        )
        cookie = seal_ticket(self._rt.sealer, console, ticket)
        idle = chosen.session_idle_minutes * 60
        return Prepared(
            reply=Reply(
                url=self._rt.base_url + (result.request.reply_to.get("next") or console.path),
                cookies={console.cookie: cookie},
            ),
            operations=(Put(idle_key(result.grant_id), b"1", idle),),
            grant=GrantFacts(
                id=result.grant_id,
                client_id=console.client_id,
                person_id=result.person_id,
                service_uuid=result.request.service_uuid,
                expires_at=now + timedelta(hours=chosen.session_hours),
            ),
        )

    def refuse(self, request: LoginRequest, why: LoginRefused, reference: str) -> Reply:  # noqa: ARG002
        """The page of the console that offers to log in again."""
        word = "cancelled" if why.code is RefusalCode.CANCELLED else "refused"
        path = console_of(request.client_id).path
        return Reply(url=f"{self._rt.base_url}{path}/uitgelogd?reason={word}")
