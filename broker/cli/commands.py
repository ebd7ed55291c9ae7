"""The commands of ``sluis``. Each module behind them imports what it needs when it runs."""

from __future__ import annotations

from importlib.metadata import version as installed_version
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import click

from broker.cli.audit_commands import audit, person
from broker.cli.context import Invocation, explained, fail
from broker.cli.operator_commands import operator

if TYPE_CHECKING:
    from broker.cli.differences import Outcome

DEFAULT_CONFIG = Path("config.toml")
KEY_USES = ("oidc_signing", "saml_signing", "saml_encryption", "client_signing", "audit_signing")
FILE = click.option(
    "-f",
    "--file",
    "path",
    required=True,
    type=click.Path(path_type=Path, exists=True),
    help="A YAML file, or a folder of them.",
)
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


main.add_command(audit)
main.add_command(person)
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


@main.group()
def config() -> None:
    """Check and show the settings."""


@config.command("check")
@pass_invocation
def config_check(invocation: Invocation) -> None:
    """Say every mistake in the settings; ends with 3 where there is one."""
    from broker.cli import configuring

    found = configuring.mistakes(invocation.config)
    for line in found:
        click.echo(line)
    if found:
        raise SystemExit(3)
    click.echo("The settings can be used.")


@config.command("show")
@click.option("--origin", is_flag=True, help="Say where each value comes from.")
@click.option("--json", "as_json", is_flag=True, help="Write JSON.")
@pass_invocation
def config_show(invocation: Invocation, origin: bool, as_json: bool) -> None:
    """Write the settings that hold, defaults included and secrets masked."""
    from broker.cli import configuring

    with explained():
        found = configuring.effective(invocation.config)
    if as_json:
        click.echo(configuring.as_json(found, with_origin=origin))
        return
    for line in configuring.lines(found, with_origin=origin):
        click.echo(line)


@config.command("schema")
def config_schema() -> None:
    """Write the JSON Schema of the settings file."""
    from broker.cli import configuring

    click.echo(configuring.schema())


@main.command()
@FILE
@click.option("--dry-run", is_flag=True, help="Show what would change; change nothing.")
@pass_invocation
def apply(invocation: Invocation, path: Path, dry_run: bool) -> None:
    """Register services, makelaars, clients, organisations, people and mandates from YAML."""
    from broker.cli.applying import changed, counted
    from broker.cli.differences import lines

    outcomes = _applied(invocation, path, dry_run=dry_run)
    found = changed(outcomes)
    for outcome in found:
        told = list(lines(outcome))
        for line in told if dry_run else told[:1]:
            click.echo(line)
    click.echo(counted(outcomes))
    if dry_run:
        click.echo("Dry run: nothing was changed." if found else "Nothing to change.")
        raise SystemExit(3 if found else 0)


@main.command()
@FILE
@click.option("--json", "as_json", is_flag=True, help="Write JSON.")
@pass_invocation
def diff(invocation: Invocation, path: Path, as_json: bool) -> None:
    """Show field by field what apply would change; ends with 3 where something would."""
    from broker.cli import differences
    from broker.cli.applying import changed, counted

    outcomes = _applied(invocation, path, dry_run=True)
    found = changed(outcomes)
    if as_json:
        click.echo(differences.as_json(found))
    else:
        for outcome in found:
            for line in differences.lines(outcome):
                click.echo(line)
        click.echo(counted(outcomes))
    raise SystemExit(3 if found else 0)


def _applied(invocation: Invocation, path: Path, *, dry_run: bool) -> list[Outcome]:
    """Ends the command with every mistake in the documents, where there is one."""
    from broker.cli.applying import apply_files
    from broker.cli.documents import DocumentsRefused

    with explained():
        try:
            return apply_files(invocation.settings(), path, dry_run=dry_run)
        except DocumentsRefused as refused:
            for line in refused.lines:
                click.echo(line, err=True)
            fail(f"nothing was changed: {len(refused.lines)} mistake(s), listed above", 2)


@main.command()
@pass_invocation
def export(invocation: Invocation) -> None:
    """Write services, makelaars and clients as YAML, the way apply reads them."""
    from broker.cli.exporting import export_documents

    with explained():
        click.echo(export_documents(invocation.settings()), nl=False)


@main.command()
@click.option("--json", "as_json", is_flag=True, help="Write JSON.")
@pass_invocation
def doctor(invocation: Invocation, as_json: bool) -> None:
    """Examine this installation; ends with 3 where something needs a remedy."""
    from broker.cli import doctor as surgery

    found = surgery.diagnose(invocation.config)
    for line in [surgery.as_json(found)] if as_json else surgery.lines(found):
        click.echo(line)
    raise SystemExit(3 if any(one.remedy for one in found) else 0)


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
def keys() -> None:
    """Signing and encryption keys: what stands, rotation, revocation."""


@keys.command("list")
@click.option("--json", "as_json", is_flag=True, help="With whole ids, for programs.")
@pass_invocation
def keys_list(invocation: Invocation, as_json: bool) -> None:
    """Show each key in use, and when it moves on."""
    from broker.cli.keys import list_keys

    with explained():
        for line in list_keys(invocation.settings(), as_json=as_json):
            click.echo(line)


@keys.command("rotate")
@click.option("--use", type=click.Choice(KEY_USES), help="Only this use. Default: all.")
@click.option("--plan", "only_plan", is_flag=True, help="Show the calendar; change nothing.")
@pass_invocation
def keys_rotate(invocation: Invocation, use: str | None, only_plan: bool) -> None:
    """Publish next keys. Each is used once partners had the time to read it."""
    from broker.cli.keys import calendar, rotate
    from keys.signing_key import KeyUse

    uses = [KeyUse(use)] if use is not None else list(KeyUse)
    with explained():
        settings = invocation.settings()
        for line in calendar(settings, uses) if only_plan else rotate(settings, uses):
            click.echo(line)


# An id may begin with "-"; this command has no one-letter options to take it for.
@keys.command(
    "revoke", context_settings={"help_option_names": ["--help"], "ignore_unknown_options": True}
)
@click.argument("kid")
@click.option("--now", "at_once", is_flag=True, help="Needed: there is no other way to revoke.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@pass_invocation
def keys_revoke(invocation: Invocation, kid: str, at_once: bool, yes: bool) -> None:
    """Retire the key KID at once, and replace it when it was the active one."""
    from broker.cli.keys import revoke_now, warning
    from keys.revocation import NoSuchKey

    if not at_once:
        fail("revoking breaks logins: add --now, or use: sluis keys rotate", 2)
    with explained():
        settings = invocation.settings()
        try:
            for line in warning(settings, kid):
                click.echo(line)
            if not yes:
                click.confirm("Revoke this key?", abort=True)
            for line in revoke_now(settings, kid):
                click.echo(line)
        except NoSuchKey as unknown:
            fail(str(unknown), 2)


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


main.add_command(audit)
