"""The command line: ``sluis [--config FILE] COMMAND``."""

from __future__ import annotations

from broker.cli.commands import main

__all__ = ["main"]
