"""The commands of ``sluis``. Each module behind them imports what it needs when it runs."""

from __future__ import annotations

from importlib.metadata import version as installed_version
from pathlib import Path
from typing import Literal

import click

from broker.cli.context import Invocation, explained, fail

DEFAULT_CONFIG = Path("config.toml")
pass_invocation = click.make_pass_decorator(Invocation)


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--config",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Settings file. Default: config.toml when it exists, else the environment alone.",
)
@click.pass_context
def main(context: click.Context, config: Path | None) -> None:
    """Sluis: an OIDC and SAML identity broker with assurance and mandates."""
    if config is None and DEFAULT_CONFIG.exists():
        config = DEFAULT_CONFIG
    context.obj = Invocation(config)


@main.command()
def version() -> None:
    """Print the version."""
    click.echo(f"sluis {installed_version('sluis')}")


@main.command()
@pass_invocation
def init(invocation: Invocation) -> None:
    """Make the master key, the tables and the first signing keys. Safe to repeat."""
    from broker.cli.install import initialise

    with explained():
        for line in initialise(invocation.settings()):
            click.echo(line)


@main.command()
@pass_invocation
def migrate(invocation: Invocation) -> None:
    """Bring the tables to this version."""
    from broker.cli.install import migrate_tables

    with explained():
        click.echo(migrate_tables(invocation.settings()))


@main.command()
@click.option(
    "-f",
    "--file",
    "path",
    required=True,
    type=click.Path(path_type=Path, exists=True),
    help="A YAML file, or a folder of them.",
)
@click.option("--dry-run", is_flag=True, help="Show what would change; change nothing.")
@pass_invocation
def apply(invocation: Invocation, path: Path, dry_run: bool) -> None:
    """Register services, makelaars, clients, organisations, people and mandates from YAML."""
    from broker.cli.applying import apply_files
    from broker.cli.documents import DocumentsRefused

    with explained():
        try:
            lines, changed = apply_files(invocation.settings(), path, dry_run=dry_run)
        except DocumentsRefused as refused:
            for line in refused.lines:
                click.echo(line, err=True)
            fail(f"nothing was changed: {len(refused.lines)} mistake(s), listed above", 2)
    for line in lines:
        click.echo(line)
    if dry_run:
        click.echo("Dry run: nothing was changed." if changed else "Nothing to change.")
        raise SystemExit(3 if changed else 0)


@main.command()
@pass_invocation
def export(invocation: Invocation) -> None:
    """Write services, makelaars and clients as YAML, the way apply reads them."""
    from broker.cli.exporting import export_documents

    with explained():
        click.echo(export_documents(invocation.settings()), nl=False)


@main.command()
@click.argument("reference")
@pass_invocation
def trace(invocation: Invocation, reference: str) -> None:
    """Explain the login with this REFERENCE, such as K7QM-4RXT."""
    from broker.cli.tracing import explain_login

    with explained():
        lines = explain_login(invocation.settings(), reference)
    if lines is None:
        fail("no login with this reference; traces are kept for retention.trace_days")
    for line in lines:
        click.echo(line)


@main.group()
def outbox() -> None:
    """See which messages wait or were given up, and offer those again."""


@outbox.command("list")
@click.option("--state", type=click.Choice(["waiting", "sent", "given-up"]), help="Only these.")
@click.option("--json", "as_json", is_flag=True, help="For programs.")
@pass_invocation
def list_outbox(
    invocation: Invocation, state: Literal["waiting", "sent", "given-up"] | None, as_json: bool
) -> None:
    """List the newest hundred messages, without recipient or content."""
    from broker.cli.queue import list_messages

    with explained():
        lines = list_messages(invocation.settings(), state, as_json=as_json)
    for line in lines:
        click.echo(line)


@outbox.command("retry")
@click.argument("message_id", metavar="ID", required=False)
@click.option("--all-given-up", is_flag=True, help="Every message that was given up this week.")
@pass_invocation
def retry_outbox(invocation: Invocation, message_id: str | None, all_given_up: bool) -> None:
    """Offer the message with this ID again, from the first attempt on."""
    from broker.cli.queue import retry_messages

    if (message_id is None) is not all_given_up:
        fail("name one ID of: sluis outbox list --state given-up, or write --all-given-up", 2)
    with explained():
        number = retry_messages(invocation.settings(), message_id)
    if message_id is not None and not number:
        fail("this message was not given up, or its content is gone after a week")
    click.echo(f"{number} message(s) will be sent again.")


@main.command()
@pass_invocation
def worker(invocation: Invocation) -> None:
    """Deliver waiting messages until stopped. Not needed beside serve, which does it as well."""
    from broker.cli.serving import run_worker

    with explained():
        run_worker(invocation.settings())


@main.command()
@pass_invocation
def serve(invocation: Invocation) -> None:
    """Run the broker."""
    from broker.cli.serving import run_server

    with explained():
        run_server(invocation.settings(), invocation.config)
