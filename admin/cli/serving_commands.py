"""The commands that go on until they are stopped: ``sluis serve`` and ``sluis worker``."""

from __future__ import annotations

import click

from admin.cli.context import Invocation, explained

pass_invocation = click.make_pass_decorator(Invocation)


@click.command()
@pass_invocation
def worker(invocation: Invocation) -> None:
    """Deliver waiting messages until stopped. Not needed beside serve, which does it as well."""
    from admin.operations import stopping

    stopping.end_when_told()  # before what follows, which takes longest to load
    from admin.cli.serving import run_worker

    with explained():
        run_worker(invocation.settings())


@click.command()
@pass_invocation
def serve(invocation: Invocation) -> None:
    """Run the broker."""
    from admin.operations import stopping

    stopping.end_when_told()  # before what follows, which takes longest to load
    from admin.cli.serving import run_server

    with explained():
        run_server(invocation.settings(), invocation.config)
