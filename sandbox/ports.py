"""The ports of a demo: which are taken, and what to do about it. ``python -m sandbox.ports`` says
that before anything is installed, so this needs nothing but Python.
"""

from __future__ import annotations

import errno
import os
import socket
import sys
from collections.abc import Iterator
from typing import Final
from urllib.parse import urlsplit

from sandbox.addresses import COUNT, DEFAULT_PORT_BASE, Addresses, standard
from sandbox.language import of_terminal
from sandbox.texts import said

LOWEST: Final = 1024
HIGHEST: Final = 65535 - COUNT  # there is one more, which nobody here takes
STEP: Final = 100


class WrongBase(ValueError):
    """The first port is no number, or there is no room after it; the text is what was given."""


def read_base(value: str) -> int:
    """The first port, as a person gives it. Raises WrongBase."""
    if not (value.isascii() and value.isdigit()) or not LOWEST <= int(value) <= HIGHEST:
        raise WrongBase(value)
    return int(value)


def taken_ports(addresses: Addresses) -> Iterator[int]:
    """Ports of these addresses on which somebody listens already."""
    management = [f"tcp://{addresses.management}"] if addresses.management else []
    for url in (*addresses.parties().values(), *management):
        parts = urlsplit(url)
        if any(_is_taken(host, parts.port or 0) for host in _hosts(parts.hostname or "")):
            yield parts.port or 0


def free_base(after: int) -> int:
    """The next first port, a hundred further or more, of which all are free."""
    bases = range(after + STEP, HIGHEST + 1, STEP)
    return next((base for base in bases if not list(taken_ports(standard(base)))), after + STEP)


def taken_text(taken: list[int], base: int, target: str, language: str) -> tuple[str, str]:
    """What is the matter, and the way on. ``target``: of make."""
    ports = ", ".join(str(port) for port in sorted(taken))
    one, more = "Poort {ports} is al in gebruik.", "Poorten {ports} zijn al in gebruik."
    return (
        said(one if len(taken) == 1 else more, language, ports=ports),
        said(
            "Stop wat daar draait (misschien een eerdere demo), of kies andere poorten met "
            "PORT_BASE:",
            language,
        )
        + other_ports(base, target),
    )


def wrong_base_text(value: str, language: str) -> str:
    return said(
        "PORT_BASE moet een getal zijn van {low} tot en met {high}, niet {value}. Het is de eerste "
        "van {count} poorten.",
        language,
        low=LOWEST,
        high=HIGHEST,
        value=value,
        count=COUNT,
    )


def other_ports(base: int, target: str) -> str:
    """A command. Another first port has another folder as well, so the demo that runs is left
    alone.
    """
    return f"\n  make {target} PORT_BASE={free_base(base)}"


def _hosts(name: str) -> tuple[tuple[socket.AddressFamily, str], ...]:
    """A browser may take ``localhost`` for either."""
    if name == "localhost":
        return ((socket.AF_INET, "127.0.0.1"), (socket.AF_INET6, "::1"))
    return ((socket.AF_INET, name),)


def _is_taken(host: tuple[socket.AddressFamily, str], port: int) -> bool:
    family, address = host
    try:
        with socket.socket(family) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((address, port))
    except OSError as failed:  # a machine without IPv6 has nobody who listens there
        return failed.errno == errno.EADDRINUSE or family == socket.AF_INET
    return False


def main(target: str) -> int:
    """0 when the ports of ``PORT_BASE`` are free, else 1 with a sentence."""
    language = of_terminal(os.environ)
    value = os.environ.get("PORT_BASE") or str(DEFAULT_PORT_BASE)
    try:
        base = read_base(value)
    except WrongBase:
        print(wrong_base_text(value, language))
        return 1
    taken = list(taken_ports(standard(base)))
    if taken:
        print(*taken_text(taken, base, target, language), sep=" ")
    return 1 if taken else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
