"""The request in hand itself, and what is kept for it.

Flask's ``request`` and ``g`` only stand for them, and find out anew with every word that they are
asked; what runs at every request asks them for several.
"""

from __future__ import annotations

from typing import Any

from flask import Request, g, request


def current_request() -> Request:
    """The request that is answered here. Raises RuntimeError outside one."""
    found: Request = request._get_current_object()  # type: ignore[attr-defined]
    return found


def current_notes() -> Any:
    """What is noted while it is answered: ``g``. Raises RuntimeError outside an application."""
    return g._get_current_object()
