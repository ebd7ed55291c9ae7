"""How ``sluis serve`` and ``sluis worker`` begin: they can be stopped before they load the rest,
which takes longest.
"""

from __future__ import annotations

from admin.cli.context import Invocation, explained
from admin.operations import stopping


def begin_server(invocation: Invocation) -> None:
    """``sluis serve``."""
    stopping.end_when_told()
    from admin.cli.serving import run_server

    with explained():
        run_server(invocation.settings(), invocation.config)


def begin_worker(invocation: Invocation) -> None:
    """``sluis worker``."""
    stopping.end_when_told()
    from admin.cli.serving import run_worker

    with explained():
        run_worker(invocation.settings())
