"""What must be refused before anything is measured."""

from __future__ import annotations

from benchmarks.user import User
from sandbox.makelaar.faults import Fault

FAULTS = (
    Fault.UNSIGNED,
    Fault.BAD_SIGNATURE,
    Fault.WRONG_KEY,
    Fault.WRONG_ISSUER,
    Fault.WRONG_AUDIENCE,
    Fault.WRONG_DESTINATION,
    Fault.WRONG_REQUEST,
    Fault.CLOCK_AHEAD,
    Fault.EXPIRED,
)


class Accepted(Exception):
    """A hostile message was not refused."""


def send_all(user: User) -> int:
    """Send each, and one good message twice. The number that was refused. Raises Accepted."""
    for fault in FAULTS:
        asked = user.ask()
        got = user.deliver(asked, user.answer(asked, fault))
        if got.status != 400:
            raise Accepted(f"{fault}: {got.status}")
    asked = user.ask()
    message = user.answer(asked)
    first, second = user.deliver(asked, message), user.deliver(asked, message)
    if first.status != 303:
        raise Accepted(f"a good message was refused: {first.status}")
    if second.status != 400:
        raise Accepted(f"replay: {second.status}")
    return len(FAULTS) + 1
