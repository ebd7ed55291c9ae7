"""The command line: ``sluis [--config FILE] COMMAND``. A ``…_commands`` module reads options, the
module beside it opens the database, calls one use case as COMMAND_LINE and tells the result in
lines. No rule and no audit event stands here.
"""

from __future__ import annotations

from admin.cli.commands import main

__all__ = ["main"]
