"""What the operator tells people: announcements, and whom they can ask for help."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Spoken:
    """A text, with its language where that is not the language of the page."""

    text: str
    lang: str | None = None


@dataclass(frozen=True)
class AnnouncementNote:
    """``about``: outage, maintenance or information. ``place``: the service or makelaar that it
    concerns, where the page is about all of them.
    """

    about: str
    title: Spoken
    text: Spoken
    place: Spoken | None = None


@dataclass(frozen=True)
class HelpDeskCard:
    """At least one of ``phone``, ``email`` and ``url``. ``name`` is None where only settings name
    one; ``dial`` is the phone number without the spaces.
    """

    name: Spoken | None = None
    phone: str | None = None
    dial: str | None = None
    hours: Spoken | None = None
    email: str | None = None
    url: str | None = None
