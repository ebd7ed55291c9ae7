"""The command line: ``sluis [--config FILE] COMMAND``."""

from __future__ import annotations

from admin.cli.commands import main

__all__ = ["main"]
