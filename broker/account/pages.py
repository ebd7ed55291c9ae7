"""The pages of ``/mijn``: own second factors (A24). A secret is on a page once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from broker.web.qr_code import QrCode


@dataclass(frozen=True)
class MineFrame:
    """Who is logged in. ``gives``: label of the level that a factor of theirs can lift to."""

    person: str
    gives: str


@dataclass(frozen=True)
class SessionRow:
    """One session. ``browser`` in words; ``places``: services and consoles by name; ``is_here``: of
    the browser that looks; ``is_idle``: nothing new can be opened with it.
    """

    id: str
    browser: str
    since: datetime
    last_used: datetime
    places: tuple[str, ...]
    makelaar: str | None
    is_here: bool
    is_idle: bool


@dataclass(frozen=True)
class SessionsPage:
    """Where this person is logged in. ``done``: what just ended (``one``, ``elsewhere``, or
    ``over`` for what had ended before); ``unreached``: services that could not be told of it, and
    ``makelaars_open`` makelaars.
    """

    mine: MineFrame
    rows: tuple[SessionRow, ...]
    done: str = ""
    unreached: tuple[str, ...] = ()
    makelaars_open: tuple[str, ...] = ()
    template: str = "account/sessions.html"


@dataclass(frozen=True)
class EndSessionsPage:
    """End all of them? ``number``: how many run."""

    mine: MineFrame
    number: int
    template: str = "account/end_sessions.html"


@dataclass(frozen=True)
class FactorRow:
    """One factor. ``name`` is its kind in words; ``bound_by`` a machine word."""

    id: str
    kind: str
    name: str
    label: str
    bound_by: str
    since: datetime
    last_used: datetime | None
    lifts: bool
    locked_until: datetime | None
    codes_left: int | None = None  # of a set of recovery codes
    letter_is_sent: bool = False


@dataclass(frozen=True)
class CountsAt:
    """Where a factor lifts a login: names of makelaars, and with an account here."""

    own_account: bool
    makelaars: tuple[str, ...]
    not_at: tuple[str, ...]

    @property
    def somewhere(self) -> bool:
        return self.own_account or bool(self.makelaars)


@dataclass(frozen=True)
class FactorsPage:
    """``done``: what just happened. ``counts``: what is added in this session counts at once."""

    mine: MineFrame
    rows: tuple[FactorRow, ...]
    places: CountsAt
    done: str = ""
    counts: bool = False
    template: str = "account/factors.html"


@dataclass(frozen=True)
class FactorPage:
    """One factor with its name."""

    mine: MineFrame
    row: FactorRow
    places: CountsAt
    error: bool = False
    template: str = "account/factor.html"


@dataclass(frozen=True)
class RemovePage:
    """``is_last``: without it no factor of ours lifts a login any more."""

    mine: MineFrame
    row: FactorRow
    is_last: bool
    template: str = "account/remove.html"


@dataclass(frozen=True)
class LetterPage:
    """The code of a letter, for one factor."""

    mine: MineFrame
    row: FactorRow
    error: bool = False
    template: str = "account/letter.html"


@dataclass(frozen=True)
class AppPage:
    """``seed`` in groups of four, with its picture; None where they were shown already. ``error``:
    ``wrong`` or ``too_many``.
    """

    mine: MineFrame
    seed: str | None
    qr: QrCode | None
    counts: bool
    error: str = ""
    template: str = "account/app.html"


@dataclass(frozen=True)
class PhonePage:
    """``reason``: why a number was refused, ``given``: as it was typed. ``replaces``: the label of
    the number that goes.
    """

    mine: MineFrame
    countries: tuple[str, ...]
    counts: bool
    replaces: str | None
    reason: str = ""
    given: str = ""
    template: str = "account/phone.html"


@dataclass(frozen=True)
class PhoneCodePage:
    """The code that was sent to the new number."""

    mine: MineFrame
    label: str
    valid_until: datetime
    error: bool = False
    template: str = "account/phone_code.html"


@dataclass(frozen=True)
class PasskeyPage:
    """``options``: JSON for the browser."""

    mine: MineFrame
    options: str
    counts: bool
    error: str = ""
    template: str = "account/passkey.html"


@dataclass(frozen=True)
class DevicePage:
    """Serial number and a code of the device."""

    mine: MineFrame
    counts: bool
    error: str = ""
    serial: str = ""
    template: str = "account/device.html"


@dataclass(frozen=True)
class CodesPage:
    """``codes`` once, right after they were made; empty before."""

    mine: MineFrame
    codes: tuple[str, ...] = ()
    has_set: bool = False
    template: str = "account/codes.html"


@dataclass(frozen=True)
class LogInAgainPage:
    """A change asks a login of now, or of a higher level: why, and the way there. Levels are
    labels; ``is_too_low`` is False where the login is only too long ago. ``back``: to ``factors``,
    ``sessions``, ``logins``, ``front`` or ``address``.
    """

    mine: MineFrame
    have: str
    needed: str
    is_too_low: bool
    address: str
    back: str = "factors"
    template: str = "account/again.html"


@dataclass(frozen=True)
class MineLoggedOutPage:
    """``reason``: ``logged_out``, ``cancelled`` or ``refused``."""

    reason: str
    template: str = "account/logged_out.html"
