"""The commands under ``sluis keys master``."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from admin.cli.context import Invocation, explained, fail

pass_invocation = click.make_pass_decorator(Invocation)
OUT = click.option(
    "--out",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Write the keys to this new file; leave the present one (where it cannot be written).",
)


@click.group()
def master() -> None:
    """Replace the master key: prepare, switch, reseal, drop; status tells where you are."""


@contextmanager
def _refusals() -> Iterator[None]:
    """What cannot be done now ends with 3, and says what comes first."""
    from keys.master_key import RotationRefused

    with explained():
        try:
            yield
        except RotationRefused as refused:
            fail(f"{refused}; nothing was changed", 3)


@master.command("status")
@pass_invocation
def status(invocation: Invocation) -> None:
    """Show the keys, how much lies under each, and the next step; changes nothing."""
    from admin.cli import master_key

    with explained():
        found = master_key.look(invocation.settings())
    for line in master_key.lines(found):
        click.echo(line)
    raise SystemExit(0 if found.is_well else 3)


@master.command("prepare")
@OUT
@pass_invocation
def prepare(invocation: Invocation, out: Path | None) -> None:
    """Step 1: make the next key. It opens, and does not seal yet."""
    from admin.cli import master_key

    with _refusals():
        for line in master_key.prepare(invocation.settings(), out):
            click.echo(line)


@master.command("switch")
@OUT
@pass_invocation
def switch(invocation: Invocation, out: Path | None) -> None:
    """Step 2, when every instance knows the next key: let it seal."""
    from admin.cli import master_key

    with _refusals():
        for line in master_key.switch(invocation.settings(), out):
            click.echo(line)


@master.command("reseal")
@click.option("--dry-run", is_flag=True, help="Count what would be sealed anew; change nothing.")
@pass_invocation
def reseal(invocation: Invocation, dry_run: bool) -> None:
    """Step 3, when every instance seals with the new key: seal what is old anew."""
    from admin.cli import master_key

    with explained():
        settings = invocation.settings()
        done = None if dry_run else master_key.reseal(settings)
        found = master_key.look(settings)
    if done is not None:
        for line in master_key.resealed_lines(done):
            click.echo(line)
    for line in master_key.lines(found):
        click.echo(line)
    raise SystemExit(0 if found.is_well and not found.old else 3)


@master.command("drop")
@OUT
@click.option("--now", "at_once", is_flag=True, help="Do not wait for logins under way.")
@click.option("--dry-run", is_flag=True, help="Say whether it can be done; change nothing.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@pass_invocation
def drop(invocation: Invocation, out: Path | None, at_once: bool, dry_run: bool, yes: bool) -> None:
    """Step 4: take the old keys out, once nothing needs them."""
    from admin.cli import master_key

    with _refusals():
        settings = invocation.settings()
        ids = master_key.droppable(settings, at_once=at_once)
        if not ids:
            click.echo("No master key is retiring: there is nothing to take out.")
            return
        click.echo(f"{', '.join(ids)}: nothing in this database needs it any more.")
        if dry_run:
            click.echo("Dry run: nothing was changed.")
            raise SystemExit(3)
        if not yes:
            click.confirm("Take it out for good?", abort=True)
        for line in master_key.drop(settings, out, at_once=at_once):
            click.echo(line)
