"""The request in hand itself.

Flask's ``request`` only stands for it, and finds out anew with every word that it is asked; what
runs at every request asks it for several.
"""

from __future__ import annotations

from flask import Request, request


def current_request() -> Request:
    """The request that is answered here. Raises RuntimeError outside one."""
    found: Request = request._get_current_object()  # type: ignore[attr-defined]
    return found
