"""Addresses to listen on, as the settings write them."""

from __future__ import annotations

import socket
import time
from typing import Final

PATIENCE: Final = 5.0  # seconds that a server which was just stopped may need to let go


def address_of(bind: str) -> tuple[str, int]:
    """``127.0.0.1:9000`` → host and port."""
    host, _, port = bind.rpartition(":")
    return host.strip("[]"), int(port)


def is_free(bind: str) -> bool:
    """May this address be listened on now?"""
    host, port = address_of(bind)
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
        return True


def comes_free(bind: str) -> bool:
    """Is it free now, or in a moment?"""
    end = time.monotonic() + PATIENCE
    while not is_free(bind):
        if time.monotonic() > end:
            return False
        time.sleep(0.1)
    return True
