"""A person as an operator may see one: enough to compare with what the caller says, too little to
learn who it is.
"""

from __future__ import annotations

from typing import Final

HIDDEN: Final = "•••"  # of one length, whatever stood there


def name(text: str) -> str:
    """The first letter of each of at most three words."""
    words = text.split()
    shown = words if len(words) <= 3 else [words[0], words[1], words[-1]]
    return " ".join(f"{word[0]}{HIDDEN}" for word in shown) or HIDDEN


def address(text: str) -> str:
    """The first letter of the name and of the host, and the last part of the host."""
    local, _, host = text.rpartition("@")
    place, _, last = host.rpartition(".")
    return f"{local[:1]}{HIDDEN}@{place[:1]}{HIDDEN}.{last}"
