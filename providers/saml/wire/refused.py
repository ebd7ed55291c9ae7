"""What cannot be read as SAML, whoever sent it."""

from __future__ import annotations


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
