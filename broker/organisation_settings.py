"""The sections of the settings about organisations: ``[mandates]``, ``[means]``,
``[identity_documents]``, ``[joining]``, ``[trade_register]`` and ``[invoicing]``.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, field_validator, model_validator

from assurance.levels import AssuranceLevel, suffices
from broker.settings_sections import Section
from directory.fields import Level
from directory.services import Oin


class Mandates(Section):
    max_years: Annotated[int, Field(ge=1, le=5)] = Field(
        default=5,
        description=(
            "For how many years an administrator may give a mandate or a chain mandate at most."
        ),
    )
    unused_months: Annotated[int, Field(ge=6, le=60)] = Field(
        default=24,
        description=(
            "After how many months a mandate lapses that nobody used. Administrators are told 6, 2 "
            "and 1 months before."
        ),
    )
    chain_level: Level = Field(
        default=AssuranceLevel.EH3,
        description=(
            "The least level of a chain mandate that an administrator gives, also where its "
            "service asks for less. Who gives one logs in at that level."
        ),
    )

    chain_link_level: Level | None = Field(
        default=None,
        description=(
            "Up to which level a client without an administrator gives a chain mandate with a link "
            "in a mail. Nobody proves who he is there: leave it out, and no such link is sent and "
            "none that was used counts."
        ),
    )
    chain_request_days: Annotated[int, Field(ge=1, le=60)] = Field(
        default=14,
        description="For how many days a client can answer an intermediary that asks to act.",
    )

    @model_validator(mode="after")
    def _links_reach_something(self) -> Mandates:
        if self.chain_link_level is None or suffices(self.chain_link_level, self.chain_level):
            return self
        raise ValueError(
            f"chain_link_level {self.chain_link_level.label} is below chain_level "
            f"{self.chain_level.label}, so no link could give anything: lower chain_level too, or "
            "leave chain_link_level out"
        )


class MeansSettings(Section):
    """Means that Sluis issues."""

    activation_days: Annotated[int, Field(ge=1, le=90)] = Field(
        default=30,
        description="How many days the codes of letter and mail can be used to activate a means.",
    )
    approval: tuple[Literal["EH2", "EH2+", "EH3"], ...] = Field(
        default=("EH2", "EH2+", "EH3"),
        description=(
            "At which levels an operator approves what administrators ask. EH3, and EH2+ of an "
            "administrator, need it in any case."
        ),
    )

    restricted_to: tuple[Oin, ...] = Field(
        default=(),
        description=(
            "OINs of providers to whose services a means can be restricted (beperkt middel), one "
            "such means for each KvK number. Empty: no restricted means are asked. Who has one "
            "keeps it when its provider goes from here."
        ),
    )


class IdentityDocumentSettings(Section):
    """Scans of identity documents with a request for a means."""

    asked: bool = Field(
        default=False,
        description=(
            "Whether administrators bring a scan of the identity document of the person when they "
            "ask a means that somebody approves (not for a user at EH2). Have a legal ground, and "
            "assess what it does to people (DPIA), before you switch it on."
        ),
    )
    scanner: Literal["none", "clamd"] = Field(
        default="none",
        description=(
            "Who looks for viruses in these files. `clamd`: the daemon of ClamAV; while it does "
            "not answer no file is taken. `none`: nobody, and `sluis doctor` warns of it."
        ),
    )
    clamd: str = Field(
        default="127.0.0.1:3310",
        description=(
            "With `clamd`: where it listens, `unix:/run/clamav/clamd.ctl` or `host:port`. Files go "
            "there unencrypted, so keep it on the same machine."
        ),
    )

    @field_validator("clamd")
    @classmethod
    def _is_an_address(cls, text: str) -> str:
        host, _, port = text.rpartition(":")
        is_file = text.startswith("unix:/")
        if not is_file and not (host and port.isdecimal() and 0 < int(port) < 65_536):
            raise ValueError("clamd is unix:/path, or host:port such as 127.0.0.1:3310")
        return text


class Joining(Section):
    """Of `/toegang`: invitations, and what they lead to."""

    invitation_hours: Annotated[int, Field(ge=1, le=720)] = Field(
        default=72, description="For how many hours the link of an invitation works."
    )
    one_group_per_account: bool = Field(
        default=True,
        description="Whether somebody can be in one user group at most. `false`: in several.",
    )
    account_requests: bool = Field(
        default=False,
        description=(
            "Whether a first administrator may ask for an e-mail account and a group at "
            "`/toegang/aanvragen`, without being invited."
        ),
    )


class RegisterSettings(Section):
    """The trade register (Handelsregister)."""

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


class InvoicingSettings(Section):
    """Who sends invoices hears of each change; Sluis makes none."""

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
