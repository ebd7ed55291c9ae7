"""The commands of ``sluis``. Each module behind them imports what it needs when it runs."""

from __future__ import annotations

from importlib.metadata import version as installed_version
from pathlib import Path
from typing import Literal

import click

from broker.cli.context import Invocation, explained, fail
from broker.cli.operator_commands import operator

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


main.add_command(operator)


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
@click.option("--language", type=click.Choice(["en", "nl"]), default="en", show_default=True)
@pass_invocation
def trace(invocation: Invocation, reference: str, language: str) -> None:
    """Explain the login with this REFERENCE, such as K7QM-4RXT."""
    from broker.cli.tracing import explain_login

    with explained():
        lines = explain_login(invocation.settings(), reference, language)
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


@main.group()
def otp() -> None:
    """OTP devices in stock."""


@otp.command("import")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option(
    "--key-file",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="The key that was agreed with the supplier: 16 or 32 bytes, hexadecimal or base64.",
)
@pass_invocation
def otp_import(invocation: Invocation, file: Path, key_file: Path | None) -> None:
    """Take the devices of a PSKC FILE (RFC 6030) into stock."""
    from broker.cli.factors import FactorCommandRefused, import_devices

    with explained():
        try:
            for line in import_devices(invocation.settings(), file, key_file):
                click.echo(line)
        except FactorCommandRefused as refused:
            fail(f"nothing was imported: {refused}")


@otp.command("list")
@pass_invocation
def otp_list(invocation: Invocation) -> None:
    """List the devices: serial number, and bound or free."""
    from broker.cli.factors import list_devices

    with explained():
        for line in list_devices(invocation.settings()):
            click.echo(line)


@otp.command("assign")
@click.argument("serial")
@click.option("--person", required=True, help="Whose identity was checked.")
@pass_invocation
def otp_assign(invocation: Invocation, serial: str, person: str) -> None:
    """Bind the free device SERIAL to a person."""
    from broker.cli.factors import FactorCommandRefused, assign_device

    with explained():
        try:
            click.echo(assign_device(invocation.settings(), serial, person))
        except FactorCommandRefused as refused:
            fail(str(refused))


@main.group()
def factor() -> None:
    """Second factors of people."""


@factor.command("letter")
@click.option("--person", required=True)
@click.option("--address", required=True, help="One line, as it stands on the envelope.")
@click.option("--factor", "factor_id", help="Default: the newest that does not count yet.")
@pass_invocation
def factor_letter(invocation: Invocation, person: str, address: str, factor_id: str | None) -> None:
    """Send a letter with a code, so that a factor counts that somebody added alone."""
    from broker.cli.factors import FactorCommandRefused, send_letter

    with explained():
        try:
            for line in send_letter(invocation.settings(), person, address, factor_id):
                click.echo(line)
        except FactorCommandRefused as refused:
            fail(str(refused))


@factor.command("reset")
@click.option("--person", required=True)
@click.option("--by", required=True, help="The administrator who asks.")
@click.option("--approved-by", required=True, help="Another administrator, who checked it.")
@pass_invocation
def factor_reset(invocation: Invocation, person: str, by: str, approved_by: str) -> None:
    """End every factor of a person who lost them."""
    from broker.cli.factors import FactorCommandRefused, reset_factors

    with explained():
        try:
            click.echo(reset_factors(invocation.settings(), person, by, approved_by))
        except FactorCommandRefused as refused:
            fail(str(refused))
