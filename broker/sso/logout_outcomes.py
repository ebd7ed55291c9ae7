"""What a logout ended, kept for the page after it: a short while, under a handle that only its
browser knows.
"""

from __future__ import annotations

import secrets
from typing import Final

from pydantic import TypeAdapter, ValidationError

from broker.runtime import Runtime
from broker.sso.logout import LogoutOutcome
from state.copies import replace

SHOWN_SECONDS: Final = 600
_OUTCOME: Final = TypeAdapter(LogoutOutcome)


def keep(rt: Runtime, outcome: LogoutOutcome, locale: str | None = None) -> str:
    """The handle. ``locale``: the language that a portal asked for."""
    handle = secrets.token_urlsafe(16)
    shown = replace(outcome, locale=locale, visits=())
    rt.store.put(_key(handle), _OUTCOME.dump_json(shown), SHOWN_SECONDS)
    return handle


def kept(rt: Runtime, handle: str) -> LogoutOutcome | None:
    """What was kept under it; None for every other word."""
    raw = rt.store.get(_key(handle))
    try:
        return _OUTCOME.validate_json(raw) if raw is not None else None
    except ValidationError:  # another version of the program wrote it
        return None


def _key(handle: str) -> str:
    return f"logged-out:{handle[:40]}"
