"""The front page of ``/mijn``: profile, ways to log in, places and mandates (A21, A23)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from broker.account.pages import MineFrame


@dataclass(frozen=True)
class WayIn:
    """A makelaar that knows this person. ``highest``: the label of the most that is believed of it,
    None where it is registered no more; ``not_activated``: the deadline passed.
    """

    name: str
    since: datetime
    highest: str | None
    not_activated: bool


@dataclass(frozen=True)
class AccountHere:
    """An account of our own. ``email`` is None where it may not be used to log in; ``level`` a
    label; ``chosen_at``: when the password was chosen last; ``only_at``: the provider to whose
    services it is restricted.
    """

    name: str
    user_name: str
    email: str | None
    level: str
    since: datetime
    chosen_at: datetime | None
    only_at: str = ""


@dataclass(frozen=True)
class OwnPlaceRow:
    """A place in an organisation. ``until`` is None where no end was set."""

    organisation: str
    is_administrator: bool
    until: datetime | None


@dataclass(frozen=True)
class HeldMandateRow:
    """A mandate that stands. ``service`` is None for all services; ``branches``: numbers, none for
    the whole organisation; ``starts`` only where that is later; ``level`` a label; ``extend_id``:
    its id where it ends soon and more can be asked; ``has_left``: the person left the organisation
    since, and it counts no more; ``past``: the last days of those for the same of which that is so,
    beside one that counts.
    """

    organisation: str
    service: str | None
    branches: tuple[str, ...]
    level: str
    starts: datetime | None
    until: datetime
    extend_id: str = ""
    has_left: bool = False
    past: tuple[datetime, ...] = ()


@dataclass(frozen=True)
class OwnClientRow:
    """A client of the organisation of this person, at one service."""

    client: str
    intermediary: str
    service: str
    level: str
    until: datetime


@dataclass(frozen=True)
class OwnProfilePage:
    """Who the person is here. ``level``: label of this session; ``locale``: ``nl`` or ``en``, of
    messages; ``done``: ``address`` after that was changed, ``extension_asked``, or
    ``extension_level`` where the login is too low.
    """

    mine: MineFrame
    name: str
    email: str | None
    locale: str
    since: datetime
    level: str
    ways: tuple[WayIn, ...]
    account: AccountHere | None
    places: tuple[OwnPlaceRow, ...]
    mandates: tuple[HeldMandateRow, ...]
    clients: tuple[OwnClientRow, ...] = ()
    done: str = ""
    template: str = "account/profile.html"
