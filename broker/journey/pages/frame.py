"""Frame: what every page of a login says around its question: which portal, which service, which
level.
"""

from __future__ import annotations

from dataclasses import dataclass

from broker.web.announcement_page import AnnouncementNote
from broker.web.time_left import TimeLeft


@dataclass(frozen=True)
class ShownBranch:
    """``number`` is grouped, ``0000 9001 2021``; name and address as far as they are registered."""

    number: str
    name: str | None = None
    address: str | None = None


@dataclass(frozen=True)
class Frame:
    """``level`` is a label such as ``EH2+``; ``reference`` has 8 characters; addresses of forms
    follow from ``login_id``.

    ``branch``: the one that is acted for; None where it is the whole organisation.

    What is known so far fills up as the login goes on; ``reached`` only once it is enough.
    ``makelaar`` is where the user logs in: this site itself when ``is_account``. ``may_change``
    offers another makelaar, or another way where there is one; ``shows_level`` is False where no
    level is asked. ``announcements`` concern this login, those of its makelaar once that is known.
    ``asked_again``: why who is logged in must log in again, on pages that ask it. ``time``: until
    when the login may take.
    """

    login_id: str
    reference: str
    portal_name: str
    service_name: str
    service_owner: str
    level: str
    makelaar: str | None = None
    person: str | None = None
    on_behalf_of: str | None = None
    branch: ShownBranch | None = None
    reached: str | None = None
    may_change: bool = False
    may_change_method: bool = False
    is_account: bool = False
    shows_level: bool = True
    announcements: tuple[AnnouncementNote, ...] = ()
    asked_again: str | None = None
    time: TimeLeft | None = None

    def post_to(self, step: str) -> str:
        """The address of a form of this login."""
        return f"/login/{self.login_id}/{step}"
