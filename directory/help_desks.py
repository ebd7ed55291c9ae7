"""Help desks: whom people call or write to when they cannot log in; one of the site, and where an
operator wants that, one of a service.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Final

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from directory.fields import HttpsUrl, ShortWords
from directory.services import Uuid

SITE: Final = "site"
Phone = Annotated[str, StringConstraints(pattern=r"^\+?[0-9(][0-9 ()-]{1,22}[0-9]$")]
Email = Annotated[
    str,
    StringConstraints(
        pattern=r"^[A-Za-z0-9._+-]{1,64}@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+$", max_length=254
    ),
]


class HelpDesk(BaseModel):
    """One help desk: of a ``service``, or of the site. At least one way to reach it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    service: Uuid | None = Field(
        default=None,
        description=(
            "The service whose users it helps, by UUID. Left out: it helps everybody else."
        ),
    )
    name: ShortWords = Field(description="What the help desk is called.")
    phone: Phone | None = Field(
        default=None,
        description="Its phone number. Of `phone`, `email` and `url` there is at least one.",
    )
    hours: ShortWords | None = Field(default=None, description="When the phone is answered.")
    email: Email | None = Field(default=None, description="Its e-mail address.")
    url: HttpsUrl | None = Field(default=None, description="Its page.")

    @model_validator(mode="after")
    def _can_be_reached(self) -> HelpDesk:
        if self.phone is None and self.email is None and self.url is None:
            raise ValueError("write a phone, an email or a url: people must be able to reach it")
        if self.hours is not None and self.phone is None:
            raise ValueError("hours are those of the phone: write a phone, or leave them out")
        return self

    @property
    def key(self) -> str:
        return self.service or SITE


def who_helps(desks: Mapping[str, HelpDesk], service: str | None) -> HelpDesk | None:
    """That of this service, else that of the site. ``desks`` by key."""
    return desks.get(service or SITE) or desks.get(SITE)
