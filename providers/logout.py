"""How a makelaar hears that a session on its login ended: what each protocol of makelaars gives."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, Protocol, runtime_checkable

from assurance.session_names import SessionName

NEVER: Final = "never"  # of the setting ``logout`` of a makelaar's record


@dataclass(frozen=True)
class LogoutAsk:
    """``request_id``: by which the answer is known again; ``return_to``: our address for who comes
    back from an OpenID Connect makelaar.
    """

    request_id: str
    return_to: str
    now: datetime


@dataclass(frozen=True)
class LogoutDeparture:
    """Where the browser goes to log out: an address, or a form where there are ``fields``."""

    url: str
    fields: Mapping[str, str] = field(default_factory=dict)


class MakelaarLogout(Protocol):
    """Logging out at one makelaar, as its record and its metadata allow."""

    @property
    def can_be_called(self) -> bool:
        """Does it hear of it without a browser?"""
        ...

    @property
    def can_visit(self) -> bool:
        """Does it hear of it from a browser, as far as that is known without asking it?"""
        ...

    def departure(self, names: Sequence[SessionName], ask: LogoutAsk) -> LogoutDeparture | None:
        """Where the browser goes; None where it can go nowhere. Raises ProviderUnavailable."""
        ...


@runtime_checkable
class EndsSessions(Protocol):
    """A makelaar at which one can log out."""

    @property
    def logout(self) -> MakelaarLogout: ...
