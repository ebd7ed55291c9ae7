"""Makelaars that fail, each in its own way, at ports that the broker may call."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Final

from broker.configuration import POLL_SECONDS
from tests.faults.fleet import Fleet
from tests.listener import Said, Seen, listening

SILENCE: Final = 12.0  # seconds, longer than anybody waits
PIECE: Final = b"x" * 64 * 1024

REGISTRATION: Final = """\
kind: IdentityProvider
id: storing-{name}
name: Storing {name}
level_ceiling: EH3
oidc:
  issuer: http://127.0.0.1:{port}/op
  client_id: sluis-demo
---
"""


def _silent(_: Seen) -> Said:
    time.sleep(SILENCE)
    return Said(b"{}")


def _drop_by_drop() -> Iterator[bytes]:
    for _ in range(int(SILENCE)):
        yield b"{"
        time.sleep(1)


FAILING: Final[dict[str, Callable[[Seen], Said] | None]] = {
    "dicht": None,  # nobody listens
    "stil": _silent,
    "fout": lambda _: Said(b"oops", status=500),
    "onzin": lambda _: Said(b"\x00\xff<html>"),
    "groot": lambda _: Said(pieces=(PIECE,) * 160),  # 10 MB
    "traag": lambda _: Said(pieces=_drop_by_drop()),
}
# At the address that was registered, so either side may be wrong.
OF_NOBODY: Final = frozenset({"Storing dicht", "Storing onzin", "Storing groot"})


@contextmanager
def failing_makelaars(fleet: Fleet) -> Iterator[list[str]]:
    """Registered and running inside this block; their names as users see them."""
    ports = dict(zip(FAILING, fleet.spare, strict=True))
    file = fleet.demo.directory / "storing.yaml"
    file.write_text("".join(REGISTRATION.format(name=n, port=p) for n, p in ports.items()))
    with ExitStack() as running:
        for name, answering in FAILING.items():
            if answering is not None:
                running.enter_context(listening(answering, port=ports[name]))
        fleet.sluis("apply", "-f", str(file))
        time.sleep(2 * POLL_SECONDS)  # every process looks for new registrations on its own
        yield [f"Storing {name}" for name in FAILING]
