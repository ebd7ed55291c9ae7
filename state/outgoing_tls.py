"""Whose certificates are believed in outgoing calls: those of the system, and of one's own
authority.
"""

from __future__ import annotations

import ssl
from functools import cache
from pathlib import Path


@cache
def tls_of_this_machine() -> ssl.SSLContext:
    """The authorities of the system, read once per process. For who only connects with it: others
    would meet what one changes.
    """
    return ssl.create_default_context()


def tls_context(ca_file: Path | None = None) -> ssl.SSLContext:
    """``ca_file``: PEM, believed beside the authorities of the system. Raises ValueError."""
    context = ssl.create_default_context()
    if ca_file is None:
        return context
    try:
        context.load_verify_locations(cafile=ca_file)
    except ssl.SSLError:
        raise ValueError(f"{ca_file} holds no certificates in PEM") from None
    except OSError as error:
        raise ValueError(f"{ca_file} cannot be read ({type(error).__name__})") from None
    return context
