"""Field types that registered documents share."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, PlainSerializer, StringConstraints

from assurance.levels import AssuranceLevel


def _level(value: Any) -> AssuranceLevel:
    if isinstance(value, AssuranceLevel):
        return value
    if not isinstance(value, str):
        raise ValueError("write a level as EH2, EH2+, EH3 or EH4")
    return AssuranceLevel.from_label(value)


Level = Annotated[
    AssuranceLevel,
    BeforeValidator(_level),
    PlainSerializer(lambda level: level.label, return_type=str),
]
Name = Annotated[str, StringConstraints(min_length=1, max_length=64, strip_whitespace=True)]


class LocalizedText(BaseModel):
    """A short text in Dutch and English; scheme limit 64 characters for names, 1024 for
    descriptions.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    nl: Annotated[str, StringConstraints(min_length=1, max_length=1024)]
    en: Annotated[str, StringConstraints(min_length=1, max_length=1024)]

    def in_(self, locale: str) -> str:
        """The text in this language, Dutch where the language is unknown."""
        return self.en if locale.startswith("en") else self.nl
