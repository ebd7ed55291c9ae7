"""What went wrong (A15): what happened, what to do now, and a reference for who helps."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from broker.web.announcement_page import AnnouncementNote


@dataclass(frozen=True)
class ErrorPage:
    """``code`` is stable per cause (``SLS-2104``). ``home_url``: a link that is the way on.
    ``developers``: what those who made the other website can do. ``begun`` and ``minutes``: of a
    login that took too long, when it began and how long it had. ``makelaar``: whose answer it is
    about, by name.
    """

    title: str
    what: str
    now: str
    code: str
    reference: str
    at: datetime
    announcements: tuple[AnnouncementNote, ...] = ()
    home_url: str | None = None
    home_label: str | None = None
    developers: str | None = None
    begun: datetime | None = None
    minutes: int | None = None
    makelaar: str | None = None
    template: str = "web/error.html"
