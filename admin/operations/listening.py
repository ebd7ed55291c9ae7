"""Addresses to listen on, as the settings write them."""

from __future__ import annotations

import socket


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
