"""Whose certificates are believed in outgoing calls: those of the system, and of one's own
authority.
"""

from __future__ import annotations

import ssl
from pathlib import Path


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
