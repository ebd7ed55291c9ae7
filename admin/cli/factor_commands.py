"""The commands under ``sluis otp`` and ``sluis factor``."""

from __future__ import annotations

from pathlib import Path

import click

from admin.cli.context import Invocation, explained, fail

pass_invocation = click.make_pass_decorator(Invocation)


@click.group()
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
    from admin.cli.factors import FactorCommandRefused, import_devices

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
    from admin.cli.factors import list_devices

    with explained():
        for line in list_devices(invocation.settings()):
            click.echo(line)


@otp.command("assign")
@click.argument("serial")
@click.option("--person", required=True, help="Whose identity was checked.")
@pass_invocation
def otp_assign(invocation: Invocation, serial: str, person: str) -> None:
    """Bind the free device SERIAL to a person."""
    from admin.cli.factors import FactorCommandRefused, assign_device

    with explained():
        try:
            click.echo(assign_device(invocation.settings(), serial, person))
        except FactorCommandRefused as refused:
            fail(str(refused))


@click.group()
def factor() -> None:
    """Second factors of people."""


@factor.command("letter")
@click.option("--person", required=True, help="Whose, by id.")
@click.option("--address", required=True, help="One line, as it stands on the envelope.")
@click.option("--factor", "factor_id", help="Which one, where several do not count yet.")
@pass_invocation
def factor_letter(invocation: Invocation, person: str, address: str, factor_id: str | None) -> None:
    """Send a letter with a code, so that a factor counts that somebody added alone."""
    from admin.cli.factors import FactorCommandRefused, send_letter

    with explained():
        try:
            for line in send_letter(invocation.settings(), person, address, factor_id):
                click.echo(line)
        except FactorCommandRefused as refused:
            fail(str(refused))


@factor.command("reset")
@click.option("--person", required=True, help="Whose, by id.")
@click.option("--by", required=True, help="The administrator who asks.")
@click.option("--approved-by", required=True, help="Another administrator, who checked it.")
@pass_invocation
def factor_reset(invocation: Invocation, person: str, by: str, approved_by: str) -> None:
    """End every factor of a person who lost them, in an emergency: else use the console."""
    from admin.cli.factors import FactorCommandRefused, reset_factors

    with explained():
        try:
            click.echo(reset_factors(invocation.settings(), person, by, approved_by))
        except FactorCommandRefused as refused:
            fail(str(refused))
