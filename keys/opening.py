"""Opening what may have been sealed under another master key, where the answer is then: nothing
there.
"""

from __future__ import annotations

from contextvars import ContextVar
from time import perf_counter
from typing import Final

import structlog

from keys.sealing import SealBroken, Sealer, WrongMasterKey

_MISSED: Final[ContextVar[float]] = ContextVar("missed", default=0.0)
log = structlog.get_logger()


def open_or_log(sealer: Sealer, sealed: bytes, context: str, *, what: str) -> bytes | None:
    """What was sealed; None where it cannot be opened. A wrong master key is the operator's to
    mend, so that alone is logged; ``what`` names the kind of thing, nobody's data.
    """
    try:
        return sealer.open(sealed, context)
    except WrongMasterKey as wrong:
        _MISSED.set(perf_counter())
        log.error("seal.wrong_master_key", what=what, error=str(wrong))
        return None
    except SealBroken:
        return None


def missed_since(moment: float) -> bool:
    """Was something of another master key met here since this ``perf_counter()``?"""
    return _MISSED.get() >= moment
