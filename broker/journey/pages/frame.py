"""Frame: what every page of a login says around its question: which portal, which service, which
level.
"""

from __future__ import annotations

from dataclasses import dataclass

from broker.web.announcement_page import AnnouncementNote


@dataclass(frozen=True)
class Frame:
    """``level`` is a label such as ``EH2+``; ``reference`` has 8 characters; addresses of forms
    follow from ``login_id``.

    What is known so far fills up as the login goes on; ``reached`` only once it is enough.
    ``makelaar`` is where the user logs in: this site itself when ``is_account``. ``may_change``
    offers another makelaar, or another way where there is one; ``shows_level`` is False where no
    level is asked. ``is_asked_again``: a console wants a login of this moment from somebody who is
    logged in there already. ``announcements`` concern this login, those of its makelaar once that
    is known.
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
    reached: str | None = None
    may_change: bool = False
    may_change_method: bool = False
    is_account: bool = False
    shows_level: bool = True
    is_asked_again: bool = False
    announcements: tuple[AnnouncementNote, ...] = ()

    def post_to(self, step: str) -> str:
        """The address of a form of this login."""
        return f"/login/{self.login_id}/{step}"
