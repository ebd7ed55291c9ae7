"""Settings of what organisations manage themselves: people, means and mandates."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from assurance.levels import AssuranceLevel
from broker.settings_sections import Section
from directory.fields import Level


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
