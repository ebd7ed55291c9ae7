"""The sections ``[trade_register]`` and ``[invoicing]`` of the settings: where facts of
organisations come from, and who sends their invoices.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator


class RegisterSettings(BaseModel):
    """The trade register (Handelsregister)."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    adapter: Literal["none", "file", "kvk_api"] = Field(
        default="none",
        description=(
            "Which register is asked for name, address, RSIN and branches. `kvk_api`: that of the "
            "KvK. `file`: a file of yours. `none`: operators enter and confirm them."
        ),
    )
    file: Path | None = Field(
        default=None, description="With `file`: YAML or CSV with the organisations."
    )
    url: str = Field(
        default="https://api.kvk.nl/api",
        description=(
            "With `kvk_api`: the address of the API. Its certificate is of an authority of the "
            "Dutch state: name that in outgoing.ca_file."
        ),
    )
    api_key_file: Path | None = Field(
        default=None, description="With `kvk_api`: the file with the API key."
    )
    cache_hours: Annotated[int, Field(ge=0, le=720)] = Field(
        default=24,
        description="How long an answer is used again before the register is asked anew.",
    )
    refresh_days: Annotated[int, Field(ge=1, le=365)] = Field(
        default=30,
        description="After how many days the facts of an organisation are asked for again.",
    )

    @model_validator(mode="after")
    def _with_what_it_needs(self) -> RegisterSettings:
        if self.adapter == "file" and self.file is None:
            raise ValueError("adapter file needs file: the YAML or CSV with the organisations")
        if self.adapter == "kvk_api" and self.api_key_file is None:
            raise ValueError("adapter kvk_api needs api_key_file: the file with the API key")
        return self


class InvoicingSettings(BaseModel):
    """Who sends invoices hears of each change; Sluis makes none."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    adapter: Literal["none", "webhook"] = Field(
        default="none",
        description=(
            "Who is told when invoices of an organisation change. `webhook`: an address of yours, "
            "signed and tried again. `none`: nobody, and `/beheer` shows no invoices."
        ),
    )
    url: str | None = Field(
        default=None, description="With `webhook`: the address of whoever sends invoices."
    )
    secret_file: Path | None = Field(
        default=None,
        description="With `webhook`: the file with the secret that messages are signed with.",
    )

    @model_validator(mode="after")
    def _signed(self) -> InvoicingSettings:
        if self.adapter == "webhook" and (self.url is None or self.secret_file is None):
            raise ValueError("adapter webhook needs url and secret_file: account numbers go there")
        return self
