"""The command ``sluis seed``."""

from __future__ import annotations

import click

from admin.cli.context import Invocation, explained, fail

pass_invocation = click.make_pass_decorator(Invocation)


@click.command()
@click.option("--scale", is_flag=True, required=True, help="Made up, the size of a country.")
@click.option(
    "--factor",
    type=float,
    default=1.0,
    show_default=True,
    help="A part of it: 0.01 is a thousand organisations.",
)
@pass_invocation
def seed(invocation: Invocation, scale: bool, factor: float) -> None:
    """Fill an empty installation: 100,000 organisations, 1,000,000 people, 5,000,000 mandates."""
    from admin.cli.seeding import NotEmpty, prepared

    assert scale
    with explained():
        try:
            made = prepared(invocation.settings(), factor)
        except ValueError as refused:
            fail(f"--factor: {refused}", 2)
        with click.progressbar(length=made.rows, label="Rows") as bar:
            try:
                lines = made.run(bar.update)
            except NotEmpty as there:
                fail(f"the table {there} is not empty: only a new installation is filled", 2)
        for line in lines:
            click.echo(line)
