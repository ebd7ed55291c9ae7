"""What people wrote, in mails and letters of ours: so that it reads as theirs and cannot pass for a
sentence of ours.
"""

from __future__ import annotations

import textwrap
import unicodedata
from typing import Final

from broker.texts.sentences import ended_once

MARK: Final = "> "  # as mail programs quote
WIDTH: Final = 72  # a longer line would be broken by the reader's program, without the mark
LONGEST_LINE: Final = 200
# Control signs, and marks that turn the direction of what stands around them or show as nothing.
_INVISIBLE: Final = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})


def written(text: str) -> str:
    """What somebody typed, as it is kept: lines without invisible signs, no more than one empty
    line in a row.
    """
    lines = [_visible(line) for line in text.splitlines()]
    kept = [line for number, line in enumerate(lines) if line or (number and lines[number - 1])]
    return "\n".join(kept).strip()


def one_line(text: str) -> str:
    """A name as a sentence of ours holds it: one line, no invisible sign, not endless."""
    line = " ".join(part for part in map(_visible, text.splitlines()) if part)
    return line if len(line) <= LONGEST_LINE else f"{line[: LONGEST_LINE - 1]}…"


def quoted(text: str) -> str:
    """Every line with a mark before it, also where a line is broken."""
    broken = [
        part for line in written(text).splitlines() for part in (textwrap.wrap(line, WIDTH) or [""])
    ]
    return "\n".join(f"{MARK}{line}".rstrip() for line in broken)


def laid_out(text: str) -> str:
    """A whole mail with its lines and their indents, and no invisible sign in any of them. What is
    ours ends its sentences once; what is quoted stays as somebody wrote it.
    """
    lines = (_without_invisible(line).rstrip() for line in text.splitlines())
    return "".join(f"{line if line.startswith(MARK) else ended_once(line)}\n" for line in lines)


def _visible(line: str) -> str:
    """Tabs and other blanks are spaces."""
    return _without_invisible(" ".join(line.split())).strip()


def _without_invisible(line: str) -> str:
    return "".join(sign for sign in line if unicodedata.category(sign) not in _INVISIBLE)
