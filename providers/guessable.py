"""Guessable: what somebody who guesses tries before everything else. A list of common passwords is
short on long ones; so a password is also looked at as people make one long enough: a common word
with a year or signs around it, twice the same, or a walk over the keyboard.
"""

from __future__ import annotations

from functools import lru_cache
from importlib.resources import files
from itertools import pairwise
from typing import Final

SHORTEST_WORD: Final = 4
MOST_AROUND: Final = 8  # digits and signs around a word; more of them are a password of their own
ROWS: Final = ("1234567890", "qwertyuiop", "asdfghjkl", "zxcvbnm", "abcdefghijklmnopqrstuvwxyz")
_INSTEAD: Final = tuple(str.maketrans("@4035$7!1", f"aaoesst{one}{one}") for one in "il")


def is_guessable(folded: str) -> bool:
    """``folded``: the whole password, in lower case. A lookup or a few; no list is searched."""
    if folded in _common():
        return True
    piece = _piece(folded)
    if piece != folded and (len(piece) <= SHORTEST_WORD or is_guessable(piece)):
        return True
    return _is_walk(folded) or _is_word_in_disguise(folded)


def _is_word_in_disguise(folded: str) -> bool:
    """``welkom2026!!``, ``p@ssw0rd1234``, ``wachtwoordwachtwoord1``."""
    whole = folded.strip()
    for bare in (_bare(whole), whole.rstrip("0123456789!?.,-_*#+= ")):
        if len(folded) - len(bare) > MOST_AROUND:
            continue
        for word in (bare, *(_bare(bare.translate(instead)) for instead in _INSTEAD)):
            piece = _piece(word)
            if len(piece) >= SHORTEST_WORD and piece in _common():
                return True
    return False


def _bare(text: str) -> str:
    """Without what stands before the first letter and after the last one."""
    letters = [at for at, one in enumerate(text) if one.isalpha()]
    return text[letters[0] : letters[-1] + 1] if letters else ""


def _piece(text: str) -> str:
    """What the text repeats; the text itself where it repeats nothing: ``abcabca`` is ``abc``."""
    for size in range(1, len(text) // 2 + 1):
        if text == (text[:size] * (len(text) // size + 1))[: len(text)]:
            return text[:size]
    return text


def _is_walk(text: str) -> bool:
    """At least two steps in a row on the keyboard or in the alphabet, or none at all, on average:
    ``123456789012``, ``qwertyuiopas``, ``asdfghjkl123``, ``aaabbbcccddd``.
    """
    runs, step = 1, None
    for before, after in pairwise(text):
        now = _step(before, after)
        if now is None or (step is not None and now != step):
            runs, step = runs + 1, None
        else:
            step = now
    return 3 * runs <= len(text)


def _step(before: str, after: str) -> int | None:
    """0 for the same again, 1 or -1 for its neighbour, None for anything else."""
    if before == after:
        return 0
    for row in ROWS:
        if before in row and after in row:
            step = row.index(after) - row.index(before)
            if step in (1, -1):
                return step
            if row[0] == "1" and abs(step) == len(row) - 1:
                return -1 if step > 0 else 1  # after 0 comes 1 again
    return None


@lru_cache(maxsize=1)
def _common() -> frozenset[str]:
    text = files("providers").joinpath("common_passwords.txt").read_text(encoding="utf-8")
    return frozenset(line for line in text.splitlines() if line and not line.startswith("#"))
