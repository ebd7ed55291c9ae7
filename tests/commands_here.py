"""Commands of ``sluis`` in this process: to start Python and load the product anew for each one
costs more than most of them do.
"""

from __future__ import annotations

from click.testing import CliRunner

from admin.cli.commands import main
from sandbox.parties import Parties, PartyFailed


class CommandsHere(Parties):
    """The parties of a demo, whose commands run in the process of the tests."""

    def sluis(self, *arguments: str) -> str:
        done = CliRunner().invoke(main, ["--config", str(self.demo.config), *arguments])
        if done.exit_code:
            raise PartyFailed(f"sluis {' '.join(arguments)}: code {done.exit_code}\n{done.output}")
        return done.stdout
