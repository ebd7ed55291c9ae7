"""Field types that registered documents share."""

from __future__ import annotations

import re
import unicodedata
from typing import Annotated, Any, Final
from urllib.parse import urlsplit

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    StringConstraints,
    WithJsonSchema,
)

from assurance.levels import AssuranceLevel
from directory import dates


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
    WithJsonSchema({"enum": [level.label for level in AssuranceLevel if level.is_of_a_scheme]}),
]
Slug = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]{1,62}$")]
Name = Annotated[str, StringConstraints(min_length=1, max_length=64, strip_whitespace=True)]


class LocalizedText(BaseModel):
    """A short text in Dutch and English; scheme limit 64 characters for names, 1024 for
    descriptions.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    nl: Annotated[str, StringConstraints(min_length=1, max_length=1024)] = Field(
        description="The Dutch text."
    )
    en: Annotated[str, StringConstraints(min_length=1, max_length=1024)] = Field(
        description="The English text."
    )

    def in_(self, locale: str) -> str:
        """The text in this language, Dutch where the language is unknown."""
        return self.en if locale.startswith("en") else self.nl


_TAG: Final = re.compile(r"<\s*[/!?a-zA-Z]|\]\(")
# Marks that turn the direction of what stands around them can make a text read as another one.
_INVISIBLE: Final = frozenset({"Cc", "Cf", "Cs", "Co", "Cn"})


def _plain(value: str) -> str:
    """One line: breaks of the file are spaces. Raises ValueError for what is no plain text."""
    text = " ".join(value.split())
    if not text:
        raise ValueError("write a text")
    if _TAG.search(text):
        raise ValueError("write plain text, without tags or markdown: it is shown as it stands")
    if any(unicodedata.category(sign) in _INVISIBLE for sign in text):
        raise ValueError("write plain text, without control signs")
    return text


def _https(value: str) -> str:
    parts = urlsplit(value)
    if parts.scheme != "https" or not parts.hostname or "@" in parts.netloc:
        raise ValueError("write a whole address that begins with https://")
    if not value.isascii() or not value.isprintable() or " " in value:
        raise ValueError("write the address in plain ASCII, without spaces")
    return value


Plain = Annotated[str, StringConstraints(min_length=1, max_length=500), AfterValidator(_plain)]
ShortPlain = Annotated[str, StringConstraints(min_length=1, max_length=80), AfterValidator(_plain)]
HttpsUrl = Annotated[str, StringConstraints(max_length=300), AfterValidator(_https)]
_DAY_OR_MOMENT: Final = WithJsonSchema(
    {"anyOf": [{"type": "string", "format": form} for form in ("date", "date-time")]}
)
Beginning = Annotated[AwareDatetime, BeforeValidator(dates.beginning), _DAY_OR_MOMENT]
End = Annotated[AwareDatetime, BeforeValidator(dates.ending), _DAY_OR_MOMENT]


class Words(BaseModel):
    """What an operator tells people: plain text in Dutch and, where it was translated, English."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    nl: Plain = Field(description="The Dutch text.")
    en: Plain | None = Field(
        default=None,
        description=("The English text. Left out: the Dutch one is shown to everybody."),
    )

    def in_(self, locale: str) -> tuple[str, str]:
        """The text, and the language that it is in: Dutch where there is no other."""
        if locale.startswith("en") and self.en is not None:
            return self.en, "en"
        return self.nl, "nl"


class ShortWords(Words):
    """A heading or a few words."""

    nl: ShortPlain = Field(description="The Dutch text.")
    en: ShortPlain | None = Field(
        default=None,
        description=("The English text. Left out: the Dutch one is shown to everybody."),
    )
