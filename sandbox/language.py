"""Dutch or English: what the terminal or the browser asks for."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

LANGUAGES: Final = ("nl", "en")
DUTCH, ENGLISH = LANGUAGES
# In the order in which programs read them; the first that says something counts.
VARIABLES: Final = ("LC_ALL", "LC_MESSAGES", "LANG")
SAY_NOTHING: Final = ("", "c", "posix")


def of_terminal(environ: Mapping[str, str]) -> str:
    """``nl`` where the terminal is Dutch or says nothing, as ``C.UTF-8`` does; else ``en``."""
    value = next((environ[name] for name in VARIABLES if environ.get(name)), "")
    word = re.split(r"[_.@]", value)[0].lower()
    return DUTCH if word == DUTCH or word in SAY_NOTHING else ENGLISH


def other_than(language: str) -> str:
    """The language to offer on a page that is in this one."""
    return ENGLISH if language == DUTCH else DUTCH
