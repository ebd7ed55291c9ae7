"""The pages of own logins (A22): the list, and one that the person does not know."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from broker.account.pages import MineFrame


@dataclass(frozen=True)
class MyLoginRow:
    """One login. ``portal`` is None for our own consoles; ``represented``: the name of the
    organisation, its number where that is unknown, and ``office`` likewise of the intermediary
    through which the person acted; ``outcome`` a machine word; ``browser`` in
    words, None where it is not known; ``disowned_at``: when the person said that it was not them.
    """

    id: str
    at: datetime
    reference: str
    service: str
    portal: str | None
    makelaar: str | None
    level: str | None
    represented: str | None
    office: str | None
    outcome: str
    browser: str | None
    disowned_at: datetime | None


@dataclass(frozen=True)
class MyLoginsPage:
    """The last logins. ``older_url`` and ``newest_url`` are empty where there is nothing."""

    mine: MineFrame
    rows: tuple[MyLoginRow, ...]
    older_url: str = ""
    newest_url: str = ""
    template: str = "account/logins.html"


@dataclass(frozen=True)
class DisownPage:
    """Was this not you? Before anything ends."""

    mine: MineFrame
    entry_id: str
    row: MyLoginRow
    template: str = "account/disown.html"


@dataclass(frozen=True)
class DisownedPage:
    """What was done. ``makelaar``: where the means of the login can be blocked, None where it is
    ours; ``unreached``: services that could not be told of the logout, and ``makelaars_open``
    makelaars.
    """

    mine: MineFrame
    row: MyLoginRow
    at: datetime
    makelaar: str | None
    has_account: bool
    unreached: tuple[str, ...] = ()
    makelaars_open: tuple[str, ...] = ()
    template: str = "account/disowned.html"
