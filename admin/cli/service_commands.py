"""The commands under ``sluis service``."""

from __future__ import annotations

import click

from admin.cli.context import Invocation, explained

pass_invocation = click.make_pass_decorator(Invocation)


@click.group()
def service() -> None:
    """What people log in to."""


@service.command(name="list")
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
@pass_invocation
def show(invocation: Invocation, as_json: bool) -> None:
    """Every service with its UUID, which portals ask for and makelaars are registered with."""
    from admin.cli.services import list_services

    with explained():
        for line in list_services(invocation.settings(), as_json=as_json):
            click.echo(line)
