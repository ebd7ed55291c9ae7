"""Scanner: is there something in this file that harms who opens it?"""

from __future__ import annotations

from typing import Protocol

from broker.organisation_settings import IdentityDocumentSettings


class ScannerDown(Exception):
    """No answer that counts. ``reason`` is a machine word; nothing is known of the file."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Scanner(Protocol):
    """``name`` is kept with what it judged."""

    name: str

    def is_clean(self, content: bytes) -> bool:
        """False: something was found in it. Raises ScannerDown."""
        ...

    def ping(self) -> None:
        """Does it answer? Raises ScannerDown."""
        ...


class NoScanner:
    """Nothing is looked at; `sluis doctor` warns of it."""

    name = "none"

    def is_clean(self, content: bytes) -> bool:  # noqa: ARG002
        return True

    def ping(self) -> None:
        return


def make_scanner(settings: IdentityDocumentSettings) -> Scanner:
    """The one that the installation chose."""
    if settings.scanner == "none":
        return NoScanner()
    from admin.virus_scan.clamd import Clamd

    return Clamd(settings.clamd)
