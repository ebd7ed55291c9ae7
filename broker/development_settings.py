"""What only a machine of a developer may do: the settings below ``development``."""

from __future__ import annotations

from pydantic import Field, field_validator

from broker.settings_sections import Section
from state.addresses import checked_loopback


class Development(Section):
    """Only with a loopback ``web.base_url``."""

    loopback: tuple[str, ...] = Field(
        default=(),
        description=(
            "Addresses of this machine, `host:port`, that may be called over http. Only at a "
            "loopback address."
        ),
    )
    own_portal: str | None = Field(
        default=None,
        description="`host:port` of this machine, free for a portal of yours: recipes name it.",
    )

    @field_validator("own_portal")
    @classmethod
    def _is_here(cls, value: str | None) -> str | None:
        if value is not None:
            cls._of_this_machine((value,))
        return value

    @field_validator("loopback")
    @classmethod
    def _of_this_machine(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for entry in value:
            try:
                checked_loopback(frozenset({entry}))
            except ValueError:
                raise ValueError(
                    f"{entry!r} is no address of this machine with a port; write for example "
                    "127.0.0.1:8001"
                ) from None
        return value
