"""How long nobody may try again after wrong passwords in a row, whoever counts them."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

FREE_TRIES: Final = 5
PAUSES: Final = (timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=15))


def pause_after(failures: int) -> timedelta | None:
    """The pause that begins at this wrong password in a row; None where none does."""
    rounds, rest = divmod(failures, FREE_TRIES)
    return None if rest or not rounds else PAUSES[min(rounds, len(PAUSES)) - 1]
