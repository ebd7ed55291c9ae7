"""Requests that are refused before there is a login leave a trace under a reference. How one is
kept stands where the application is put together: no protocol keeps them for another.
"""

from __future__ import annotations

from typing import Protocol

from broker.runtime import Runtime
from state.trace import Fact


class NoteRefusal(Protocol):
    """Keeps what was refused at this step; the reference as people read it."""

    def __call__(
        self, rt: Runtime, reason: str, *, at: str, client_id: str | None = None, **found: Fact
    ) -> str: ...
