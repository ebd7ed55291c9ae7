"""What the sandbox says to people. The Dutch text is the key, the English one stands beside it in a
module per place where it is said. Owns no page and no rule; needs nothing but Python.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from sandbox.language import DUTCH
from sandbox.texts import checks, faults, pages, people, terminal

ENGLISH: Final[Mapping[str, str]] = MappingProxyType(
    {**terminal.ENGLISH, **people.ENGLISH, **faults.ENGLISH, **checks.ENGLISH, **pages.ENGLISH}
)


def said(dutch: str, language: str, **values: object) -> str:
    """The text in this language, with these values filled in. What has no English text, as a name
    has none, is said as it is.
    """
    text = dutch if language == DUTCH else ENGLISH.get(dutch, dutch)
    return text.format(**values) if values else text
