"""Pages of ``/toegang``: an invitation from the link to the place that it gives."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class InvitedGroup:
    """The group of an invitation; ``companies``: for which it may act. ``outcome``: what came of it
    or stands in its way, as ``GroupOutcome`` says; empty for nothing.
    """

    name: str
    is_administrator: bool
    companies: tuple[str, ...]
    outcome: str


@dataclass(frozen=True)
class InvitationWords:
    """What an invitation says. ``by``: who invites, where the organisation shares who its
    administrators are; ``address``: to whom, with most of it hidden.
    """

    organisation: str
    by: str | None
    name: str
    role: str
    address: str
    until: datetime
    group: InvitedGroup | None = None

    @property
    def is_for_administrator(self) -> bool:
        return self.role == "administrator"


@dataclass(frozen=True)
class OpenedInvitationPage:
    """What the link is for. ``action``: where it is taken."""

    said: InvitationWords
    action: str
    template: str = "joining/invitation.html"


@dataclass(frozen=True)
class ClosedInvitationPage:
    """``why``: as ``ClosedLink`` says. ``ask``: where a new link is asked, empty where that does
    not help; ``is_asked``: that was just done.
    """

    why: str
    organisation: str = ""
    by: str | None = None
    ask: str = ""
    is_asked: bool = False
    template: str = "joining/closed.html"


@dataclass(frozen=True)
class ChooseWayPage:
    """How somebody accepts. ``person`` and ``level``: of who is logged in, None where nobody is;
    ``lack``: ``level`` where this login is too low, ``identification`` where the role is asked with
    the means of this person, ``proof`` where a code is still to come.
    """

    said: InvitationWords
    person: str | None = None
    level: str | None = None
    lack: str = ""
    has_proof: bool = False
    template: str = "joining/choose_way.html"


@dataclass(frozen=True)
class EmailCodePage:
    """``error``: ``wrong`` or ``limited``."""

    said: InvitationWords
    error: str = ""
    template: str = "joining/email_code.html"


@dataclass(frozen=True)
class NewAccountPage:
    """``errors``: of ``name``, ``user_name`` and ``taken``; ``refused``: what is wrong with the
    password, as in ``broker.journey.pages.replace_password``.
    """

    said: InvitationWords
    email: str
    given_name: str
    name: str
    shortest: int
    errors: tuple[str, ...] = ()
    refused: str | None = None
    template: str = "joining/new_account.html"


@dataclass(frozen=True)
class HasAccountPage:
    """There is an account with the address already. ``is_ended``: it cannot be used any more."""

    said: InvitationWords
    email: str
    is_ended: bool
    template: str = "joining/has_account.html"


@dataclass(frozen=True)
class JoinedPage:
    """What was accepted. ``user_name``: of the account that was made, or None."""

    organisation: str
    role: str
    user_name: str | None
    group: InvitedGroup | None = None
    template: str = "joining/joined.html"


@dataclass(frozen=True)
class JoiningPlace:
    """Where somebody belongs."""

    organisation: str
    is_administrator: bool


@dataclass(frozen=True)
class JoiningGroup:
    """A group of somebody; ``companies``: for which it may act."""

    name: str
    short_name: str
    is_administrator: bool
    companies: tuple[str, ...]


@dataclass(frozen=True)
class JoiningStartPage:
    """Who is logged in at ``/toegang``, and where that person belongs."""

    person: str
    level: str
    places: tuple[JoiningPlace, ...]
    groups: tuple[JoiningGroup, ...] = ()
    template: str = "joining/start.html"


@dataclass(frozen=True)
class JoiningLoggedOutPage:
    """``reason``: ``logged_out``, ``cancelled`` or ``refused``."""

    reason: str
    has_invitation: bool
    template: str = "joining/logged_out.html"
