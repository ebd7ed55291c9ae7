"""Pages of ``/toegang`` for a client that an intermediary asks for chain mandates: from the link to
what was answered, and taking it back.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime


@dataclass(frozen=True)
class RequestedService:
    """A service that is asked, with its level. ``state``: ``new``, ``extended``, ``unchanged`` for
    what lasts as long already, ``impossible``; ``current``: the day on which it ends now.
    """

    name: str
    provider: str
    level: str
    state: str
    current: date | None = None


@dataclass(frozen=True)
class AskedWords:
    """What a request says. ``number`` and ``client_number``: KvK numbers as people read them;
    ``addresses``: of the intermediary; ``address``: to whom it was sent, with most of it hidden.
    """

    intermediary: str
    number: str
    addresses: tuple[str, ...]
    client: str
    client_number: str
    services: tuple[RequestedService, ...]
    until: date
    message: str
    address: str
    expires_at: datetime

    @property
    def gives(self) -> bool:
        """Is there anything that agreeing would change?"""
        return any(one.state in ("new", "extended") for one in self.services)


@dataclass(frozen=True)
class OpenedChainRequestPage:
    """What the link is for. ``action``: where it is taken."""

    said: AskedWords
    action: str
    template: str = "joining/chain_request.html"


@dataclass(frozen=True)
class ClosedChainRequestPage:
    """``why``: as ``ClosedRequest`` says; ``administrators``: who decides instead, by name, where
    the client shares that.
    """

    why: str
    intermediary: str = ""
    client: str = ""
    administrators: tuple[str, ...] = ()
    template: str = "joining/chain_closed.html"


@dataclass(frozen=True)
class ChainCodePage:
    """``error``: ``wrong``, ``limited``, or ``used_up`` where no code is sent any more."""

    address: str
    error: str = ""
    template: str = "joining/chain_code.html"


@dataclass(frozen=True)
class ChainDecisionPage:
    """Agree or refuse. ``digest``: of what is shown; ``name`` and ``reason``: as typed. ``error``:
    ``name``, ``unsure``, ``changed``, ``nothing`` or ``reason``.
    """

    said: AskedWords
    digest: str
    longest: int
    name: str = ""
    reason: str = ""
    error: str = ""
    template: str = "joining/chain_decide.html"


@dataclass(frozen=True)
class ChainAnsweredPage:
    """What was answered in this browser. ``is_granted``: else it was refused."""

    intermediary: str
    client: str
    is_granted: bool
    until: date
    address: str
    template: str = "joining/chain_answered.html"


@dataclass(frozen=True)
class RevokeChainPage:
    """What the link takes back: ``services`` that still stand. ``is_done``: they do no more.
    ``others``: services at which other links of the same reader still give something.
    """

    intermediary: str
    client: str
    services: tuple[str, ...]
    others: tuple[str, ...]
    action: str
    is_done: bool = False
    template: str = "joining/chain_revoke.html"
