"""The section ``[joining]`` of the settings file."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field


class Joining(BaseModel):
    """Of `/toegang`: invitations, and what they lead to."""

    model_config = ConfigDict(frozen=True, extra="forbid")

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
