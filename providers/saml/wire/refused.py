"""What cannot be read as SAML, whoever sent it."""

from __future__ import annotations

from keys.xml.guard import XmlRefused
from providers.received import told


class WireRefused(Exception):
    """A message or a value in it is not what the standard allows. ``reason`` is a stable machine
    word; ``detail`` is for the log, free of anything that the sender wrote; ``measured`` for the
    trace: what was found and what was expected.
    """

    def __init__(self, reason: str, detail: str = "", **measured: str | int) -> None:
        super().__init__(f"{reason}: {detail}" if detail else reason)
        self.reason = reason
        self.detail = detail
        self.measured = measured


def found_in(refused: WireRefused | XmlRefused) -> dict[str, str | int]:
    """What a trace tells of it: the word, where it was, what was seen and what was expected."""
    measured = refused.measured.items()
    bounded = {name: told(one) if isinstance(one, str) else one for name, one in measured}
    return {"failure": refused.reason, **bounded}
