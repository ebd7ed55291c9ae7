"""The command ``sluis recipe``."""

from __future__ import annotations

import click

from admin.cli.context import Invocation, explained, fail

pass_invocation = click.make_pass_decorator(Invocation)


@click.command()
@click.argument("name", required=False)
@click.option(
    "--language",
    "--lang",
    type=click.Choice(["en", "nl"]),
    default="en",
    show_default=True,
    help="Of the page.",
)
@click.option("--address", help="Address of the software of the other side, without a final slash.")
@click.option("--id", "party", help="Its client_id as a portal, or its id as a makelaar.")
@click.option("--service", help="The UUID of the service that a portal is for.")
@pass_invocation
def recipe(
    invocation: Invocation,
    name: str | None,
    language: str,
    address: str | None,
    party: str | None,
    service: str | None,
) -> None:
    """How to connect a product, with the addresses of this server; without NAME, the list."""
    from admin.cli.recipes import RecipeUnknown, listed, page

    if name is None:
        for line in listed():
            click.echo(line)
        return
    with explained():
        settings = invocation.settings()
    try:
        command = invocation.command
        click.echo(page(settings, name, language, address, party, service, command), nl=False)
    except RecipeUnknown as unknown:
        fail(str(unknown), 2)
