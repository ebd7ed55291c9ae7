"""The sections of the settings about messages: ``[mail]``, ``[sms]`` and ``[letters]``."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field


class Messages(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Mail(Messages):
    adapter: Literal["none", "smtp", "webhook", "notify"] = Field(
        default="none",
        description=(
            "How mail leaves. `smtp`: through your mail server. `webhook`: to an address of "
            "yours, signed. `notify`: through Notify. `none`: none is sent."
        ),
    )
    url: str | None = Field(
        default=None,
        description=(
            "With `smtp`: the mail server. With `webhook`: your address. With `notify`: that of"
            " Notify."
        ),
    )
    sender: str = Field(
        default="Sluis <noreply@localhost>", description="With `smtp`: from whom mail comes."
    )
    secret_file: Path | None = Field(
        default=None,
        description=(
            "With `smtp`: the file with the password. With `webhook`: the file with the secret "
            "that messages are signed with."
        ),
    )
    template_id: str | None = Field(
        default=None,
        description=("With `notify`: the template, with the fields `subject` and `body`."),
    )
    api_key_file: Path | None = Field(
        default=None, description="With `notify`: the file with the API key."
    )


class Sms(Messages):
    adapter: Literal["none", "webhook", "notify"] = Field(
        default="none",
        description=(
            "How these messages leave. `webhook`: to an address of yours, signed. `notify`: "
            "through Notify. `none`: none is sent."
        ),
    )
    url: str | None = Field(
        default=None,
        description=("Where messages go: the address of your webhook, or that of Notify."),
    )
    secret_file: Path | None = Field(
        default=None,
        description=("With `webhook`: the file with the secret that messages are signed with."),
    )
    template_id: str | None = Field(default=None, description="With `notify`: the template.")
    api_key_file: Path | None = Field(
        default=None, description="With `notify`: the file with the API key."
    )


class Letters(Sms):
    """Sent as text messages are: to an address of yours, or through Notify."""
