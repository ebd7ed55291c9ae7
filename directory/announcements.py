"""Announcements (mededelingen): what an operator tells everybody who logs in, such as maintenance
or an outage; for the whole site, one service or one makelaar, always or between two moments.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Annotated, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from directory.fields import Beginning, End, ShortWords, Slug, Words
from directory.services import Uuid

_URGENT_FIRST: Final = {"outage": 0, "maintenance": 1, "information": 2}
_LONG_AGO: Final = datetime.min.replace(tzinfo=UTC)


class Announcement(BaseModel):
    """One announcement. ``begins`` is ``from`` in a document; without it and ``until`` it holds
    until it is withdrawn. At ``until`` it is over; a day there is over at its end.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: Slug = Field(description="Names the announcement.")
    about: Literal["outage", "maintenance", "information"] = Field(
        description=(
            "What it is about; an outage stands before maintenance, and that before information."
        ),
    )
    title: ShortWords = Field(description="The heading.")
    text: Words = Field(description="What people read below it.")
    service: Uuid | None = Field(
        default=None,
        description=(
            "The service whose logins it concerns, by UUID. Left out, and `makelaar` too: all."
        ),
    )
    makelaar: Slug | None = Field(
        default=None, description="The makelaar whose logins it concerns, by id."
    )
    begins: Annotated[Beginning | None, Field(alias="from")] = Field(
        default=None,
        description="From when it is shown: a day, or a moment with a zone. Left out: at once.",
    )
    until: End | None = Field(
        default=None,
        description=(
            "Until when it is shown: a day, until its end, or a moment with a zone. Left out: "
            "until it is withdrawn."
        ),
    )

    @model_validator(mode="after")
    def _one_place_and_a_window(self) -> Announcement:
        if self.service is not None and self.makelaar is not None:
            raise ValueError("name a service or a makelaar, not both")
        if self.begins is not None and self.until is not None and self.until <= self.begins:
            raise ValueError("until must be later than from")
        return self

    @property
    def key(self) -> str:
        return self.id

    def holds(self, at: datetime) -> bool:
        """True inside its window."""
        return (self.begins is None or self.begins <= at) and (
            self.until is None or at < self.until
        )

    def concerns(self, *, service: str | None, makelaar: str | None) -> bool:
        """True for everybody, for a login at its service, and for one at its makelaar."""
        if self.service is not None:
            return self.service == service
        return self.makelaar is None or self.makelaar == makelaar


def told(
    announcements: Iterable[Announcement],
    *,
    at: datetime,
    service: str | None = None,
    makelaar: str | None = None,
) -> tuple[Announcement, ...]:
    """Those that hold now and concern this login: outages first, then by beginning."""
    concerning = (one for one in announcements if one.concerns(service=service, makelaar=makelaar))
    return holding(concerning, at=at)


def holding(announcements: Iterable[Announcement], *, at: datetime) -> tuple[Announcement, ...]:
    """Those that hold now, whomever they concern, in that order."""
    return tuple(sorted((one for one in announcements if one.holds(at)), key=_order))


def of_makelaar(
    announcements: Iterable[Announcement], makelaar: str, *, at: datetime
) -> tuple[Announcement, ...]:
    """Those that hold now and are about this makelaar alone."""
    return told(
        (one for one in announcements if one.makelaar == makelaar), at=at, makelaar=makelaar
    )


def _order(one: Announcement) -> tuple[int, datetime, str]:
    return _URGENT_FIRST[one.about], one.begins or _LONG_AGO, one.id
